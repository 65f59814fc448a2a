"""How every known entry was last seen, and which of them an item could be by what it says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterable

from feeds.changes import PriorState
from feeds.linkage.record import ComparisonRecord
from feeds.linkage.weights import marks


class EntryIndex:
    """The latest face of each entry, found by its marks."""

    def __init__(self, known: PriorState, zone: dt.tzinfo) -> None:
        self._faces: dict[str, ComparisonRecord] = {}
        self._marked: dict[tuple[str, str], set[str]] = {}
        rows = sorted((*known.elsewhere, *known.appearances), key=lambda row: row.last_seen)
        latest = {row.entry: row for row in rows}
        for id, entry in known.entries.items():
            row = latest.get(id)
            self.see(id, ComparisonRecord.of_row(row) if row else ComparisonRecord.of_entry(entry, zone))

    def see(self, id: str, face: ComparisonRecord) -> None:
        """Take note of how an entry looks now; what it looked like before still leads to it."""
        self._faces[id] = face
        for mark in marks(face):
            self._marked.setdefault(mark, set()).add(id)

    def like(self, faces: Iterable[ComparisonRecord], *, without: Container[str]) -> dict[str, ComparisonRecord]:
        """The entries, by id, that have or had a mark in common with one of the faces."""
        found = {id for face in faces for mark in marks(face) for id in self._marked.get(mark, ())}
        return {id: self._faces[id] for id in sorted(found) if id not in without}
