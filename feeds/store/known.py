"""What the ledger knows that a new reading could be about: found by source, by document and by key."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from feeds.changes import Appearance, Held, PriorState
from feeds.model import Entry
from feeds.store.rows import appearance_of, entry_of
from feeds.store.schema import appearances, entries, entry_keys, sources
from feeds.store.sql import chunks

_HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class QueryLimits:
    """How far back and how wide to look: gone appearances since, which documents (None: all), which noons."""

    since: dt.datetime | None = None
    documents: Collection[str] | None = None
    last_on_day: Collection[dt.datetime] = ()


def recall(connection: sa.Connection, source: str, keys: Collection[str], bounds: QueryLimits) -> PriorState:
    """Gather what is known; of documents outside the bounds, only these entries."""
    found = _by_keys(connection, keys)
    own = {(row.document, row.entry): row for row in _of_source(connection, source, bounds)}
    if bounds.documents is not None:
        listed = {row.entry for row in own.values() if not row.gone}
        for row in _of_entries(connection, found | listed, appearances.c.source == source):
            if not row.gone or bounds.since is None or row.last_seen >= bounds.since:
                own.setdefault((row.document, row.entry), row)
    ids = found | {row.entry for row in own.values()}
    return PriorState(
        source,
        held=_held(connection, source),
        entries=load(connection, sorted(ids)),
        appearances=tuple(sorted(own.values(), key=_place)),
        elsewhere=tuple(sorted(_of_entries(connection, ids, appearances.c.source != source), key=_place)),
        last_on_day=_latest(connection, bounds.last_on_day),
    )


def load(connection: sa.Connection, ids: Iterable[str]) -> dict[str, Entry]:
    """Entries by id, in the order asked for."""
    wanted = list(ids)
    found: dict[str, Entry] = {}
    for some in chunks(wanted):
        for row in connection.execute(sa.select(entries).where(entries.c.id.in_(some))):
            entry = entry_of(row)
            found[entry.id] = entry
    return {id: found[id] for id in wanted if id in found}


def _by_keys(connection: sa.Connection, keys: Collection[str]) -> set[str]:
    found: set[str] = set()
    for some in chunks(sorted(set(keys))):
        found.update(connection.scalars(sa.select(entry_keys.c.entry).where(entry_keys.c.key.in_(some))))
    return found


def _of_source(connection: sa.Connection, source: str, bounds: QueryLimits) -> Iterable[Appearance]:
    # Two reads of one index instead of an OR, for which neither planner would use it.
    listed = appearances.c.gone.is_(sa.false())
    gone: sa.ColumnElement[bool] = appearances.c.gone.is_(sa.true())
    if bounds.since is not None:
        gone &= appearances.c.last_seen >= bounds.since
    for state in (listed, gone):
        query = sa.select(appearances).where(appearances.c.source == source, state)
        if bounds.documents is None:
            yield from map(appearance_of, connection.execute(query))
            continue
        for some in chunks(sorted(bounds.documents)):
            yield from map(appearance_of, connection.execute(query.where(appearances.c.document.in_(some))))


def _of_entries(connection: sa.Connection, ids: Collection[str], where: sa.ColumnElement[bool]) -> Iterable[Appearance]:
    for some in chunks(sorted(ids)):
        query = sa.select(appearances).where(appearances.c.entry.in_(some), where)
        yield from map(appearance_of, connection.execute(query))


def _held(connection: sa.Connection, source: str) -> tuple[Held, ...]:
    held = connection.scalar(sa.select(sources.c.held).where(sources.c.name == source))
    return tuple(Held(**each) for each in held or ())


def _place(row: Appearance) -> tuple[str, str, int, str]:
    return (row.source, row.document, row.place, row.entry)


def _latest(connection: sa.Connection, last_on_day: Collection[dt.datetime]) -> dict[dt.datetime, dt.datetime]:
    """The latest rank within the hour after each noon: taken is taken, dated by the source or not."""
    found: dict[dt.datetime, dt.datetime] = {}
    for noon in sorted(last_on_day):
        hour = (entries.c.rank >= noon, entries.c.rank < noon + _HOUR)
        latest = connection.scalar(sa.select(sa.func.max(entries.c.rank)).where(*hour))
        if latest is not None:
            found[noon] = latest
    return found
