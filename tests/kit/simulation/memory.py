"""The ledger's store as dicts in memory, for tests with thousands of readings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from feeds.changes import Appearance, Changes, Held, PriorState
from feeds.model import Entry


class Memory:
    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.rows: dict[tuple[str, str, str], Appearance] = {}
        self.index: dict[str, set[str]] = {}
        self.revisions: list[object] = []
        self.held: tuple[Held, ...] = ()

    def known(self, source: str, keys: Collection[str], since: dt.datetime) -> PriorState:
        own = [row for row in self.rows.values() if row.source == source and (not row.gone or row.last_seen >= since)]
        ids = {row.entry for row in own} | {id for key in keys for id in self.index.get(key, ())}
        return PriorState(
            source,
            {id: self.entries[id] for id in sorted(ids)},
            tuple(own),
            tuple(row for row in self.rows.values() if row.source != source and row.entry in ids),
            self.held,
            self.last_on_day(),
            is_new_source=all(row.source != source for row in self.rows.values()),
        )

    def labels(self) -> frozenset[str]:
        return frozenset(entry.category for entry in self.entries.values() if entry.category)

    def last_on_day(self) -> dict[dt.datetime, dt.datetime]:
        latest: dict[dt.datetime, dt.datetime] = {}
        for entry in self.entries.values():
            for at in filter(None, (entry.published, entry.rank)):
                noon = at.replace(minute=0, second=0)
                latest[noon] = max(at, latest.get(noon, at))
        return latest

    def apply(self, changes: Changes) -> None:
        groups: Iterable[tuple[Entry, ...]] = (
            changes.added,
            changes.edited,
            changes.retracted,
            changes.returned,
            changes.updated_silently,
        )
        for entries in groups:
            self.entries.update((entry.id, entry) for entry in entries)
        self.rows.update(((row.source, row.document, row.entry), row) for row in changes.appearances)
        for id, keys in changes.keys.items():
            for key in keys:
                self.index.setdefault(key, set()).add(id)
        self.revisions += changes.revisions
        self.held = changes.held
