"""What hubs have to be told: one row for each topic and hub, so the table cannot outgrow the two.

A row is `due` at an instant, or null when the hub knows all there is. Whoever takes it up puts that instant
off: should the taker be killed before the hub was told, it is due again.
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

APART = dt.timedelta(seconds=10)
"""How long a hub is left in peace about a topic: changes within it are one piece of news."""

# No back-off is as long: what is due later was put off by a clock that has been set right since.
_HORIZON = dt.timedelta(hours=2)


def announce(
    connection: sa.Connection,
    topics: Collection[str],
    *,
    hubs: Iterable[str],
    generation: int,
    now: dt.datetime,
) -> None:
    """Have each hub told of each topic; one that waits already waits with the newer news."""
    known: dict[tuple[str, str], Values] = {}
    for some in chunks(sorted(topics)):
        for row in connection.execute(sa.select(outbox).where(outbox.c.topic.in_(some))):
            known[row.topic, row.hub] = dict(row._mapping)
    rows = []
    for place in product(sorted(topics), hubs):
        values = known.get(place, {"due": None, "sent": None})
        if values["due"] is None:
            values |= {"due": _free(values["sent"], now), "failures": 0}
        rows.append(values | {"topic": place[0], "hub": place[1], "generation": generation, "created": now})
    upsert(connection, outbox, rows)


def _free(sent: dt.datetime | None, now: dt.datetime) -> dt.datetime:
    """When a hub may next be told of a topic; a `sent` in the future is a clock's mistake."""
    return now if sent is None or sent > now else max(now, sent + APART)


def waiting(connection: sa.Connection, *, limit: int) -> tuple[Announcement, ...]:
    query = sa.select(outbox).where(outbox.c.due.is_not(None))
    ordered = query.order_by(outbox.c.due, outbox.c.topic, outbox.c.hub).limit(limit)
    return tuple(map(announcement_of, connection.execute(ordered)))


def is_due(connection: sa.Connection, now: dt.datetime) -> bool:
    return connection.scalar(sa.select(outbox.c.topic).where(_due(now)).limit(1)) is not None


def take_up(
    connection: sa.Connection, hub: str, now: dt.datetime, *, until: dt.datetime, limit: int
) -> tuple[Announcement, ...]:
    """What a hub is to be told now, the longest due first; nobody else takes it up before `until`."""
    query = sa.select(outbox).where(outbox.c.hub == hub, _due(now))
    ordered = query.order_by(outbox.c.due, outbox.c.topic).limit(limit).with_for_update(skip_locked=True)
    taken = tuple(map(announcement_of, connection.execute(ordered)))
    topics = [each.topic for each in taken]
    mine = sa.and_(outbox.c.hub == hub, outbox.c.topic.in_(topics))
    connection.execute(sa.update(outbox).where(mine).values(due=until))
    return taken


def told(connection: sa.Connection, announcement: Announcement, now: dt.datetime) -> None:
    """The hub took it. What changed again meanwhile is still to be told, in a while."""
    later = sa.literal(now + APART, Instant)
    again = sa.case((outbox.c.generation == announcement.generation, None), else_=later)
    connection.execute(_row(announcement).values(sent=now, failures=0, due=again))


def postpone(connection: sa.Connection, announcement: Announcement, due: dt.datetime) -> None:
    """The hub did not take it."""
    connection.execute(_row(announcement).values(failures=announcement.failures + 1, due=due))


def give_up(connection: sa.Connection, announcement: Announcement) -> None:
    """Stop telling the hub, unless there is newer news."""
    same = outbox.c.generation == announcement.generation
    connection.execute(_row(announcement).where(same).values(failures=0, due=None))


def forget(connection: sa.Connection, *, but: Collection[str]) -> None:
    """Drop what waits for hubs that are not configured any more."""
    connection.execute(sa.delete(outbox).where(outbox.c.hub.not_in(sorted(but))))


def prune(connection: sa.Connection, before: dt.datetime) -> None:
    connection.execute(sa.delete(outbox).where(outbox.c.due.is_(None), outbox.c.created < before))


def _due(now: dt.datetime) -> sa.ColumnElement[bool]:
    return sa.or_(outbox.c.due <= now, outbox.c.due > now + _HORIZON)


def _row(announcement: Announcement) -> sa.Update:
    same = sa.and_(outbox.c.topic == announcement.topic, outbox.c.hub == announcement.hub)
    return sa.update(outbox).where(same)
