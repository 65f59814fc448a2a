"""Every prefix of a listing, read as its next state, loses no entry and publishes nothing wrong."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from feeds.changes import Changes
from feeds.config import Source
from feeds.dates import parsing
from feeds.errors import ParseError
from feeds.ledger.known_labels import apply_known_labels
from feeds.ledger.reconcile import blocking_keys, reconcile
from feeds.ledger.state import Reading, Rules
from feeds.model import Document
from feeds.parsers import parse
from tests.kit.paths import ROOT
from tests.kit.simulation.memory import Memory

SOURCES = ROOT / "sources"
SOURCE = Source(name="newsroom", path="sources/*.txt")
NOW = dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)


class Reader:
    """A ledger that has read a whole document, and says what another document in its place would change."""

    def __init__(self, name: str, *, without: int = 0) -> None:
        self.name = name
        self.memory = Memory()
        self.memory.apply(self.read((SOURCES / name).read_bytes(), without=without))
        self.entries = dict(self.memory.entries)

    def read(self, body: bytes, *, without: int = 0) -> Changes:
        """Return what a document changes; `without` leaves out its first items, as if they were published later."""
        listing = apply_known_labels(parse(Document(self.name, body), SOURCE), self.memory.labels())
        if without:
            (*above, last) = listing.sections
            listing = replace(listing, sections=(*above, replace(last, items=last.items[without:])))
        reading = Reading(listing, parsing.resolve(listing, language="en", day_first=None))
        known = self.memory.known("newsroom", blocking_keys(reading), NOW - dt.timedelta(days=60))
        return reconcile([reading], known, Rules(), now=NOW)


@pytest.mark.parametrize("name", sorted(path.name for path in SOURCES.glob("*.txt")))
def test_no_beginning_of_a_listing_loses_an_entry_or_publishes_a_wrong_one(name):
    reader = Reader(name)
    whole = (SOURCES / name).read_bytes()
    assert reader.entries
    for end in range(len(whole) + 1):
        try:
            changes = reader.read(whole[:end])
        except ParseError:
            continue
        assert changes.entries == changes.revisions == (), whole[:end][-60:]


@pytest.mark.parametrize("name", sorted(path.name for path in SOURCES.glob("*.txt")))
def test_a_beginning_that_stays_loses_nothing_either(name):
    whole = (SOURCES / name).read_bytes()
    for end in range(len(whole) // 9, len(whole), len(whole) // 9):
        reader = Reader(name)
        for _ in range(4):
            try:
                reader.memory.apply(reader.read(whole[:end]))
            except ParseError:
                break
        reader.memory.apply(reader.read(whole))
        there = {id: entry for id, entry in reader.memory.entries.items() if not entry.retracted}
        assert there.keys() == reader.entries.keys()


@pytest.mark.parametrize("name", sorted(path.name for path in SOURCES.glob("*.txt")))
def test_a_beginning_with_news_in_it_publishes_the_news_or_nothing(name):
    whole = (SOURCES / name).read_bytes()
    right = Reader(name).entries
    reader = Reader(name, without=2)
    for end in range(len(name), len(whole), 7):
        try:
            changes = reader.read(whole[:end])
        except ParseError:
            continue
        assert {(entry.id, entry.title, entry.summary) for entry in changes.entries} <= {
            (entry.id, entry.title, entry.summary) for entry in right.values()
        }, whole[:end][-60:]
        assert changes.edited == changes.retracted == ()
