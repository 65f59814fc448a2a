"""The order of a document's entries: `rank`, so that feeds list items with the same instant, or none, as it does.

An entry's rank is its `published`, if that instant is free. New items with the same date, and undated ones, get a
rank next to their neighbours in the listing. If there is no room, a whole second, between two ranks, the entries
above move up; a rank is never shown. Entries that are known keep their order, even if the listing changes its own.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from feeds.dates.parsing import instant
from feeds.ledger.state import DocumentMatch, ReconciliationState
from feeds.linkage.differences import HOUR, SECOND
from feeds.model import Entry, Precision, When


def rank_entries(state: ReconciliationState, match: DocumentMatch, indices: Sequence[int]) -> None:
    """Give a rank to each entry of the document that is new or has another date than before.

    `indices` are those of the observations, from the old end of the listing to the new end. Undated entries are
    placed among those of their section; at a source's first reading, when nothing is news yet, among those of the
    whole document.
    """
    whole = state.known.is_new_source
    listed = [(match.entry[index], None if whole else match.observations[index].section) for index in indices]
    pending = [index for index, (id, _) in enumerate(listed) if _is_pending(state, id)]
    if pending:
        order = _Order(state, listed, pending)
        order.insert_all(_unlisted_ranks(state, match))
    state.ranked |= {id for id, _ in listed}


def oldest_first(state: ReconciliationState, match: DocumentMatch) -> list[int]:
    """Return the indices of the observations that are entries, from the old end of the listing to the new end.

    Call it before the document is applied. A listing has its newest items first, unless its dates say otherwise,
    or all that came since the first reading is at its end.
    """
    indices = sorted(match.entry)
    rising = match.rising
    if not rising:
        rows = [state.rows.get(match.document, match.entry[index]) for index in indices]
        came = [row.first_seen if row else state.now for row in rows]
        later = sum(row.first_seen > came[0] for row in rows if row)
        rising = 1 if came == sorted(came) and later > 1 else -1
    return indices if rising > 0 else indices[::-1]


def _is_pending(state: ReconciliationState, id: str) -> bool:
    before = state.known.entries.get(id)
    return id not in state.ranked and (before is None or before.published != state.entries[id].published)


def _unlisted_ranks(state: ReconciliationState, match: DocumentMatch) -> Mapping[dt.datetime | None, dt.datetime]:
    """Return by `published` the latest rank among the document's entries that it no longer shows."""
    shown, latest = set(match.entry.values()), dict[dt.datetime | None, dt.datetime]()
    for row in (*match.listed, *match.gone):
        if row.entry not in shown:
            entry = state.entries[row.entry]
            latest[entry.published] = max(entry.rank, latest.get(entry.published, entry.rank))
    return latest


class _Order:
    """The entries of a document, by their index from its old end to its new end.

    `_placed` are the entries with a final rank, in the order of their ranks; the same, by index, are in `_by_group`
    and `_by_section`. The group of an entry is the instant that its source gives; an undated entry belongs to the
    group of the next dated one below it in its section, or to none.
    """

    def __init__(
        self, state: ReconciliationState, listed: Sequence[tuple[str, str | None]], pending: Iterable[int]
    ) -> None:
        self._state = state
        self._ids = [id for id, _ in listed]
        self._sections = [section for _, section in listed]
        self._groups = self._find_groups()
        self._dated = [i for i in pending if self._entry(i).published is not None]
        self._undated = [i for i in pending if self._entry(i).published is None]
        self._is_undated, self._new_undated = frozenset(self._undated), list[int]()
        self._by_group: dict[dt.datetime | None, list[int]] = defaultdict(list)
        self._by_section: dict[str | None, list[int]] = defaultdict(list)
        known = set(range(len(listed))).difference(pending)
        # In feeds ids break ties, the smaller one first: here, from the oldest to the newest, it is the later one.
        by_id = sorted(known, key=lambda index: self._ids[index], reverse=True)
        self._placed = sorted(by_id, key=lambda index: self._entry(index).rank)
        for index in sorted(known):
            self._note(index)

    def insert_all(self, unlisted: Mapping[dt.datetime | None, dt.datetime]) -> None:
        """Place all pending entries; `unlisted` are ranks of entries that stay below those of the same instant."""
        for index in self._dated:
            published = self._entry(index).published
            assert published is not None
            self._insert_dated(index, max(published, unlisted.get(published, published - SECOND) + SECOND))
        at_old_end = [index for index in self._undated if not self._insert_above_neighbour(index)]
        for index in reversed(at_old_end):
            self._insert_at_old_end(index)

    def _find_groups(self) -> list[dt.datetime | None]:
        groups: list[dt.datetime | None] = []
        below: dict[str | None, dt.datetime | None] = {}
        for index, section in enumerate(self._sections):
            below[section] = self._source_instant(index) or below.get(section)
            groups.append(below[section])
        return groups

    def _source_instant(self, index: int) -> dt.datetime | None:
        """Return the instant that the source gives: noon for a day, None for an undated entry."""
        published, zone = self._entry(index).published, self._state.rules.zone
        if published is None or self._entry(index).precision is not Precision.DAY:
            return published
        return instant(When(published.astimezone(zone).date()), zone)

    def _insert_dated(self, index: int, rank: dt.datetime) -> None:
        """Place an entry next to those of its group as the listing has them, else by `rank`."""
        below, above = _neighbours(self._by_group[self._groups[index]], index)
        if below is not None:
            self._insert(index, self._position_of(below) + 1, rank)
        elif above is not None:
            self._insert(index, self._position_of(above), rank)
        else:
            position = self._position_at(rank)
            # Entries of an earlier instant may have moved up to this one.
            while position < len(self._placed) and self._is_older(self._placed[position], index):
                position += 1
            # An undated one may have been placed before this item came in below it.
            while position and self._is_older(index, self._placed[position - 1]):
                position -= 1
            self._insert(index, position, rank)

    def _is_older(self, one: int, other: int) -> bool:
        first, second = self._groups[one], self._groups[other]
        return first is not None and second is not None and first < second

    def _insert_above_neighbour(self, index: int) -> bool:
        """Place an undated entry above its lower neighbour; return False if it has none."""
        below, above = _neighbours(self._by_section[self._sections[index]], index)
        if below is None:
            return False
        rank = self._first_seen(index)
        if above is None and self._groups[index] is None and rank > self._entry(below).rank:
            self._insert(index, self._position_at(rank), rank)
        else:
            # Among dated items it belongs to the date of its neighbour, however late it was seen.
            self._insert(index, self._position_of(below) + 1, self._entry(below).rank + SECOND)
        return True

    def _insert_at_old_end(self, index: int) -> None:
        """Place an undated entry that nothing is below: under its upper neighbour, if there is one."""
        _, above = _neighbours(self._by_section[self._sections[index]], index)
        if above is None:
            _, above = _neighbours(self._new_undated, index)
        if above is None:
            self._insert(index, self._position_at(self._first_seen(index)), self._first_seen(index))
        else:
            self._insert(index, self._position_of(above), self._entry(above).rank - SECOND)

    def _first_seen(self, index: int) -> dt.datetime:
        """Return an instant of its own for an entry that was first seen now: the newest in the listing is last."""
        return self._state.now - SECOND * (len(self._undated) - bisect_right(self._undated, index))

    def _insert(self, index: int, position: int, rank: dt.datetime) -> None:
        """Place an entry with this rank if it is in order, else one second above the entry below."""
        lower = self._entry(self._placed[position - 1]).rank if position else None
        upper = self._entry(self._placed[position]).rank if position < len(self._placed) else None
        if lower and (rank <= lower or (upper and rank >= upper)):
            rank = lower + SECOND
        elif upper and rank >= upper:
            rank = upper - SECOND
        self._placed.insert(position, index)
        self._note(index)
        self._set_rank(index, rank)
        for place in range(position + 1, len(self._placed)):
            above = self._entry(self._placed[place]).rank
            if above > rank:
                break
            rank += SECOND
            self._set_rank(self._placed[place], rank)

    def _note(self, index: int) -> None:
        insort(self._by_group[self._groups[index]], index)
        insort(self._by_section[self._sections[index]], index)
        if index in self._is_undated:
            insort(self._new_undated, index)

    def _position_of(self, index: int) -> int:
        rank = self._entry(index).rank
        return self._placed.index(index, bisect_left(self._placed, rank, key=lambda other: self._entry(other).rank))

    def _position_at(self, rank: dt.datetime) -> int:
        return bisect_right(self._placed, rank, key=lambda other: self._entry(other).rank)

    def _entry(self, index: int) -> Entry:
        return self._state.entries[self._ids[index]]

    def _set_rank(self, index: int, rank: dt.datetime) -> None:
        entry = self._state.entries[self._ids[index]] = replace(self._entry(index), rank=rank)
        if rank != entry.published:
            # No later entry of that day may be published before this rank.
            last_on_day = self._state.last_on_day
            noon = max((noon for noon in last_on_day if noon <= rank), default=None)
            if noon is not None and last_on_day[noon] < rank < noon + HOUR:
                last_on_day[noon] = rank


def _neighbours(indices: Sequence[int], index: int) -> tuple[int | None, int | None]:
    """Return the nearest of the sorted indices below and above."""
    position = bisect_left(indices, index)
    return indices[position - 1] if position else None, indices[position] if position < len(indices) else None
