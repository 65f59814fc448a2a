"""Texts that look like dates and are not: "31 February 2026", "13th Mrach 2026", "2026-13-12", "to be confirmed".

No date is read from them, not even where a reader could guess it: dates are observed, never invented. Callers use them
to see where a date ought to be, and to report it.

Three kinds are found: a day, a month and a year that no calendar has together; a month's name misspelt by a letter or
two, in the languages in use and in English; and the phrases of `undecided`, which stand for a date that is not set yet.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from feeds.dates.grammar import YEARS
from feeds.dates.names import flatten, fold, words
from feeds.dates.parsing import LONGEST, find_date, parse_date
from feeds.dates.undecided import find_undecided
from feeds.unicode.cache import cache_short_texts

_DIGIT = re.compile(r"\d")
_EDGES = " \t\xa0()[]{}（）【】.,;:：|·•–—-"
_SHORTEST_MONTH = 4
_LONG_MONTH = 7
_ABBREVIATED = 3
_NUMERIC = (
    re.compile(
        r"(?<![\w.:/-])(?<!\d,)(?P<y>\d{4,5})\s?(?P<s>[-/.])\s?(?P<m>\d{1,2})\s?(?P=s)\s?(?P<d>\d{1,2})(?![\w/-]|\.\d)"
    ),
    re.compile(
        r"(?<![\w.:/-])(?<!\d,)(?P<d>\d{1,2})\s?(?P<s>[-/.])\s?(?P<m>\d{1,2})\s?(?P=s)\s?(?P<y>\d{4,5})(?![\w/-]|\.\d)"
    ),
    re.compile(r"(?<!\d)(?P<y>\d{4,5})\s?[年년]\s?(?P<m>\d{1,2})\s?[月월]\s?(?P<d>\d{1,2})\s?[日일号號]?"),
)
_YEAR_STARTS = ("19", "20")


@dataclass(frozen=True, slots=True)
class LookAlike:
    """A part of a text that looks like a date and is not one: its borders, and the part as written."""

    start: int
    end: int
    text: str


@cache_short_texts(1 << 12)
def find_lookalike(text: str, languages: tuple[str, ...]) -> LookAlike | None:
    """Return the first look-alike of a line; None if the line holds a real date too.

    The borders are those in the text in normal form C. The line may be of any length, but a look-alike has
    at most 64 characters. A phrase has to fill the line, or its part between separators.
    """
    text = unicodedata.normalize("NFC", text)
    found = _find_numbers(text, languages) if _DIGIT.search(text) else None
    found = found or find_undecided(flatten(text))
    if found is None or found[1] - found[0] > LONGEST:
        return None
    start, end = found
    if find_date(text, languages=languages) or parse_date(text[start:end], languages=languages):
        return None
    return LookAlike(start, end, text[start:end])


def is_lookalike(text: str, languages: tuple[str, ...]) -> bool:
    """Whether a text is a look-alike and nothing else, except brackets and punctuation around it."""
    if len(text) > LONGEST:
        return False
    found = find_lookalike(text, languages)
    return found is not None and not _without(text, found).strip(_EDGES)


def _without(text: str, found: LookAlike) -> str:
    text = unicodedata.normalize("NFC", text)
    return text[: found.start] + text[found.end :]


def _find_numbers(text: str, languages: tuple[str, ...]) -> tuple[int, int] | None:
    """Return the borders of the first impossible or misspelt date."""
    flat = flatten(text)
    found = [match.span() for form in _NUMERIC for match in form.finditer(flat) if _is_impossible(match)]
    months = _months(languages)
    found += [
        match.span() for form in _named_forms(languages) for match in form.finditer(flat) if _is_mistyped(match, months)
    ]
    return min(found, default=None, key=lambda span: (span[0], -span[1]))


def _is_impossible(match: re.Match[str]) -> bool:
    """Whether digits are not a day in any order that they may have; a year in front is followed by the month."""
    year, month, day = match["y"], int(match["m"]), int(match["d"])
    if not year.startswith(_YEAR_STARTS):
        return False
    swapped = match.start("y") > match.start("d") and _is_day(year, day, month)
    return not (swapped or _is_day(year, month, day))


def _is_day(year: str, month: int, day: int) -> bool:
    try:
        return dt.date(int(year), month, day).year in YEARS
    except ValueError:
        return False


@lru_cache(maxsize=64)
def _named_forms(languages: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """Return the forms with a word for the month: "31 February 2026", "31. de mayo de 2026", "Mrach 13th, 2026"."""
    fillers = "|".join(sorted(map(re.escape, words(languages).fillers), key=lambda word: (-len(word), word)))
    gap = rf"[\s.,/-]{{1,3}}(?:(?:{fillers})[\s.]{{1,2}}){{0,2}}"
    day = r"(?P<d>\d{1,2})(?:\.|°|º|[^\W\d_]{1,2}(?![^\W_]))?"
    month, year = r"(?P<m>[^\W_]{3,14})", r"(?P<y>\d{3,5})(?![^\W_]|[.,]\d)"
    return (
        re.compile(rf"(?<![^\W_])(?<!\d[.,:/-]){day}{gap}{month}{gap}{year}"),
        re.compile(rf"(?<![^\W_]){month}{gap}{day}{gap}{year}"),
    )


def _is_mistyped(match: re.Match[str], months: Mapping[str, int]) -> bool:
    """Whether a match has the name of a month, misspelt or not, and is not a day of the calendar."""
    word = fold(match["m"])
    if word.isdecimal():
        return False
    if word in months:
        return not _is_day(match["y"], months[word], int(match["d"]))
    return match["y"].startswith(_YEAR_STARTS) and any(_is_misspelt(word, name) for name in months)


@lru_cache(maxsize=64)
def _months(languages: tuple[str, ...]) -> Mapping[str, int]:
    return {fold(name): number for name, number in words(languages).months.items() if not name.isdecimal()}


@lru_cache(maxsize=1 << 12)
def _is_misspelt(word: str, name: str) -> bool:
    """Whether a word is a name with one letter wrong, missing, added or swapped; in a long one with two."""
    if len(name) == len(word) == _ABBREVIATED:
        return sorted(word) == sorted(name) and word != name
    if min(len(name), len(word)) < _SHORTEST_MONTH or abs(len(name) - len(word)) > 2:
        return False
    most = 2 if len(name) >= _LONG_MONTH and word[0] == name[0] else 1
    return 0 < edit_distance(word, name) <= most


def edit_distance(first: str, second: str) -> int:
    """Return how many letters to insert, delete, replace or swap with their neighbour (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, letter in enumerate(first, 1):
        before, above, row = row, before, [i]
        for j, other in enumerate(second, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == second[j - 2] and other == first[i - 2]:
                cost = min(cost, above[j - 2] + 1)
            row.append(cost)
    return row[-1]
