"""Detect the language of a text from the words in its dates, or from its script."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from feeds.dates.names import fold, guess_language, words

_YEAR = re.compile(r"[12][0-9]{3}(?![0-9])")
_OTHER_DIGIT = re.compile("[٠-٩۰-۹०-९০-৯๐-๙０-９]")
_ANY_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_WORD = r"([^\s\d.,/()|–-]{3,})"
_BEFORE_YEAR = re.compile(
    rf"\d{{1,2}}\W{{1,2}}(?:[^\W\d_]{{1,3}}\.?\s+|d['’])?{_WORD}\.?,?\s+(?:[^\W\d_]{{1,3}}\.?\s+)?$"
    rf"|{_WORD}\.?\s+\d{{1,2}}(?:[^\W\d_]{{2}})?,?\s+$"
)
_AFTER_YEAR = re.compile(
    rf"\W{{0,2}}(?:[^\W\d_]{{1,5}}\.?\s+\d{{1,2}}\.?\s+{_WORD}|(?:[^\W\d_]{{1,5}}\.?\s+)?{_WORD}\.?\s+\d{{1,2}}(?!\d))"
)
_DAY_LINE = re.compile(
    r"(?m)^[^\S\n]*(?:\d{1,2}\.?[^\S\n]+(?:de[^\S\n]+)?([^\W\d_]{3,})|([^\W\d_]{3,})\.?[^\S\n]+\d{1,2})\.?[^\S\n]*$"
)
_WEEKDAY = re.compile(
    r"(?:^|[\n|·•/(–-])\s*([^\W\d_]{3,}(?:[^\S\n][^\W\d_]{2,})?),?[^\S\n]+(?:\d{1,2}\D{1,2})?\d{1,2}\W[^\n|]*$"
)
_MONTH_LINE = re.compile(r"(?m)^[^\S\n]*([^\W\d_]{3,})\.?[^\S\n]+\d{4}[^\S\n]*$")
_AGO_LINE = re.compile(
    r"(?m)^[^\S\n]*((?:[^\W\d_]+[^\S\n]+){0,3}\d{1,2}[^\S\n]?[^\W\d_]+(?:[^\S\n][^\W\d_]+){0,2})[^\S\n]*$"
)
_DIGITS = re.compile(r"\d+")
_CONTEXT = 28
_SAMPLE = 4000
_SCRIPTS = {
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "CJK": "zh",
    "THAI": "th",
    "HEBREW": "he",
    "GREEK": "el",
}


def language_of(text: str, configured: str) -> str | None:
    """Return the language of the month and weekday names in a text; None if they are the configured one's.

    Names are searched next to years, else in lines with a day and a month, a month and a year, or "3 hours
    ago". English names prove nothing, as texts in every language have them.
    """
    own = words((configured,))
    known = own.months.keys() | own.weekdays | own.ago
    counts: Counter[str] = Counter()
    for year in (_ANY_YEAR if _OTHER_DIGIT.search(text) else _YEAR).finditer(text):
        start, end = year.span()
        if weekday := _WEEKDAY.search(text[max(0, start - _CONTEXT) : start]):
            counts[weekday[1]] += 1
        if not known.isdisjoint(text[max(0, start - _CONTEXT) : start].lower().replace(".", "").split()):
            continue
        if before := _BEFORE_YEAR.search(text[max(0, start - _CONTEXT) : start]):
            counts[before[1] or before[2]] += 1
        elif after := _AFTER_YEAR.match(text[end : end + _CONTEXT]):
            counts[after[1] or after[2]] += 1
    if not counts:
        counts.update(first or second for first, second in _DAY_LINE.findall(text))
        counts.update(_MONTH_LINE.findall(text))
        counts.update(_DIGITS.sub("0", line) for line in _AGO_LINE.findall(text))
    foreign = Counter(
        {name: count for name, count in counts.items() if name.lower() not in known and fold(name) not in known}
    )
    return guess_language(foreign) if foreign else None


def language_by_script(text: str, configured: str) -> str | None:
    """Return the language of a text in a script that only one language has, or None.

    Chinese characters with enough kana are Japanese.
    """
    text = text[:_SAMPLE]
    if (len(text.encode()) - len(text)) * 5 < len(text):
        return None
    letters = [char for char in text if char > "\u0300" and char.isalpha()]
    scripts = Counter(_SCRIPTS.get(unicodedata.name(char, "").split(" ")[0].split("-")[0]) for char in letters)
    language, count = max(scripts.items(), key=lambda pair: pair[1], default=(None, 0))
    if language == "zh" and scripts["ja"] * 10 > count:
        language = "ja"
    return language if count * 5 > len(text) and language != configured.split("-")[0] else None
