"""Maintenance of an SQLite file: integrity checks, checkpoints, verified copies."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from feeds.errors import StoreCorrupt, StoreError


def quick_check(connection: sa.Connection, where: str) -> None:
    """Raise `StoreCorrupt` if an SQLite database has damaged pages. On a server do nothing."""
    if connection.dialect.name == "sqlite":
        _require_ok(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one(), where)


def integrity_check(connection: sa.Connection, where: str) -> None:
    """Raise `StoreCorrupt` as `quick_check` does, or if an index does not agree with its table."""
    _require_ok(connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one(), where)


def checkpoint(engine: sa.Engine) -> None:
    """Move the log into the database and empty it. Waits for readers up to the busy timeout."""
    # This fails inside a transaction, and SQLAlchemy would begin one.
    with closing(engine.raw_connection()) as connection:
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()


def copy(engine: sa.Engine, target: Path) -> None:
    """Copy the database, check the copy, and only then rename it to `target`, durably."""
    part = target.with_name(target.name + ".part")
    try:
        part.unlink(missing_ok=True)
        # VACUUM fails inside a transaction, and SQLAlchemy would begin one.
        with closing(engine.raw_connection()) as connection:
            connection.cursor().execute("VACUUM INTO ?", (str(part),))
        with closing(sqlite3.connect(part)) as written:
            _require_ok(written.execute("PRAGMA integrity_check(1)").fetchone()[0], str(part))
        sync(part)
        part.replace(target)
        sync(target.parent)
    except OSError as error:
        raise StoreError(f"{target}: the backup cannot be written: {error.strerror}") from error
    except sqlite3.OperationalError as error:
        # The copy has no space or no folder; the store itself is not at fault.
        raise StoreError(f"{target}: the backup cannot be written: {error}") from error


def sync(path: Path) -> None:
    """Flush a file's bytes, or a folder's names, to the disk, so that they survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _require_ok(result: str, where: str) -> None:
    if result != "ok":
        raise StoreCorrupt(f"{where}: the database is damaged ({result}); restore a backup")
