"""Who refreshes which source: due times, leases, and the epoch that makes a stalled refresher harmless.

A row lock is never held while a source is read: claim (milliseconds), read with no transaction open, then
commit behind `fence`, which fails for whoever was overtaken.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import asdict

import sqlalchemy as sa

from feeds.changes import Held
from feeds.errors import Fenced
from feeds.model import Outcome, Status
from feeds.store.records import Claim
from feeds.store.rows import outcome_values
from feeds.store.schema import appearances, believed, documents, sources
from feeds.store.sql import chunks, ignore_known


def ensure(connection: sa.Connection, names: Collection[str], now: dt.datetime) -> None:
    """Make every configured source known, due at once if it is new, and drop those no longer configured.

    What a dropped source listed is listed there no more, and keeps no entry from being retracted elsewhere.
    """
    known = set(connection.scalars(sa.select(sources.c.name)))
    ignore_known(connection, sources, [_new(name, now) for name in sorted(set(names) - known)])
    for some in chunks(sorted(known - set(names))):
        listed = appearances.c.source.in_(some)
        connection.execute(sa.update(appearances).where(listed).values(gone=True))
        for table in (documents, believed):
            connection.execute(sa.delete(table).where(table.c.source.in_(some)))
        connection.execute(sa.delete(sources).where(sources.c.name.in_(some)))


def free(
    connection: sa.Connection, now: dt.datetime, *, limit: int, names: Collection[str] | None
) -> tuple[Claim, ...]:
    """The claims that can be had, on sources due or named; a row that another is claiming is passed over."""
    unheld = sa.or_(sources.c.leased_until.is_(None), sources.c.leased_until <= now)
    wanted = sources.c.next_due <= now if names is None else sources.c.name.in_(sorted(names))
    query = (
        sa.select(sources.c.name, sources.c.epoch)
        .where(unheld, wanted)
        .order_by(sources.c.next_due, sources.c.name)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return tuple(Claim(row.name, row.epoch + 1) for row in connection.execute(query))


def take(connection: sa.Connection, claims: tuple[Claim, ...], *, owner: str, until: dt.datetime) -> tuple[Claim, ...]:
    """Write the claims down, in the transaction that found them free."""
    taken = {"epoch": sources.c.epoch + 1, "owner": owner, "leased_until": until}
    for some in chunks(claim.source for claim in claims):
        connection.execute(sa.update(sources).where(sources.c.name.in_(some)).values(taken))
    return claims


def fence(connection: sa.Connection, source: str, epoch: int) -> None:
    held = connection.scalar(sa.select(sources.c.epoch).where(sources.c.name == source).with_for_update())
    if held is None:
        raise Fenced(f"{source}: no longer configured; what was read is dropped")
    if held != epoch:
        raise Fenced(f"{source}: taken over by another refresher (epoch {held}, ours {epoch})")


def record(connection: sa.Connection, outcome: Outcome, *, next_due: dt.datetime, held: tuple[Held, ...]) -> None:
    """Keep how the refresh went and release the lease. A held reading is neither a failure nor a success."""
    ignore_known(connection, sources, [_new(outcome.source, next_due)])
    values = {
        "next_due": next_due,
        "outcome": outcome_values(outcome),
        "held": [asdict(each) for each in held],
        "failures": sources.c.failures + 1 if outcome.status is Status.FAILED else 0,
        "owner": None,
        "leased_until": None,
    }
    unread = outcome.reason == "unstable"
    if outcome.status is not Status.FAILED and not unread:
        values["accepted"] = False
    if outcome.status is Status.CHANGED:
        values["last_changed"] = outcome.at
    if outcome.status in (Status.CHANGED, Status.UNCHANGED) and not unread:
        values["last_success"] = outcome.at
    connection.execute(sa.update(sources).where(sources.c.name == outcome.source).values(values))


def release(connection: sa.Connection, source: str, next_due: dt.datetime) -> None:
    values = {"next_due": next_due, "owner": None, "leased_until": None}
    connection.execute(sa.update(sources).where(sources.c.name == source).values(values))


def accept(connection: sa.Connection, source: str, now: dt.datetime) -> None:
    """Let the next reading pass the gate, and make it due."""
    values = {"accepted": True, "next_due": now}
    connection.execute(sa.update(sources).where(sources.c.name == source).values(values))


def _new(name: str, next_due: dt.datetime) -> dict[str, object]:
    return {"name": name, "next_due": next_due, "failures": 0, "held": [], "epoch": 0, "accepted": False}
