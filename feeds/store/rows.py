"""Conversion between rows and types: a pair of inverse functions for each table."""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

import sqlalchemy as sa

from feeds.changes import Appearance, Held, Revision
from feeds.model import (
    Entry,
    FeedKind,
    Item,
    Outcome,
    Precision,
    Problem,
    Representation,
    SourceFeed,
    Status,
    Validators,
    When,
)
from feeds.store.records import (
    Announcement,
    Delta,
    DocumentState,
    Incident,
    RegisteredFeed,
    SourceState,
    Version,
)

Values = dict[str, Any]

_ENTRY_FIELDS = tuple(field.name for field in fields(Entry))


def entry_row(entry: Entry) -> Values:
    feed = entry.source_feed
    values = {name: getattr(entry, name) for name in _ENTRY_FIELDS}
    values["source_feed"] = feed and asdict(feed) | {"updated": feed.updated and feed.updated.isoformat()}
    return values


def entry_of(row: sa.Row[Any]) -> Entry:
    values: Values = dict(row._mapping)
    precision = values["precision"]
    values["precision"] = None if precision is None else Precision(precision)
    values["sections"] = tuple(values["sections"])
    values["sources"] = tuple(values["sources"])
    if feed := values["source_feed"]:
        updated = feed["updated"] and dt.datetime.fromisoformat(feed["updated"])
        values["source_feed"] = SourceFeed(**feed | {"updated": updated})
    return Entry(**values)


def appearance_row(appearance: Appearance) -> Values:
    return {
        "source": appearance.source,
        "document": appearance.document,
        "entry": appearance.entry,
        "section": appearance.section,
        "place": appearance.place,
        "item": _without_empty(asdict(appearance.item)),
        "dated": None if appearance.when is None else appearance.when.isoformat(),
        "first_seen": appearance.first_seen,
        "last_seen": appearance.last_seen,
        "missing": appearance.missing,
        "gone": appearance.gone,
        "edits": appearance.edits,
        "edited": appearance.edited,
    }


def appearance_of(row: sa.Row[Any]) -> Appearance:
    values: Values = dict(row._mapping)
    dated = values.pop("dated")
    values["item"] = Item(**values["item"])
    return Appearance(when=None if dated is None else _when(dated), **values)


def _when(text: str) -> When:
    """The inverse of `When.isoformat`."""
    if "T" not in text:
        return When(dt.date.fromisoformat(text))
    instant = dt.datetime.fromisoformat(text)
    return When(instant.date(), instant.time(), instant.utcoffset())


def revision_row(revision: Revision) -> Values:
    return asdict(revision)


def revision_of(row: sa.Row[Any]) -> Revision:
    changed = {name: (old, new) for name, (old, new) in row.fields.items()}
    return Revision(row.entry, row.at, changed, row.reason)


def representation_row(representation: Representation, generation: int) -> Values:
    values = {
        name: getattr(representation, name)
        for name in ("path", "media_type", "body", "etag", "last_modified", "max_age", "links")
    }
    codings = {"gzip": None, "br": None} | dict(representation.codings)
    return values | codings | {"generation": generation}


def representation_of(row: sa.Row[Any]) -> Representation:
    values: Values = dict(row._mapping)
    del values["generation"]
    codings = {coding: values.pop(coding) for coding in ("gzip", "br")}
    return Representation(codings={name: body for name, body in codings.items() if body is not None}, **values)


def version_row(version: Version, place: int) -> Values:
    delta = version.delta
    return {
        "path": version.path,
        "place": place,
        "etag": version.etag,
        "parts": version.parts,
        "target": delta and delta.target,
        "gzip": delta and delta.codings.get("gzip"),
        "body": delta and delta.body,
    }


def delta_of(row: sa.Row[*tuple[Any, ...]]) -> Delta:
    return Delta(row.target, row.body, {} if row.gzip is None else {"gzip": row.gzip})


def feed_row(feed: RegisteredFeed) -> Values:
    return asdict(feed)


def feed_of(row: sa.Row[Any]) -> RegisteredFeed:
    values: Values = dict(row._mapping)
    return RegisteredFeed(**values | {"kind": FeedKind(values["kind"])})


def document_row(source: str, name: str, state: DocumentState) -> Values:
    return {
        "source": source,
        "name": name,
        "digest": state.digest,
        "etag": state.validators.etag,
        "last_modified": state.validators.last_modified,
        "read_at": state.read_at,
        "repeats": state.repeats,
        "settled": state.settled,
    }


def document_of(row: sa.Row[*tuple[Any, ...]]) -> tuple[str, DocumentState]:
    """Return a document's name and state. The row is unpacked, not read by attribute: a source can have very many."""
    _, name, digest, etag, last_modified, read_at, repeats, settled = row
    return name, DocumentState(digest, Validators(etag, last_modified), read_at, repeats, settled)


def accepted_row(source: str, document: str, body: bytes) -> Values:
    return {"source": source, "document": document, "body": zlib.compress(body)}


def accepted_body_of(body: bytes) -> bytes | None:
    """Return the unpacked body, or None if the disk has damaged it."""
    try:
        return zlib.decompress(body)
    except zlib.error:
        return None


def source_of(row: sa.Row[Any]) -> SourceState:
    values: Values = dict(row._mapping)
    outcome = values["outcome"]
    values["outcome"] = None if outcome is None else outcome_of(outcome)
    values["held"] = tuple(Held(**held) for held in values["held"])
    return SourceState(**values)


def outcome_values(outcome: Outcome) -> Values:
    return _without_empty(asdict(outcome) | {"at": outcome.at.isoformat()})


def outcome_of(values: Mapping[str, Any]) -> Outcome:
    problems = tuple(Problem(**problem) for problem in values.get("problems", ()))
    at = dt.datetime.fromisoformat(values["at"])
    return Outcome(**{**values, "at": at, "status": Status(values["status"]), "problems": problems})


def announcement_of(row: sa.Row[Any]) -> Announcement:
    return Announcement(row.topic, row.hub, row.generation, row.created, row.failures)


def incident_row(incident: Incident) -> Values:
    return asdict(incident)


def incident_of(row: sa.Row[Any]) -> Incident:
    values: Values = dict(row._mapping)
    return Incident(**values | {"status": Status(values["status"])})


def _without_empty(values: Values) -> Values:
    """Return the values without the unknown and empty ones, which are most fields of most items."""
    return {name: value for name, value in values.items() if value not in (None, (), {})}
