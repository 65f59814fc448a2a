"""Where a date stands in a text: every form that newsrooms write, in the languages asked for.

Works on flat text (`months.flatten`: no case, no accents, ASCII digits), whose indices are the text's own.
The named groups of a form are d, m, y (a range's start), n (the month of its end, where both share a year)
and a, b, c (figures whose order is in question). A range over new year that gives one year only has a start
without a year: it is found, and no day is read from it; otherwise its end would be found inside it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from feeds.dates.names import Words, flatten, fold, words

YEARS = range(1900, 2201)
# Year 0 of calendars that count years otherwise and days as we do.
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}
_MINGUO = 1911
_ROMANS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_ROMAN = {name: number for number, name in enumerate(_ROMANS, 1)}
_BUDDHIST = range(2443, 2744)
# Names that only one zone in the world has. With any other a time is local, its zone unknown.
_ZONES = {"z": 0, "ut": 0, "utc": 0, "gmt": 0, "cet": 60, "cest": 120, "eet": 120, "eest": 180, "jst": 540}
_WIDEST = dt.timedelta(hours=14)

_DAY = r"(?P<{0}>\d{{1,2}})(?!\d)(?:\.|°|[-:]?[^\W\d_]{{1,3}}(?![^\W\d_]))?"
_YEAR = r"(?P<y>\d{4}|['’]\d{2})(?!\d)"
_SHORT_YEAR = r"(?<=[\s./-])(?P<yy>\d{2})(?![\d:.]|\s*[^\W_]|\s*[-–—/]\s*\d)"
_START = r"(?<![^\W_])(?<!\d[.,:/-])"
_DASH = r"[-–—~〜～]"
_CLOCK = (
    r"(?:\d{1,2}(?:[:：]\d{2}(?:[:：]\d{2}(?:[.,]\d{1,9})?)?|\s?h\s?\d{2}|\s?[時点點시时]\s?\d{1,2}\s?[分분])"
    r"|\d{1,2}\.\d{2}(?=\s?[ap]\.?m)|(?:klo|kl\.?|ore|um|saat)\s\d{1,2}\.\d{2}|\d{2}\.\d{2}|(?<=\d{4}\s)\d\.[0-5]\d(?=\s*(?:$|[|,;)–—-]))|(?<=\dt)\d{4}(?:\d{2})?)(?![\d:]|\.\d)"
)
_CLOCK_WORD = r"(?:uhr|hrs?|h|ч|น)(?![^\W\d_])\.?"
# A minus after a bare 09:30 joins two times; after seconds or a T it is an offset.
_ZONE = (
    r"(?:utc|gmt)\s?[+−-]\d{1,2}(?::?\d{2})?|\+\d{2}:?\d{2}|[−-]\d{4}|(?:(?<=:\d\d:\d\d)|(?<=t\d\d:\d\d)|(?<=\.\d\d\d))"
    rf"[−-]\d{{2}}:\d{{2}}|(?:{'|'.join(sorted(_ZONES, key=len, reverse=True))})"
)
# The form that most newsrooms write, read without asking all the others.
_PLAIN = re.compile(r"(?P<d>\d{1,2})\.? (?P<m>[^\W\d_]{3,}) (?P<y>\d{4})")
_DIGITS = re.compile(r"\d")
_SEPARATED = re.compile(r"\d\s?[-/.年년]|\d\s[ivx]|\d{8}t|元")
# Before the first figure of a date stands a month's name at most.
_LONGEST_MONTH = 40


@dataclass(frozen=True, slots=True)
class DateMatch:
    """A date in a text, from `start` to `end`.

    `days` says which day it is by the order of its figures (`dmy`, `mdy`, `ymd`), or has one value under ""
    where no order is in question. It is empty where the text is a date's but no day can be read from it.
    """

    start: int
    end: int
    days: Mapping[str, dt.date]
    time: dt.time | None = None
    offset: dt.timedelta | None = None
    dotted: bool = False


@dataclass(frozen=True, slots=True)
class Grammar:
    """The forms of some languages, compiled."""

    months: Mapping[str, int]
    periods: Mapping[str, str]
    month: re.Pattern[str]
    named: tuple[re.Pattern[str], ...]
    figured: tuple[re.Pattern[str], ...]
    weekday_before: re.Pattern[str]
    weekday_after: re.Pattern[str]
    time_before: re.Pattern[str]
    time_after: re.Pattern[str]
    to: re.Pattern[str]
    year_first: bool


@lru_cache(maxsize=64)
def grammar(languages: tuple[str, ...]) -> Grammar:
    """Compile the forms for these languages; English is always among them."""
    known = words(languages)
    weekday = rf"(?:{_any(known.weekdays)})(?![^\W\d_])"
    period = rf"(?:{_any(known.periods)}|[ap]\.?\s?m\b\.?)"
    clock = (
        rf"(?:(?P<before>{period})\s*)?(?P<clock>{_CLOCK}|\d{{1,2}}(?=\s?[ap]\.?m\b))"
        rf"(?:\s?(?P<after>{period})(?![^\W\d_]))?(?:\s?{_CLOCK_WORD})?(?:\s?\(?(?P<zone>{_ZONE})\)?(?![^\W_]))?"
    )
    small_words = r"(?:[^\W\d_]{1,5}\.?[\s,]+){0,2}"
    to = _to(known)
    return Grammar(
        months={fold(name): number for name, number in known.months.items()},
        periods={fold(name): half for name, half in known.periods.items()} | {"am": "am", "pm": "pm"},
        month=re.compile(rf"(?<![^\W\d_])(?:{_any(known.months)})"),
        named=tuple(map(re.compile, _named_forms(known, to))),
        figured=tuple(map(re.compile, _figured_forms(languages))),
        weekday_before=re.compile(rf"(?<![^\W\d_]){weekday}[.,]?\s*$"),
        weekday_after=re.compile(rf"\s*(?:(?:{_any(known.fillers)})\b\.?)?[,(（]?\s*{weekday}\.?\s*[)）]?"),
        time_before=re.compile(rf"(?<![\d:.]){clock}[\s,|·•–—-]*{small_words}$"),
        time_after=re.compile(rf"(?:t|\.?[\s,;|·•@()–—-]*{small_words}){clock}"),
        to=re.compile(to),
        year_first=known.order == "ymd",
    )


def _to(known: Words) -> str:
    """What stands between the two ends of a range: a dash, or one small word that is not a month."""
    word = rf"\b(?!(?:{_any(known.months)})\b)[^\W\d_]{{1,4}}\b"
    return rf"\s*(?:{_DASH}|[/&+]|{word})\s*(?:{_any(known.weekdays)})?[.,]?\s*"


def _named_forms(known: Words, to: str) -> Iterator[str]:
    """The forms whose month is a name."""
    month = rf"(?P<{{0}}>{_any(known.months)})\.?(?![^\W\d_]|(?<=\d)\d)"
    m, n, day, other = month.format("m"), month.format("n"), _DAY.format("d"), _DAY.format("e")
    loose = rf"[\s.,]*(?:(?:{_any(known.fillers)})(?![^\W\d_])[\s.,]*){{0,2}}"
    gap = rf"(?:{loose}|[-–/])"
    start = _START
    # "3-Jul-14" has a year of two digits; "May 3–July 14" has none.
    yield (
        rf"{start}{day}(?:{to}{other})?(?:(?P<joint>[-–/])|{loose}){m}"
        rf"(?:{gap}{_YEAR}|(?(joint)(?P=joint)|{loose}){_SHORT_YEAR})"
    )
    yield rf"{start}{day}{gap}{m}{to}{other}{gap}{n}{gap}{_YEAR}"
    yield rf"{start}{m}{gap}{day}(?:{to}{other})?{gap}{_YEAR}"
    yield rf"{start}{m}{gap}{day}{to}{n}{gap}{other}{gap}{_YEAR}"
    yield rf"{start}{_YEAR}{gap}{m}{gap}{day}(?!{gap}\d{{4}})(?![^\W_])"
    if known.year_day_month:
        yield rf"{start}{_YEAR}{gap}{day}{gap}{m}"


def _figured_forms(languages: tuple[str, ...]) -> Iterator[str]:
    """The forms whose month is a figure, also a Roman one."""
    yield (r"(?<!\d)(?P<y>\d{4})\s?(?P<s>[-/.])\s?(?P<m>\d{1,2})\s?(?P=s)\s?(?P<d>\d{1,2})(?!\d|(?P=s)\d)")
    yield (
        rf"(?:(?P<era>{_any(_ERAS)})\s?(?P<c>元|\d{{1,3}})|(?<!\d)(?P<y>\d{{4}}))\s*[年년]\s*"
        r"(?P<m>\d{1,2})\s*[月월]\s*(?P<d>\d{1,2})(?!\d)\s*[日일号號]?"
    )
    if any(tag.partition("-")[0] == "zh" for tag in languages):
        yield r"(?<![\w.,:/-])(?P<y>1\d\d)(?P<s>[-/.])(?P<m>\d\d)(?P=s)(?P<d>\d\d)(?!\d|(?P=s)\d)"
    yield rf"{_START}(?P<d>\d{{1,2}})(?P<s>[-/.]\s?|\s)(?P<m>x?v?i{{0,3}}|i?[vx])(?P=s)(?P<y>\d{{4}})(?!\d)"
    yield r"(?<!\d)(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?=t\d{4})"
    yield (
        rf"(?<![\d.,:/-])(?<!\bv)(?<!\bversion )"
        rf"(?:(?P<d>\d{{1,2}})(?:\.\s*{_DASH}\s*|{_DASH}|[./](?P<m>\d{{1,2}})[./]?\s*{_DASH}\s*))?"
        r"(?P<a>\d{1,2})\s?(?P<s>[-/.])\s?(?P<b>\d{1,2})\s?(?P=s)\s?"
        r"(?P<c>\d{4}|(?<=[./])\d{2}|(?<=\d\d-)\d{2})(?!\d|(?P=s)\d)"
    )


def _any(names: Iterable[str]) -> str:
    """Match any of the names, longest first so that none hides another; dots and spaces may be missing."""
    longest = sorted((name for name in names if name), key=lambda name: (-len(name), name))
    return "|".join(re.escape(name).replace(r"\.", r"\.?").replace(r"\ ", r"\s*") for name in longest)


def find(text: str, languages: tuple[str, ...]) -> DateMatch | None:
    """Find the first date, with its weekday, its time and the end of its range."""
    flat = flatten(text)
    rules = grammar(languages)
    if (plain := _PLAIN.fullmatch(flat)) and (found := _read(plain, rules)):
        return found
    figure = _DIGITS.search(flat)
    if figure is None:
        return None
    begin = max(0, figure.start() - _LONGEST_MONTH)
    forms = rules.named if rules.month.search(flat, begin) else ()
    forms += rules.figured if _SEPARATED.search(flat) else ()
    matches = [match for form in forms if (match := form.search(flat, begin))]
    while matches:
        match = min(matches, key=lambda match: (match.start(), -match.end()))
        found = _read(match, rules)
        if found is not None:
            return _widen(found, flat, rules)
        matches.remove(match)
        if again := match.re.search(flat, match.start() + 1):
            matches.append(again)
    return None


def _read(match: re.Match[str], rules: Grammar) -> DateMatch | None:
    part = match.groupdict()
    if part.get("a"):
        days = _ordered(part, rules.year_first)
    elif part.get("era"):
        year = _ERAS[part["era"]] + (1 if part["c"] == "元" else int(part["c"]))
        days = {"": _day(year, part["m"], part["d"])}
    else:
        month = rules.months.get(part["m"]) or rules.months.get(fold(part["m"])) or _number(part["m"])
        year = _year(part.get("yy") or part["y"])
        if part.get("n") and rules.months[fold(part["n"])] < month:
            return DateMatch(match.start(), match.end(), {})
        days = {"": _day(year, month, part["d"])}
    known = {order: day for order, day in days.items() if day is not None}
    return (
        DateMatch(match.start(), match.end(), known, dotted=part.get("s") == "." and len(part.get("c") or "") == 4)
        if known
        else None
    )


def _ordered(part: Mapping[str, str], year_first: bool) -> dict[str, dt.date | None]:
    """Read figures in every order that they may be in."""
    a, b, c = part["a"], part["b"], part["c"]
    first, second = part["d"] or a, part["m"] or b
    days = {"dmy": _day(_year(c), second, first) if _day(_year(c), b, a) else None}
    if not part["d"] or part["m"]:
        first, second = (part["d"], part["m"]) if part["d"] else (a, b)
        days["mdy"] = _day(_year(c), first, second) if _day(_year(c), a, b) else None
    if len(a) == len(c) == 2 and not part["d"] and (year_first or int(a) > 31):
        days["ymd"] = _day(_year(a), b, c)
    return days


def _number(digits: str) -> int:
    return int(digits) if digits.isdecimal() else _ROMAN.get(digits, 0)


def _year(digits: str) -> int:
    digits = digits.lstrip("'’")
    value = int(digits)
    if len(digits) >= 4:
        return value - 543 if value in _BUDDHIST else value
    if len(digits) == 3:
        return value + _MINGUO
    return value + (2000 if value <= 68 else 1900)


def _day(year: int, month: str | int, day: str) -> dt.date | None:
    try:
        return dt.date(year, int(month), int(day)) if year in YEARS else None
    except ValueError:
        return None


def _widen(found: DateMatch, flat: str, rules: Grammar) -> DateMatch:
    start, end, clock = found.start, found.end, None
    if weekday := rules.weekday_after.match(flat, end):
        end = weekday.end()
    if clock := rules.time_after.match(flat, end):
        end = clock.end()
        if until := rules.time_after.match(flat, end):
            end = until.end()
    if weekday := rules.weekday_before.search(flat[:start], max(0, start - 24)):
        start = weekday.start()
    if clock is None and (clock := rules.time_before.search(flat[:start], max(0, start - 40))):
        start = clock.start()
    if to := rules.to.match(flat, end):
        ends = [
            match
            for form in rules.named + rules.figured
            if (match := form.match(flat, to.end())) and _read(match, rules)
        ]
        end = max([end, *(match.end() for match in ends)])
    time = offset = None
    if clock is not None:
        time, offset = _time(clock, rules), _offset(clock["zone"])
    return DateMatch(start, end, found.days, time, offset if time else None, found.dotted)


def _time(match: re.Match[str], rules: Grammar) -> dt.time | None:
    """Read a time of day; a period of the day that is neither half (noon, at night) leaves it unknown."""
    hour, minute, second, *_ = *(int(digits) for digits in re.findall(r"\d{1,2}", match["clock"])), 0, 0
    period = match["before"] or match["after"]
    half = rules.periods.get(fold(period), "?") if period else ""
    if half == "?" or (half and not 1 <= hour <= 12 and not (half == "pm" and hour > 12)):
        return None
    if half == "pm" and hour < 12:
        hour += 12
    elif half == "am" and hour == 12:
        hour = 0
    try:
        return dt.time(hour, minute, second)
    except ValueError:
        return None


def _offset(zone: str | None) -> dt.timedelta | None:
    if not zone:
        return None
    if zone in _ZONES:
        return dt.timedelta(minutes=_ZONES[zone])
    digits = re.sub(r"\D", "", zone)
    hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")
    size = dt.timedelta(hours=int(hours), minutes=int(minutes))
    if size > _WIDEST:
        return None
    return size if "+" in zone else -size
