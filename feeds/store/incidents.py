"""What went wrong with the sources, and until when: the last transitions, for those who operate the site."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import replace

import sqlalchemy as sa

from feeds.model import Outcome, Status
from feeds.store.records import Incident
from feeds.store.rows import incident_of, incident_row
from feeds.store.schema import incidents
from feeds.store.sql import upsert

KEPT = 100

_TROUBLE = (Status.FAILED, Status.HELD)


def note(connection: sa.Connection, outcome: Outcome) -> bool:
    """Keep what an outcome begins, turns into another fault, or ends; say whether it does any of that.

    A fault that goes on is no news, even where its message counts.
    """
    query = sa.select(incidents).where(incidents.c.source == outcome.source, incidents.c.ended.is_(None))
    row = connection.execute(query).one_or_none()
    lasting = None if row is None else incident_of(row)
    if outcome.status in _TROUBLE:
        if lasting and (lasting.status, lasting.reason) == (outcome.status, outcome.reason):
            return False
        since = outcome.at if lasting is None else lasting.since
        said = (outcome.status, outcome.reason, outcome.message)
        _keep(connection, Incident(outcome.source, since, *said, updated=outcome.at))
        return True
    if lasting is None:
        return False
    _keep(connection, _ended(lasting, outcome.at))
    return True


def end_others(connection: sa.Connection, names: Collection[str], now: dt.datetime) -> None:
    """End what a source that is not configured any more will never end itself."""
    query = sa.select(incidents).where(incidents.c.ended.is_(None))
    for lasting in map(incident_of, connection.execute(query).all()):
        if lasting.source not in names:
            _keep(connection, _ended(lasting, now))


def latest(connection: sa.Connection) -> tuple[Incident, ...]:
    """The last incidents, the one with the latest news first."""
    ordered = sa.select(incidents).order_by(incidents.c.updated.desc(), incidents.c.source).limit(KEPT)
    return tuple(map(incident_of, connection.execute(ordered)))


def _ended(incident: Incident, at: dt.datetime) -> Incident:
    # After a step of the clock backward too, an end is later than the beginning.
    end = max(at, incident.updated + dt.timedelta(seconds=1))
    return replace(incident, updated=end, ended=end)


def _keep(connection: sa.Connection, incident: Incident) -> None:
    upsert(connection, incidents, [incident_row(incident)])
    oldest = connection.scalar(
        sa.select(incidents.c.updated).order_by(incidents.c.updated.desc()).offset(KEPT).limit(1)
    )
    if oldest is not None:
        over = sa.and_(incidents.c.ended.is_not(None), incidents.c.updated <= oldest)
        connection.execute(sa.delete(incidents).where(over))
