"""The ledger while one reading is entered into it: the state that the steps of `ledger.reconcile` share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import itemgetter

from feeds.changes import Appearance, Changes, Held, PriorState, Revision
from feeds.errors import Implausible
from feeds.linkage.blocking import EntryIndex
from feeds.linkage.differences import SECOND
from feeds.linkage.record import ComparisonRecord, Observation
from feeds.model import Entry, Listing, Problem, When
from feeds.plausibility.reading_diff import Thresholds


@dataclass(frozen=True, slots=True)
class Reading:
    """One document of a source as read; `whens` are the dates of `listing.items`, in order.

    Beside what the document said when it was last believed it may be only the `beginning` of that, read
    otherwise, or what `breaks_off` within an item; see `feeds.cuts`.
    """

    listing: Listing
    whens: tuple[When | None, ...]
    beginning: bool = False
    breaks_off: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """How a source is to be reconciled.

    `patience` is how many readings in a row an absence, or what the gate holds, needs to be believed;
    `edits` how many edits an entry may have without `quiet` between them before further ones are held;
    `future` how far ahead of now a date is believed. `accepted` lets this one reading pass the gate.
    """

    zone: dt.tzinfo = dt.UTC
    limits: Thresholds = field(default_factory=Thresholds)
    patience: int = 3
    edits: int = 8
    quiet: dt.timedelta = dt.timedelta(days=7)
    future: dt.timedelta = dt.timedelta(days=1)
    accepted: bool = False


@dataclass(frozen=True, slots=True)
class DocumentMatch:
    """One document, identified: by index of a observation the listed row that it is, its entry, and why."""

    document: str
    seen: Sequence[Observation]
    listed: Sequence[Appearance]
    gone: Sequence[Appearance] = ()
    same: dict[int, int] = field(default_factory=dict)
    entry: dict[int, str] = field(default_factory=dict)
    reason: dict[int, str] = field(default_factory=dict)

    @property
    def ascending(self) -> bool | None:
        """Whether the listing has its newest items at the end: by their dates, else by what came last.

        None is for when neither tells; most listings begin with what is new.
        """
        seen = [(observation.section, observation.when.day) for observation in self.seen if observation.when]
        known = [(row.section, row.when.day) for row in self.listed if row.when and not row.missing]
        # What is left of a page that was cut off says less than the whole did.
        days = max(seen, known, key=len)
        came = [(row.section, row.first_seen) for row in self.listed]
        return next((rise > 0 for rise in (_rise(days), _rise(came, least=2)) if rise), None)

    def oldest_first(self) -> Iterable[int]:
        """The indices of the observations from the oldest end of the listing to the newest."""
        indices = range(len(self.seen))
        return indices if self.ascending else reversed(indices)


@dataclass(slots=True)
class ReconciliationState:
    """What is known, and what has been changed so far; a document sees what those before it changed.

    `glances` are how entries look in this reading, by document, where a document that listed them has
    them still; `leaving` are the documents and entries of what a document lists no more. `shown` are the
    documents and words of items that another document shows with the same words. `beyond` are the
    appearances of entries in other sources.
    `stamped` are the entries whose `updated` is this reading, oldest first.
    """

    known: PriorState
    rules: Rules
    now: dt.datetime
    present: frozenset[str]
    entries: dict[str, Entry] = field(init=False)
    rows: Appearances = field(init=False)
    looks: EntryIndex = field(init=False)
    noons: dict[dt.datetime, dt.datetime] = field(init=False)
    beyond: dict[str, list[Appearance]] = field(default_factory=dict)
    glances: dict[str, dict[str, ComparisonRecord]] = field(default_factory=dict)
    leaving: set[tuple[str, str]] = field(default_factory=set)
    shown: set[tuple[str, str]] = field(default_factory=set)
    keys: dict[str, tuple[str, ...]] = field(default_factory=dict)
    headings: dict[str, str] = field(default_factory=dict)
    revisions: list[Revision] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    settled: bool = True
    stamped: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.entries = dict(self.known.entries)
        self.rows = Appearances(self.known.appearances)
        self.looks = EntryIndex(self.known, self.rules.zone)
        self.noons = dict(self.known.noons)
        for row in self.known.elsewhere:
            self.beyond.setdefault(row.entry, []).append(row)

    def hold(self, held: Held) -> None:
        self.held.append(held)
        self.settled = False

    def refuse(self, document: str, refusal: Implausible) -> None:
        before = [held.times for held in self.known.held if held.document == document and held.item == refusal.item]
        times = 1 + max(before, default=0)
        self.hold(Held(document, refusal.reason, str(refusal), item=refusal.item, times=times))

    def listed(self, document: str) -> list[Appearance]:
        """What the document lists, in order; what is missing since lately stands where it stood."""
        rows = (row for row in self.rows.in_document(document) if not row.gone)
        return sorted(rows, key=lambda row: row.place)

    def gone(self, document: str) -> list[Appearance]:
        return [row for row in self.rows.in_document(document) if row.gone]

    def listed_elsewhere(self, id: str, document: str) -> list[Appearance]:
        """The entry's appearances in other documents that list it still."""
        own = [row for row in self.rows.of_entry(id) if row.document in self.present and row.document != document]
        return [row for row in (*own, *self.beyond.get(id, ())) if not row.gone]

    def is_shown_elsewhere(self, id: str, document: str) -> bool:
        """Whether another document still shows the entry, as far as this reading knows."""
        rows = self.listed_elsewhere(id, document)
        return any(not row.missing and (row.document, id) not in self.leaving for row in rows)

    def place(self, entry: Entry, seen: Appearance, before: Appearance | None, also: Iterable[str]) -> Entry:
        """The entry in the sections where it is seen now, and no longer in the one that it moved from.

        What stood in two sections of a document and now stands in one has not moved there: it may have
        scrolled off in the other.
        """
        sections = {*entry.sections, *also}
        if before and before.section not in (None, seen.section, *also) and seen.section not in sections:
            sections -= {before.section} - {row.section for row in self.listed_elsewhere(entry.id, seen.document)}
        if seen.section:
            sections.add(seen.section)
        sources = {*entry.sources, seen.source}
        return replace(entry, sections=tuple(sorted(sections)), sources=tuple(sorted(sources)))

    def stamp(self) -> None:
        """Give each entry that is updated now a second of its own, so that no two have the same `updated`."""
        for steps, id in enumerate(dict.fromkeys(reversed(self.stamped))):
            before = self.known.entries.get(id)
            updated = self.now - SECOND * steps
            updated = max(updated, before.updated + SECOND) if before else updated
            self.entries[id] = replace(self.entries[id], updated=updated)

    def changes(self) -> Changes:
        """All that differs from what is known, sorted by what it means for a subscriber."""
        self.stamp()
        known_rows = Appearances(self.known.appearances)
        edited = {revision.entry for revision in self.revisions}
        groups: dict[str, list[Entry]] = {}
        for id, entry in self.entries.items():
            old = self.known.entries.get(id)
            if entry != old:
                groups.setdefault(_kind(old, entry, edited), []).append(entry)
        written = {entry.id for entries in groups.values() for entry in entries}
        return Changes(
            source=self.known.source,
            added=tuple(groups.get("added", ())),
            edited=tuple(groups.get("edited", ())),
            retracted=tuple(groups.get("retracted", ())),
            returned=tuple(groups.get("returned", ())),
            touched=tuple(groups.get("touched", ())),
            unchanged=len(self.seen - written),
            revisions=tuple(self.revisions),
            appearances=tuple(row for row in self.rows if _differs(row, known_rows.get(row.document, row.entry))),
            headings=self.headings,
            keys=self.keys,
            held=tuple(self.held),
            problems=tuple(self.problems),
            settled=self.settled,
        )


def _differs(row: Appearance, known: Appearance | None) -> bool:
    # That it was seen once more is not worth a write: a reading that changes nothing writes nothing.
    return row != known and (known is None or replace(row, last_seen=known.last_seen) != known)


def _kind(old: Entry | None, new: Entry, edited: set[str]) -> str:
    if old is None:
        return "added"
    if new.retracted and not old.retracted:
        return "retracted"
    if old.retracted and not new.retracted:
        return "returned"
    return "edited" if new.id in edited else "touched"


def _rise(values: Sequence[tuple[str | None, dt.date]], *, least: int = 1) -> int:
    """Whether the values of a section rise (1) or fall (-1) over half of its length, or neither (0).

    One item that came later than the others may have been held back; `least` asks for more of them.
    """
    ups = pairs = 0
    for _, group in groupby(values, key=itemgetter(0)):
        row = [value for _, value in group]
        half = (len(row) + 1) // 2
        ups += sum((b > a) - (b < a) for a, b in zip(row, row[half:], strict=False))
        pairs += len(row) - half
    return 0 if abs(ups) < least or abs(ups) * 3 <= pairs else 1 if ups > 0 else -1


class Appearances:
    """One appearance for each document and entry; what is entered takes the place of what was there."""

    def __init__(self, rows: Iterable[Appearance] = ()) -> None:
        self._by_document: dict[str, dict[str, Appearance]] = {}
        self._by_entry: dict[str, dict[str, Appearance]] = {}
        for row in rows:
            self.enter(row)

    def __iter__(self) -> Iterator[Appearance]:
        return (row for rows in self._by_document.values() for row in rows.values())

    def __getitem__(self, key: tuple[str, str]) -> Appearance:
        document, entry = key
        return self._by_document[document][entry]

    def enter(self, row: Appearance) -> None:
        self._by_document.setdefault(row.document, {})[row.entry] = row
        self._by_entry.setdefault(row.entry, {})[row.document] = row

    def get(self, document: str, entry: str) -> Appearance | None:
        return self._by_document.get(document, {}).get(entry)

    def in_document(self, document: str) -> Collection[Appearance]:
        return self._by_document.get(document, {}).values()

    def of_entry(self, entry: str) -> Collection[Appearance]:
        return self._by_entry.get(entry, {}).values()
