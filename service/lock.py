"""One refresher a store: a lock that the kernel gives back however its holder ends. Not over NFS."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from feeds.errors import StoreError, TidingsError

_SQLITE = "sqlite:///"


def shared(store: str) -> bool:
    """Whether several refreshers may use this store at once: a server keeps them apart by claims."""
    return not store.startswith(_SQLITE)


@contextmanager
def alone(store: str) -> Iterator[None]:
    """Hold the store's lock, or say who does."""
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
        raise TidingsError(f"{path.parent}: process {holder} refreshes this store already, and only one can") from None
    os.ftruncate(descriptor, 0)
    os.write(descriptor, f"{os.getpid()}\n".encode())
