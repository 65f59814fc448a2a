"""Dates in lines of text: whether a line is a date, has one next to other text, or is the heading of a month."""

from __future__ import annotations

import re
from dataclasses import dataclass

from feeds.dates.names import flatten, fold, words
from feeds.dates.parsing import LONGEST, find_date, is_whole, split_date
from feeds.unicode import normalise
from feeds.unicode.cache import cache_short_texts
from feeds.unicode.normalise import key
from feeds.unicode.prose import ends_sentence, holds_sentence

_DIGIT = re.compile(r"\d")
_DIGITS = re.compile(r"\d+")
_PIECE = re.compile(r"\S+")
_EDGES = "[](){}【】:：,.|–—-·•*"
_DAY_MONTH = re.compile(
    r"(?:0[1-9]|[12]\d|3[01])[./-](?:0[1-9]|1[0-2])[.]?|(?:0[1-9]|1[0-2])[/-](?:0[1-9]|[12]\d|3[01])"
)
_FILE_SIZE = re.compile(r",?\s\d+(?:[.,]\d+)?\s?[KMkm](?:B|b|o)(?=\)?$)")
_MONTH_YEAR = re.compile(r"(?:0?[1-9]|1[0-2])[./-](?:19|20)\d\d")
_AFTER_BRACKET = re.compile(r"[)\]）]\s?[.:–—-]\s")
_MARKS = ("|", "·", "•", "/", "–", "—")
_MAX_LINE = 260
_MAX_ASIDE = 120
_DATELINE = 100
_PLACE = re.compile(r"[^\W\d_][^\d!?]{1,40}[,(/]\s*(?:[^\W\d_]{1,3}\s)?$")
LONGEST_PART = 16
_SHORT = 24
# Every layout checks every line, so the results for the lines of a long text are cached.
_CACHE_SIZE = 1 << 14
_MAX_PIECES = 5
_AT = r"[,\s]+(?:[^\W\d_]{1,4}\.?\s)?\d{1,2}[:.h]\d{2}"
_CLOCK = re.compile(rf"{_AT}$")
# CLDR has these words, Babel does not.
_DAYS = normalise.words(
    """today yesterday heute gestern hier hoy ayer oggi ieri hoje ontem vandaag gisteren dziś dzisiaj wczoraj
    dnes včera tegnap tänään eilen idag igår azi danas jučer сегодня вчера сьогодні вчора днес σήμερα χθες
    bugün dün اليوم أمس امروز دیروز היום אתמול आज कल วันนี้ เมื่อวาน 今日 昨日 今天 昨天 오늘 어제 kemarin"""
)
# At the start of a line, only a separator or a time after such a word shows that it is not part of a sentence.
_DAY_FIRST = re.compile(rf"(?:{'|'.join(sorted(_DAYS))})(?:\s*[|·•/–—]|{_AT})", re.I)


@dataclass(frozen=True, slots=True)
class DateLine:
    """A date as written, and the text before and after it in its line."""

    date: str
    before: str
    after: str
    joint: str = ""

    @property
    def rest(self) -> str:
        return self.before or self.after

    @property
    def at_edge(self) -> bool:
        return not self.before or not self.after

    @property
    def at_start(self) -> bool:
        return not self.before

    @property
    def set_off(self) -> bool:
        """Whether the date is separate, and not part of a sentence."""
        if not self.before or self.before.endswith((*_MARKS, "]", "】")):
            return True
        return self.after.startswith(_MARKS) or (not self.after and self.joint.strip().startswith(_MARKS))

    @property
    def bracketed(self) -> bool:
        """Whether the date in brackets ends the first of two texts: "Title (3 May 2024). Prose"."""
        return self.before.endswith(("(", "[", "（")) and _AFTER_BRACKET.match(self.after) is not None


@cache_short_texts(_CACHE_SIZE)
def is_date(text: str, languages: tuple[str, ...]) -> bool:
    """Whether a line is a date only, in any order of its digits; its year may be missing."""
    if len(text) > LONGEST or not _DIGIT.search(text):
        return key(text) in _DAYS if len(text) <= _SHORT else False
    if is_whole(text, languages=languages):
        return True
    text = _bare(text)
    return len(text) <= _SHORT and (_is_without_year(text, languages) or _is_ago(text, languages))


def _bare(text: str) -> str:
    """Return a text without "Today," before a day and month, and without the time after them."""
    day, comma, rest = text.partition(",")
    if comma and key(day) in _DAYS:
        text = rest.strip()
    day = _CLOCK.sub("", text)
    return day if _DIGIT.search(day) else text


def _is_without_year(text: str, languages: tuple[str, ...]) -> bool:
    """Whether a text is a day and a month, by name or as `05.03.`: used as a date, but without a year."""
    if _DAY_MONTH.fullmatch(text):
        return True
    day = _DIGITS.findall(text)
    if len(day) != 1 or not 1 <= int(day[0]) <= 31:
        return False
    known = words(languages)
    parts = _DIGITS.sub(" ", text).strip(" ,.").split()
    flat = fold(" ".join(part for part in parts if flatten(part) not in known.fillers))
    return flat in known.months and not flat.isdecimal()


def _is_ago(text: str, languages: tuple[str, ...]) -> bool:
    """Whether a text is like "4 hours ago" or "yesterday at 14:05": used as a date, but relative."""
    if (day := _CLOCK.sub("", text)) != text and key(day) in _DAYS:
        return True
    return fold(_DIGITS.sub("0", text)) in words(languages).ago


def is_date_part(text: str, languages: tuple[str, ...]) -> bool:
    """Whether a row is a day, a month, a year or two of them, and nothing else."""
    if len(text) > LONGEST_PART:
        return False
    parts = text.strip(".,").replace(".", " ").split()
    return all(word.isdecimal() or is_month_name(word, languages) for word in parts)


def is_month_name(word: str, languages: tuple[str, ...]) -> bool:
    """Whether a word is the name of a month."""
    # Most words are not, and ASCII need not be folded to find that out.
    months = words(languages).months
    return word.strip(".,").lower() in months if word.isascii() else fold(word.strip(".,")) in months


def is_weekday(word: str, languages: tuple[str, ...]) -> bool:
    """Whether a word is the name of a weekday, in full or abbreviated."""
    return fold(word) in {fold(name) for name in words(languages).weekdays}


@cache_short_texts(_CACHE_SIZE)
def date_line(text: str, languages: tuple[str, ...]) -> DateLine | None:
    """Return the date of a line: at its start or end, or anywhere if the line is short; the first of two."""
    if len(text) > _MAX_LINE or not (_DIGIT.search(text) or _DAY_FIRST.match(text)):
        return None
    text = _FILE_SIZE.sub("", text)
    edge = split_date(text, languages=languages)
    if edge and not (not edge.at_start and _has_another(edge.rest, languages)):
        before, after = ("", edge.rest) if edge.at_start else (edge.rest, "")
        if ends_sentence(text) and (holds_sentence(before) or len(before) > _MAX_ASIDE // 2):
            # A date at the end of a sentence says when something happened, not when it was published.
            return None
        return DateLine(edge.date, before, after, edge.joint)
    if partial := _partial_edge(text, languages):
        return partial
    date = find_date(text[:_MAX_ASIDE], languages=languages)
    if date is None:
        return None
    before, _, after = text.partition(date)
    line = DateLine(date, before.strip(), after.strip())
    return line if len(text) <= _MAX_ASIDE or line.bracketed else None


def _has_another(text: str, languages: tuple[str, ...]) -> bool:
    """Whether a text before a date has a date of its own: "Published 3 May 2024 | Updated 5 May"."""
    date = find_date(text, languages=languages)
    return date is not None and text.partition(date)[2].lstrip().startswith((*_MARKS, "(", ",", ";"))


def _partial_edge(text: str, languages: tuple[str, ...]) -> DateLine | None:
    """Split off an incomplete date: a month, a day without a year, "1 day ago"."""
    pieces = list(_PIECE.finditer(text))
    for at_start in (True, False):
        worded = at_start and _DAY_FIRST.match(text) is not None
        for count in range(min(_MAX_PIECES, len(pieces) - 1), 0, -1):
            span = pieces[:count] if at_start else pieces[-count:]
            start, end = span[0].start(), span[-1].end()
            date = text[start:end].strip(_EDGES + " ")
            bare = _bare(date)
            if not 3 < len(bare) <= _SHORT or not (worded or _DIGIT.search(date)):
                continue
            if not _is_partial(bare, languages):
                continue
            rest = text[end:].lstrip(_EDGES + " ") if at_start else text[:start].rstrip(_EDGES + " ")
            if rest and (at_start or not _is_in_sentence(text, text[:start], date, languages)):
                return DateLine(date, "" if at_start else rest, rest if at_start else "")
    return None


def _is_in_sentence(text: str, before: str, date: str, languages: tuple[str, ...]) -> bool:
    """Whether "52 years ago" ends a sentence, such as "It was last changed 52 years ago."."""
    if not _is_ago(date, languages):
        return False
    aside = len(before) <= _MAX_ASIDE // 2 or before.rstrip().endswith(_MARKS)
    return ends_sentence(text) or not aside


def _is_partial(text: str, languages: tuple[str, ...]) -> bool:
    if not _DIGIT.search(text):
        return key(text) in _DAYS
    return _is_without_year(text, languages) or _is_without_day(text, languages) or _is_ago(text, languages)


def _is_without_day(text: str, languages: tuple[str, ...]) -> bool:
    return not text.isdecimal() and (_MONTH_YEAR.fullmatch(text) is not None or is_month(text, languages))


def dateline(text: str, languages: tuple[str, ...]) -> str | None:
    """Return the date after a place at the start of prose: "Oslo, 3 May 2024 – The bridge …"."""
    start = text[:_DATELINE]
    date = find_date(start, languages=languages) if _DIGIT.search(start) else None
    return date if date and _PLACE.match(start.partition(date)[0]) else None


def is_month(text: str, languages: tuple[str, ...]) -> bool:
    """Whether a text is the heading of a month or a year: `October 2021`, `2021`, `2021年`, `2021年10月`."""
    if len(text) > LONGEST or not _DIGIT.search(text):
        return False
    if re.fullmatch(r"(?:19|20)\d\d(?:\s*[年년]|\s*[年년/.-]\s*\d{1,2}\s*[月월]?)?[.:]?", text):
        return True
    name = re.sub(r"\b(?:19|20)\d\d\b", "", text)
    return name != text and fold(name.strip(" ,:-–")) in words(languages).months
