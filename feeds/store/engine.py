"""Connections to the store, and the driver's errors in words for the operator.

SQLite: one connection writes, any number read through `mode=ro`; `immutable=1` would read a database with a live
WAL as a damaged file. The driver's own transaction handling is off: it begins too late, and not IMMEDIATE.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool, QueuePool

from feeds.errors import StoreCorrupt, StoreError
from feeds.redaction import redact_address

_BUSY_TIMEOUT = 5.0
_JOURNAL_SIZE_LIMIT = 16 * 1024 * 1024
_IDLE_IN_TRANSACTION = "60s"

_json = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))

# https://www.sqlite.org/rescode.html, primary result codes.
_SQLITE_ERRORS: dict[int, tuple[type[StoreError], str]] = {
    5: (StoreError, "locked by another process for too long; only one may write"),
    6: (StoreError, "locked by another process for too long; only one may write"),
    8: (StoreError, "cannot be written; make the file and its folder writable for this user"),
    10: (StoreError, "the disk reports an error"),
    11: (StoreCorrupt, "the database is damaged; restore a backup"),
    13: (StoreError, "the disk is full; what was published stays as it is"),
    14: (StoreError, "cannot be opened; this user must be able to read the file and to write in its folder"),
    26: (StoreCorrupt, "not a database; move the file away or correct `store`"),
}


def parse_url(url: str) -> sa.URL:
    """Return the database URL, or raise `StoreError` if it names no database that Tidings supports."""
    try:
        parsed = sa.make_url(url)
    except (ArgumentError, ValueError) as error:
        raise StoreError(
            f"store: {redact_address(url)!r} is not a database URL; try sqlite:///data/tidings.db"
        ) from error
    backend = parsed.get_backend_name()
    if backend not in ("sqlite", "postgresql"):
        raise StoreError(f"store: {backend} is not supported; use sqlite or postgresql")
    if backend == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise StoreError("store: SQLite needs a file, as in sqlite:///data/tidings.db")
    return parsed


def sqlite_path(url: sa.URL) -> Path | None:
    """Return the path of an SQLite database, or None if the store is a server."""
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def identity(path: Path | None) -> tuple[int, int] | None:
    """Return the device and inode of a file, which differ if another file takes its place; None without a file."""
    if path is None:
        return None
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def place(url: sa.URL) -> str:
    """Return the store's name for messages: without password and query, which may contain a secret."""
    path = sqlite_path(url)
    return url.set(query={}).render_as_string() if path is None else str(path)


def reading(url: sa.URL) -> sa.Engine:
    """Return an engine whose transactions are snapshots and cannot write."""
    if sqlite_path(url) is not None:
        return _sqlite(url, mode="ro", begin="BEGIN", pool={"poolclass": QueuePool})
    return _postgres(url).execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def writing(url: sa.URL) -> sa.Engine:
    """Return an engine that writes. On SQLite its transactions are serialised: it has one connection."""
    if sqlite_path(url) is not None:
        pool = {"poolclass": QueuePool, "pool_size": 1, "max_overflow": 0}
        return _sqlite(url, mode="rw", begin="BEGIN IMMEDIATE", pool=pool)
    return _postgres(url).execution_options(isolation_level="READ COMMITTED")


def creating(url: sa.URL) -> sa.Engine:
    """Return an engine that writes, and creates the SQLite file if there is none."""
    if sqlite_path(url) is not None:
        return _sqlite(url, mode="rwc", begin="BEGIN IMMEDIATE", pool={"poolclass": NullPool})
    return writing(url)


def _sqlite(url: sa.URL, *, mode: str, begin: str, pool: dict[str, Any]) -> sa.Engine:
    engine = sa.create_engine(url, creator=_connector(url, mode), json_serializer=_json, **pool)

    def begin_transaction(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)

    sa.event.listen(engine, "begin", begin_transaction)
    return engine


def _connector(url: sa.URL, mode: str) -> Callable[[], sqlite3.Connection]:
    location = f"file:{quote(str(url.database))}?mode={mode}"
    pragmas = ["foreign_keys = ON", f"busy_timeout = {int(_BUSY_TIMEOUT * 1000)}"]
    if mode != "ro":
        pragmas += [
            "journal_mode = WAL",
            "synchronous = FULL",
            f"journal_size_limit = {_JOURNAL_SIZE_LIMIT}",
        ]

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            location, uri=True, timeout=_BUSY_TIMEOUT, isolation_level=None, check_same_thread=False
        )
        try:
            for pragma in pragmas:
                connection.execute(f"PRAGMA {pragma}")
        except BaseException:
            connection.close()
            raise
        return connection

    return connect


def _postgres(url: sa.URL) -> sa.Engine:
    try:
        engine = sa.create_engine(url, json_serializer=_json, pool_pre_ping=True)
    except ModuleNotFoundError as error:
        raise StoreError(f"{place(url)}: {error.name} is missing; install tidings[postgres]") from error

    # A refresher that was suspended inside a transaction must not block the others for ever.
    def limit_idling(connection: Any, _record: Any) -> None:
        connection.execute(f"SET idle_in_transaction_session_timeout = '{_IDLE_IN_TRANSACTION}'")
        connection.commit()

    sa.event.listen(engine, "connect", limit_idling)
    return engine


@contextmanager
def explained(url: sa.URL) -> Iterator[None]:
    """Raise the driver's errors as `StoreError`: one line that names the store and the remedy."""
    try:
        yield
    except DBAPIError as error:
        raise _explain(error.orig, place(url)) from error
    except SQLAlchemyError as error:
        raise StoreError(f"{place(url)}: {_first_line(error)}") from error
    except sqlite3.Error as error:
        raise _explain(error, place(url)) from error


def _explain(error: BaseException | None, where: str) -> StoreError:
    if isinstance(error, sqlite3.OperationalError) and "decode to UTF-8" in str(error):
        # Only valid UTF-8 is ever written.
        return StoreCorrupt(f"{where}: the database is damaged ({_first_line(error)}); restore a backup")
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        kind, meaning = _SQLITE_ERRORS.get(code, (StoreError, _first_line(error)))
        return kind(f"{where}: {meaning}")
    return StoreError(f"{where}: {_first_line(error)}")


def _first_line(error: BaseException | None) -> str:
    return str(error).partition("\n")[0].strip() or type(error).__name__
