"""Split rows that a dump ran together: "NewsTown buys bus depot17 April 2024It holds sixty buses.Read more".

If spaces are missing on both sides of dates, they are missing elsewhere too: after full stops, and where a capital
follows a small letter, if that is so above most dates. The row above the first date may hold the page's menus too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from feeds.dates.grammar import find
from feeds.dates.parsing import LONGEST
from feeds.parsers.text.rows import Row

_CAPITAL = "A-ZÀ-ÖØ-ÞΑ-ΩА-ЯЁІЇЄҐ"
_SMALL = "a-zß-öø-ÿα-ωа-яёіїєґ"
_JOINED_DATE = re.compile(rf"(?:19|20)\d\d(?=[{_CAPITAL}])")
_DATE_START = re.compile(rf"(?<=[{_SMALL}.!?…\"”»)])(?=[\d{_CAPITAL}])")
_SENTENCE_END = re.compile(rf"(?<=[{_SMALL})\d][.!?…])(?=[{_CAPITAL}])")
_BOUNDARY = re.compile(rf"(?<=[{_SMALL}])(?=[{_CAPITAL}][{_SMALL}\s])")
_FEWEST = 3
_MOST_BOUNDARIES = 4
_OPENING = 40


def split_joined_rows(rows: Sequence[Row], languages: tuple[str, ...]) -> list[Row]:
    """Split the rows in which a date is joined to other text, if there are enough of them."""
    count = sum(len(_JOINED_DATE.findall(row.text)) for row in rows)
    if count < _FEWEST:
        return list(rows)
    parts: list[Row] = []
    titles: list[int] = []
    for row in rows:
        texts = list(_split_row(row.text, languages)) if _JOINED_DATE.search(row.text) else [(row.text, False)]
        titles += [len(parts) + index - 1 for index, (_, date) in enumerate(texts) if date and index]
        gap = max(row.gap, 1) if len(texts) > 1 else row.gap
        parts += [row._replace(text=text, gap=gap if index == 0 else 0) for index, (text, _) in enumerate(texts)]
    return _split_titles(parts, titles)


def _split_row(text: str, languages: tuple[str, ...]) -> Iterator[tuple[str, bool]]:
    """Split a text at its joined dates and full stops; yield each part and whether it is a date."""
    start = 0
    for boundary in (re.match("", text), *_DATE_START.finditer(text)):
        here = boundary.end() if boundary else 0
        if here < start:
            continue
        date = find(text[here : here + LONGEST], languages)
        if date is None or date.start or not date.days:
            continue
        for part in _SENTENCE_END.split(text[start:here]):
            if part.strip():
                yield part.strip(), False
        yield text[here : here + date.end], True
        start = here + date.end
    for part in _SENTENCE_END.split(text[start:]):
        if part.strip():
            yield part.strip(), False


def _split_titles(parts: list[Row], titles: Sequence[int]) -> list[Row]:
    """Split the rows above dates where a capital follows a small letter, if most have that: "NewsTown"."""
    boundaries_of: dict[int, list[int]] = {title: [0] for title in titles}
    open_titles = list(titles)
    for _ in range(_MOST_BOUNDARIES):
        boundaries = {title: _next_boundary(parts[title].text, boundaries_of[title][-1]) for title in open_titles}
        open_titles = [title for title, boundary in boundaries.items() if boundary]
        if len(open_titles) * 5 < len(titles) * 4:
            break
        for title in open_titles:
            boundaries_of[title].append(boundaries[title])
    if titles:
        while boundary := _next_boundary(parts[titles[0]].text, boundaries_of[titles[0]][-1]):
            boundaries_of[titles[0]].append(boundary)
    found: list[Row] = []
    for index, part in enumerate(parts):
        borders = [*boundaries_of.get(index, [0]), len(part.text)]
        found += [
            part._replace(text=part.text[start:end], gap=part.gap if start == 0 else 0)
            for start, end in pairwise(borders)
        ]
    return found


def _next_boundary(text: str, start: int) -> int:
    boundary = _BOUNDARY.search(text, start + 1, start + _OPENING)
    return boundary.start() if boundary else 0
