"""Schema versions: upgrade a store, and refuse a database of another program or of a newer Tidings."""

from __future__ import annotations

import os
from pathlib import Path

import sqlalchemy as sa

from feeds.errors import StoreCorrupt, StoreError, StoreForeign, StoreNewer
from feeds.store.engine import creating, explained, parse_url, place, reading, sqlite_path
from feeds.store.maintenance import copy, sync
from feeds.store.schema import VERSION, VERSION_TABLE

APPLICATION_ID = int.from_bytes(b"tidi")
_MIGRATION_LOCK = APPLICATION_ID


def migrate(url: str) -> None:
    """Create the store or upgrade its schema, in one transaction. A store that is up to date is only read."""
    target = parse_url(url)
    path = sqlite_path(target)
    if path is not None:
        make_folder(path.parent)
        # Read before it is opened to write: another program's file must not even be switched to WAL.
        version = _version_read_only(target) if path.exists() else None
        if version == VERSION:
            return
        if version is not None:
            _back_up(target, backup_folder(path) / f"{path.stem}-schema-{version}{path.suffix}")
    engine = creating(target)
    try:
        with explained(target), engine.begin() as connection:
            _upgrade(connection, target)
    finally:
        engine.dispose()
    if path is not None:
        # SQLite syncs the file, not the folder that names it.
        sync(path.parent)


def written_version(connection: sa.Connection, where: str) -> str | None:
    """Return the version of the schema, None for an empty database; raise if this program cannot use it."""
    if connection.dialect.name == "sqlite":
        tables = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one()
        if not tables:
            return None
        if connection.exec_driver_sql("PRAGMA application_id").scalar_one() != APPLICATION_ID:
            if sa.inspect(connection).has_table(VERSION_TABLE):
                raise StoreCorrupt(f"{where}: the database is damaged (its header); restore a backup")
            raise StoreForeign(f"{where}: a database of another program; move it away or correct `store`")
    elif not sa.inspect(connection).has_table(VERSION_TABLE):
        return None
    version: str = connection.exec_driver_sql(f"SELECT version_num FROM {VERSION_TABLE}").scalar_one()
    if version > VERSION:
        raise StoreNewer(
            f"{where}: written by a newer Tidings (schema {version}, this one knows {VERSION}); "
            "install that version, or restore the backup made before the upgrade"
        )
    return version


def require_current(connection: sa.Connection, where: str) -> None:
    """Raise unless the schema has this program's version."""
    version = written_version(connection, where)
    if version is None:
        raise missing(where)
    if version < VERSION:
        raise StoreError(
            f"{where}: schema {version} is older than {VERSION}; "
            "run `tidings refresh` or `tidings serve` to bring it up to date"
        )


def missing(where: str) -> StoreError:
    """Return the error for a store that does not exist yet."""
    return StoreError(f"{where}: there is no store yet; run `tidings refresh` or `tidings serve` to create it")


def backup_folder(path: Path) -> Path:
    """Return the folder of an SQLite store's backups."""
    return path.parent / "backups"


def _back_up(target: sa.URL, backup: Path) -> None:
    make_folder(backup.parent)
    engine = reading(target)
    try:
        with explained(target):
            copy(engine, backup)
    finally:
        engine.dispose()


def _version_read_only(target: sa.URL) -> str | None:
    engine = reading(target)
    try:
        with explained(target), engine.connect() as connection:
            return written_version(connection, place(target))
    finally:
        engine.dispose()


def _upgrade(connection: sa.Connection, target: sa.URL) -> None:
    # Imported here because the import takes most of a second, and readers never need it.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
    if written_version(connection, place(target)) == VERSION:
        return
    config = Config()
    config.set_main_option("script_location", "feeds.store:migrations")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StoreError(f"{place(target)}: {error}; no release of Tidings wrote this") from error
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")


def make_folder(folder: Path) -> None:
    """Create the folder if it is missing; raise `StoreError` if it cannot be created or written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{folder}: the store's folder cannot be created: {error.strerror}") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StoreError(f"{folder}: the store's folder is not writable for this user")
