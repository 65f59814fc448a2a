"""Times of day below the heading of their day: "14:52 Title" below "17 October 2024".

Both stand in the text, though not in one line. The heading goes: what it said stands in every row below it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from feeds.dates.lines import is_date
from feeds.parsers.text.rows import Paragraph

CLOCK = re.compile(
    r"((?:[01]?\d|2[0-3])[:：.][0-5]\d)(?![\d:：.%])(?:\s?[–—-]\s?\d\d?[:：.]\d\d(?!\d))?(?:[\s|·•–—-]+|$)"
)
_TIMED = re.compile(r"\d[:：]\d\d")
_FEWEST = 3


def complete_times(rows: Sequence[Paragraph], languages: tuple[str, ...]) -> list[Paragraph]:
    """Give the rows that begin with a time the day that is their heading, if there are enough of them."""
    clocks = {
        place: clock
        for place, row in enumerate(rows)
        if row.mark is None and row.text[:1].isdigit() and (clock := CLOCK.match(row.text))
    }
    if len(clocks) < _FEWEST:
        return list(rows)
    days = _days(rows, clocks, languages)
    if sum(map(len, days.values())) < _FEWEST:
        return list(rows)
    day_of = {place: day for day, places in days.items() for place in places}
    found = []
    for place, row in enumerate(rows):
        if place in day_of:
            row = _whole(row, clocks[place], rows[day_of[place]], first=place - 1 in days)
        if place not in days:
            found.append(row)
    return found


def _days(
    rows: Sequence[Paragraph], clocks: Mapping[int, re.Match[str]], languages: tuple[str, ...]
) -> dict[int, list[int]]:
    """Say which rows are headings, and which times are below each: one right below it, or several."""
    days: dict[int, list[int]] = {}
    here: list[int] = []
    for place, row in enumerate(rows):
        if place in clocks:
            here.append(place)
        elif is_date(row.text, languages):
            here = [] if _TIMED.search(row.text) else days.setdefault(place, [])
    return {day: below for day, below in days.items() if len(below) > 1 or below == [day + 1]}


def _whole(row: Paragraph, clock: re.Match[str], day: Paragraph, *, first: bool) -> Paragraph:
    rest = row.text[clock.end() :]
    text = f"{day.text} {clock[1]}"
    return row._replace(
        text=f"{text} – {rest}" if rest else text, gap=max(row.gap, day.gap) if first else row.gap
    )
