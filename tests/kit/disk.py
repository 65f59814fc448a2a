"""A disk that a test can fill: a small tmpfs if mounting is allowed, else a limit on file sizes."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

PAGE = 4096


class Disk(Protocol):
    """`leave` allows this many more pages to be written; `free` removes the limit."""

    kind: str

    def leave(self, pages: int) -> None: ...

    def free(self) -> None: ...


@contextlib.contextmanager
def full_disk(folder: Path, *, size: int = 32 << 20) -> Iterator[Disk]:
    """Make `folder` a disk that can be filled."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(mount, capture_output=True).returncode == 0
    except OSError:
        mounted = False
    disk: Disk = Tmpfs(folder) if mounted else Quota(folder)
    try:
        yield disk
    finally:
        disk.free()
        if mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


class Tmpfs:
    """A real file system; a ballast file occupies the rest of the space."""

    kind = "tmpfs"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ballast = folder / "ballast"

    def leave(self, pages: int) -> None:
        self.free()
        found = os.statvfs(self._folder)
        with self._ballast.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(found.f_bavail * found.f_frsize - pages * PAGE, 1))

    def free(self) -> None:
        self._ballast.unlink(missing_ok=True)


class Quota:
    """A limit on file sizes: the shortest write-ahead log and this many pages. Writes fail with EFBIG, not ENOSPC."""

    kind = "file-size limit"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._before = resource.getrlimit(resource.RLIMIT_FSIZE)
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    def leave(self, pages: int) -> None:
        logs = [path.stat().st_size for path in self._folder.glob("*-wal")]
        limit = min(logs, default=0) + pages * PAGE
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, self._before[1]))

    def free(self) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, self._before)
