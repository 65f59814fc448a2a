"""Find the label of each record: only a text that the page prints as a category.

Evidence in this order: `rel="tag"`, the name of a class, URL, column or field (`label_rules`); a link on the
line of the date that several records share; short texts that recur (`recurring_labels`).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from feeds.dates.lines import date_line
from feeds.parsers.date_context import labels_of
from feeds.parsers.html.dom import Page
from feeds.parsers.html.field_candidates import FieldCandidate, Kind, Slot
from feeds.parsers.html.fields.label_rules import (
    PROPERTIES,
    is_label_by_name,
    label_columns,
    may_be_label,
    value_after_name,
)
from feeds.parsers.html.fields.recurring_labels import find_recurring_labels, is_next_to_date, recurs
from feeds.parsers.html.record import ExtractedRecord

_SAMPLE = 40
_FEW = 0.2
_MOST = 0.8
_BRACKETED = re.compile(r"[\[【［〔]([^\W\d][^\]】］〕]{0,30})[\]】］〕]\s*(?=\w)")
_BETWEEN = re.compile(r"\s*[,;|/·•]\s*")


def find_labels(
    page: Page, records: Sequence[ExtractedRecord], common: frozenset[str], languages: tuple[str, ...]
) -> None:
    """Set the label of each record, from the slot in which most records have one."""
    found = _named(page, records, languages)
    slot = _slot(found)
    if slot is None:
        found = _on_the_date_line(records, languages)
        slot = _slot(found)
        having = sum(any(candidate.slot == slot for candidate in candidates) for candidates in found)
        if slot is None or having < _MOST * len(records):
            found = _recurring(records, common, languages)
            slot = _slot(found)
    for record, candidates in zip(records, found, strict=True):
        candidate = next((candidate for candidate in candidates if candidate.slot == slot), None) or next(
            iter(candidates), None
        )
        if candidate is not None:
            record.label, record.label_node = _first(candidate), candidate.node
            record.used_lines |= {candidate.line.offset}
    if slot is None:
        _take_structured(page, records)
        _take_next_to_dates(records, languages)
        _take_bracketed(records)


def _named(page: Page, records: Sequence[ExtractedRecord], languages: tuple[str, ...]) -> list[list[FieldCandidate]]:
    """Return the candidates that the page names as labels, in the slots where a sample of records has one."""
    columns = label_columns(page)

    def is_label(candidate: FieldCandidate, record: ExtractedRecord) -> bool:
        return may_be_label(candidate, record, languages) and is_label_by_name(candidate, record, columns)

    slots = {
        candidate.slot for record in _sample(records) for candidate in record.candidates if is_label(candidate, record)
    }
    return [
        [candidate for candidate in record.candidates if candidate.slot in slots and is_label(candidate, record)]
        for record in records
    ]


def _recurring(
    records: Sequence[ExtractedRecord], common: frozenset[str], languages: tuple[str, ...]
) -> list[list[FieldCandidate]]:
    """Return the candidates that are labels by recurrence; all records are searched only if a sample has some."""
    for some in (_sample(records), records):
        allowed = [
            [
                candidate
                for candidate in record.candidates
                if candidate.text not in common and may_be_label(candidate, record, languages)
            ]
            for record in some
        ]
        found = find_recurring_labels(some, allowed, languages)
        if len(some) == len(records) or not any(found):
            break
    return found if len(some) == len(records) else [[] for _ in records]


def _sample(records: Sequence[ExtractedRecord]) -> Sequence[ExtractedRecord]:
    return records[:: max(1, len(records) // _SAMPLE)]


def _take_next_to_dates(records: Sequence[ExtractedRecord], languages: tuple[str, ...]) -> None:
    """Take labels that are in one text with the date, as in "Notice | 12 May 2020"."""
    if any(record.label for record in records):
        return
    texts = (
        record.date_node
        and next((candidate.line.text for candidate in record.candidates if candidate.node is record.date_node), None)
        for record in records
    )
    lines = [date_line(text, languages) if text else None for text in texts]
    known = [line for line in lines if line is not None]
    labels = iter(labels_of(known))
    values = [None if line is None else next(labels) for line in lines]
    if recurs([label for label in values if label], len(records)):
        for record, label in zip(records, values, strict=True):
            record.label = label


def _take_bracketed(records: Sequence[ExtractedRecord]) -> None:
    """Take labels in brackets before nearly all titles, as in "[Notice] The pool is closed"."""
    if any(record.label for record in records):
        return
    found = [_BRACKETED.match(record.text) for record in records]
    if recurs([match[1].strip() for match in found if match], len(records)):
        for record, match in zip(records, found, strict=True):
            record.label = match and match[1].strip()


def _take_structured(page: Page, records: Sequence[ExtractedRecord]) -> None:
    """Take labels from `<meta itemprop>` within the records."""
    values = [node for node in page.nodes if node.tag == "meta" and node.get("itemprop") in PROPERTIES]
    for record in records:
        node = next((node for node in values if record.span.holds(node.start, node.end)), None)
        record.label = record.label or (None if node is None else node.get("content") or None)


def _slot(found: Sequence[Sequence[FieldCandidate]]) -> Slot | None:
    counts: dict[Slot, int] = defaultdict(int)
    for candidates in found:
        for slot in dict.fromkeys(candidate.slot for candidate in candidates):
            counts[slot] += 1
    if not counts:
        return None
    slot = max(counts, key=lambda slot: counts[slot])
    return slot if counts[slot] >= _FEW * len(found) else None


def _on_the_date_line(records: Sequence[ExtractedRecord], languages: tuple[str, ...]) -> list[list[FieldCandidate]]:
    """Return the links on the lines of dates that several records share."""
    found = [
        [
            candidate
            for candidate in record.candidates
            if candidate.kind is Kind.LINK
            and is_next_to_date(candidate, record)
            and may_be_label(candidate, record, languages)
        ]
        for record in records
    ]
    shared = Counter(target for candidates in found for target in {_target(candidate) for candidate in candidates})
    return [[candidate for candidate in candidates if shared[_target(candidate)] > 1] for candidates in found]


def _target(candidate: FieldCandidate) -> tuple[str, str]:
    return candidate.text, "" if candidate.link is None else candidate.link.get("href")


def _first(candidate: FieldCandidate) -> str:
    text = value_after_name(candidate.text) or candidate.text
    return _BETWEEN.split(text)[0].strip() if candidate.kind is Kind.LINE else text
