"""Drop rows that repeat the row near them: "Read more about Weir repaired", "[Photo of the weir]".

Rows of the first kind repeat a row near them after words that several rows share. Rows of the second kind stand for
pictures: they are one bracket, all different (labels in brackets would recur), with titles between them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from feeds.dates.lines import is_date
from feeds.parsers.text.rows import Row
from feeds.unicode.prose import holds_sentence

_PICTURE = re.compile(r"\[[^\[\]]+\]$")
_FEWEST = 3
_NEAR = 5
_SHORTEST = 8
_LONGEST_PREFIX = 40


def drop_repeated_rows(rows: Sequence[Row], languages: tuple[str, ...]) -> list[Row]:
    """Return the rows without those that repeat others; the gap above a dropped row goes to the next row."""
    dropped = _pictures(rows, languages) | _repeated(rows)
    if not dropped:
        return list(rows)
    found: list[Row] = []
    gap = 0
    for index, row in enumerate(rows):
        gap = max(gap, row.gap)
        if index not in dropped:
            found.append(row._replace(gap=gap) if gap > row.gap else row)
            gap = 0
    return found


def _pictures(rows: Sequence[Row], languages: tuple[str, ...]) -> set[int]:
    indices = {
        index
        for index, row in enumerate(rows)
        if row.text[:1] == "[" and _PICTURE.match(row.text) and not is_date(row.text, languages)
    }
    differ = len({rows[index].text for index in indices}) == len(indices)
    if not differ or len(indices) < _FEWEST:
        return set()
    borders = [*sorted(indices), min(len(rows), max(indices) + _NEAR)]
    separated = sum(
        any(not holds_sentence(row.text) and not is_date(row.text, languages) for row in rows[start + 1 : end])
        for start, end in pairwise(borders)
    )
    return indices if separated * 5 >= len(indices) * 4 else set()


def _repeated(rows: Sequence[Row]) -> set[int]:
    """Return the rows that are a row above them with a prefix that several such rows share."""
    prefixes: dict[int, str] = {}
    for index, row in enumerate(rows):
        for other in rows[max(0, index - _NEAR) : index]:
            prefix = len(row.text) - len(other.text)
            if 1 < prefix <= _LONGEST_PREFIX and len(other.text) >= _SHORTEST and row.text.endswith(other.text):
                prefixes[index] = row.text[:prefix]
                break
    counts = Counter(prefixes.values())
    return {index for index, prefix in prefixes.items() if counts[prefix] >= _FEWEST}
