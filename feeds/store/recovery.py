"""Backups of an SQLite store, and recovery: a damaged database is set aside, never deleted at once.

A store that is rebuilt from its sources has the same ids, because they are minted from the documents. A backup
also has the entries that the documents no longer list.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from feeds.errors import StoreCorrupt, StoreError
from feeds.store import Store
from feeds.store.engine import explained, parse_url, place, reading, sqlite_path
from feeds.store.maintenance import integrity_check, sync
from feeds.store.migrate import backup_folder, make_folder, written_version

BACKUPS_KEPT = 7
DAMAGED_KEPT = 3
BACKUP_INTERVAL = dt.timedelta(days=1)


def backup_due(url: str, now: dt.datetime) -> bool:
    """Whether the newest backup is a day old or dated in the future, or there is none."""
    path = sqlite_path(parse_url(url))
    if path is None:
        return False
    newest = next(_backups(path), None)
    return newest is None or not dt.timedelta() <= now - _written(newest) < BACKUP_INTERVAL


def back_up(store: Store, url: str, now: dt.datetime) -> Path:
    """Write a verified backup next to the store, and delete all but the last seven."""
    path = sqlite_path(parse_url(url))
    if path is None:
        raise StoreError(f"{place(parse_url(url))}: back up a PostgreSQL store with pg_dump")
    target = backup_folder(path) / f"{path.stem}-{_stamp(now)}{path.suffix}"
    make_folder(target.parent)
    store.backup(target)
    for old in list(_backups(path))[BACKUPS_KEPT:]:
        old.unlink()
    return target


def recover(url: str, now: dt.datetime) -> Path | None:
    """Rename a damaged database and replace it by the newest backup that is whole, if any; return that backup.

    The backup is copied first: if this is interrupted, either a database is there or `resume` completes it.
    """
    path = sqlite_path(parse_url(url))
    if path is None:
        return None
    backup = next((each for each in (*_backups(path), *_older(path)) if _is_whole(each)), None)
    try:
        if backup is not None:
            shutil.copyfile(backup, _restoring(path))
            sync(_restoring(path))
        aside = path.with_name(f"{path.name}.corrupt-{_stamp(now)}")
        for end in ("-wal", "-shm", ""):
            part = path.with_name(path.name + end)
            if part.exists():
                part.replace(aside.with_name(aside.name + end))
        _drop_old(path)
        resume(url)
        sync(path.parent)
    except OSError as error:
        raise StoreError(f"{path}: the backup cannot be restored: {error.strerror}") from error
    return backup


def check_published(store: Store) -> None:
    """Raise `StoreCorrupt` if published bytes do not match their entity tag: SQLite does not checksum values."""
    with store.read() as view:
        for path in sorted(view.paths()):
            found = view.representation(path)
            if found and hashlib.blake2b(found.body, digest_size=16).hexdigest() != found.etag:
                raise StoreCorrupt(f"{path}: the database is damaged (its bytes are not those that were published)")


def is_emptied(url: str) -> bool:
    """Whether the file is empty although there is a log or a backup: SQLite would take it for a new database."""
    path = sqlite_path(parse_url(url))
    if path is None or not path.exists() or path.stat().st_size:
        return False
    log = path.with_name(path.name + "-wal")
    if log.exists() and log.stat().st_size:
        return True
    return any(True for _ in (*_backups(path), *_older(path)))


def resume(url: str) -> None:
    """Complete a recovery that was interrupted between setting the damaged database aside and restoring a backup."""
    path = sqlite_path(parse_url(url))
    if path is not None and not path.exists() and _restoring(path).exists():
        _restoring(path).replace(path)


def _restoring(path: Path) -> Path:
    return path.with_name(path.name + ".restoring")


def _stamp(now: dt.datetime) -> str:
    return f"{now:%Y%m%dT%H%M%SZ}"


def _backups(path: Path) -> Iterator[Path]:
    """Return the daily backups, the newest first."""
    shape = "[0-9]" * 8 + "T" + "[0-9]" * 6 + "Z"
    yield from sorted(backup_folder(path).glob(f"{path.stem}-{shape}{path.suffix}"), reverse=True)


def _older(path: Path) -> Iterator[Path]:
    """Return the backups made before migrations, the newest schema first."""
    yield from sorted(backup_folder(path).glob(f"{path.stem}-schema-*{path.suffix}"), reverse=True)


def _written(backup: Path) -> dt.datetime:
    stamp = backup.stem.rpartition("-")[2]
    return dt.datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC)


def _is_whole(backup: Path) -> bool:
    """Whether every page of the backup is sound and this program knows its schema."""
    target = parse_url(f"sqlite:///{backup}")
    engine = reading(target)
    try:
        with explained(target), engine.connect() as connection:
            integrity_check(connection, place(target))
            return written_version(connection, place(target)) is not None
    except StoreError:
        return False
    finally:
        engine.dispose()


def _drop_old(path: Path) -> None:
    """Delete all but the last few damaged databases, which are kept for inspection."""
    names = sorted(each.name for each in path.parent.glob(f"{path.name}.corrupt-*") if each.name.endswith("Z"))
    for name in names[:-DAMAGED_KEPT]:
        for end in ("", "-wal", "-shm"):
            path.with_name(name + end).unlink(missing_ok=True)
