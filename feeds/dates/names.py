"""The words of dates from CLDR: months, weekdays, periods of a day, how long ago, the order of short dates.

Babel stores a resolved alias in data that all locales share. So a table where CLDR has an alias can be another
locale's: after Hebrew was read, the "stand-alone" months of Japanese are Hebrew. Only tables that belong to the
locale itself are read here. English is always included.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from babel.localedata import LocaleDataDict, load

from feeds.unicode.language_tags import locale_of

# Languages whose month names are searched for in a document that does not declare its language.
# fmt: off
LANGUAGES = (
    "en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "uk", "sv", "da", "nb", "fi", "cs", "sk",
    "hu", "ro", "bg", "sr", "hr", "sl", "el", "tr", "ar", "he", "fa", "hi", "bn", "th", "vi", "id",
    "ms", "ja", "zh", "ko", "ca", "eu", "gl", "et", "lv", "lt", "is", "sq", "mk", "bs", "af", "sw",
    "ka", "hy", "az", "kk", "mn", "ta", "te", "ml", "ur", "ga", "cy",
)
# fmt: on

# Words between the parts of a date that the patterns of CLDR do not have.
_CONNECTIVES = ("of", "the", "de", "del", "di", "do", "da", "nam")

_FEW_LETTERS = 3
_FIELDS = re.compile(r"'[^']*'")
_IGNORED = re.compile(r"[.\s]+")


@dataclass(frozen=True, slots=True)
class Words:
    """The words in dates of some languages, all of them flat (see `flatten`)."""

    months: Mapping[str, int]
    weekdays: frozenset[str]
    periods: Mapping[str, str]
    fillers: frozenset[str]
    order: str | None
    year_day_month: bool
    ago: frozenset[str]


class _Flat(dict[int, str]):
    def __missing__(self, code: int) -> str:
        self[code] = flat = _flat(chr(code))
        return flat


def _flat(char: str) -> str:
    if char in "\u200e\u200f":
        return " "
    if char in "’ʼ":
        return "'"
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    plain = unicodedata.normalize("NFKC", char).casefold()
    base = unicodedata.normalize("NFD", plain)
    if all("\u0300" <= mark <= "\u036f" for mark in base[1:]):
        plain = base[:1]
    return "i" if plain == "ı" else plain if len(plain) == 1 else char


_FLAT = _Flat()


def flatten(text: str) -> str:
    """Return a text without case and accents and with ASCII digits, for comparison; every index stays the same."""
    return text.translate(_FLAT)


def fold(word: str) -> str:
    """Return a word flat and without dots and spaces, for comparison."""
    return _IGNORED.sub("", flatten(unicodedata.normalize("NFC", word)))


@lru_cache(maxsize=64)
def words(languages: tuple[str, ...]) -> Words:
    """Return the words in dates of these languages (BCP 47) and of English."""
    months: dict[str, int] = {}
    weekdays: set[str] = set()
    periods: dict[str, str] = {}
    ago: set[str] = set()
    fillers = set(_CONNECTIVES)
    orders = [order for tag in languages if tag != "en" and (order := short_order(tag))]
    long_orders = set()
    for tag in dict.fromkeys((*languages, "en")):
        data = _data(tag)
        if data is None:
            continue
        for name, number in _forms(data).items():
            months.setdefault(name, number)
        weekdays.update(flatten(name) for table in _tables(data, "days") for name in table.values())
        for table in _tables(data, "day_periods"):
            periods.update({flatten(name): _half(key) for key, name in table.items()})
        ago.update(_ago(data))
        for pattern in _patterns(data):
            fillers.update(flatten(literal) for literal in _literals(pattern))
            long_orders.add(_order(pattern))
    return Words(
        months=months,
        weekdays=frozenset(weekdays - {""}),
        periods=periods,
        fillers=frozenset(fillers - {""}),
        order=orders[0] if orders else None,
        year_day_month="ydm" in long_orders,
        ago=frozenset(ago),
    )


@lru_cache(maxsize=256)
def short_order(tag: str) -> str | None:
    """Return the order of a numeric date in a language: `dmy`, `mdy` or `ymd`; None if it is unknown."""
    data = _data(tag)
    return None if data is None else _order(str(data["date_formats"]["short"].pattern))


@lru_cache(maxsize=1)
def _languages_by_name() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for language in LANGUAGES:
        data = _data(language)
        if data is not None:
            days = (name for table in _tables(data, "days") for name in table.values())
            for name in (*_forms(data), *days, *_ago(data)):
                found.setdefault(fold(name), set()).add(language)
    return {name: frozenset(languages) for name, languages in found.items()}


def guess_language(names: Counter[str]) -> str | None:
    """Return the language with most of these words in its dates; of two, the first in LANGUAGES."""
    table = _languages_by_name()
    votes: Counter[str] = Counter()
    for name, count in names.items():
        for language in table.get(fold(name), ()):
            votes[language] += count
    if not votes:
        return None
    return min(votes, key=lambda language: (-votes[language], LANGUAGES.index(language)))


@lru_cache(maxsize=256)
def _data(tag: str) -> Mapping[str, Any] | None:
    name = locale_of(tag)
    if name is None:
        return None
    data: Mapping[str, Any] = load(name)
    return data


def _tables(data: Mapping[str, Any], kind: str) -> Iterator[Mapping[Any, str]]:
    for form in ("format", "stand-alone"):
        for width in ("wide", "abbreviated", "short"):
            table = data[kind].get(form, {})
            table = table.get(width) if isinstance(table, dict | LocaleDataDict) else None
            if isinstance(table, tuple):
                table = table[1]
            if own := _own(table, data):
                yield own


def _own(table: Any, data: Mapping[str, Any]) -> Mapping[Any, Any]:
    """Return a table if it belongs to the locale or its language, else an empty one."""
    if isinstance(table, dict):
        return table
    if not isinstance(table, LocaleDataDict):
        return {}
    owned = table.base is data or table.base is load(str(data["locale_id"]).partition("_")[0])
    return dict(table.items()) if owned else {}


def _ago(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield the phrases for how long ago something was, folded, with 0 for the number: "0hoursago"."""
    for unit in _own(data["date_fields"], data).values():
        for phrase in _own(_own(unit, data).get("past"), data).values():
            phrase = fold(phrase.replace("{0}", "0"))
            if sum(map(str.isalpha, phrase)) >= _FEW_LETTERS and not phrase.startswith("-"):
                yield phrase


def _forms(data: Mapping[str, Any]) -> dict[str, int]:
    """Return the forms of the months, flat: their names, names with affixes, and abbreviations."""
    affixes = dict.fromkeys([("", ""), *(found for pattern in _patterns(data) for found in _affixes(pattern))])
    names = [(flatten(name), month) for table in _tables(data, "months") for month, name in table.items()]
    forms = {flatten(before) + name + after: month for name, month in names for before, after in affixes}
    starts: dict[str, set[int]] = {}
    for name, month in names:
        if name.isascii() and name.isalpha():
            for length in range(3, len(name)):
                starts.setdefault(name[:length], set()).add(month)
    return {start: min(found) for start, found in starts.items() if len(found) == 1} | forms


def _patterns(data: Mapping[str, Any]) -> list[str]:
    return [str(data["date_formats"][width].pattern) for width in ("medium", "long", "full")]


def _literals(pattern: str) -> list[str]:
    return [word for literal in _FIELDS.findall(pattern) for word in re.findall(r"[^\W\d_]+", literal)]


def _affixes(pattern: str) -> Iterator[tuple[str, str]]:
    """Yield what a pattern joins to a month without a space: Hebrew ב before it, Basque ren after it."""
    match = re.search(r"(?:'([^\W\d_]+)'|([^\x00-\x7f]))?M{3,}(?:'([^\W\d_]+)')?", pattern)
    if match:
        yield match[1] or match[2] or "", match[3] or ""


def _order(pattern: str) -> str:
    fields = re.findall("[dMy]", _FIELDS.sub("", pattern))
    return "".join(dict.fromkeys(field.lower() for field in fields))


def _half(key: str) -> str:
    if key == "am" or key.startswith("morning"):
        return "am"
    if key in {"pm", "afternoon2"} or key.startswith("evening"):
        return "pm"
    return "?"
