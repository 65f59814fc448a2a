"""The forms of dates that newsrooms write, as regular expressions, and finding them in a text.

They work on flat text (`names.flatten`: no case, no accents, ASCII digits), whose indices are those of the original.
The named groups of a form are d, m, y (the start of a range), n (the month of its end, if both share a year), and
a, b, c (numbers whose order is ambiguous). A range over new year that has one year only has a start without a year:
it is found, but no day is read from it; otherwise the end of the range would be found as a date.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from feeds.dates.names import Words, flatten, fold, words

YEARS = range(1900, 2201)
# Year 0 of calendars with other years and the same days.
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}
_MINGUO = 1911
_ROMANS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_ROMAN = {name: number for number, name in enumerate(_ROMANS, 1)}
_BUDDHIST = range(2443, 2744)
# Names that only one zone has. With any other name, the zone is unknown and the time is local.
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
# A minus after 09:30 alone joins two times; after seconds, or after a T, it is an offset.
_ZONE = (
    r"(?:utc|gmt)\s?[+−-]\d{1,2}(?::?\d{2})?|\+\d{2}:?\d{2}|[−-]\d{4}|(?:(?<=:\d\d:\d\d)|(?<=t\d\d:\d\d)|(?<=\.\d\d\d))"
    rf"[−-]\d{{2}}:\d{{2}}|(?:{'|'.join(sorted(_ZONES, key=len, reverse=True))})"
)
# The most frequent form, tried first.
_PLAIN = re.compile(r"(?P<d>\d{1,2})\.? (?P<m>[^\W\d_]{3,}) (?P<y>\d{4})")
_DIGITS = re.compile(r"\d")
_SEPARATED = re.compile(r"\d\s?[-/.年년]|\d\s[ivx]|\d{8}t|元")
# At most the name of a month precedes the first digit of a date.
_LONGEST_MONTH = 40


@dataclass(frozen=True, slots=True)
class DateMatch:
    """A date in a text, from `start` to `end`.

    `days` has the day by the order of its numbers (`dmy`, `mdy`, `ymd`), or one value under "" if the order is
    not ambiguous. It is empty if the text is a date, but without a day that can be read.
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
    numeric: tuple[re.Pattern[str], ...]
    weekday_before: re.Pattern[str]
    weekday_after: re.Pattern[str]
    time_before: re.Pattern[str]
    time_after: re.Pattern[str]
    to: re.Pattern[str]
    year_first: bool


@lru_cache(maxsize=64)
def grammar(languages: tuple[str, ...]) -> Grammar:
    """Return the compiled forms of these languages and English."""
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
        numeric=tuple(map(re.compile, _numeric_forms(languages))),
        weekday_before=re.compile(rf"(?<![^\W\d_]){weekday}[.,]?\s*$"),
        weekday_after=re.compile(rf"\s*(?:(?:{_any(known.fillers)})\b\.?)?[,(（]?\s*{weekday}\.?\s*[)）]?"),
        time_before=re.compile(rf"(?<![\d:.]){clock}[\s,|·•–—-]*{small_words}$"),
        time_after=re.compile(rf"(?:t|\.?[\s,;|·•@()–—-]*{small_words}){clock}"),
        to=re.compile(to),
        year_first=known.order == "ymd",
    )


def _to(known: Words) -> str:
    """Return the pattern between the ends of a range: a dash, or one short word that is not a month."""
    word = rf"\b(?!(?:{_any(known.months)})\b)[^\W\d_]{{1,4}}\b"
    return rf"\s*(?:{_DASH}|[/&+]|{word})\s*(?:{_any(known.weekdays)})?[.,]?\s*"


def _named_forms(known: Words, to: str) -> Iterator[str]:
    """Yield the forms whose month is a name."""
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


def _numeric_forms(languages: tuple[str, ...]) -> Iterator[str]:
    """Yield the forms whose month is a number, Roman ones included."""
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
    """Return a pattern of any of the names, longest first so that none hides another; dots and spaces are optional."""
    longest = sorted((name for name in names if name), key=lambda name: (-len(name), name))
    return "|".join(re.escape(name).replace(r"\.", r"\.?").replace(r"\ ", r"\s*") for name in longest)


def find(text: str, languages: tuple[str, ...]) -> DateMatch | None:
    """Return the first date of a text, with its weekday, its time and the end of its range."""
    flat = flatten(text)
    rules = grammar(languages)
    if (plain := _PLAIN.fullmatch(flat)) and (found := _read(plain, rules)):
        return found
    digit = _DIGITS.search(flat)
    if digit is None:
        return None
    begin = max(0, digit.start() - _LONGEST_MONTH)
    forms = rules.named if rules.month.search(flat, begin) else ()
    forms += rules.numeric if _SEPARATED.search(flat) else ()
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
    """Return the days that numbers can be, by their order."""
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
            for form in rules.named + rules.numeric
            if (match := form.match(flat, to.end())) and _read(match, rules)
        ]
        end = max([end, *(match.end() for match in ends)])
    time = offset = None
    if clock is not None:
        time, offset = _time(clock, rules), _offset(clock["zone"])
    return DateMatch(start, end, found.days, time, offset if time else None, found.dotted)


def _time(match: re.Match[str], rules: Grammar) -> dt.time | None:
    """Return a time of day; None if its period of the day is neither am nor pm (noon, at night)."""
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
