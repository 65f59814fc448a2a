"""A date as a source wrote it → a `When`, or None. No part of a date is guessed.

Day, month and year must all be in the text: a month alone, "yesterday" and "4 hours ago" are not dates. A range gives
its start. A date in digits whose order is ambiguous (12/08/2021) is unknown unless the caller, the rest of the listing
or the language decides. The name of a zone that several zones share (IST, CST …) is dropped, and the time is local.
Two digits are a year only if they cannot be anything else; then 00-68 are 2000-2068 and 69-99 are 1969-1999, as
with `%y` in POSIX.

`grammar.py` has the forms that newsrooms write. python-dateutil is tried last, for English forms that the grammar
does not have. It completes partial dates from its `default`, so its result counts only if no part came from there.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from dateutil import parser as dateutil_parser

from feeds.dates.grammar import YEARS, DateMatch, find
from feeds.dates.names import flatten, words
from feeds.model import Listing, When
from feeds.unicode.cache import cache_short_texts

LONGEST = 64
_NOON = dt.time(12)
_ORDERS = frozenset({"dmy", "mdy", "ymd"})
_LETTERS = re.compile(r"[^\W\d_]+")
_FOUR_DIGITS = re.compile(r"(?<!\d)\d{4}(?!\d)")
_ENGLISH_MONTH = re.compile(r"(?<![a-z])(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)")
_SEPARATORS = " \t\xa0,;:|·•‧・–—-/()[]（）【】<>»«›‹*_"
_CLOSING = {"(": ")", "[": "]", "（": "）", "【": "】", "<": ">", "«": "»"}
# They differ in every part, which shows what dateutil took from them and not from the text.
_DEFAULTS = (
    dt.datetime(1904, 1, 1, tzinfo=dt.UTC),
    dt.datetime(2104, 12, 31, 23, 59, 59, tzinfo=dt.timezone(dt.timedelta(hours=-1))),
)


@dataclass(frozen=True, slots=True)
class Edge:
    """A date at the start or end of a line, the characters that join it to the rest, and the rest."""

    date: str
    rest: str
    joint: str
    at_start: bool


def parse_date(text: str, *, languages: Sequence[str] = ("en",), day_first: bool | None = None) -> When | None:
    """Return the date of a text that is a date; few words may precede it, such as "Published on"."""
    found = _parse(text, tuple(languages))
    return None if found is None else _resolve(found, _allowed(day_first), tuple(languages))


def is_whole(text: str, *, languages: Sequence[str] = ("en",)) -> bool:
    """Whether a text is a date, in any order of its digits; no word may follow it, and few may precede it."""
    text = unicodedata.normalize("NFC", text).strip()
    found = _parse(text, tuple(languages))
    return found is not None and bool(found.days) and not _LETTERS.search(text[found.end :])


def resolve(listing: Listing, *, language: str, day_first: bool | None) -> tuple[When | None, ...]:
    """Return the date of every item, in order; words around a date are ignored, as its field is known.

    One day above 12 (25/08/2021) decides the order of digits for the whole listing; two that contradict each
    other decide nothing.
    """
    languages = tuple(dict.fromkeys(tag for tag in (listing.language, language) if tag))
    matches = [_find(item.date, languages) if item.date else None for item in listing.items]
    orders = _allowed(day_first)
    if day_first is None:
        for found in matches:
            if found is not None and "" not in found.days:
                orders &= found.days.keys()
    return tuple(None if found is None else _resolve(found, orders, languages) for found in matches)


def instant(when: When, zone: dt.tzinfo) -> dt.datetime:
    """Return the instant, in UTC, of a date.

    A whole day becomes its noon in the source's zone, which is the same day in nearly every reader's zone. A
    local time that a change of clocks skips is moved forward by the gap, and one that is repeated is the first of
    the two (both are `fold=0` of PEP 495).
    """
    time = when.time or _NOON
    place = zone if when.time is None or when.offset is None else dt.timezone(when.offset)
    return dt.datetime.combine(when.day, time.replace(microsecond=0, fold=0), place).astimezone(dt.UTC)


def split_date(line: str, *, languages: Sequence[str] = ("en",)) -> Edge | None:
    """Return the parts of a line that starts or ends with a date: "12 May 2021 – Title", "Title (12 May 2021)"."""
    text = unicodedata.normalize("NFC", line).strip()
    found = find(text[: LONGEST * 2], tuple(languages))
    if found is not None and found.days and not text[: found.start].strip(_SEPARATORS):
        rest = _reopened(text[found.end :], text[found.end :].lstrip(_SEPARATORS + "."))
        joint = text[found.end : len(text) - len(rest)]
        return Edge(text[found.start : found.end], rest, joint, at_start=True)
    start = max(0, len(text) - LONGEST)
    while (found := find(text[start:], tuple(languages))) is not None:
        if found.days and not text[start + found.end :].strip(_SEPARATORS + "."):
            before = text[: start + found.start]
            rest = _reclosed(before, before.rstrip(_SEPARATORS))
            joint = text[len(rest) : start + found.start]
            return Edge(text[start + found.start : start + found.end], rest, joint, at_start=False)
        start += max(found.end, 1)
    return None


def _reopened(text: str, rest: str) -> str:
    """Return `rest` with the bracket that opens it, if it is closed there: "[Press] Title"."""
    bracket = text[: len(text) - len(rest)][-1:]
    return bracket + rest if _CLOSING.get(bracket, "\n") in rest else rest


def _reclosed(text: str, rest: str) -> str:
    bracket = text[len(rest) :][:1]
    return rest + bracket if any(end == bracket and start in rest for start, end in _CLOSING.items()) else rest


def find_date(text: str, *, languages: Sequence[str] = ("en",)) -> str | None:
    """Return the first date anywhere in a text, as written."""
    text = unicodedata.normalize("NFC", text)
    found = find(text, tuple(languages))
    return text[found.start : found.end] if found is not None and found.days else None


def _find(text: str, languages: tuple[str, ...]) -> DateMatch | None:
    return _parse(text, languages) or find(unicodedata.normalize("NFC", text[:LONGEST]), languages)


@cache_short_texts(4096)
def _parse(text: str, languages: tuple[str, ...]) -> DateMatch | None:
    text = unicodedata.normalize("NFC", text).strip()
    if not text or len(text) > LONGEST:
        return None
    found = find(text, languages)
    if found is None:
        return _by_dateutil(text)
    before, after = text[: found.start], text[found.end :]
    lead = len(_LETTERS.findall(before))
    if re.search(r"\d", before + after) or len(_LETTERS.findall(after)) > 1:
        return None
    return found if lead <= 2 or (lead <= 4 and before.rstrip().endswith((":", "："))) else None


def _by_dateutil(text: str) -> DateMatch | None:
    flat = flatten(text)
    if not _ENGLISH_MONTH.search(flat) or not _FOUR_DIGITS.search(flat):
        return None
    try:
        # With `tzinfos` given, an unknown zone is dropped without a warning.
        first, second = (
            dateutil_parser.parse(text, default=default, tzinfos=lambda name, offset: None) for default in _DEFAULTS
        )
    except (ValueError, OverflowError):
        return None
    if first.date() != second.date() or first.year not in YEARS or str(first.year) not in flat:
        return None
    time = first.time() if first.time() == second.time() else None
    offset = first.utcoffset() if time and first.utcoffset() == second.utcoffset() else None
    return DateMatch(0, len(text), {"": first.date()}, time, offset)


def _allowed(day_first: bool | None) -> frozenset[str]:
    return _ORDERS if day_first is None else frozenset({"dmy" if day_first else "mdy"})


def _resolve(found: DateMatch, orders: frozenset[str], languages: tuple[str, ...]) -> When | None:
    """Return the date in the one order of its digits that is possible, allowed, or usual in the language."""
    days = found.days
    if len(set(days.values())) > 1:
        days = {order: day for order, day in days.items() if order in orders}
    if len(set(days.values())) > 1:
        # With dots and a year of four digits the day is always first; with two digits it is not.
        usual = words(languages).order or ("dmy" if found.dotted else "")
        days = {order: day for order, day in days.items() if order == usual}
    for day in days.values():
        return When(day, found.time, found.offset)
    return None
