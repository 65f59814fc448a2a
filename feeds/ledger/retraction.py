"""What it means that an item is no longer listed: scrolled off, or retracted, or not believed yet.

Absence is not deletion. Only what is gone from the middle, with items of its section before and behind
it towards the old end, is retracted, and only after it was missing in several readings in a row. What is
gone from the old end has scrolled off and stays an entry for ever.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from feeds.changes import Appearance
from feeds.ledger.state import DocumentMatch, ReconciliationState
from feeds.linkage.positions import scrolled
from feeds.linkage.record import ComparisonRecord


def settle(book: ReconciliationState, found: DocumentMatch, *, removals: bool) -> None:
    """Enter the absences of one document, and give every row that it still lists its place in order."""
    matched = set(found.same.values())
    off = scrolled([ComparisonRecord.of_row(row) for row in found.listed], matched, ascending=found.ascending)
    for place, id in enumerate(_order(found, off)):
        row = book.rows[found.document, id]
        if row.place != place:
            book.rows.enter(replace(row, place=place))
    if not removals:
        return
    for index, row in enumerate(found.listed):
        if index not in matched:
            _miss(book, book.rows[found.document, row.entry], middle=index not in off)


def _order(found: DocumentMatch, off: Collection[int]) -> list[str]:
    """The document's entries as they stand: what is missing behind what it stood behind.

    What scrolled off stands at the old end of its section, so that whatever is new comes before it.
    """
    behind, ends = _missing(found, off)
    ascending = found.ascending
    edges: dict[str | None, int] = {}
    for index in found.oldest_first():
        edges.setdefault(found.seen[index].section, index)
    order = behind.get(-1, [])
    for index, observation in enumerate(found.seen):
        oldest = ends.pop(observation.section, []) if edges[observation.section] == index else []
        order += oldest if ascending else []
        order += [found.entry[index]] if index in found.entry else []
        order += behind.get(index, [])
        order += [] if ascending else oldest
    return [*order, *(id for rest in ends.values() for id in rest)]


def _missing(found: DocumentMatch, off: Collection[int]) -> tuple[dict[int, list[str]], dict[str | None, list[str]]]:
    """The missing entries by the observation that they stood behind; by section what scrolled off."""
    behind: dict[int, list[str]] = {}
    ends: dict[str | None, list[str]] = {}
    back = {old: new for new, old in found.same.items()}
    anchor = -1
    for index, row in enumerate(found.listed):
        if index in back:
            anchor = back[index]
        elif index in off:
            ends.setdefault(row.section, []).append(row.entry)
        else:
            behind.setdefault(anchor, []).append(row.entry)
    return behind, ends


def _miss(book: ReconciliationState, row: Appearance, *, middle: bool) -> None:
    row = replace(row, missing=row.missing + 1, last_seen=row.last_seen if row.missing else book.now)
    if row.missing < book.rules.patience:
        book.settled = False
        book.rows.enter(row)
        return
    elsewhere = book.listed_elsewhere(row.entry, row.document)
    entry = book.entries[row.entry]
    if middle and elsewhere:
        left = {row.section} - {other.section for other in elsewhere}
        kept = tuple(section for section in entry.sections if section not in left)
        book.entries[entry.id] = replace(entry, sections=kept)
    elif middle:
        book.entries[entry.id] = replace(entry, retracted=entry.retracted or book.now)
    book.rows.enter(replace(row, gone=True))
