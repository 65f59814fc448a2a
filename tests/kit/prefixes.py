"""Every byte-prefix of a document as the next reading of it, and what would come of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from feeds.changes import Changes
from feeds.fetch import Fetched
from feeds.files import media_type
from feeds.model import Document, Entry, Outcome
from feeds.refresh import rehearse
from tests.kit.site import Site

ROOT = Path(__file__).parents[2]
SUFFIXES = (".txt", ".html", ".htm", ".md")


def documents() -> list[Path]:
    """Every document of the sources that Tidings ships, and then of the tests."""
    folders = ROOT / "sources", ROOT / "tests" / "data"
    found = (path for folder in folders for path in sorted(folder.rglob("*")))
    return [path for path in found if path.suffix in SUFFIXES and path.name != "hosts.txt"]


def document(path: Path) -> Document:
    return Document(path.name, path.read_bytes(), media_type=media_type(str(path)))


def readings(
    site: Site, whole: Document, cuts: Iterable[int], now: dt.datetime
) -> Iterator[tuple[int, tuple[Changes, Outcome] | Exception]]:
    """What each prefix would change if it were read instead of the whole; the store stays as it is.

    A mistake of ours is an answer too, and does not keep the others from being asked.
    """
    [source] = site.config.sources
    for cut in cuts:
        fetched = Fetched((replace(whole, body=whole.body[:cut]),))
        try:
            with site.store.read() as view:
                yield cut, rehearse(source, view, fetch=lambda *_, it=fetched: it, now=now)
        except Exception as error:
            yield cut, error


def words(entry: Entry) -> tuple[object, ...]:
    """What a subscriber sees of an entry."""
    return entry.title, entry.summary, entry.link, entry.credit, entry.label, entry.published
