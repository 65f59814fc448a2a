"""On which line of a document an item stands. The parser keeps no positions, so its link is looked for."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

# How far ahead of the item before it an item is looked for: what is not found must not cost the whole page.
_AHEAD = 200_000


class LineNumbers:
    """Finds items in the order in which they stand."""

    def __init__(self, html: str) -> None:
        self._html = html
        self._at = 0
        self._starts = [0, *accumulate(len(line) + 1 for line in html.split("\n"))]

    def line_of(self, *needles: str | None) -> int:
        """Give the line, from 1, of the first text that is found; else that of the item before."""
        for needle in needles:
            for written in filter(None, (needle, needle and needle.replace("&", "&amp;"))):
                at = self._html.find(written, self._at, self._at + _AHEAD)
                if at >= 0:
                    self._at = at
                    return bisect_right(self._starts, at)
        return bisect_right(self._starts, self._at)
