"""Rows that a dump ran together: "NewsTown buys bus depot17 April 2024It holds sixty buses.Read more".

Where blanks are missing on both sides of a date, they are missing elsewhere too: behind a full stop, and
where a capital follows a small letter, if it does so above most of the dates. Above the first of them stand
the menus too.
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
_GLUED = re.compile(rf"(?:19|20)\d\d(?=[{_CAPITAL}])")
_START = re.compile(rf"(?<=[{_SMALL}.!?…\"”»)])(?=[\d{_CAPITAL}])")
_STOP = re.compile(rf"(?<=[{_SMALL})\d][.!?…])(?=[{_CAPITAL}])")
_SEAM = re.compile(rf"(?<=[{_SMALL}])(?=[{_CAPITAL}][{_SMALL}\s])")
_FEWEST = 3
_SEAMS = 4
_OPENING = 40


def split_joined_rows(rows: Sequence[Row], languages: tuple[str, ...]) -> list[Row]:
    """Part the rows that have glued dates, if there are enough of these."""
    count = sum(len(_GLUED.findall(row.text)) for row in rows)
    if count < _FEWEST:
        return list(rows)
    parts: list[Row] = []
    titles: list[int] = []
    for row in rows:
        texts = list(_parts(row.text, languages)) if _GLUED.search(row.text) else [(row.text, False)]
        titles += [len(parts) + place - 1 for place, (_, date) in enumerate(texts) if date and place]
        gap = max(row.gap, 1) if len(texts) > 1 else row.gap
        parts += [row._replace(text=text, gap=gap if place == 0 else 0) for place, (text, _) in enumerate(texts)]
    return _part_titles(parts, titles)


def _parts(text: str, languages: tuple[str, ...]) -> Iterator[tuple[str, bool]]:
    """Part a text at its glued dates and full stops, and say which parts are dates."""
    start = 0
    for seam in (re.match("", text), *_START.finditer(text)):
        here = seam.end() if seam else 0
        if here < start:
            continue
        date = find(text[here : here + LONGEST], languages)
        if date is None or date.start or not date.days:
            continue
        for part in _STOP.split(text[start:here]):
            if part.strip():
                yield part.strip(), False
        yield text[here : here + date.end], True
        start = here + date.end
    for part in _STOP.split(text[start:]):
        if part.strip():
            yield part.strip(), False


def _part_titles(parts: list[Row], titles: Sequence[int]) -> list[Row]:
    """Part what stands above the dates where a capital follows a small letter in most of them: "NewsTown"."""
    cuts: dict[int, list[int]] = {title: [0] for title in titles}
    waiting = list(titles)
    for _ in range(_SEAMS):
        seams = {title: _seam(parts[title].text, cuts[title][-1]) for title in waiting}
        waiting = [title for title, seam in seams.items() if seam]
        if len(waiting) * 5 < len(titles) * 4:
            break
        for title in waiting:
            cuts[title].append(seams[title])
    if titles:
        while seam := _seam(parts[titles[0]].text, cuts[titles[0]][-1]):
            cuts[titles[0]].append(seam)
    found: list[Row] = []
    for place, part in enumerate(parts):
        borders = [*cuts.get(place, [0]), len(part.text)]
        found += [
            part._replace(text=part.text[start:end], gap=part.gap if start == 0 else 0)
            for start, end in pairwise(borders)
        ]
    return found


def _seam(text: str, start: int) -> int:
    seam = _SEAM.search(text, start + 1, start + _OPENING)
    return seam.start() if seam else 0
