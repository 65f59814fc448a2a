"""Whose turn it is to write an SQLite store: a lock that the kernel gives back however its holder ends.

SQLite lets writers wait for each other, but before 3.51.3 a commit of one connection could be lost when it
raced with a checkpoint by another. Behind this lock there is never more than one at work.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from feeds.errors import StoreError


@contextmanager
def turn(path: Path | None) -> Iterator[None]:
    """Wait for the turn and keep it; a store without a file looks after its writers itself."""
    if path is None:
        yield
        return
    try:
        descriptor = os.open(f"{path}-turn", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
