"""Keep the position of texts that look like dates and are not: "31 February 2026", "to be confirmed".

Dates delimit records, so a mistyped one would let its item disappear into its neighbour. Each look-alike is replaced
by a real date, the stand-in, before a layout reads the text. Afterwards the items get the look-alike back as it was
written, and no date is read from it. This is done only where other lines of the text have a date in the same form, and
kept only if an item with a title has the stand-in as its date and no other item loses its date.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from feeds.dates.lines import is_date
from feeds.dates.lookalikes import find_lookalike, is_lookalike
from feeds.dates.parsing import find_date
from feeds.model import Item, Problem
from feeds.parsers.text.markdown import LINE_BREAK
from feeds.parsers.text.selection import LayoutReading, best_reading, plain_reading
from feeds.unicode.prose import ends_sentence

_LONGEST_LINE = 160
_PEERS = 2
_FIRST_DAY = dt.date(2000, 1, 1)
_OTHER_FIELDS = ("title", "label", "credit", "summary")
# A bullet or a number before a date; the day in "31. September" is not one.
_MARKER = re.compile(r"\s*(?:[-*•+#]+|\d{1,6}[.)](?=\s+\S*\d{4}))\s+")
_SEPARATOR_BEFORE = re.compile(r"([^\w\s]|\t|\s{2,})\s*$")
_SEPARATOR_AFTER = re.compile(r"\s*([^\w\s]|\t|\s{2,})")
_LAST_WORD = re.compile(r"(\w+)\W*$")
_WORDS = "words"
_MOST_TRIES = 2
_UNDATED = "{!r} looks like a date but is not one: its item is published without a date"
_TEXT = "{!r} looks like a date but is not one: it was read as text"

_Form = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _StandIns:
    """A text with stand-ins, the date that they all are, and the look-alikes as written by the line of their row."""

    text: str
    date: str
    written: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A look-alike as written, the index of its line, the line of its row, and its line with the stand-in.

    `whole` says that the line has nothing else in it.
    """

    index: int
    row: int
    changed: str
    written: str
    whole: bool


def read_with_lookalikes(
    text: str, reading: LayoutReading, languages: tuple[str, ...], *, markdown: bool
) -> tuple[LayoutReading, list[Problem]]:
    """Return the reading that keeps the look-alikes of a text as dates, else the one given, and the problems to report.

    A problem is reported for each look-alike that became the date of an item, and for digits that fill a line.
    """
    date = _unused_date(text)
    candidates = list(_candidates(text, date, languages))
    skipped: frozenset[int] = frozenset()
    for _ in range(_MOST_TRIES):
        tried = [candidate for candidate in candidates if candidate.row not in skipped]
        stand_ins = _put_stand_ins(text, tried, date, languages) if tried else None
        if stand_ins is None:
            break
        plain = None if markdown else plain_reading(stand_ins.text, languages)
        found = plain or best_reading(stand_ins.text, languages, markdown=markdown)
        skipped |= (unused := _unused_lines(found.items, stand_ins))
        if unused:
            continue
        if not _is_harmless(found, stand_ins, reading):
            break
        items = [_with_written_date(item, stand_ins) for item in found.items]
        return LayoutReading(found.sections, items), list(_problems(candidates, stand_ins.written))
    return reading, list(_problems(candidates, {}))


def _problems(candidates: Sequence[_Candidate], dates: Mapping[int, str]) -> Iterator[Problem]:
    for candidate in candidates:
        if candidate.row in dates:
            yield Problem(candidate.row, _UNDATED.format(candidate.written))
        elif candidate.whole and any(map(str.isdigit, candidate.written)):
            yield Problem(candidate.row, _TEXT.format(candidate.written))


def _put_stand_ins(
    text: str, candidates: Sequence[_Candidate], date: str, languages: tuple[str, ...]
) -> _StandIns | None:
    """Put the stand-in in the place of each look-alike that is written where other lines have a date."""
    lines = text.split("\n")
    own = {candidate.index for candidate in candidates}
    forms = Counter(form for index, line in enumerate(lines) if index not in own and (form := _form(line, languages)))
    written: dict[int, str] = {}
    for candidate in candidates:
        form = _form(candidate.changed, languages)
        if form and forms[form] >= (_PEERS if any(form) else 1):
            lines[candidate.index] = candidate.changed
            written[candidate.row] = candidate.written
    return _StandIns("\n".join(lines), date, written) if written else None


def _unused_date(text: str) -> str:
    """Return the first day since 2000 that the text does not name in ISO form."""
    days = (_FIRST_DAY + dt.timedelta(days=count) for count in range(len(text)))
    return next((day for date in days if (day := date.isoformat()) not in text), _FIRST_DAY.isoformat())


def _candidates(text: str, date: str, languages: tuple[str, ...]) -> Iterator[_Candidate]:
    breaks = 0
    for index, raw in enumerate(text.split("\n")):
        row = index + 1 + breaks
        breaks += raw.count(LINE_BREAK)
        if not raw or len(raw) > _LONGEST_LINE or is_date(raw.strip(), languages):
            continue
        marker, body = _split_marker(raw)
        if found := find_lookalike(body, languages):
            changed = marker + body[: found.start] + date + body[found.end :]
            yield _Candidate(index, row, changed, found.text, is_lookalike(body, languages))


def _split_marker(line: str) -> tuple[str, str]:
    """Split a line after its list marker; the rest is in normal form C, as look-alikes count in it."""
    end = match.end() if (match := _MARKER.match(line)) else 0
    return line[:end], unicodedata.normalize("NFC", line[end:])


def _form(line: str, languages: tuple[str, ...]) -> _Form | None:
    """Return what is before and after the date of a line: nothing, a separator, or words; None without a date.

    A date at the end of a sentence has no form: it tells when something happened.
    """
    if not line or len(line) > _LONGEST_LINE:
        return None
    _, body = _split_marker(line)
    date = find_date(body, languages=languages)
    if date is None:
        return None
    before, _, after = body.partition(date)
    return None if _has_words(before) and ends_sentence(body) else (_before(before, after), _after(after))


def _before(text: str, after: str) -> str:
    if not _has_words(text):
        return ""
    word = _LAST_WORD.search(text)
    if separator := _SEPARATOR_BEFORE.search(text):
        return f"{word[1]}:" if word and separator[1] == ":" else separator[1]
    return word[1] if word and _has_words(after) else _WORDS


def _after(text: str) -> str:
    if not _has_words(text):
        return ""
    separator = _SEPARATOR_AFTER.match(text)
    return separator[1] if separator else _WORDS


def _has_words(text: str) -> bool:
    return any(map(str.isalnum, text))


def _with_written_date(item: Item, stand_ins: _StandIns) -> Item:
    if item.date is None or stand_ins.date not in item.date:
        return item
    written = stand_ins.written[item.lines["date"]]
    return replace(item, date=item.date.replace(stand_ins.date, written))


def _unused_lines(items: Sequence[Item], stand_ins: _StandIns) -> frozenset[int]:
    """Return the lines whose stand-in is not the date of an item with a title."""
    used = {item.lines["date"] for item in items if item.title and item.date and stand_ins.date in item.date}
    return frozenset(stand_ins.written.keys() - used)


def _is_harmless(found: LayoutReading, stand_ins: _StandIns, before: LayoutReading) -> bool:
    """Whether a reading with stand-ins has all dates of the one before, and stand-ins only as dates of their lines."""
    dates = {item.lines["date"] for item in found.items if item.date}
    if not dates.issuperset(item.lines["date"] for item in before.items if item.date):
        return False
    lines = {item.lines["date"] for item in found.items if item.date and stand_ins.date in item.date}
    texts = [getattr(item, name) or "" for item in found.items for name in _OTHER_FIELDS]
    texts += [section.heading.text for section in found.sections if section.heading]
    return lines <= stand_ins.written.keys() and not any(stand_ins.date in text for text in texts)
