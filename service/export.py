"""`tidings export`: what is published, as files for a static host.

A file is complete from the moment that it has its name, and one that did not change keeps its time, so that
a synchronising tool uploads what changed and a web server's Last-Modified is ours.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click

from feeds.config import Config
from feeds.model import Representation
from feeds.store import Store

_SUFFIXES = {"gzip": ".gz", "br": ".br"}


def run(config: Config, folder: Path) -> str:
    """Bring `folder` up to date; say how much was written."""
    store = Store(config.store, read_only=True)
    try:
        with store.read() as view:
            published = [representation for _, representation in view.representations()]
    finally:
        store.close()
    written = total = 0
    with click.progressbar(
        published, label="Exporting", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:
        for representation in bar:
            changes = [_write(folder / path, body, representation) for path, body in _files(representation)]
            written, total = written + sum(changes), total + len(changes)
    return f"{folder}: {written} of {total} files written, the others are as they were"


def _files(representation: Representation) -> Iterator[tuple[str, bytes | None]]:
    """Every file of a representation; None is one that must not be there."""
    yield representation.path, representation.body
    for coding, suffix in _SUFFIXES.items():
        yield representation.path + suffix, representation.codings.get(coding)


def _write(path: Path, body: bytes | None, representation: Representation) -> bool:
    if body is None:
        path.unlink(missing_ok=True)
        return False
    time = int(representation.last_modified.timestamp())
    try:
        if path.read_bytes() == body and int(path.stat().st_mtime) == time:
            return False
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        try:
            file.write(body)
            file.flush()
            os.fchmod(file.fileno(), 0o644)
            os.utime(file.name, (time, time))
            os.replace(file.name, path)
        except BaseException:
            os.unlink(file.name)
            raise
    return True
