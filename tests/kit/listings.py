"""Builders of listings, and a ledger that reads one listing after the other, an hour apart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from feeds.changes import Changes
from feeds.ledger import reconcile
from feeds.ledger.state import Reading, Rules
from feeds.model import Entry, Item, Listing, Section, When
from tests.kit.simulation.memory import Memory

START = dt.datetime(2026, 3, 1, 18, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)

SUMMARIES = (
    "The ferry is being painted, and walkers take the long way round by the mill.",
    "Eleven apprentices started on Monday at the boatyard below the weir.",
    "A century of paper rolls became data that anyone may download.",
    "Cyclists are taken across by the work boat until the cable is turned.",
    "Letters are read until the end of the year, drawings hang in the hall.",
    "Two drifted in the storm, both were back in place before noon.",
    "Living reefs slow the current that used to dig the piers out.",
    "Volunteers counted herons, seals and one very lost flamingo.",
    "Nobody may anchor there while the tall ships are in the roads.",
    "Timber that was sound has become benches along the promenade.",
    "The pump house opens its doors, and its engines, once a month.",
    "A new map shows every mooring and which of them are free.",
)
TITLES = (
    "Paint for the chain ferry",
    "Apprentices at the boatyard",
    "Tide gauge readings online",
    "Cable turned end for end",
    "Where should the slipway go?",
    "Buoys that call home",
    "Mussels guard a bridge",
    "Herons counted again",
    "Anchorage kept free",
    "Old piles, new benches",
    "Open day at the pump house",
    "Moorings on one map",
)


@dataclass(frozen=True, slots=True)
class Line:
    """An item and its date, before it is placed in a listing."""

    item: Item
    when: When | None

    def __call__(self, **fields: object) -> Line:
        """Return the same item with other fields; `day` counts days from 1 January 2026."""
        day = fields.pop("day", self.when)
        if isinstance(day, int):
            day = When(dt.date(2026, 1, 1) + dt.timedelta(days=day))
        date = day.isoformat() if day else None
        return Line(replace(self.item, date=date, **fields), day)


def line(title: str, *, day: int | None = None, **fields: object) -> Line:
    return Line(Item(0, title=title), None)(day=day, **fields)


def story(number: int, **fields: object) -> Line:
    """Return one of twelve stories that differ in every field; a higher number is newer."""
    return line(TITLES[number], day=number, summary=SUMMARIES[number])(**fields)


def stories(*numbers: int) -> list[Line]:
    return [story(number) for number in numbers]


def reading(
    document: str, *sections: tuple[str | None, list[Line]], complete: bool = True, closed: bool = True
) -> Reading:
    """Return a reading of one document with numbered items in these sections."""
    parts, at = [], 0
    for heading, lines in sections:
        items = []
        for number, each in enumerate(lines, start=1):
            at += 10
            items.append(replace(each.item, line=at, number=number))
        parts.append(Section(heading, at, tuple(items)))
    whens = tuple(each.when for _, lines in sections for each in lines)
    return Reading(Listing(document, tuple(parts), complete=complete, closed=closed), whens)


@dataclass
class Ledger:
    """A ledger that keeps its state; its clock advances by an hour with each reading."""

    rules: Rules = field(default_factory=Rules)
    source: str = "newsroom"
    memory: Memory = field(default_factory=Memory)
    now: dt.datetime = START

    def read(self, *lines: Line, complete: bool = True, closed: bool = True, accepted: bool = False) -> Changes:
        """Read one document with one section."""
        document = reading("a.txt", ("News", list(lines)), complete=complete, closed=closed)
        return self.read_all(document, accepted=accepted)

    def read_all(self, *readings: Reading, accepted: bool = False) -> Changes:
        keys = frozenset[str]().union(*map(reconcile.blocking_keys, readings))
        known = self.memory.known(self.source, keys, self.now - dt.timedelta(days=60))
        rules = replace(self.rules, accepted=accepted)
        changes = reconcile.reconcile(readings, known, rules, now=self.now)
        self.memory.apply(changes)
        self.now += HOUR
        return changes

    @property
    def ids(self) -> dict[str, str]:
        """Return title → id of the entries that are not retracted."""
        return {entry.title: entry.id for entry in self.memory.entries.values() if not entry.retracted}

    def entry(self, title: str) -> Entry:
        return next(entry for entry in self.memory.entries.values() if entry.title == title)


def reasons(changes: Changes) -> list[str]:
    return [held.reason for held in changes.held]


def known(*lines: Line, rules: Rules | None = None) -> Ledger:
    """Return a ledger that has read one listing."""
    ledger = Ledger(rules or Rules())
    ledger.read(*lines)
    return ledger


def refused(changes: Changes) -> tuple[str, str]:
    """Return reason and message of a reading that was refused as a whole; assert that it changed nothing."""
    (held,) = changes.held
    assert held.whole
    assert changes.entries == changes.appearances == changes.revisions == ()
    assert not changes.complete
    return held.reason, held.message


def titles(entries: Iterable[Entry]) -> list[str]:
    return [entry.title for entry in entries]
