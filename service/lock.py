"""The lock that allows one refresher per store. The kernel releases it however the holder ends. Not for NFS."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from feeds.errors import StoreError, TidingsError

_SQLITE = "sqlite:///"


def shared(store: str) -> bool:
    """Whether several refreshers may share this store: a database server separates them by claims."""
    return not store.startswith(_SQLITE)


@contextmanager
def alone(store: str) -> Iterator[None]:
    """Hold the store's lock; raise TidingsError with the holder's process id if it is taken."""
    if shared(store):
        yield
        return
    path = Path(store.removeprefix(_SQLITE) + "-lock")
    descriptor = _open(path)
    try:
        _take(descriptor, path)
        yield
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise StoreError(f"{path.parent}: the store's folder cannot be written: {error.strerror}") from None


def _take(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(descriptor, 20).decode().strip() or "unknown"
        taken = f"{path.parent}: process {holder} already refreshes this store, and only one may"
        raise TidingsError(f"{taken}; stop it, or serve with --web-only") from None
    os.ftruncate(descriptor, 0)
    os.write(descriptor, f"{os.getpid()}\n".encode())
