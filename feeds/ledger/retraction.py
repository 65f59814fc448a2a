"""Retraction: whether an item that is no longer listed has scrolled off, is retracted, or is only missing yet.

Absence is not deletion. An entry is retracted only if it is gone from the middle, between items of its section
that stay, and only after it was missing in `patience` readings in a row. An item gone from the old end has
scrolled off and stays an entry for ever.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from feeds.changes import Appearance
from feeds.ledger.state import DocumentMatch, ReconciliationState
from feeds.linkage.positions import scrolled_off
from feeds.linkage.record import ComparisonRecord


def apply_absences(state: ReconciliationState, match: DocumentMatch, *, removals: bool) -> None:
    """Count the absences of one document, and update the place of every appearance that it still has."""
    matched = set(match.matched.values())
    scrolled = scrolled_off(
        [ComparisonRecord.of_appearance(row) for row in match.listed], matched, ascending=match.ascending
    )
    for place, id in enumerate(_listing_order(match, scrolled)):
        row = state.rows[match.document, id]
        if row.place != place:
            state.rows.put(replace(row, place=place))
    if not removals:
        return
    for index, row in enumerate(match.listed):
        if index not in matched:
            _count_absence(state, state.rows[match.document, row.entry], middle=index not in scrolled)


def _listing_order(match: DocumentMatch, scrolled: Collection[int]) -> list[str]:
    """Return the document's entries in order, each missing one after the entry that it followed.

    Entries that scrolled off are at the old end of their section, so that new ones come before them.
    """
    after, ends = _missing_entries(match, scrolled)
    ascending = match.ascending
    edges: dict[str | None, int] = {}
    for index in match.oldest_first():
        edges.setdefault(match.observations[index].section, index)
    order = after.get(-1, [])
    for index, observation in enumerate(match.observations):
        oldest = ends.pop(observation.section, []) if edges[observation.section] == index else []
        order += oldest if ascending else []
        order += [match.entry[index]] if index in match.entry else []
        order += after.get(index, [])
        order += [] if ascending else oldest
    return [*order, *(id for rest in ends.values() for id in rest)]


def _missing_entries(
    match: DocumentMatch, scrolled: Collection[int]
) -> tuple[dict[int, list[str]], dict[str | None, list[str]]]:
    """Return the missing entries by the observation that they followed, and those that scrolled off by section."""
    after: dict[int, list[str]] = {}
    ends: dict[str | None, list[str]] = {}
    back = {old: new for new, old in match.matched.items()}
    anchor = -1
    for index, row in enumerate(match.listed):
        if index in back:
            anchor = back[index]
        elif index in scrolled:
            ends.setdefault(row.section, []).append(row.entry)
        else:
            after.setdefault(anchor, []).append(row.entry)
    return after, ends


def _count_absence(state: ReconciliationState, row: Appearance, *, middle: bool) -> None:
    row = replace(row, missing=row.missing + 1, last_seen=row.last_seen if row.missing else state.now)
    if row.missing < state.rules.patience:
        state.complete = False
        state.rows.put(row)
        return
    elsewhere = state.listed_elsewhere(row.entry, row.document)
    entry = state.entries[row.entry]
    if middle and elsewhere:
        left = {row.section} - {other.section for other in elsewhere}
        kept = tuple(section for section in entry.sections if section not in left)
        state.entries[entry.id] = replace(entry, sections=kept)
    elif middle:
        state.entries[entry.id] = replace(entry, retracted=entry.retracted or state.now)
    state.rows.put(replace(row, gone=True))
