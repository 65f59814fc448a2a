"""The store: entries, publications, claims and the outbox, in SQLite or PostgreSQL.

    migrate(url)
    store = Store(url)
    with store.write() as transaction: ...      # one transaction: visible together, or not at all
    with store.read() as view: ...              # one snapshot

One process at a time writes an SQLite store, and the others wait for the write lock; any number may read.

Start with `Store` below, then `view.py` (every read) and `transaction.py` (every write). Both delegate to one
module for each subject: `known.py` (prior state for a reading), `membership.py` (entries of a feed's scope),
`claims.py` (leases and fencing tokens), `outbox.py` (notifications of hubs), `incidents.py`. `schema.py` has the
tables, `rows.py` converts between rows and types, `records.py` has the types that only the store knows.
`engine.py`, `write_lock.py` and `sql.py` hide the database; `migrate.py`, `maintenance.py` and `recovery.py` keep
its file current, whole and backed up.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from feeds.errors import StoreError
from feeds.store.engine import explained, identity, parse_url, place, reading, sqlite_path, writing
from feeds.store.maintenance import checkpoint, copy, quick_check
from feeds.store.migrate import make_folder, migrate, missing, require_current
from feeds.store.records import (
    Announcement,
    Claim,
    Delta,
    DocumentState,
    Incident,
    RegisteredFeed,
    SourceState,
    Version,
)
from feeds.store.transaction import Transaction
from feeds.store.view import View
from feeds.store.write_lock import write_lock

__all__ = [
    "Announcement",
    "Claim",
    "Delta",
    "DocumentState",
    "Incident",
    "RegisteredFeed",
    "SourceState",
    "Store",
    "Transaction",
    "Version",
    "View",
    "migrate",
]


class Store:
    """An open store. Opening checks the schema and, unless it is read-only, looks for damaged pages."""

    def __init__(self, url: str, *, read_only: bool = False) -> None:
        self._url = parse_url(url)
        self._path = sqlite_path(self._url)
        if self._path is not None and not self._path.exists():
            raise missing(str(self._path))
        self._file = identity(self._path)
        self._reader = reading(self._url)
        self._writer = None if read_only else writing(self._url)
        try:
            with explained(self._url), self._reader.connect() as connection:
                require_current(connection, place(self._url))
                if not read_only:
                    quick_check(connection, place(self._url))
        except BaseException:
            self.close()
            raise

    @contextmanager
    def read(self) -> Iterator[View]:
        """Open one snapshot to read."""
        with explained(self._url), self._reader.connect() as connection:
            yield View(connection)

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """Open one transaction to write: committed at the end, rolled back by any exception."""
        if self._writer is None:
            raise StoreError(f"{place(self._url)}: opened only to read")
        with explained(self._url), write_lock(self._path), self._writer.begin() as connection:
            yield Transaction(connection)

    @property
    def lost(self) -> bool:
        """Whether the SQLite file was deleted or replaced: nobody would read what is written to it now."""
        return identity(self._path) != self._file

    def rescue(self) -> bool:
        """Write the open database to its path again if the file was deleted; return whether it was."""
        if self._path is None or self._writer is None or self._path.exists():
            return False
        make_folder(self._path.parent)
        with explained(self._url):
            copy(self._writer, self._path)
        return True

    def backup(self, target: Path) -> None:
        """Write a verified copy of an SQLite store. An older copy is replaced only by one that passes the check."""
        if sqlite_path(self._url) is None:
            raise StoreError(f"{place(self._url)}: back up a PostgreSQL store with pg_dump")
        with explained(self._url):
            copy(self._reader, target)

    def checkpoint(self) -> None:
        """Move the write-ahead log of an SQLite store into the database and empty it."""
        if self._path is not None and self._writer is not None:
            with explained(self._url), write_lock(self._path):
                checkpoint(self._writer)

    def close(self) -> None:
        """Close all connections."""
        # The writer last: the last connection to close moves the log into the database, if it can write.
        self._reader.dispose()
        if self._writer is not None:
            self._writer.dispose()
