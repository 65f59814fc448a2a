"""Group records by the headings between them: a date applies to the records, a topic is a section."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from feeds.dates.lines import is_month
from feeds.parsers.html.dom import Node, Page, RenderedLine
from feeds.parsers.html.fields.dates import is_date
from feeds.parsers.html.record import ExtractedRecord
from feeds.parsers.lexicon.field_names import role_of

_HEADS = frozenset(("dt", "th", "caption", "legend", "summary"))
_LONGEST = 80
_SHORT = 20
_PUNCTUATION = " \t:;,.|·•–—-()[]"
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
# The number of ancestors of a heading, one of which has to contain the record.
_MAX_LEVELS = 3


@dataclass(frozen=True, slots=True)
class RecordGroup:
    """Consecutive records under one heading."""

    heading: str | None
    records: tuple[ExtractedRecord, ...]


def group(page: Page, records: Sequence[ExtractedRecord], languages: tuple[str, ...]) -> list[RecordGroup]:
    """Return records grouped by topic, with dates taken from headings where a record has none."""
    headings = _headings(page, records, languages)
    names = Counter(heading for heading in headings if heading is not None)
    changes = Counter(heading for index, heading in enumerate(headings) if index == 0 or headings[index - 1] != heading)
    groups: list[RecordGroup] = []
    for record, heading in zip(records, headings, strict=True):
        name = heading
        if name is not None and is_date(name, languages):
            record.date, name = record.date or name, None
        elif name is not None and is_month(name, languages):
            record.date, name = _complete_date(record, name, languages), None
        elif len(names) < 2 or changes[heading] > 1:
            name = None
        if groups and groups[-1].heading == name:
            groups[-1] = RecordGroup(name, (*groups[-1].records, record))
        else:
            groups.append(RecordGroup(name, (record,)))
    return groups


def _complete_date(record: ExtractedRecord, heading: str, languages: tuple[str, ...]) -> str | None:
    """Return the date of a record that prints only a day or a day and month, completed by its heading."""
    if record.date is not None:
        return record.date
    year = _YEAR.search(heading)
    for candidate in record.candidates:
        part = candidate.text.strip(_PUNCTUATION)
        if part == record.text or len(part) > _SHORT or not any(char.isdigit() for char in part):
            continue
        ends = (heading, year[0]) if year else (heading,)
        days = [f"{part}{joint}{end}" for end in ends for joint in (" ", ".", "/")]
        for joined in (*days, f"{heading}{part}"):
            if is_date(joined, languages):
                return joined
    return None


def _headings(page: Page, records: Sequence[ExtractedRecord], languages: tuple[str, ...]) -> list[str | None]:
    """Return the heading above each record. Texts that recur between records, as "View all", are not headings."""
    gaps: list[list[tuple[Node, str]]] = []
    end = 0
    for record in records:
        gaps.append([head for line in page.slice(end, record.span.start) for head in _heading_of(line, languages)])
        end = max(end, record.span.end)
    counts = Counter(
        text for _, text in {(node.start, text) for headings_above in gaps for node, text in headings_above}
    )
    found: list[str | None] = []
    current: tuple[Node, str] | None = None
    for record, headings_above in zip(records, gaps, strict=True):
        over = (head for head in reversed(headings_above) if counts[head[1]] == 1 or _is_time(head[1], languages))
        current = next(
            (head for head in (*over, current) if head is not None and _is_above(head[0], record.span.root)),
            None,
        )
        found.append(None if current is None else current[1])
    return found


def _heading_of(line: RenderedLine, languages: tuple[str, ...]) -> Iterator[tuple[Node, str]]:
    text = line.text
    if len(text) > _LONGEST:
        return
    heading = next((piece.heading for piece in line.pieces if piece.heading is not None), None)
    if heading is not None:
        yield heading, text
    elif (line.block.tag in _HEADS and role_of(text) is None) or _is_time(text, languages):
        yield line.block, text


def _is_time(text: str, languages: tuple[str, ...]) -> bool:
    return is_date(text, languages) or is_month(text, languages)


def _is_above(head: Node, root: Node) -> bool:
    node = head
    for _ in range(_MAX_LEVELS):
        if node.parent is None or node.parent.tag in {"body", "#document"}:
            return node.parent is not None and node is head
        node = node.parent
        if node.holds(root):
            return True
    return False
