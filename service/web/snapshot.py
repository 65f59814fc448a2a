"""The published documents in memory, as new at every request as what another process committed.

On SQLite a request first reads the writers' sequence counter (eight bytes). Only if it changed is the store asked:
`PRAGMA data_version` changes with every commit of another connection, and its values compare only within one
connection, so each thread keeps one. A database server is asked each time, for the generation. If the store cannot be
read, the last snapshot is served.
"""

from __future__ import annotations

import logging
import sqlite3
import weakref
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from threading import Lock, local
from time import monotonic
from urllib.parse import quote

import sqlalchemy as sa

from feeds.errors import StoreError
from feeds.model import Representation
from feeds.store import Delta, RegisteredFeed, Store, View
from feeds.store.engine import explained, parse_url, sqlite_path
from feeds.store.write_lock import WriteCounter, is_idle
from service.web.conditional import Resource, document

_log = logging.getLogger(__name__)

# How many deltas are kept in memory.
KEPT = 64

# Seconds before a failed store is tried again: an attempt may take as long as a timeout.
_PAUSE = 1.0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The published documents by path, and the feeds by slug, as of one generation.

    Archive pages are not among the documents: they are many, and seldom asked for.
    """

    generation: int = 0
    documents: Mapping[str, Resource] = field(default_factory=dict)
    feeds: Mapping[str, RegisteredFeed] = field(default_factory=dict)


class SnapshotCache:
    """Hold the newest snapshot and replace it as a whole: a request sees one generation, never parts of two."""

    def __init__(self, store: Store, url: str, *, deltas: bool = True) -> None:
        self.store = store
        self.deltas = deltas
        # A delta never changes, so it can be cached.
        self._delta = lru_cache(KEPT)(self._read_delta)
        self._watch = _watch(parse_url(url))
        self._path = sqlite_path(parse_url(url))
        self._turns: WriteCounter | None = None
        self._settled: bytes | None = None
        self._snapshot = Snapshot()
        self._reloading = Lock()
        self._resume = 0.0

    @property
    def readable(self) -> bool:
        """Whether the last attempt to read the store succeeded."""
        return not self._resume

    def current(self) -> Snapshot:
        """Return the newest snapshot that could be read."""
        turns = self._turns
        if turns is not None and turns.sequence() == self._settled and not self._resume:
            return self._snapshot
        return self.poll()

    def poll(self) -> Snapshot:
        """Return the newest snapshot, asking the store, which also knows what other programs wrote."""
        watch = self._watch
        if self._resume and monotonic() < self._resume:
            return self._snapshot
        try:
            # Before the version is asked for: what is committed after that has taken another turn.
            mark = self._mark()
            version = watch.version()
            if version != watch.seen:
                self._reload()
                watch.seen = version
            self._settled = mark
            self._resume = 0.0
        except StoreError as error:
            if not self._resume:
                _log.error("store_unreadable", extra={"explanation": str(error)})
            self._resume = monotonic() + _PAUSE
        return self._snapshot

    def _mark(self) -> bytes | None:
        """Return the sequence counter if no writer is active, else None."""
        if self._turns is None and self._path is not None:
            with suppress(OSError):
                self._turns = WriteCounter(self._path)
        mark = self._turns and self._turns.sequence()
        return mark if mark and is_idle(mark) else None

    def _document(self, published: Representation, bases: Mapping[str, frozenset[str]]) -> Resource:
        known = bases.get(published.path, frozenset())
        return document(published, bases=known, delta=partial(self._find, published.path, published.etag))

    def _find(self, path: str, target: str, base: str) -> Delta | None:
        try:
            return self._delta(path, target, base)
        except StoreError:
            return None

    def _read_delta(self, path: str, target: str, base: str) -> Delta | None:
        with self.store.read() as view:
            return view.delta(path, base, target)

    def archived(self, path: str) -> Resource | None:
        """Return an archive page or another document that is not kept in memory."""
        with self.store.read() as view:
            found = view.representation(path.removeprefix("/"))
        return None if found is None else document(found)

    def _reload(self) -> None:
        """Load what changed since the snapshot; everything, if the store is older (a restored backup)."""
        with self._reloading, self.store.read() as view:
            generation = view.generation()
            old = self._snapshot
            if generation == old.generation:
                return
            if generation < old.generation:
                if not view.feeds():
                    return  # a lost store that is being rebuilt: what is in memory is better than nothing
                old = Snapshot()
            paths = {path for path in view.paths() if "/archive/" not in path}
            documents = {path: kept for path, kept in old.documents.items() if path.removeprefix("/") in paths}
            newer = tuple(_published(view, paths, after=old.generation))
            bases = view.bases([each.path for each in newer]) if self.deltas else {}
            documents |= {"/" + each.path: self._document(each, bases) for each in newer}
            feeds = {feed.slug: feed for feed in view.feeds()}
            self._snapshot = Snapshot(generation, documents, feeds)


def _published(view: View, paths: Collection[str], *, after: int) -> Iterator[Representation]:
    """What to take up. At the start one by one: everything at once would hold all archive pages in memory."""
    if not after:
        yield from filter(None, map(view.representation, sorted(paths)))
    for _, published in view.representations(after=after) if after else ():
        if published.path in paths:
            yield published


class _SqliteWatch(local):
    """Ask SQLite, with one connection per thread, opened after the fork."""

    def __init__(self, path: Path) -> None:
        self._location = f"file:{quote(str(path))}?mode=ro"
        self._cursor: sqlite3.Cursor | None = None
        self.seen: int | None = None

    def version(self) -> int:
        try:
            if self._cursor is None:
                self.seen = None
                self._cursor = sqlite3.connect(self._location, uri=True, isolation_level=None).cursor()
            version: int = self._cursor.execute("PRAGMA data_version").fetchone()[0]
        except sqlite3.Error as error:
            self._cursor = None
            raise StoreError(f"{self._location}: {error}") from error
        return version


class _GenerationWatch:
    """Ask a database server: one round trip, outside of any transaction."""

    def __init__(self, url: sa.URL) -> None:
        self.seen: int | None = None
        self._url = url
        self._engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
        weakref.finalize(self, self._engine.dispose)

    def version(self) -> int:
        with explained(self._url), self._engine.connect() as connection:
            return View(connection).generation()


def _watch(url: sa.URL) -> _SqliteWatch | _GenerationWatch:
    path = sqlite_path(url)
    return _GenerationWatch(url) if path is None else _SqliteWatch(path)
