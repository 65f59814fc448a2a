"""Find the line numbers of items. Parsers keep no positions, so the link or title of an item is searched."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

# An item is searched within this distance after the previous one: a miss must not scan the whole page.
_AHEAD = 200_000


class LineNumbers:
    """Finds the lines of items, which have to be asked for in document order."""

    def __init__(self, html: str) -> None:
        self._html = html
        self._at = 0
        self._starts = [0, *accumulate(len(line) + 1 for line in html.split("\n"))]

    def line_of(self, *needles: str | None) -> int:
        """Return the line, from 1, of the first text that is found, else the line of the previous item."""
        for needle in needles:
            for written in filter(None, (needle, needle and needle.replace("&", "&amp;"))):
                at = self._html.find(written, self._at, self._at + _AHEAD)
                if at >= 0:
                    self._at = at
                    return bisect_right(self._starts, at)
        return bisect_right(self._starts, self._at)
