"""Write lock of an SQLite store, with a sequence counter. The kernel releases it however its holder ends.

SQLite lets writers wait for each other, but before 3.51.3 a commit of one connection could be lost when it
raced with a checkpoint by another. This lock allows one writer or checkpoint at a time.

The file of the lock holds a counter, as a seqlock does (Linux kernel, *Sequence counters and sequential locks*):
it is incremented when a writer begins and when it ends. An unchanged, even counter means that nothing was
committed. After a writer was killed it stays odd, which proves nothing, until the next writer ends.
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
    """Wait for the lock and hold it. Without a path do nothing: a database server orders its own writers."""
    if path is None:
        yield
        return
    descriptor = -1
    try:
        try:
            descriptor = os.open(_lock_file(path), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            sequence = _number(os.pread(descriptor, _SIZE, 0)) + 1 | 1
            _write(descriptor, sequence)
        except OSError as error:
            raise StoreError(f"{path}: cannot be written: {error.strerror}") from error
        try:
            yield
        finally:
            # The commit is done already. If this fails, the counter stays odd, which is safe.
            with suppress(OSError):
                _write(descriptor, sequence + 1)
    finally:
        if descriptor >= 0:
            os.close(descriptor)


class WriteCounter:
    """The sequence counter of a store, for readers."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(_lock_file(path), os.O_RDONLY | os.O_CLOEXEC)
        weakref.finalize(self, os.close, self._descriptor)

    def sequence(self) -> bytes:
        """Return the counter as stored; it stays the same while no writer begins or ends."""
        return os.pread(self._descriptor, _SIZE, 0)


def is_idle(sequence: bytes) -> bool:
    """Whether no writer was at work when `sequence` was read: a snapshot opened later holds all commits before it."""
    return len(sequence) == _SIZE and not _number(sequence) & 1


def _lock_file(path: Path) -> str:
    return f"{path}-turn"


def _number(sequence: bytes) -> int:
    return int.from_bytes(sequence, "little")


def _write(descriptor: int, sequence: int) -> None:
    os.pwrite(descriptor, sequence.to_bytes(_SIZE, "little"), 0)
