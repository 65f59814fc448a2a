"""Incidents for operators: which source failed or was held, since when and until when. The last 100 are kept."""

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

_FAULTS = (Status.FAILED, Status.HELD)


def note(connection: sa.Connection, outcome: Outcome) -> bool:
    """Begin, change or end the source's incident by an outcome; return whether anything changed.

    A fault that continues changes nothing, even if its message contains a count that grows.
    """
    query = sa.select(incidents).where(incidents.c.source == outcome.source, incidents.c.ended.is_(None))
    row = connection.execute(query).one_or_none()
    open_incident = None if row is None else incident_of(row)
    if outcome.status in _FAULTS:
        if open_incident and (open_incident.status, open_incident.reason) == (outcome.status, outcome.reason):
            return False
        since = outcome.at if open_incident is None else open_incident.since
        fault = (outcome.status, outcome.reason, outcome.message)
        _save(connection, Incident(outcome.source, since, *fault, updated=outcome.at))
        return True
    if open_incident is None:
        return False
    _save(connection, _ended(open_incident, outcome.at))
    return True


def end_others(connection: sa.Connection, names: Collection[str], now: dt.datetime) -> None:
    """End the open incidents of sources that are not named: no refresh will ever end them."""
    query = sa.select(incidents).where(incidents.c.ended.is_(None))
    for open_incident in map(incident_of, connection.execute(query).all()):
        if open_incident.source not in names:
            _save(connection, _ended(open_incident, now))


def latest(connection: sa.Connection) -> tuple[Incident, ...]:
    """Return the last incidents, the one that changed last first."""
    ordered = sa.select(incidents).order_by(incidents.c.updated.desc(), incidents.c.source).limit(KEPT)
    return tuple(map(incident_of, connection.execute(ordered)))


def _ended(incident: Incident, at: dt.datetime) -> Incident:
    # An end must be later than the beginning, even if the clock was set back in between.
    end = max(at, incident.updated + dt.timedelta(seconds=1))
    return replace(incident, updated=end, ended=end)


def _save(connection: sa.Connection, incident: Incident) -> None:
    upsert(connection, incidents, [incident_row(incident)])
    oldest = connection.scalar(
        sa.select(incidents.c.updated).order_by(incidents.c.updated.desc()).offset(KEPT).limit(1)
    )
    if oldest is not None:
        excess = sa.and_(incidents.c.ended.is_not(None), incidents.c.updated <= oldest)
        connection.execute(sa.delete(incidents).where(excess))
