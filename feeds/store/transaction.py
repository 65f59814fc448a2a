"""What can be written: everything through one Transaction becomes visible together, or not at all."""

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
    appearance_row,
    believed_row,
    document_row,
    entry_row,
    feed_of,
    feed_row,
    representation_row,
    revision_row,
    version_row,
)
from feeds.store.schema import (
    appearances,
    believed,
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
    """A View that writes; it sees its own writes."""

    def __init__(self, connection: sa.Connection) -> None:
        super().__init__(connection)
        self._stamp: int | None = None

    def stamp(self) -> int:
        """The number of the change that this transaction is: taken at the first need, once."""
        if self._stamp is None:
            number = sa.update(counter).values(generation=counter.c.generation + 1)
            self._stamp = self._connection.execute(number.returning(counter.c.generation)).scalar_one()
        return self._stamp

    def known(
        self,
        source: str,
        keys: Collection[str],
        *,
        since: dt.datetime | None = None,
        documents: Collection[str] | None = None,
        last_on_day: Collection[dt.datetime] = (),
    ) -> PriorState:
        """As `View.known`, behind the writers' lock: two refreshers must not both find a story unknown."""
        self._connection.execute(sa.select(counter.c.generation).with_for_update())
        return super().known(source, keys, since=since, documents=documents, last_on_day=last_on_day)

    def apply(self, changes: Changes) -> tuple[Entry, ...]:
        """Write what a reading means for the ledger; return the entries with their change number."""
        written: dict[str, Entry] = {}
        if changes.entries:
            stamp = self.stamp()
            written = {entry.id: replace(entry, change=stamp) for entry in changes.entries}
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
        """Give out a slug, or change what it stands for; `since` stays that of the first registration."""
        row = self._connection.execute(sa.select(feeds).where(feeds.c.slug == feed.slug)).one_or_none()
        old = None if row is None else feed_of(row)
        new = replace(feed, since=old.since) if old else feed
        if new != old:
            self.stamp()
            upsert(self._connection, feeds, [feed_row(new)])

    def publish(self, published: Iterable[Representation]) -> None:
        """Put representations in the place of those at the same paths."""
        several = tuple(published)
        if several:
            stamp = self.stamp()
            upsert(self._connection, representations, [representation_row(each, stamp) for each in several])

    def withdraw(self, paths: Collection[str]) -> None:
        """Publish nothing at these paths any more."""
        if paths:
            self.stamp()
        for some in chunks(sorted(paths)):
            for table in (representations, versions):
                self._connection.execute(sa.delete(table).where(table.c.path.in_(some)))

    def keep(self, path: str, kept: Iterable[Version]) -> None:
        """Keep these versions of a document, the newest first, in the place of those that were kept."""
        self._connection.execute(sa.delete(versions).where(versions.c.path == path))
        rows = [version_row(version, place) for place, version in enumerate(kept)]
        if rows:
            self._connection.execute(sa.insert(versions), rows)

    def announce(self, topics: Collection[str], now: dt.datetime, *, hubs: Collection[str]) -> None:
        """Have hubs told of these paths once this is durable; a topic waits once, not once a change."""
        if topics and hubs:
            outbox.announce(self._connection, topics, hubs=hubs, generation=self.generation(), now=now)

    def take_up(self, hub: str, now: dt.datetime, *, until: dt.datetime, limit: int) -> tuple[Announcement, ...]:
        """What a hub is to be told now; nobody else takes it up before `until`."""
        return outbox.take_up(self._connection, hub, now, until=until, limit=limit)

    def told(self, announcement: Announcement, now: dt.datetime) -> None:
        """Keep that the hub took it."""
        outbox.told(self._connection, announcement, now)

    def postpone(self, announcement: Announcement, due: dt.datetime) -> None:
        """Keep that the hub did not take it, and when it is to be told again."""
        outbox.postpone(self._connection, announcement, due)

    def give_up(self, announcement: Announcement) -> None:
        """Stop telling the hub, unless there is newer news."""
        outbox.give_up(self._connection, announcement)

    def forget_hubs(self, *, but: Collection[str]) -> None:
        """Drop what waits for any hub but these."""
        outbox.forget(self._connection, but=but)

    def note(self, outcome: Outcome) -> bool:
        """Keep what an outcome means for the list of incidents; say whether it means anything."""
        return incidents.note(self._connection, outcome)

    def ensure_sources(self, names: Collection[str], now: dt.datetime) -> None:
        """Make every configured source known, due at once if it is new; forget how the others stood.

        What a dropped source said stays in the ledger: it may come back, and ids are for ever.
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
        """Take sources that are due, or those named whether due or not, unless someone else holds them."""
        free = claims.free(self._connection, now, limit=limit, names=names)
        return claims.take(self._connection, free, owner=owner, until=now + lease)

    def fence(self, source: str, epoch: int) -> None:
        """Raise `Fenced` unless this epoch is the last; hold off who would take over until the commit."""
        claims.fence(self._connection, source, epoch)

    def accept(self, source: str, now: dt.datetime) -> None:
        """Let the next reading of a source pass the gate, and have it read at once."""
        claims.accept(self._connection, source, now)

    def record(self, outcome: Outcome, *, next_due: dt.datetime, held: tuple[Held, ...] = ()) -> None:
        """Keep how a refresh went, what it held back and when the source is due again; release its lease."""
        claims.record(self._connection, outcome, next_due=next_due, held=held)

    def release(self, source: str, *, next_due: dt.datetime) -> None:
        """Give up the claim on a source that there was nothing to say of; it stands as it stood."""
        claims.release(self._connection, source, next_due)

    def remember(self, source: str, states: Mapping[str, DocumentState]) -> None:
        """Keep by what each document of the source can be recognised as unchanged."""
        rows = [document_row(source, name, state) for name, state in states.items()]
        upsert(self._connection, documents, rows)

    def believe(self, source: str, bodies: Mapping[str, bytes]) -> None:
        """Keep what documents of the source say, by name, in the place of what they said before."""
        rows = [believed_row(source, name, body) for name, body in bodies.items()]
        upsert(self._connection, believed, rows)

    def forget(self, source: str, names: Collection[str]) -> None:
        """Have these documents read again, or stop remembering those that are gone."""
        for some in chunks(sorted(names)):
            for table, name in ((documents, documents.c.name), (believed, believed.c.document)):
                gone = sa.and_(table.c.source == source, name.in_(some))
                self._connection.execute(sa.delete(table).where(gone))

    def prune(self, before: dt.datetime) -> None:
        """Drop what nobody will ask for again: appearances long gone, announcements long sent."""
        gone = sa.and_(appearances.c.gone.is_(sa.true()), appearances.c.last_seen < before)
        self._connection.execute(sa.delete(appearances).where(gone))
        outbox.prune(self._connection, before)
