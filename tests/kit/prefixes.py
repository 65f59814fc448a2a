"""Read each byte prefix of a document as its next version, and return what that would change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from feeds.changes import Changes
from feeds.config import Source
from feeds.fetch.files import media_type
from feeds.fetch.source import Fetched
from feeds.model import Document, Entry, Listing, Outcome
from feeds.parsers import parse
from feeds.refresh.pipeline import dry_run
from feeds.refresh.reading import Parse
from feeds.store import View
from tests.kit.paths import ROOT
from tests.kit.site import Site

SUFFIXES = (".txt", ".html", ".htm", ".md")


def documents() -> list[Path]:
    """Return every document of the sources in `sources/`, then of the tests."""
    folders = ROOT / "sources", ROOT / "tests" / "data"
    found = (path for folder in folders for path in sorted(folder.rglob("*")))
    return [path for path in found if path.suffix in SUFFIXES and path.name != "hosts.txt"]


def document(path: Path) -> Document:
    return Document(path.name, path.read_bytes(), media_type=media_type(str(path)))


def readings(
    site: Site, whole: Document, cuts: Iterable[int], now: dt.datetime
) -> Iterator[tuple[int, tuple[Changes, Outcome] | Exception]]:
    """Yield for each prefix what it would change if it were read instead of the whole; the store is not changed.

    An exception, which is a defect in Tidings, is yielded too, so that the other prefixes are still read.
    """
    [source] = site.config.sources
    with site.store.read() as view:
        still, reading = cast(View, CachedView(view)), _reading(whole)
        for cut in cuts:
            fetched = Fetched((replace(whole, body=whole.body[:cut]),))
            try:
                yield cut, dry_run(source, still, fetch=lambda *_, it=fetched: it, now=now, parse=reading)
            except Exception as error:
                yield cut, error


def _reading(whole: Document) -> Parse:
    """Return a parser that parses the whole document, with which each prefix is compared, only once."""
    listing: list[Listing] = []

    def read(document: Document, source: Source) -> Listing:
        if document.body != whole.body:
            return parse(document, source)
        listing[:] = listing or [parse(document, source)]
        return listing[0]

    return read


class CachedView:
    """A view that caches every answer, because the store does not change meanwhile. It halves the time."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._answers: dict[object, object] = {}

    def __getattr__(self, name: str) -> Any:
        def ask(*args: object, **keywords: object) -> object:
            question = (name, *map(_frozen, args), *((key, _frozen(said)) for key, said in keywords.items()))
            if question not in self._answers:
                self._answers[question] = getattr(self._view, name)(*args, **keywords)
            return self._answers[question]

        return ask


def _frozen(said: object) -> object:
    return tuple(said) if isinstance(said, list) else frozenset(said) if isinstance(said, set) else said


def words(entry: Entry) -> tuple[object, ...]:
    """Return what a subscriber sees of an entry."""
    return entry.title, entry.summary, entry.link, entry.credit, entry.label, entry.published
