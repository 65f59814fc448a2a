"""Claims on sources: due times, leases, and fencing tokens (epochs) that make a stalled refresher harmless.

No row lock is held while a source is read. A refresher claims (milliseconds), reads with no transaction open,
then commits after `fence`, which fails if another refresher has claimed the source since. Fencing tokens:
Kleppmann 2016, *How to do distributed locking*.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import asdict

import sqlalchemy as sa

from feeds.changes import Held
from feeds.errors import Fenced
from feeds.model import NOT_READ_YET, Outcome, Status
from feeds.store.records import Claim
from feeds.store.rows import outcome_values
from feeds.store.schema import accepted_bodies, appearances, documents, sources
from feeds.store.sql import chunks, ignore_known


def ensure(connection: sa.Connection, names: Collection[str], now: dt.datetime) -> None:
    """Add every new configured source, due at once, and drop those that are no longer configured.

    A dropped source no longer lists its entries, so it does not prevent their retraction elsewhere.
    """
    known = set(connection.scalars(sa.select(sources.c.name)))
    ignore_known(connection, sources, [_new(name, now) for name in sorted(set(names) - known)])
    for some in chunks(sorted(known - set(names))):
        listed = appearances.c.source.in_(some)
        connection.execute(sa.update(appearances).where(listed).values(gone=True))
        for table in (documents, accepted_bodies):
            connection.execute(sa.delete(table).where(table.c.source.in_(some)))
        connection.execute(sa.delete(sources).where(sources.c.name.in_(some)))


def free(
    connection: sa.Connection, now: dt.datetime, *, limit: int, names: Collection[str] | None
) -> tuple[Claim, ...]:
    """Return the claims that are free, on sources that are due or named. Rows that others are claiming are skipped.

    Named sources come in the order of their last success, those that never had one first: if the run is ended
    early, the next one begins with the others.
    """
    unleased = sa.or_(sources.c.leased_until.is_(None), sources.c.leased_until <= now)
    wanted = sources.c.next_due <= now if names is None else sources.c.name.in_(sorted(names))
    query = (
        sa.select(sources.c.name, sources.c.epoch)
        .where(unleased, wanted)
        .order_by(
            *([] if names is None else [sources.c.last_success.nulls_first()]), sources.c.next_due, sources.c.name
        )
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return tuple(Claim(row.name, row.epoch + 1) for row in connection.execute(query))


def take(connection: sa.Connection, claims: tuple[Claim, ...], *, owner: str, until: dt.datetime) -> tuple[Claim, ...]:
    """Store the claims, in the transaction that found them free."""
    lease = {"epoch": sources.c.epoch + 1, "owner": owner, "leased_until": until}
    for some in chunks(claim.source for claim in claims):
        connection.execute(sa.update(sources).where(sources.c.name.in_(some)).values(lease))
    return claims


def fence(connection: sa.Connection, source: str, epoch: int) -> None:
    """Raise `Fenced` unless `epoch` is the newest claim on the source; lock its row until the commit."""
    newest = connection.scalar(sa.select(sources.c.epoch).where(sources.c.name == source).with_for_update())
    if newest is None:
        raise Fenced(f"{source}: no longer configured; what was read is dropped")
    if newest != epoch:
        raise Fenced(f"{source}: taken over by another refresher (epoch {newest}, ours {epoch})")


def record(connection: sa.Connection, outcome: Outcome, *, next_due: dt.datetime, held: tuple[Held, ...]) -> None:
    """Store the outcome and release the lease. A held reading counts neither as a failure nor as a success."""
    ignore_known(connection, sources, [_new(outcome.source, next_due)])
    values = {
        "next_due": next_due,
        "outcome": outcome_values(outcome),
        "held": [asdict(each) for each in held],
        "failures": sources.c.failures + 1 if outcome.status is Status.FAILED else 0,
        "owner": None,
        "leased_until": None,
    }
    unread = outcome.reason in NOT_READ_YET
    if outcome.status is not Status.FAILED and not unread:
        values["accepted"] = False
    if outcome.status is Status.CHANGED:
        values["last_changed"] = outcome.at
    if outcome.status is Status.CHANGED or (outcome.status is Status.UNCHANGED and not unread):
        values["last_success"] = outcome.at
    connection.execute(sa.update(sources).where(sources.c.name == outcome.source).values(values))


def release(connection: sa.Connection, source: str, next_due: dt.datetime) -> None:
    """Release the lease without an outcome."""
    values = {"next_due": next_due, "owner": None, "leased_until": None}
    connection.execute(sa.update(sources).where(sources.c.name == source).values(values))


def accept(connection: sa.Connection, source: str, now: dt.datetime) -> None:
    """Accept the next reading without the plausibility checks, and make the source due."""
    values = {"accepted": True, "next_due": now}
    connection.execute(sa.update(sources).where(sources.c.name == source).values(values))


def _new(name: str, next_due: dt.datetime) -> dict[str, object]:
    return {"name": name, "next_due": next_due, "failures": 0, "held": [], "epoch": 0, "accepted": False}
