"""Documents from local files, read whole and only when they are finished.

Writers should rename a finished file into place; for those that do not, a file counts as finished when
its last change lies a second back, and when nothing about it moved while it was read. Its stat serves as
its validator, so that an unchanged file is not opened.
"""

from __future__ import annotations

import datetime as dt
import glob
import mimetypes
import os
import stat
from collections.abc import Iterator

from feeds.errors import FetchError
from feeds.model import Document, Validators

SETTLE = dt.timedelta(seconds=1)

_MEDIA_TYPES = {".txt": "text/plain", ".text": "text/plain", ".md": "text/markdown", ".htm": "text/html"}


def find(pattern: str) -> Iterator[tuple[str, str]]:
    """The files that a path, a folder or a pattern means, as (name, path), sorted by name.

    A name is relative to the part of the pattern that is no pattern, so that moving the whole tree changes
    none. Hidden files are not meant.
    """
    if os.path.isdir(pattern):
        pattern = os.path.join(glob.escape(pattern), "*")
    if not glob.has_magic(pattern):
        yield os.path.basename(pattern), pattern
        return
    paths = [path for path in glob.iglob(pattern, recursive=True) if os.path.isfile(path)]
    if not paths:
        raise FetchError("missing", f"no file matches {pattern}")
    root = _fixed_part(pattern)
    for path in sorted(paths):
        yield os.path.relpath(path, root).replace(os.sep, "/"), path


def read(name: str, path: str, before: Validators, *, now: dt.datetime, max_bytes: int) -> Document | None:
    """The document, or None when its stat is what it was `before`. Raises FetchError."""
    try:
        found = os.stat(path)
        if _validators(found) == before:
            return None
        _check(found, path, now=now, max_bytes=max_bytes)
        with open(path, "rb") as file:
            body = file.read(max_bytes + 1)
            after = os.fstat(file.fileno())
    except OSError as error:
        reason = "missing" if isinstance(error, FileNotFoundError) else "unreadable"
        raise FetchError(reason, f"{path}: {(error.strerror or str(error)).lower()}") from error
    if _validators(after) != _validators(found) or len(body) != after.st_size:
        raise FetchError("unstable", f"{path}: changed while it was read")
    return Document(name, body, media_type=media_type(path), validators=_validators(after))


def media_type(path: str) -> str:
    """The media type that a file's name promises; text where it promises nothing."""
    suffix = os.path.splitext(path)[1].lower()
    return _MEDIA_TYPES.get(suffix) or mimetypes.guess_type(path)[0] or "text/plain"


def _check(found: os.stat_result, path: str, *, now: dt.datetime, max_bytes: int) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise FetchError("unreadable", f"{path}: is not a regular file")
    if found.st_size > max_bytes:
        raise FetchError(
            "too_large", f"{path}: {found.st_size} bytes, more than limits.max_bytes = {max_bytes}"
        )
    age = now.timestamp() - found.st_mtime
    # A change that lies ahead of now is a matter of clocks, not of a writer at work.
    if 0 <= age < SETTLE.total_seconds():
        raise FetchError("unstable", f"{path}: is still being written")


def _validators(found: os.stat_result) -> Validators:
    return Validators(etag=f"{found.st_ino:x}-{found.st_size:x}-{found.st_mtime_ns:x}")


def _fixed_part(pattern: str) -> str:
    parts = pattern.split(os.sep)
    plain = next(index for index, part in enumerate(parts) if glob.has_magic(part))
    return os.sep.join(parts[:plain]) or os.sep
