"""Transactional outbox for hubs: one row for each topic and hub, so the table is bounded by the two.

A row is `due` at an instant, or null if the hub was notified of the latest change. A sender leases a row by
moving `due` to the end of the lease: if the sender is killed before it notifies the hub, the row is due again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from itertools import product

import sqlalchemy as sa

from feeds.store.records import Announcement
from feeds.store.rows import Values, announcement_of
from feeds.store.schema import Instant, outbox
from feeds.store.sql import chunks, upsert

MIN_INTERVAL = dt.timedelta(seconds=10)
"""The shortest time between two notifications of a hub about one topic; changes within it become one."""

# Longer than any back-off: a row that is due later was written while the clock was wrong.
_HORIZON = dt.timedelta(hours=2)


def announce(
    connection: sa.Connection,
    topics: Collection[str],
    *,
    hubs: Iterable[str],
    generation: int,
    now: dt.datetime,
) -> None:
    """Queue each topic for each hub. A row that is already due keeps its instant and gets the newer generation."""
    known: dict[tuple[str, str], Values] = {}
    for some in chunks(sorted(topics)):
        for row in connection.execute(sa.select(outbox).where(outbox.c.topic.in_(some))):
            known[row.topic, row.hub] = dict(row._mapping)
    rows = []
    for topic, hub in product(sorted(topics), hubs):
        values = known.get((topic, hub), {"due": None, "sent": None})
        if values["due"] is None:
            values |= {"due": _next_allowed(values["sent"], now), "failures": 0}
        rows.append(values | {"topic": topic, "hub": hub, "generation": generation, "created": now})
    upsert(connection, outbox, rows)


def _next_allowed(sent: dt.datetime | None, now: dt.datetime) -> dt.datetime:
    """Return when a hub may next be notified of a topic. A `sent` in the future comes from a wrong clock."""
    return now if sent is None or sent > now else max(now, sent + MIN_INTERVAL)


def pending(connection: sa.Connection, *, limit: int) -> tuple[Announcement, ...]:
    """Return announcements that are not sent yet, the first due first."""
    query = sa.select(outbox).where(outbox.c.due.is_not(None))
    ordered = query.order_by(outbox.c.due, outbox.c.topic, outbox.c.hub).limit(limit)
    return tuple(map(announcement_of, connection.execute(ordered)))


def is_due(connection: sa.Connection, now: dt.datetime) -> bool:
    """Whether any announcement is due."""
    return connection.scalar(sa.select(outbox.c.topic).where(_due(now)).limit(1)) is not None


def lease(
    connection: sa.Connection, hub: str, now: dt.datetime, *, until: dt.datetime, limit: int
) -> tuple[Announcement, ...]:
    """Lease a hub's due announcements, the longest due first; nobody else can lease them before `until`."""
    query = sa.select(outbox).where(outbox.c.hub == hub, _due(now))
    ordered = query.order_by(outbox.c.due, outbox.c.topic).limit(limit).with_for_update(skip_locked=True)
    leased = tuple(map(announcement_of, connection.execute(ordered)))
    topics = [each.topic for each in leased]
    rows = sa.and_(outbox.c.hub == hub, outbox.c.topic.in_(topics))
    connection.execute(sa.update(outbox).where(rows).values(due=until))
    return leased


def mark_sent(connection: sa.Connection, announcement: Announcement, now: dt.datetime) -> None:
    """Store that the hub accepted it. If the topic has changed since, it is due again after `MIN_INTERVAL`."""
    later = sa.literal(now + MIN_INTERVAL, Instant)
    again = sa.case((outbox.c.generation == announcement.generation, None), else_=later)
    connection.execute(_row(announcement).values(sent=now, failures=0, due=again))


def postpone(connection: sa.Connection, announcement: Announcement, due: dt.datetime) -> None:
    """Store that the hub did not accept it, and when it is due again."""
    connection.execute(_row(announcement).values(failures=announcement.failures + 1, due=due))


def give_up(connection: sa.Connection, announcement: Announcement) -> None:
    """Drop the announcement, unless its topic has changed since."""
    same = outbox.c.generation == announcement.generation
    connection.execute(_row(announcement).where(same).values(failures=0, due=None))


def drop_other_hubs(connection: sa.Connection, *, keep: Collection[str]) -> None:
    """Drop the rows of every hub that is not among these."""
    connection.execute(sa.delete(outbox).where(outbox.c.hub.not_in(sorted(keep))))


def prune(connection: sa.Connection, before: dt.datetime) -> None:
    """Drop the rows that were sent, of topics that have not changed since `before`."""
    connection.execute(sa.delete(outbox).where(outbox.c.due.is_(None), outbox.c.created < before))


def _due(now: dt.datetime) -> sa.ColumnElement[bool]:
    return sa.or_(outbox.c.due <= now, outbox.c.due > now + _HORIZON)


def _row(announcement: Announcement) -> sa.Update:
    same = sa.and_(outbox.c.topic == announcement.topic, outbox.c.hub == announcement.hub)
    return sa.update(outbox).where(same)
