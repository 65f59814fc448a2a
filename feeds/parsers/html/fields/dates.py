"""Which text of a record is its date: what the page says to machines first, then what it prints.

A date within prose is not the item's, and one within a title only if nothing else is. What is printed in
the same place in most records is believed before what one of them has elsewhere.
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
# What pages call the attributes that a script makes "2 hours ago" of.
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
_FIGURE = re.compile(r"\d")
_AROUND = " \t:;,.|·•–—-()[]【】（）"
_AROUND_WORD = _AROUND + "0123456789"
_DAY, _MONTH = "(?:0?[1-9]|[12]\\d|3[01])", "(?:0?[1-9]|1[0-2])"
_DAY_MONTH = re.compile(rf"{_DAY}[./-]0?{_MONTH}|{_MONTH}[./-]{_DAY}|{_MONTH}月{_DAY}日|{_MONTH}월 ?{_DAY}일")
_NUMBERS = re.compile(r"\d+")

DateField = tuple[tuple[object, ...], str, int, Node]


def is_date(text: str, languages: tuple[str, ...]) -> bool:
    """Tell a text that is a whole date and nothing else, whatever the order of its figures."""
    if len(text) > LONGEST or not has_figures(text):
        return False
    return _is_date(text, languages)


def is_day(text: str) -> bool:
    """Tell a day of a month without a year, and nothing else: no date, but a sign that there are dates."""
    return len(text) <= _PART and _DAY_MONTH.fullmatch(text.strip(_AROUND)) is not None


def is_of_calendar(text: str, languages: tuple[str, ...]) -> bool:
    """Tell the name of a month or of a day of the week, also with a number beside it."""
    known, word = words(languages), text.strip(_AROUND_WORD)
    return fold(word) in known.months or word.lower() in known.weekdays


def has_figures(text: str) -> bool:
    """A whole date has two numbers at least, or one as long as 20240305."""
    numbers = _NUMBERS.findall(text)
    return len(numbers) > 1 or (len(numbers) == 1 and len(numbers[0]) >= _COMPACT)


@cache_short_texts(4096)
def _is_date(text: str, languages: tuple[str, ...]) -> bool:
    return any(parse_date(text, languages=languages, day_first=order) is not None for order in (True, False))


def find_dates(page: Page, views: Sequence[ExtractedRecord], languages: tuple[str, ...]) -> None:
    """Give every record the date that stands where most records have theirs."""
    nodes = _machine_nodes(page)
    for search in (_said, _printed, _mentioned, _assembled):
        found = [list(search(view, nodes, languages)) if view.date is None else [] for view in views]
        slot = _best(found, len(views))
        if slot is None:
            continue
        for view, dates in zip(views, found, strict=True):
            dates.sort(key=lambda date: date[0] != slot)
            if dates and (dates[0][0] == slot or search in (_said, _printed)):
                _, view.date, line, view.dated = dates[0]
                view.used |= {line}


def _best(found: Sequence[Sequence[DateField]], total: int) -> tuple[object, ...] | None:
    """The place that most records have a date in; the first such place where several have as many."""
    counts: dict[tuple[object, ...], int] = defaultdict(int)
    for dates in found:
        for place in dict.fromkeys(place for place, *_ in dates):
            counts[place] += 1
    if not counts:
        return None
    place = max(counts, key=lambda place: (counts[place], not place[0], place[1] is True))
    return place if counts[place] >= _FEW * total else None


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


def said_by(node: Node, languages: tuple[str, ...]) -> str | None:
    """The date that an element says to machines."""
    return date_said(node.attributes, languages) if " " in node.written else None


def date_said(attributes: Mapping[str, str | None], languages: tuple[str, ...]) -> str | None:
    """The first of some attributes that is a date."""
    for name, value in attributes.items():
        if value and (name in _MACHINE or _DATA.fullmatch(name)) and is_date(value, languages):
            return value
    return None


def _said(view: ExtractedRecord, nodes: Sequence[Node], languages: tuple[str, ...]) -> Iterator[DateField]:
    """Dates in machine-readable attributes. The place of one that says when it changed comes last."""
    first = bisect_left(nodes, view.record.start, key=lambda node: node.start)
    for node in takewhile(lambda node: node.start < view.record.end, islice(nodes, first, None)):
        if value := said_by(node, languages):
            changed = not _CHANGED.isdisjoint(node.words) and _PUBLISHED.isdisjoint(node.words)
            changed = changed or node.get("itemprop") in {"dateModified", "endDate"}
            yield (changed, node.tag, node.get("itemprop"), node.signature), value, -1, node


def _printed(view: ExtractedRecord, _: Sequence[Node], languages: tuple[str, ...]) -> Iterator[DateField]:
    """Texts that are a date and nothing else."""
    for cell in view.cells:
        if not _in_title(cell, view) and is_date(cell.text, languages):
            yield (_is_changed(cell), _is_named(cell), *cell.slot), cell.text, cell.line.place, cell.node


def _mentioned(view: ExtractedRecord, _: Sequence[Node], languages: tuple[str, ...]) -> Iterator[DateField]:
    """Short lines that have a date among other words: by whom, how many comments."""
    for cell in view.cells:
        if cell.link not in (None, view.title.link) or len(cell.text) > _SHORT or _in_title(cell, view):
            continue
        if has_figures(cell.text) and (text := find_date(cell.text, languages=languages)):
            yield (_is_changed(cell), _is_named(cell), *cell.slot), text, cell.line.place, cell.node


def _assembled(view: ExtractedRecord, _: Sequence[Node], languages: tuple[str, ...]) -> Iterator[DateField]:
    """Dates whose day, month and year stand in elements of their own, in any order."""
    lines = list({cell.line.place: cell.line for cell in view.cells}.values())
    for line in lines:
        if joined := assembled(line, languages):
            yield (False, line.block.tag, line.block.signature), joined, line.place, line.block
            return
    for first in range(len(lines)):
        for last in range(first + 2, min(len(lines), first + _PARTS) + 1):
            texts = [line.text for line in lines[first:last]]
            if any(len(text) > _PART for text in texts):
                break
            if joined := _joined(texts, languages):
                block = lines[first].block
                place = (False, block.tag, block.signature)
                yield place, joined, lines[first].place, block.parent or block
                return


def assembled(line: RenderedLine, languages: tuple[str, ...]) -> str | None:
    """The date that a line is whose parts stand in elements of their own."""
    parts = [piece.text.strip() for piece in line.pieces if not piece.text.isspace()]
    few = 1 < len(parts) <= _PARTS and max(map(len, parts)) <= _PART
    return _joined(parts, languages) if few else None


def _joined(parts: Sequence[str], languages: tuple[str, ...]) -> str | None:
    """Join the parts of a date, read from either end; a day above 2024-05 goes on with its dash."""
    orders = (" ".join(parts), " ".join(parts[::-1]), "-".join(parts[::-1]))
    return next((joined for joined in orders if is_date(joined, languages)), None)


def _in_title(cell: FieldCandidate, view: ExtractedRecord) -> bool:
    title = view.title
    if cell.text == title.text:
        return True
    return (
        title.node.holds(cell.node)
        and cell.text in title.text
        and len(cell.text) < len(title.text) // 2
        and (title.heading is None or cell.node is title.node)
    )


def _is_named(cell: FieldCandidate) -> bool:
    """Whether the words before a date say that it is the item's: "Published on", and not "Apply by"."""
    return role_of(_FIGURE.split(cell.line.text, maxsplit=1)[0].strip(_AROUND)) == "date"


def _is_changed(cell: FieldCandidate) -> bool:
    words = cell.node.words | cell.line.block.words
    return not _CHANGED.isdisjoint(words) and _PUBLISHED.isdisjoint(words)
