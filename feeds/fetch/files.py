"""Documents from local files, read whole and only when they are finished.

Writers should rename a finished file into place; for those that do not, a file counts as finished when
its last change lies a second back, and when nothing about it moved while it was read. Its stat serves as
its validator, so that an unchanged file is not opened.
"""

from __future__ import annotations

import datetime as dt
import fnmatch
import glob
import mimetypes
import os
import re
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from feeds.errors import FetchError
from feeds.model import Document, Validators

SETTLE = dt.timedelta(seconds=1)

_MEDIA_TYPES = {".txt": "text/plain", ".text": "text/plain", ".md": "text/markdown", ".htm": "text/html"}

# Formatted with %, which takes less than half of an f-string's time: every file has one at every reading.
_TAG = "%x-%x-%x"

# A file's name, and the validator that its folder gives: empty if that cannot be had.
FileMatch = tuple[str, str]


def find(pattern: str) -> tuple[str, Iterator[FileMatch]]:
    """The files that a path, a folder or a pattern means: a folder above all of them, and their names in it.

    That folder is what of the pattern is no pattern, so that moving the whole tree changes no name. Hidden
    files are not meant. The names come in no order, and with two `**` one may come twice.
    """
    if os.path.isdir(pattern):
        pattern = os.path.join(glob.escape(pattern), "*")
    if not glob.has_magic(pattern):
        folder, name = os.path.split(pattern)
        return folder, iter([(name, "")])
    folder, parts = _split(pattern)
    return folder, _some(_walk(folder, parts), folder, pattern)


def folder_of(pattern: str) -> str:
    """The folder above all that a pattern means, whether it means something or not."""
    if os.path.isdir(pattern):
        return pattern
    return _split(pattern)[0] if glob.has_magic(pattern) else os.path.dirname(pattern)


def read(name: str, path: str, before: Validators, *, now: dt.datetime, max_bytes: int) -> Document | None:
    """The document, or None when its stat is what it was `before`. Raises FetchError."""
    try:
        found = os.stat(path)
        if _tag(found) == before.etag:
            return None
        _check(found, path, now=now, max_bytes=max_bytes)
        with open(path, "rb") as file:
            body = file.read(max_bytes + 1)
            after = os.fstat(file.fileno())
    except OSError as error:
        reason = "missing" if isinstance(error, FileNotFoundError) else "unreadable"
        raise FetchError(reason, f"{path}: {(error.strerror or str(error)).lower()}") from error
    if _tag(after) != _tag(found) or len(body) != after.st_size:
        raise FetchError("unstable", f"{path}: changed while it was read")
    return Document(name, body, media_type=media_type(path), validators=Validators(etag=_tag(after)))


def media_type(path: str) -> str:
    """The media type that a file's name promises; text where it promises nothing."""
    suffix = os.path.splitext(path)[1].lower()
    return _MEDIA_TYPES.get(suffix) or mimetypes.guess_type(path)[0] or "text/plain"


def _check(found: os.stat_result, path: str, *, now: dt.datetime, max_bytes: int) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise FetchError("unreadable", f"{path}: is not a regular file")
    if found.st_size > max_bytes:
        raise FetchError("too_large", f"{path}: {found.st_size} bytes, more than limits.max_bytes = {max_bytes}")
    age = now.timestamp() - found.st_mtime
    # A change that lies ahead of now is a matter of clocks, not of a writer at work.
    if 0 <= age < SETTLE.total_seconds():
        raise FetchError("unstable", f"{path}: is still being written")


def _tag(found: os.stat_result) -> str:
    return _TAG % (found.st_ino, found.st_size, found.st_mtime_ns)


def _split(pattern: str) -> tuple[str, list[str]]:
    """The folder above everything that a pattern can mean, and the parts of the pattern below that."""
    parts, names = pattern.split(os.sep), []
    for part in parts[:-1]:
        if (name := _literally(part)) is None:
            break
        names.append(name)
    return os.sep.join(names) or os.sep, [part for part in parts[len(names) :] if part]


def _literally(part: str) -> str | None:
    """The one name that a part of a pattern means, if it is such a part."""
    name = re.sub(r"\[([*?[])\]", r"\1", part)
    return name if glob.escape(name) == part else None


def _some(found: Iterator[FileMatch], folder: str, pattern: str) -> Iterator[FileMatch]:
    first = next(found, None)
    if first is None:
        if os.path.isdir(folder) and not os.access(folder, os.R_OK | os.X_OK):
            raise FetchError("unreadable", f"{folder}: permission denied")
        raise FetchError("missing", f"no file matches {pattern}")
    yield first
    yield from found


def _walk(folder: str, parts: Sequence[str], above: str = "") -> Iterator[FileMatch]:
    """What `glob` finds, at a third of its cost: a file is looked at once, from the folder that it is in."""
    part, rest = parts[0], parts[1:]
    anywhere = part == "**"
    if anywhere and rest:
        yield from _walk(folder, rest, above)
    # As in a shell, only a pattern that begins with a dot matches names that do.
    visible = "" if part[0] == "." else r"(?!\.)"
    matches = re.compile(visible + fnmatch.translate("*" if anywhere else part)).match
    with suppress(OSError), _opened(folder) as descriptor, os.scandir(descriptor) as entries:
        for entry in entries:
            name = entry.name
            if not matches(name):
                continue
            is_folder = _is_folder(entry)
            if not rest and not is_folder:
                # What is no file is told of when it is read: a link that leads nowhere was meant.
                yield above + name, _tag_of(entry)
            elif (rest or anywhere) and is_folder:
                below = os.path.join(folder, name)
                yield from _walk(below, parts if anywhere else rest, f"{above}{name}/")


@contextmanager
def _opened(folder: str) -> Iterator[int]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _tag_of(entry: os.DirEntry[str]) -> str:
    try:
        found = entry.stat()
        return _TAG % (found.st_ino, found.st_size, found.st_mtime_ns)
    except OSError:
        return ""
