"""Complete dates from the heading above them: days below a month and year, days and months below a year.

Day, month and year are all in the text, on different lines. Years or months that follow each other with nothing
between them are a menu and complete nothing. The heading of a month does not complete a day of another month. Single
numbers that count 1, 2, 3 are item numbers, not days. Times of day are completed from the day above them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from feeds.dates.lines import date_line, is_date, is_month, is_month_name, is_weekday
from feeds.dates.parsing import find_date, parse_date
from feeds.parsers.text.rows import Row

_LONGEST = 40
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_DAY = re.compile(r"(?:([^\W\d_]{2,})[.,]?\s+)?(\d{1,2})(?:st|nd|rd|th|er|[.°º日일])?$", re.I)
_NUMERIC_DAY = re.compile(r"(\d{1,2}\.\s?\d{1,2}\.|\d{1,2}/\d{1,2})\s+(?=\S)")
_OPENING_DAY = re.compile(r"(\d{1,2})(?:[.)]|\s[–—-])?\s+(?=[^\W\d_])")
_LAST_DAY = 31
_DIGIT = re.compile(r"\d")
_SEPARATED = re.compile("[年년月월/.-]")
_EAST_ASIAN = re.compile("[月월]")
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class _Heading:
    """A heading that gives the month and year, or the year alone, of the rows below it."""

    text: str
    year: str
    with_month: bool


def complete_dates(rows: Sequence[Row], languages: tuple[str, ...]) -> list[Row]:
    """Complete the rows that are a day below a month, or a day and a month below a year."""
    headings = list(_headings_above(rows, languages))
    if not any(headings):
        return list(rows)
    days = [int(row.text) for row, heading in zip(rows, headings, strict=True) if heading and row.text.isdecimal()]
    counted = days == list(range(1, len(days) + 1))
    found = list(rows)
    for index, (row, heading) in enumerate(zip(rows, headings, strict=True)):
        if heading and not (counted and row.text.isdecimal()) and (date := _whole_date(row, heading, languages)):
            found[index] = row._replace(text=date, marker=None, number=None)
    if found == list(rows) and not any(is_date(row.text, languages) for row in rows):
        return _complete_edges(rows, headings, languages)
    return found


def _headings_above(rows: Sequence[Row], languages: tuple[str, ...]) -> Iterator[_Heading | None]:
    """Yield for each row the heading above it, or None."""
    heading: _Heading | None = None
    above: _Heading | None = None
    for row in rows:
        here = _heading(row.text, heading, languages) if row.marker is None else None
        if here:
            menu = above is not None and above.with_month == here.with_month
            heading = None if menu else here
            yield None
        else:
            yield heading
        above = here


def _heading(text: str, above: _Heading | None, languages: tuple[str, ...]) -> _Heading | None:
    if len(text) > _LONGEST:
        return None
    if year := _YEAR.search(text):
        rest = text.replace(year[0], "").strip("年년")
        if (_DIGIT.search(rest) and not _SEPARATED.search(rest)) or not is_month(text, languages):
            return None
        return _Heading(text.strip(" .:"), year[0], any(map(str.isalnum, rest)))
    if above and is_month_name(text, languages) and not text.isdecimal():
        return _Heading(f"{text} {above.year}", above.year, True)
    return None


def _whole_date(row: Row, heading: _Heading, languages: tuple[str, ...]) -> str | None:
    """Return the date that a row and its heading make together, or None if there is more than a date."""
    text = _text_with_number(row)
    return _completed(text, heading, languages) if text and not _YEAR.search(text) else None


def _text_with_number(row: Row) -> str:
    """Return a row's text with its number, which may be a day; "" if it cannot be a date."""
    text = f"{row.number}. {row.text}".strip() if row.number is not None else row.text
    return text if row.marker in (None, "1") and any(map(str.isdecimal, text)) else ""


def _completed(text: str, heading: _Heading, languages: tuple[str, ...]) -> str | None:
    if len(text) > _LONGEST:
        return None
    day = _DAY.match(text)
    if day and (day[1] is None or is_weekday(day[1], languages)):
        return _joined(text, heading.text, languages) if heading.with_month else None
    date = _joined(text, heading.year, languages)
    if date is None or not heading.with_month:
        return date
    own = parse_date(date, languages=languages)
    month = parse_date(_joined("1", heading.text, languages) or "", languages=languages)
    return date if own and month and own.day.month == month.day.month else None


def _joined(text: str, heading: str, languages: tuple[str, ...]) -> str | None:
    """Join a text and its heading in the order that makes a date, or return None."""
    forms = [f"{text} {heading}", f"{heading} {text}", f"{heading}{text}", f"{text}/{heading}"]
    if _EAST_ASIAN.search(text):
        forms.insert(0, f"{heading}年{text}")
    for both in forms:
        date = find_date(both, languages=languages)
        if date is not None and date.strip(" .,") == both.strip(" .,"):
            return both
    return None


def _complete_edges(rows: Sequence[Row], headings: Sequence[_Heading | None], languages: tuple[str, ...]) -> list[Row]:
    """Complete the rows that begin with a day, or a day and month, if no row of the text is a date."""
    if days := _day_numbers(rows, headings):
        return [
            row._replace(text=f"{days[index]} {heading.text} – {_rest(row)}", marker=None, number=None)
            if heading and index in days
            else row
            for index, (row, heading) in enumerate(zip(rows, headings, strict=True))
        ]
    found = list(rows)
    count = 0
    for index, (row, heading) in enumerate(zip(rows, headings, strict=True)):
        text = (_text_with_number(row) or row.text) if heading else ""
        if not heading or not text or _YEAR.search(text):
            continue
        day, rest = _split(text, languages)
        if rest and (date := _completed(day, heading, languages)):
            found[index] = row._replace(text=f"{date} – {rest}", marker=None, number=None, linked=False)
            count += 1
    return found if count >= _FEWEST else list(rows)


def _day_numbers(rows: Sequence[Row], headings: Sequence[_Heading | None]) -> dict[int, int]:
    """Return the numbers that most rows below months begin with, by row, if they are days in order and not a count."""
    below = [(index, heading.text) for index, heading in enumerate(headings) if heading and heading.with_month]
    found: dict[int, int] = {}
    months: dict[str, list[int]] = {}
    for index, month in below:
        if opening := _OPENING_DAY.match(_text_with_number(rows[index])):
            found[index] = int(opening[1])
            months.setdefault(month, []).append(found[index])
    in_order = all(days in (sorted(days), sorted(days, reverse=True)) for days in months.values())
    counted = all(days == list(range(1, len(days) + 1)) for days in months.values())
    enough = len(found) > _FEWEST and len(found) * 10 >= len(below) * 6
    return found if enough and in_order and not counted and max(found.values()) <= _LAST_DAY else {}


def _rest(row: Row) -> str:
    # Remove the first number only: a later one is part of the title ("16 Station 14 is back").
    return _OPENING_DAY.sub("", _text_with_number(row), count=1)


def _split(text: str, languages: tuple[str, ...]) -> tuple[str, str]:
    """Split a row that begins with a day and a month, by name or in digits: "14. 5. Title"."""
    if numeric := _NUMERIC_DAY.match(text):
        return numeric[1], text[numeric.end() :]
    line = date_line(text, languages)
    return (line.date, line.after) if line and line.at_start else ("", "")


TIME_OF_DAY = re.compile(
    r"((?:[01]?\d|2[0-3])[:：.][0-5]\d)(?![\d:：.%])(?:\s?[–—-]\s?\d\d?[:：.]\d\d(?!\d))?(?:[\s|·•–—-]+|$)"
)
_TIMED = re.compile(r"\d[:：]\d\d")
_FEWEST_TIMES = 3


def complete_times(rows: Sequence[Row], languages: tuple[str, ...]) -> list[Row]:
    """Put the day from the heading before the times that rows begin with, if enough rows do."""
    times = {
        index: time
        for index, row in enumerate(rows)
        if row.marker is None and row.text[:1].isdigit() and (time := TIME_OF_DAY.match(row.text))
    }
    if len(times) < _FEWEST_TIMES:
        return list(rows)
    days = _day_headings(rows, times, languages)
    if sum(map(len, days.values())) < _FEWEST_TIMES:
        return list(rows)
    day_of = {index: day for day, indices in days.items() for index in indices}
    found = []
    for index, row in enumerate(rows):
        if index in day_of:
            row = _with_day(row, times[index], rows[day_of[index]], first=index - 1 in days)
        if index not in days:
            found.append(row)
    return found


def _day_headings(
    rows: Sequence[Row], times: Mapping[int, re.Match[str]], languages: tuple[str, ...]
) -> dict[int, list[int]]:
    """Return the rows that are headings of a day, each with the rows below it that begin with a time."""
    days: dict[int, list[int]] = {}
    here: list[int] = []
    for index, row in enumerate(rows):
        if index in times:
            here.append(index)
        elif is_date(row.text, languages):
            here = [] if _TIMED.search(row.text) else days.setdefault(index, [])
    return {day: below for day, below in days.items() if len(below) > 1 or below == [day + 1]}


def _with_day(row: Row, time: re.Match[str], day: Row, *, first: bool) -> Row:
    rest = row.text[time.end() :]
    text = f"{day.text} {time[1]}"
    return row._replace(text=f"{text} – {rest}" if rest else text, gap=max(row.gap, day.gap) if first else row.gap)
