"""Backups of an SQLite store, and what becomes of a damaged one: set aside, never thrown away.

A store rebuilt from its sources has the ids that it had, for they are minted from what the documents say. A
backup also knows what the documents no longer do.
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

BACKUPS = 7
ASIDE = 3
OFTEN = dt.timedelta(days=1)


def backup_due(url: str, now: dt.datetime) -> bool:
    """Whether the newest backup is a day old; one that is dated in the future proves nothing."""
    path = sqlite_path(parse_url(url))
    if path is None:
        return False
    newest = next(_backups(path), None)
    return newest is None or not dt.timedelta() <= now - _written(newest) < OFTEN


def back_up(store: Store, url: str, now: dt.datetime) -> Path:
    """Write a verified backup beside the store, and keep the last of them."""
    path = sqlite_path(parse_url(url))
    if path is None:
        raise StoreError(f"{place(parse_url(url))}: back up a PostgreSQL store with pg_dump")
    target = backup_folder(path) / f"{path.stem}-{_stamp(now)}{path.suffix}"
    make_folder(target.parent)
    store.backup(target)
    for old in list(_backups(path))[BACKUPS:]:
        old.unlink()
    return target


def recover(url: str, now: dt.datetime) -> Path | None:
    """Set a damaged database aside and put the newest whole backup in its place; without one, nothing.

    The backup is copied first: whatever cuts this short, there is a database or `resume` makes one.
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
    """Raise `StoreCorrupt` if what is published is not what its tags say: SQLite sees no flip in a text."""
    with store.read() as view:
        for path in sorted(view.paths()):
            found = view.representation(path)
            if found and hashlib.blake2b(found.body, digest_size=16).hexdigest() != found.etag:
                raise StoreCorrupt(f"{path}: the database is damaged (its bytes are not those that were published)")


def is_emptied(url: str) -> bool:
    """Whether nothing is left of a store that has a log or a backup: an empty file passes for a new store."""
    path = sqlite_path(parse_url(url))
    if path is None or not path.exists() or path.stat().st_size:
        return False
    log = path.with_name(path.name + "-wal")
    if log.exists() and log.stat().st_size:
        return True
    return any(True for _ in (*_backups(path), *_older(path)))


def resume(url: str) -> None:
    """End a recovery that was cut short when the damaged database was aside and the backup not yet there."""
    path = sqlite_path(parse_url(url))
    if path is not None and not path.exists() and _restoring(path).exists():
        _restoring(path).replace(path)


def _restoring(path: Path) -> Path:
    return path.with_name(path.name + ".restoring")


def _stamp(now: dt.datetime) -> str:
    return f"{now:%Y%m%dT%H%M%SZ}"


def _backups(path: Path) -> Iterator[Path]:
    """The daily backups, the newest first."""
    shape = "[0-9]" * 8 + "T" + "[0-9]" * 6 + "Z"
    yield from sorted(backup_folder(path).glob(f"{path.stem}-{shape}{path.suffix}"), reverse=True)


def _older(path: Path) -> Iterator[Path]:
    """What was backed up before a migration, the newest schema first."""
    yield from sorted(backup_folder(path).glob(f"{path.stem}-schema-*{path.suffix}"), reverse=True)


def _written(backup: Path) -> dt.datetime:
    stamp = backup.stem.rpartition("-")[2]
    return dt.datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC)


def _is_whole(backup: Path) -> bool:
    """Whether it is a store that this program can read, to its last page."""
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
    """Keep the last few damaged databases: to be looked at, and not to fill the disk."""
    names = sorted(each.name for each in path.parent.glob(f"{path.name}.corrupt-*") if each.name.endswith("Z"))
    for name in names[:-ASIDE]:
        for end in ("", "-wal", "-shm"):
            path.with_name(name + end).unlink(missing_ok=True)
