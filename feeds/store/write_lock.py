"""Whose turn it is to write an SQLite store: a lock that the kernel gives back however its holder ends.

SQLite lets writers wait for each other, but before 3.51.3 a commit of one connection could be lost when it
raced with a checkpoint by another. Behind this lock there is never more than one at work.

The lock's file counts: by one when a turn begins, by one when it ends. Whoever finds it even, and as it was
when they last looked at the store, knows that no turn has begun since then, and so nothing was committed. It
stays odd after a turn that was cut short, and says nothing until the next has ended.
"""

from __future__ import annotations

import fcntl
import os
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from feeds.errors import StoreError

_SIZE = 8


@contextmanager
def write_lock(path: Path | None) -> Iterator[None]:
    """Wait for the turn and keep it; a store without a file looks after its writers itself."""
    if path is None:
        yield
        return
    descriptor = -1
    try:
        try:
            descriptor = os.open(_place(path), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            begun = _number(os.pread(descriptor, _SIZE, 0)) + 1 | 1
            _write(descriptor, begun)
        except OSError as error:
            raise StoreError(f"{path}: cannot be written: {error.strerror}") from error
        try:
            yield
        finally:
            # What was committed is committed: if this fails, the count stays odd, which is safe.
            with suppress(OSError):
                _write(descriptor, begun + 1)
    finally:
        if descriptor >= 0:
            os.close(descriptor)


class WriteCounter:
    """The turns at a store, for who reads it: a mark is as it was if none has begun or ended in between."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(_place(path), os.O_RDONLY | os.O_CLOEXEC)
        weakref.finalize(self, os.close, self._descriptor)

    def mark(self) -> bytes:
        return os.pread(self._descriptor, _SIZE, 0)


def is_quiet(mark: bytes) -> bool:
    """Whether it was nobody's turn: what was committed until then is seen by who looks at the store now."""
    return len(mark) == _SIZE and not _number(mark) & 1


def _place(path: Path) -> str:
    return f"{path}-turn"


def _number(mark: bytes) -> int:
    return int.from_bytes(mark, "little")


def _write(descriptor: int, count: int) -> None:
    os.pwrite(descriptor, count.to_bytes(_SIZE, "little"), 0)
