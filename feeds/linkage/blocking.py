"""Blocking keys: the values by which the entries that an item could be are found, without comparing it with all.

See "blocking" in the literature on record linkage. Keys in memory are values; in the store they are digests.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Container, Iterable

from feeds.changes import PriorState
from feeds.linkage.record import ComparisonRecord
from feeds.linkage.weights import LONG_SUMMARY


def blocking_keys(record: ComparisonRecord) -> list[tuple[str, str]]:
    """Return the fields, as (kind, value), of which one in common makes two records worth comparing."""
    pairs = [("title", record.title), ("link", record.link), ("id", record.origin)]
    if len(record.summary) >= LONG_SUMMARY:
        pairs.append(("summary", record.summary))
    return [pair for pair in pairs if pair[1]]


def stored_keys(record: ComparisonRecord) -> tuple[str, ...]:
    """Return the blocking keys as the store keeps them: kind and digest."""
    return tuple(f"{kind}:{_digest(value)}" for kind, value in blocking_keys(record))


def _digest(value: str) -> str:
    return hashlib.blake2b(value.encode(), digest_size=12).hexdigest()


class EntryIndex:
    """The latest record of each known entry, found by its blocking keys."""

    def __init__(self, known: PriorState, zone: dt.tzinfo) -> None:
        self._records: dict[str, ComparisonRecord] = {}
        self._by_key: dict[tuple[str, str], set[str]] = {}
        rows = sorted((*known.elsewhere, *known.appearances), key=lambda row: row.last_seen)
        latest = {row.entry: row for row in rows}
        for id, entry in known.entries.items():
            row = latest.get(id)
            self.add(id, ComparisonRecord.of_appearance(row) if row else ComparisonRecord.of_entry(entry, zone))

    def add(self, id: str, record: ComparisonRecord) -> None:
        """Make `record` the latest of an entry; the keys of its earlier records still find it."""
        self._records[id] = record
        for key in blocking_keys(record):
            self._by_key.setdefault(key, set()).add(id)

    def candidates(
        self, records: Iterable[ComparisonRecord], *, without: Container[str]
    ) -> dict[str, ComparisonRecord]:
        """Return the entries, by id, that have or had a blocking key in common with one of the records."""
        found = {id for record in records for key in blocking_keys(record) for id in self._by_key.get(key, ())}
        return {id: self._records[id] for id in sorted(found) if id not in without}
