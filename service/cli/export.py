"""`tidings export`: the whole site as files for a static host.

A file is complete from the moment that it has its name, and one that did not change keeps its time, so that
a synchronising tool uploads what changed and a web server's Last-Modified is ours. Pages end in `.html`:
`/feeds/all` is a folder too, so the host has to add the ending itself (nginx: `try_files $uri $uri.html`).
In `feeds/` and `entries/` nothing else is left standing: what has ended here has ended there. So a store
in which nothing is published, as a lost one is until the next reading, is not exported.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from feeds.config import Config
from feeds.errors import TidingsError
from feeds.model import Scope
from feeds.publish import status_feed
from feeds.store import Store, View
from service.web.conditional import Resource
from service.web.content_coding import IDENTITY
from service.web.pages import Pages
from service.web.snapshot import SnapshotCache

_OURS = ("feeds", "entries")
# The feed of faults is for operations, and a static host would show it to everyone.
_NOT_EXPORTED = frozenset({status_feed.PATH})
# Prefix of files that are being written, or were when an export was killed.
_UNFINISHED = ".tidings-"
_SUFFIXES = {IDENTITY: "", "gzip": ".gz", "br": ".br"}


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """The bodies of one path, by content coding; `modified` in seconds since 1970, if known."""

    path: str
    bodies: Mapping[str, bytes]
    modified: int | None = None


def run(config: Config, folder: Path) -> str:
    """Bring `folder` up to date; return a sentence on how much was written."""
    store = Store(config.store, read_only=True)
    written = total = 0
    try:
        with store.read() as view:
            if not view.feeds():
                raise TidingsError("nothing is published yet; tidings refresh reads the sources")
            pages = Pages(SnapshotCache(store, config.store), config)
            everything = [*_documents(view), *_pages(view, pages)]
    finally:
        store.close()
    with click.progressbar(everything, label="Writing", file=sys.stderr, hidden=not sys.stderr.isatty()) as addresses:
        for address in addresses:
            changes = list(_write_all(folder, address))
            written, total = written + sum(changes), total + len(changes)
    removed = _remove_ended(folder, {address.path for address in everything})
    gone = f", {removed} removed" if removed else ""
    return f"{folder}: {written} of {total} files written{gone}, the others are as they were"


def _remove_ended(folder: Path, paths: Collection[str]) -> int:
    kept = {folder / (path + suffix) for path in paths for suffix in _SUFFIXES.values()}
    found = [file for name in _OURS for file in (folder / name).rglob("*")]
    # Earlier versions exported these.
    found += [folder / (path + suffix) for path in _NOT_EXPORTED for suffix in _SUFFIXES.values()]
    ended = [file for file in found if file.is_file() and file not in kept]
    for file in (*ended, *folder.glob(f"{_UNFINISHED}*"), *folder.glob(f"static/{_UNFINISHED}*")):
        file.unlink()
    return len(ended)


def _documents(view: View) -> Iterator[ExportedFile]:
    for _, published in view.representations():
        if published.path in _NOT_EXPORTED:
            continue
        bodies = {IDENTITY: published.body, **published.codings}
        yield ExportedFile(published.path, bodies, int(published.last_modified.timestamp()))


def _pages(view: View, pages: Pages) -> Iterator[ExportedFile]:
    yield _page("index.html", pages.index())
    for name, asset in pages.assets.items():
        yield _page(f"static/{name}", asset)
    for feed in view.feeds():
        if page := pages.feed(feed.slug):
            yield _page(f"feeds/{feed.slug}.html", page)
    for entry in view.entries(Scope(), limit=view.count(Scope())):
        permalink = pages.entry(entry.id)
        if isinstance(permalink, Resource):
            yield _page(f"entries/{entry.uuid}.html", permalink)


def _page(path: str, page: Resource) -> ExportedFile:
    return ExportedFile(path, {coding: b"".join(answer.body) for coding, answer in page.ok.items()})


def _write_all(folder: Path, address: ExportedFile) -> Iterator[bool]:
    """Write what changed; yield for each file whether it was written."""
    for coding, suffix in _SUFFIXES.items():
        path = folder / (address.path + suffix)
        if coding in address.bodies:
            yield _write(path, address.bodies[coding], address.modified)
        else:
            path.unlink(missing_ok=True)


def _write(path: Path, body: bytes, modified: int | None) -> bool:
    try:
        if path.read_bytes() == body and modified in (None, int(path.stat().st_mtime)):
            return False
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=_UNFINISHED, delete=False) as file:
        try:
            file.write(body)
            file.flush()
            os.fchmod(file.fileno(), 0o644)
            if modified is not None:
                os.utime(file.name, (modified, modified))
            os.replace(file.name, path)
        except BaseException:
            os.unlink(file.name)
            raise
    return True
