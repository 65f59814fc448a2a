"""Every read: all that one View returns is of one snapshot."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from feeds.changes import PriorState, Revision
from feeds.model import Entry, Representation, Scope
from feeds.store import incidents, membership, outbox
from feeds.store.known import QueryLimits, load, load_prior_state
from feeds.store.records import (
    Announcement,
    Delta,
    DocumentState,
    Incident,
    RegisteredFeed,
    SourceState,
    Version,
)
from feeds.store.rows import (
    accepted_body_of,
    delta_of,
    document_of,
    entry_of,
    feed_of,
    representation_of,
    revision_of,
    source_of,
)
from feeds.store.schema import (
    accepted_bodies,
    counter,
    documents,
    entries,
    feeds,
    headings,
    labels,
    representations,
    revisions,
    sources,
    versions,
)
from feeds.store.sql import chunks

_FEW = 100


class View:
    """One snapshot of the store. Every result has the same order on every database."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def generation(self) -> int:
        """Return the number of the last change; while it stays the same, so does everything that is served."""
        return int(self._connection.scalar(sa.select(counter.c.generation)) or 0)

    def entry(self, id: str) -> Entry | None:
        """Return an entry by its id, retracted or not; None if there is none or `id` is malformed."""
        try:
            uuid.UUID(id)
        except ValueError:
            return None
        row = self._connection.execute(sa.select(entries).where(entries.c.id == id)).one_or_none()
        return None if row is None else entry_of(row)

    def entries_by_id(self, ids: Collection[str]) -> Mapping[str, Entry]:
        """Return the entries with these ids that exist, retracted or not."""
        return load(self._connection, ids)

    def entries(self, scope: Scope, *, limit: int, offset: int = 0) -> tuple[Entry, ...]:
        """Return a scope's entries, newest first, without the retracted."""
        ids = membership.page(self._connection, scope, limit=limit, offset=offset)
        return tuple(load(self._connection, ids).values())

    def count(self, scope: Scope) -> int:
        """Return the number of entries in a scope, without the retracted."""
        return membership.count(self._connection, scope)

    def changed(self, *, after: int, limit: int) -> tuple[Entry, ...]:
        """Return the entries whose last change came after this one, retracted or not, oldest change first."""
        query = sa.select(entries).where(entries.c.change > after)
        ordered = query.order_by(entries.c.change, entries.c.id).limit(limit)
        return tuple(map(entry_of, self._connection.execute(ordered)))

    def tombstones(self, scope: Scope, *, since: dt.datetime) -> tuple[Entry, ...]:
        """Return a scope's entries that were retracted since an instant, the last one first."""
        query = sa.select(entries).where(entries.c.retracted.is_not(None), entries.c.retracted >= since)
        ordered = query.order_by(entries.c.retracted.desc(), entries.c.id)
        retracted = map(entry_of, self._connection.execute(ordered))
        return tuple(entry for entry in retracted if membership.holds(scope, entry))

    def revisions(self, entry: str, *, limit: int = _FEW) -> tuple[Revision, ...]:
        """Return an entry's edits, the last one first."""
        query = sa.select(revisions).where(revisions.c.entry == entry)
        ordered = query.order_by(revisions.c.id.desc()).limit(limit)
        return tuple(map(revision_of, self._connection.execute(ordered)))

    def labels(self) -> Mapping[str, Mapping[str, int]]:
        """Return category key → spelling → number of entries with that spelling."""
        spellings: dict[str, dict[str, int]] = {}
        for row in sorted(self._all(labels)):
            spellings.setdefault(row.category, {})[row.label] = row.entries
        return spellings

    def categories_outside(self, sources: Collection[str]) -> set[str]:
        """Return the keys of the categories that an entry of any source except these belongs to."""
        return membership.categories_outside(self._connection, sources)

    def headings(self) -> Mapping[str, str]:
        """Return section key → heading as first written."""
        return {row.section: row.heading for row in sorted(self._all(headings))}

    def known(
        self,
        source: str,
        keys: Collection[str],
        *,
        since: dt.datetime | None = None,
        documents: Collection[str] | None = None,
        last_on_day: Collection[dt.datetime] = (),
    ) -> PriorState:
        """Return the prior state for a reading of the source.

        Gone appearances count only if they were last seen `since`. With `documents`, only their appearances and
        those of entries found by key are included, not what else the source's other documents list.
        """
        return load_prior_state(self._connection, source, keys, QueryLimits(since, documents, last_on_day))

    def feeds(self) -> tuple[RegisteredFeed, ...]:
        """Return every slug that was ever registered, by slug."""
        return tuple(sorted(map(feed_of, self._all(feeds)), key=lambda feed: feed.slug))

    def representation(self, path: str) -> Representation | None:
        """Return what is published at the path, if anything."""
        query = sa.select(representations).where(representations.c.path == path)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else representation_of(row)

    def representations(self, after: int = 0) -> tuple[tuple[int, Representation], ...]:
        """Return what was published after a change, each with its own change number, oldest first."""
        query = sa.select(representations).where(representations.c.generation > after)
        found = [(row.generation, representation_of(row)) for row in self._connection.execute(query)]
        return tuple(sorted(found, key=lambda pair: (pair[0], pair[1].path)))

    def paths(self) -> frozenset[str]:
        """Return all paths that are published now; any other path that a reader holds was withdrawn."""
        return frozenset(self._connection.scalars(sa.select(representations.c.path)))

    def versions(self, path: str) -> tuple[Version, ...]:
        """Return the kept versions of a document, the newest first, without their deltas."""
        query = sa.select(versions.c.path, versions.c.etag, versions.c.parts)
        ordered = query.where(versions.c.path == path).order_by(versions.c.place)
        return tuple(Version(*row) for row in self._connection.execute(ordered))

    def bases(self, paths: Collection[str]) -> Mapping[str, frozenset[str]]:
        """Return by path the etags of the versions that there is a delta for."""
        bases: dict[str, frozenset[str]] = {}
        for some in chunks(paths):
            query = sa.select(versions.c.path, versions.c.etag)
            query = query.where(versions.c.path.in_(some), versions.c.target.is_not(None))
            for row in self._connection.execute(query):
                bases[row.path] = bases.get(row.path, frozenset()) | {row.etag}
        return bases

    def delta(self, path: str, base: str, target: str) -> Delta | None:
        """Return the delta from one version of a document to another, by their etags."""
        query = sa.select(versions.c.target, versions.c.gzip, versions.c.body)
        query = query.where(versions.c.path == path, versions.c.etag == base, versions.c.target == target)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else delta_of(row)

    def sources(self) -> Mapping[str, SourceState]:
        """Return the state of every configured source, by name."""
        states = sorted(map(source_of, self._all(sources)), key=lambda state: state.name)
        return {state.name: state for state in states}

    def documents(self, source: str) -> Mapping[str, DocumentState]:
        """Return the state of every document of a source, by name."""
        query = sa.select(documents).where(documents.c.source == source)
        return dict(map(document_of, self._connection.execute(query)))

    def accepted_body(self, source: str, document: str) -> bytes | None:
        """Return the last accepted body of a document; see `Transaction.save_accepted`."""
        where = (accepted_bodies.c.source == source, accepted_bodies.c.document == document)
        packed = self._connection.scalar(sa.select(accepted_bodies.c.body).where(*where))
        return None if packed is None else accepted_body_of(packed)

    def outbox(self, *, limit: int = _FEW) -> tuple[Announcement, ...]:
        """Return announcements that are not sent yet, the first due first."""
        return outbox.pending(self._connection, limit=limit)

    def has_due_announcements(self, now: dt.datetime) -> bool:
        """Whether any announcement is due."""
        return outbox.is_due(self._connection, now)

    def incidents(self) -> tuple[Incident, ...]:
        """Return the last incidents of sources, the one that changed last first."""
        return incidents.latest(self._connection)

    def _all(self, table: sa.Table) -> list[sa.Row[Any]]:
        return list(self._connection.execute(sa.select(table)))
