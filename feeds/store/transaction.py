"""Every write: all changes of one Transaction become visible together, or not at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

import sqlalchemy as sa

from feeds.changes import Changes, Held, PriorState
from feeds.model import Entry, Outcome, Representation
from feeds.store import claims, incidents, membership, outbox
from feeds.store.known import load
from feeds.store.records import Announcement, Claim, DocumentState, RegisteredFeed, Version
from feeds.store.rows import (
    accepted_row,
    appearance_row,
    document_row,
    entry_row,
    feed_of,
    feed_row,
    representation_row,
    revision_row,
    version_row,
)
from feeds.store.schema import (
    accepted_bodies,
    appearances,
    counter,
    documents,
    entries,
    entry_keys,
    feeds,
    headings,
    representations,
    revisions,
    versions,
)
from feeds.store.sql import chunks, ignore_known, upsert
from feeds.store.view import View


class Transaction(View):
    """A View that can write; it sees its own writes."""

    def __init__(self, connection: sa.Connection) -> None:
        super().__init__(connection)
        self._change: int | None = None

    def change_number(self) -> int:
        """Return this transaction's change number: taken from the counter at the first call, then the same."""
        if self._change is None:
            number = sa.update(counter).values(generation=counter.c.generation + 1)
            self._change = self._connection.execute(number.returning(counter.c.generation)).scalar_one()
        return self._change

    def known(
        self,
        source: str,
        keys: Collection[str],
        *,
        since: dt.datetime | None = None,
        documents: Collection[str] | None = None,
        last_on_day: Collection[dt.datetime] = (),
    ) -> PriorState:
        """Return `View.known` under the writers' lock: two refreshers must not both add the same entry."""
        self._connection.execute(sa.select(counter.c.generation).with_for_update())
        return super().known(source, keys, since=since, documents=documents, last_on_day=last_on_day)

    def apply(self, changes: Changes) -> tuple[Entry, ...]:
        """Write a reading's changes to the ledger; return the entries with their change number."""
        written: dict[str, Entry] = {}
        if changes.entries:
            change = self.change_number()
            written = {entry.id: replace(entry, change=change) for entry in changes.entries}
            before = load(self._connection, sorted(written))
            upsert(self._connection, entries, map(entry_row, written.values()))
            membership.update_memberships(self._connection, before, written.values())
        keys = {(key, id) for id, several in changes.keys.items() for key in several}
        ignore_known(self._connection, entry_keys, [{"key": key, "entry": id} for key, id in sorted(keys)])
        first = [{"section": key, "heading": changes.headings[key]} for key in sorted(changes.headings)]
        ignore_known(self._connection, headings, first)
        if changes.revisions:
            self._connection.execute(sa.insert(revisions), [revision_row(each) for each in changes.revisions])
        upsert(self._connection, appearances, map(appearance_row, changes.appearances))
        return tuple(written.values())

    def register(self, feed: RegisteredFeed) -> None:
        """Register a slug, or change its registration; `since` stays that of the first one."""
        row = self._connection.execute(sa.select(feeds).where(feeds.c.slug == feed.slug)).one_or_none()
        old = None if row is None else feed_of(row)
        new = replace(feed, since=old.since) if old else feed
        if new != old:
            self.change_number()
            upsert(self._connection, feeds, [feed_row(new)])

    def publish(self, published: Iterable[Representation]) -> None:
        """Publish representations, each in place of the one at its path."""
        several = tuple(published)
        if several:
            change = self.change_number()
            upsert(self._connection, representations, [representation_row(each, change) for each in several])

    def withdraw(self, paths: Collection[str]) -> None:
        """Remove what is published at these paths."""
        if paths:
            self.change_number()
        for some in chunks(sorted(paths)):
            for table in (representations, versions):
                self._connection.execute(sa.delete(table).where(table.c.path.in_(some)))

    def replace_versions(self, path: str, newest_first: Iterable[Version]) -> None:
        """Replace the kept versions of a document."""
        self._connection.execute(sa.delete(versions).where(versions.c.path == path))
        rows = [version_row(version, place) for place, version in enumerate(newest_first)]
        if rows:
            self._connection.execute(sa.insert(versions), rows)

    def announce(self, topics: Collection[str], now: dt.datetime, *, hubs: Collection[str]) -> None:
        """Queue a notification of each hub about these paths; a topic is queued once, not once for each change."""
        if topics and hubs:
            outbox.announce(self._connection, topics, hubs=hubs, generation=self.generation(), now=now)

    def lease_announcements(
        self, hub: str, now: dt.datetime, *, until: dt.datetime, limit: int
    ) -> tuple[Announcement, ...]:
        """Lease a hub's due announcements; nobody else can lease them before `until`."""
        return outbox.lease(self._connection, hub, now, until=until, limit=limit)

    def mark_sent(self, announcement: Announcement, now: dt.datetime) -> None:
        """Store that the hub accepted the announcement."""
        outbox.mark_sent(self._connection, announcement, now)

    def postpone(self, announcement: Announcement, due: dt.datetime) -> None:
        """Store that the hub did not accept the announcement, and when it is due again."""
        outbox.postpone(self._connection, announcement, due)

    def give_up(self, announcement: Announcement) -> None:
        """Drop the announcement, unless its topic has changed since."""
        outbox.give_up(self._connection, announcement)

    def drop_other_hubs(self, *, keep: Collection[str]) -> None:
        """Drop the announcements for every hub that is not among these."""
        outbox.drop_other_hubs(self._connection, keep=keep)

    def note(self, outcome: Outcome) -> bool:
        """Begin, change or end the source's incident by an outcome; return whether anything changed."""
        return incidents.note(self._connection, outcome)

    def ensure_sources(self, names: Collection[str], now: dt.datetime) -> None:
        """Add every new configured source, due at once; drop the state of those no longer configured.

        The entries of a dropped source stay in the ledger: it may come back, and ids are for ever.
        """
        claims.ensure(self._connection, names, now)
        incidents.end_others(self._connection, names, now)

    def claim(
        self,
        now: dt.datetime,
        owner: str,
        lease: dt.timedelta,
        limit: int,
        *,
        names: Collection[str] | None = None,
    ) -> tuple[Claim, ...]:
        """Claim sources that are due, or those named whether due or not, unless another refresher holds them."""
        free = claims.free(self._connection, now, limit=limit, names=names)
        return claims.take(self._connection, free, owner=owner, until=now + lease)

    def fence(self, source: str, epoch: int) -> None:
        """Raise `Fenced` unless `epoch` is the newest claim; nobody can claim the source until the commit."""
        claims.fence(self._connection, source, epoch)

    def accept(self, source: str, now: dt.datetime) -> None:
        """Accept the next reading of a source without the plausibility checks, and make it due now."""
        claims.accept(self._connection, source, now)

    def record(self, outcome: Outcome, *, next_due: dt.datetime, held: tuple[Held, ...] = ()) -> None:
        """Store a refresh's outcome, what it held and when the source is due again; release the lease."""
        claims.record(self._connection, outcome, next_due=next_due, held=held)

    def release(self, source: str, *, next_due: dt.datetime) -> None:
        """Release the claim on a source without an outcome; the rest of its state is unchanged."""
        claims.release(self._connection, source, next_due)

    def remember(self, source: str, states: Mapping[str, DocumentState]) -> None:
        """Store the state by which each document of the source can be recognised as unchanged."""
        rows = [document_row(source, name, state) for name, state in states.items()]
        upsert(self._connection, documents, rows)

    def save_accepted(self, source: str, bodies: Mapping[str, bytes]) -> None:
        """Store the accepted bodies of documents of the source, by name, in place of the earlier ones."""
        rows = [accepted_row(source, name, body) for name, body in bodies.items()]
        upsert(self._connection, accepted_bodies, rows)

    def forget(self, source: str, names: Collection[str]) -> None:
        """Drop the state of documents, so that they are read again if they are still there."""
        for some in chunks(sorted(names)):
            for table, name in ((documents, documents.c.name), (accepted_bodies, accepted_bodies.c.document)):
                gone = sa.and_(table.c.source == source, name.in_(some))
                self._connection.execute(sa.delete(table).where(gone))

    def prune(self, before: dt.datetime) -> None:
        """Drop what is no longer needed: appearances gone and announcements sent before an instant."""
        gone = sa.and_(appearances.c.gone.is_(sa.true()), appearances.c.last_seen < before)
        self._connection.execute(sa.delete(appearances).where(gone))
        outbox.prune(self._connection, before)
