"""Looking after an SQLite file: is it whole, and a copy of it that is."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from feeds.errors import StoreCorrupt, StoreError


def quick_check(connection: sa.Connection, where: str) -> None:
    """Raise `StoreCorrupt` if an SQLite database has damaged pages; a server looks after its own."""
    if connection.dialect.name == "sqlite":
        _require_ok(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one(), where)


def integrity_check(connection: sa.Connection, where: str) -> None:
    """As `quick_check`, with every index compared to its table."""
    _require_ok(connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one(), where)


def checkpoint(engine: sa.Engine) -> None:
    """Move the log into the database and empty it. A reader who is in the way is waited for, not for ever."""
    # In a transaction this would fail, and SQLAlchemy begins one.
    with closing(engine.raw_connection()) as connection:
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()


def copy(engine: sa.Engine, target: Path) -> None:
    """Copy the database as it is now, check the copy, and only then give it its name, durably."""
    part = target.with_name(target.name + ".part")
    try:
        part.unlink(missing_ok=True)
        # VACUUM runs in no transaction, and SQLAlchemy begins one.
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
        # It is the copy that has no room or no folder, and not the store.
        raise StoreError(f"{target}: the backup cannot be written: {error}") from error


def sync(path: Path) -> None:
    """Make a file's bytes, or a folder's names, survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _require_ok(verdict: str, where: str) -> None:
    if verdict != "ok":
        raise StoreCorrupt(f"{where}: the database is damaged ({verdict}); restore a backup")
