"""Recognise item numbers of four digits and more: "1000. Rulings", "12,345) Rulings", "(1004) Rulings".

One such number proves nothing: a wrapped sentence may end in "… cost\n1500. The council …", a title may begin with an
ordinal ("1000. Baum gepflanzt"), and 1998 is a year. A number counts if the number before or after it in the text is
close to it, or if all long numbers of the text rise or fall. A year has to be next to a number that is not a year, or
to be one of several in a row whose records have dates of another year.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from feeds.dates.parsing import parse_date
from feeds.parsers.text.rows import Row

_DIGITS = r"(\d{4,18}|\d{1,3}(?:[,.'’ ]\d{3})+)"
_NUMBER = re.compile(rf"(?:{_DIGITS}(?:、\s*|[.)．](?:\s+|$))|\({_DIGITS}\)(?:\s+|$)|#{_DIGITS}[.:)](?:\s+|$))")
_NOT_DIGIT = re.compile(r"\D")
_NEAR = 10
_FEWEST = 3
_YEARS = range(1700, 2100)
_COMPACT_DATE = 8


@dataclass(slots=True)
class _Number:
    """A number at the beginning of a row: its row, its length in the text, and whether it is an item number."""

    index: int
    number: int
    length: int
    accepted: bool

    @property
    def is_year(self) -> bool:
        return self.number in _YEARS


def mark_long_numbers(rows: Sequence[Row], languages: tuple[str, ...]) -> list[Row]:
    """Return the rows with their long item numbers as markers."""
    numbers = [number for index, row in enumerate(rows) if (number := _number(index, row))]
    long = [number for number in numbers if not number.accepted]
    if not long:
        return list(rows)
    counted = [number.number for number in long]
    in_order = len(long) >= _FEWEST and (_rise(counted) or _rise(counted[::-1]))
    _accept_neighbours(numbers)
    _accept_neighbours(numbers[::-1])
    for number in long:
        number.accepted = number.accepted or (in_order and not number.is_year)
    _accept_years(numbers, rows, languages)
    found = list(rows)
    for number in long:
        if number.accepted:
            row = rows[number.index]
            found[number.index] = row._replace(text=row.text[number.length :], marker="1", number=number.number)
    return found


def _number(index: int, row: Row) -> _Number | None:
    """Return the number that a row begins with; a short one was accepted when the row was read."""
    if row.number is not None:
        return _Number(index, row.number, 0, accepted=True)
    if row.marker or row.level or not (match := _NUMBER.match(row.text)):
        return None
    digits = _NOT_DIGIT.sub("", match[0])
    return None if _is_compact_date(digits) else _Number(index, int(digits), match.end(), accepted=False)


def _is_compact_date(digits: str) -> bool:
    try:
        return len(digits) == _COMPACT_DATE and dt.date.fromisoformat(digits).year in _YEARS
    except ValueError:
        return False


def _rise(numbers: Sequence[int]) -> bool:
    return all(first < second for first, second in pairwise(numbers))


def _accept_neighbours(numbers: Sequence[_Number]) -> None:
    """Accept the numbers that are close to the one before; a year has to follow an accepted number directly."""
    for before, number in pairwise(numbers):
        distance = abs(number.number - before.number)
        if number.is_year:
            number.accepted |= before.accepted and distance == 1
        else:
            number.accepted |= 0 < distance <= _NEAR and (before.accepted or not before.is_year)


def _accept_years(numbers: Sequence[_Number], rows: Sequence[Row], languages: tuple[str, ...]) -> None:
    """Accept years that count up or down by one, if most of their records have a date of another year."""
    years = [number for number in numbers if number.is_year]
    steps = {second.number - first.number for first, second in pairwise(years)}
    if len(years) < _FEWEST or steps not in ({1}, {-1}):
        return
    ends = [*(number.index for number in years[1:]), len(rows)]
    other = sum(
        any(_is_other_year(row, number.number, languages) for row in rows[number.index + 1 : end])
        for number, end in zip(years, ends, strict=True)
    )
    if other * 2 > len(years):
        for number in years:
            number.accepted = True


def _is_other_year(row: Row, year: int, languages: tuple[str, ...]) -> bool:
    date = parse_date(row.text, languages=languages)
    return date is not None and date.day.year != year
