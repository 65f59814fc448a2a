"""Find the date of each record: machine-readable attributes first, then printed dates.

A date within prose is not the item's. A date within a title counts only if there is no other. A date in the
slot that most records have wins over a date elsewhere in the record.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, takewhile

from feeds.dates.names import fold, words
from feeds.dates.parsing import LONGEST, find_date, parse_date
from feeds.parsers.html.dom import Node, Page, RenderedLine
from feeds.parsers.html.field_candidates import FieldCandidate
from feeds.parsers.html.record import ExtractedRecord
from feeds.parsers.lexicon.field_names import role_of
from feeds.unicode.cache import cache_short_texts

_MACHINE = ("datetime", "content", "title")
# Attributes from which a script computes texts such as "2 hours ago".
_DATA = re.compile(r"data-(?:[a-z-]*-)?(?:date|time|datetime|timestamp|published|created|pubdate)(?:-[a-z]+)?")
_PROPERTIES = frozenset(("datePublished", "startDate", "dateCreated", "uploadDate"))
_PUBLISHED = frozenset(("published", "posted", "dtstart", "pubdate", "created"))
_CHANGED = frozenset(("updated", "modified", "dtend", "end", "expires", "until"))
_TIMES = frozenset(("span", "small", "em", "i", "p", "div", "a"))
_DATED_TITLE = re.compile(r' title="[^"]{0,16}\d[^"\d]{1,12}\d')
_SHORT = 80
_PART = 16
_PARTS = 5
_FEW = 0.3
_COMPACT = 8
_DIGIT = re.compile(r"\d")
_PUNCTUATION = " \t:;,.|·•–—-()[]【】（）"
_PUNCTUATION_AND_DIGITS = _PUNCTUATION + "0123456789"
_DAY, _MONTH = "(?:0?[1-9]|[12]\\d|3[01])", "(?:0?[1-9]|1[0-2])"
_DAY_MONTH = re.compile(rf"{_DAY}[./-]0?{_MONTH}|{_MONTH}[./-]{_DAY}|{_MONTH}月{_DAY}日|{_MONTH}월 ?{_DAY}일")
_NUMBERS = re.compile(r"\d+")

DateField = tuple[tuple[object, ...], str, int, Node]


def is_date(text: str, languages: tuple[str, ...]) -> bool:
    """Whether a text is a whole date and nothing else, in any order of day and month."""
    if len(text) > LONGEST or not has_numbers(text):
        return False
    return _is_date(text, languages)


def is_day(text: str) -> bool:
    """Whether a text is a day and month without a year: not a date, but evidence that the records are dated."""
    return len(text) <= _PART and _DAY_MONTH.fullmatch(text.strip(_PUNCTUATION)) is not None


def is_of_calendar(text: str, languages: tuple[str, ...]) -> bool:
    """Whether a text is the name of a month or weekday, with or without a number."""
    known, word = words(languages), text.strip(_PUNCTUATION_AND_DIGITS)
    return fold(word) in known.months or word.lower() in known.weekdays


def has_numbers(text: str) -> bool:
    """Whether a text has the numbers of a whole date: at least two, or one as long as 20240305."""
    numbers = _NUMBERS.findall(text)
    return len(numbers) > 1 or (len(numbers) == 1 and len(numbers[0]) >= _COMPACT)


@cache_short_texts(4096)
def _is_date(text: str, languages: tuple[str, ...]) -> bool:
    return any(parse_date(text, languages=languages, day_first=order) is not None for order in (True, False))


def find_dates(page: Page, records: Sequence[ExtractedRecord], languages: tuple[str, ...]) -> None:
    """Set the date of each record, from the slot in which most records have one."""
    nodes = _machine_nodes(page)
    for search in (_structured, _printed, _mentioned, _assembled):
        found = [list(search(record, nodes, languages)) if record.date is None else [] for record in records]
        slot = _best_slot(found, len(records))
        if slot is None:
            continue
        for record, dates in zip(records, found, strict=True):
            dates.sort(key=lambda date: date[0] != slot)
            if dates and (dates[0][0] == slot or search in (_structured, _printed)):
                _, record.date, line, record.date_node = dates[0]
                record.used_lines |= {line}


def _best_slot(found: Sequence[Sequence[DateField]], total: int) -> tuple[object, ...] | None:
    """Return the slot with a date in most records; of slots with equal counts, the first."""
    counts: dict[tuple[object, ...], int] = defaultdict(int)
    for dates in found:
        for slot in dict.fromkeys(slot for slot, *_ in dates):
            counts[slot] += 1
    if not counts:
        return None
    slot = max(counts, key=lambda slot: (counts[slot], not slot[0], slot[1] is True))
    return slot if counts[slot] >= _FEW * total else None


def _machine_nodes(page: Page) -> list[Node]:
    return [
        node
        for node in page.nodes
        if node.tag == "time"
        or "datetime" in node.written
        or ("itemprop" in node.written and node.get("itemprop") in _PROPERTIES)
        or (node.tag == "abbr" and node.get("title"))
        or "value-title" in node.written
        or (node.tag in _TIMES and _DATED_TITLE.search(node.written))
        or ("data-" in node.written and any(map(_DATA.fullmatch, node.attributes)))
    ]


def structured_date(node: Node, languages: tuple[str, ...]) -> str | None:
    """Return the machine-readable date of an element, or None."""
    return date_in_attributes(node.attributes, languages) if " " in node.written else None


def date_in_attributes(attributes: Mapping[str, str | None], languages: tuple[str, ...]) -> str | None:
    """Return the first attribute for dates whose value is a date, or None."""
    for name, value in attributes.items():
        if value and (name in _MACHINE or _DATA.fullmatch(name)) and is_date(value, languages):
            return value
    return None


def _structured(record: ExtractedRecord, nodes: Sequence[Node], languages: tuple[str, ...]) -> Iterator[DateField]:
    """Yield dates in machine-readable attributes; dates of changes have a slot of lower rank."""
    first = bisect_left(nodes, record.span.start, key=lambda node: node.start)
    for node in takewhile(lambda node: node.start < record.span.end, islice(nodes, first, None)):
        if value := structured_date(node, languages):
            changed = not _CHANGED.isdisjoint(node.words) and _PUBLISHED.isdisjoint(node.words)
            changed = changed or node.get("itemprop") in {"dateModified", "endDate"}
            yield (changed, node.tag, node.get("itemprop"), node.signature), value, -1, node


def _printed(record: ExtractedRecord, _: Sequence[Node], languages: tuple[str, ...]) -> Iterator[DateField]:
    """Yield texts that are a date and nothing else."""
    for candidate in record.candidates:
        if not _in_title(candidate, record) and is_date(candidate.text, languages):
            yield (
                (_is_changed(candidate), _is_named(candidate), *candidate.slot),
                candidate.text,
                candidate.line.offset,
                candidate.node,
            )


def _mentioned(record: ExtractedRecord, _: Sequence[Node], languages: tuple[str, ...]) -> Iterator[DateField]:
    """Yield dates in short lines with other words, such as the author or the number of comments."""
    for candidate in record.candidates:
        if (
            candidate.link not in (None, record.title.link)
            or len(candidate.text) > _SHORT
            or _in_title(candidate, record)
        ):
            continue
        if has_numbers(candidate.text) and (text := find_date(candidate.text, languages=languages)):
            yield (
                (_is_changed(candidate), _is_named(candidate), *candidate.slot),
                text,
                candidate.line.offset,
                candidate.node,
            )


def _assembled(record: ExtractedRecord, _: Sequence[Node], languages: tuple[str, ...]) -> Iterator[DateField]:
    """Yield dates whose day, month and year are in elements of their own, in any order."""
    lines = list({candidate.line.offset: candidate.line for candidate in record.candidates}.values())
    for line in lines:
        if joined := assembled(line, languages):
            yield (False, line.block.tag, line.block.signature), joined, line.offset, line.block
            return
    for first in range(len(lines)):
        for last in range(first + 2, min(len(lines), first + _PARTS) + 1):
            texts = [line.text for line in lines[first:last]]
            if any(len(text) > _PART for text in texts):
                break
            if joined := _joined(texts, languages):
                block = lines[first].block
                slot = (False, block.tag, block.signature)
                yield slot, joined, lines[first].offset, block.parent or block
                return


def assembled(line: RenderedLine, languages: tuple[str, ...]) -> str | None:
    """Return the date that the elements of a line form together, or None."""
    parts = [piece.text.strip() for piece in line.pieces if not piece.text.isspace()]
    few = 1 < len(parts) <= _PARTS and max(map(len, parts)) <= _PART
    return _joined(parts, languages) if few else None


def _joined(parts: Sequence[str], languages: tuple[str, ...]) -> str | None:
    """Return the date that the parts form from either end, with spaces or (a day above 2024-05) hyphens."""
    orders = (" ".join(parts), " ".join(parts[::-1]), "-".join(parts[::-1]))
    return next((joined for joined in orders if is_date(joined, languages)), None)


def _in_title(candidate: FieldCandidate, record: ExtractedRecord) -> bool:
    title = record.title
    if candidate.text == title.text:
        return True
    return (
        title.node.holds(candidate.node)
        and candidate.text in title.text
        and len(candidate.text) < len(title.text) // 2
        and (title.heading is None or candidate.node is title.node)
    )


def _is_named(candidate: FieldCandidate) -> bool:
    """Whether the words before a date name it as the publication date ("Published on", not "Apply by")."""
    return role_of(_DIGIT.split(candidate.line.text, maxsplit=1)[0].strip(_PUNCTUATION)) == "date"


def _is_changed(candidate: FieldCandidate) -> bool:
    words = candidate.node.words | candidate.line.block.words
    return not _CHANGED.isdisjoint(words) and _PUBLISHED.isdisjoint(words)
