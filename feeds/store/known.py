"""The prior state for a reading: the appearances and entries that it could be about, by source, document and key."""

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
    """Limits of a prior state: gone appearances only `since`, only these documents (None: all), which days."""

    since: dt.datetime | None = None
    documents: Collection[str] | None = None
    last_on_day: Collection[dt.datetime] = ()


def load_prior_state(connection: sa.Connection, source: str, keys: Collection[str], limits: QueryLimits) -> PriorState:
    """Return what is known within the limits. Other documents add only the appearances of the entries found."""
    found = _by_keys(connection, keys)
    own = {(row.document, row.entry): row for row in _of_source(connection, source, limits)}
    if limits.documents is not None:
        listed = {row.entry for row in own.values() if not row.gone}
        for row in _of_entries(connection, found | listed, appearances.c.source == source):
            if not row.gone or limits.since is None or row.last_seen >= limits.since:
                own.setdefault((row.document, row.entry), row)
    ids = found | {row.entry for row in own.values()}
    return PriorState(
        source,
        held=_held(connection, source),
        entries=load(connection, sorted(ids)),
        appearances=tuple(sorted(own.values(), key=_order)),
        elsewhere=tuple(sorted(_of_entries(connection, ids, appearances.c.source != source), key=_order)),
        last_on_day=_latest(connection, limits.last_on_day),
        is_new_source=not own and _is_new(connection, source),
    )


def load(connection: sa.Connection, ids: Iterable[str]) -> dict[str, Entry]:
    """Return entries by id, in the order of `ids`, without those that do not exist."""
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


def _of_source(connection: sa.Connection, source: str, limits: QueryLimits) -> Iterable[Appearance]:
    # Two queries on one index instead of an OR, for which neither planner would use it.
    listed = appearances.c.gone.is_(sa.false())
    gone: sa.ColumnElement[bool] = appearances.c.gone.is_(sa.true())
    if limits.since is not None:
        gone &= appearances.c.last_seen >= limits.since
    for state in (listed, gone):
        query = sa.select(appearances).where(appearances.c.source == source, state)
        if limits.documents is None:
            yield from map(appearance_of, connection.execute(query))
            continue
        for some in chunks(sorted(limits.documents)):
            yield from map(appearance_of, connection.execute(query.where(appearances.c.document.in_(some))))


def _of_entries(connection: sa.Connection, ids: Collection[str], where: sa.ColumnElement[bool]) -> Iterable[Appearance]:
    for some in chunks(sorted(ids)):
        query = sa.select(appearances).where(appearances.c.entry.in_(some), where)
        yield from map(appearance_of, connection.execute(query))


def _is_new(connection: sa.Connection, source: str) -> bool:
    """Whether the source has no appearance, in any document."""
    query = sa.select(appearances.c.source).where(appearances.c.source == source).limit(1)
    return connection.scalar(query) is None


def _held(connection: sa.Connection, source: str) -> tuple[Held, ...]:
    held = connection.scalar(sa.select(sources.c.held).where(sources.c.name == source))
    return tuple(Held(**each) for each in held or ())


def _order(row: Appearance) -> tuple[str, str, int, str]:
    return (row.source, row.document, row.place, row.entry)


def _latest(connection: sa.Connection, last_on_day: Collection[dt.datetime]) -> dict[dt.datetime, dt.datetime]:
    """Return the latest rank in use within the hour after each noon, of any entry."""
    found: dict[dt.datetime, dt.datetime] = {}
    for noon in sorted(last_on_day):
        hour = (entries.c.rank >= noon, entries.c.rank < noon + _HOUR)
        latest = connection.scalar(sa.select(sa.func.max(entries.c.rank)).where(*hour))
        if latest is not None:
            found[noon] = latest
    return found
