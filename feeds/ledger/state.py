"""The state that the steps of `reconcile` share while the documents of one reading are applied."""

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

    Compared with its last accepted content, the document may be only the `beginning` of it that reads differently,
    or a text that `breaks_off` within an item; see `plausibility.truncation`.
    """

    listing: Listing
    whens: tuple[When | None, ...]
    beginning: bool = False
    breaks_off: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """How a source is reconciled.

    * `patience`: how many readings in a row an absence or a held change needs before it counts.
    * `edits`: how many edits an entry may have without a pause of `quiet` before further ones are held.
    * `future`: how far ahead of now a date may be; a later one counts as unknown.
    * `accepted`: this one reading passes without checks (`tidings accept`).
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
    """One document matched: for each observation, by index, its row of `listed`, its entry's id, and the reason."""

    document: str
    observations: Sequence[Observation]
    listed: Sequence[Appearance]
    gone: Sequence[Appearance] = ()
    matched: dict[int, int] = field(default_factory=dict)
    entry: dict[int, str] = field(default_factory=dict)
    reason: dict[int, str] = field(default_factory=dict)

    @property
    def ascending(self) -> bool | None:
        """Whether the newest items are at the end, judged by dates, else by what was first seen last.

        None if neither tells; most listings begin with the newest.
        """
        came = [(row.section, row.first_seen) for row in self.listed]
        return next((rise > 0 for rise in (self.rising, _rise(came, least=2)) if rise), None)

    @property
    def rising(self) -> int:
        """Whether the dates of the listing rise (1), fall (-1), or do not tell (0)."""
        seen = [(observation.section, observation.when.day) for observation in self.observations if observation.when]
        known = [(row.section, row.when.day) for row in self.listed if row.when and not row.missing]
        # The rest of a page that was cut off tells less than the whole page before.
        return _rise(max(seen, known, key=len))

    def oldest_first(self) -> Iterable[int]:
        """Return the indices of the observations from the old end of the listing to the new end."""
        indices = range(len(self.observations))
        return indices if self.ascending else reversed(indices)


@dataclass(slots=True)
class ReconciliationState:
    """The prior state and the changes so far; each document sees the changes of those before it.

    * `first_pass`: entry → document → its record in this reading, where a document still lists it.
    * `no_longer_listed`: (document, entry) of what a document lists no more.
    * `unchanged_elsewhere`: (document, full text) of items that another document shows with the same text.
    * `in_other_sources`: entry → its appearances in other sources.
    * `ranked`: the entries whose rank is final, because a document before gave it.
    * `updated_now`: the entries whose `updated` becomes this reading, oldest first.
    """

    known: PriorState
    rules: Rules
    now: dt.datetime
    present: frozenset[str]
    entries: dict[str, Entry] = field(init=False)
    rows: Appearances = field(init=False)
    index: EntryIndex = field(init=False)
    last_on_day: dict[dt.datetime, dt.datetime] = field(init=False)
    in_other_sources: dict[str, list[Appearance]] = field(default_factory=dict)
    first_pass: dict[str, dict[str, ComparisonRecord]] = field(default_factory=dict)
    no_longer_listed: set[tuple[str, str]] = field(default_factory=set)
    unchanged_elsewhere: set[tuple[str, str]] = field(default_factory=set)
    keys: dict[str, tuple[str, ...]] = field(default_factory=dict)
    headings: dict[str, str] = field(default_factory=dict)
    revisions: list[Revision] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    seen_entries: set[str] = field(default_factory=set)
    ranked: set[str] = field(default_factory=set)
    complete: bool = True
    updated_now: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.entries = dict(self.known.entries)
        self.rows = Appearances(self.known.appearances)
        self.index = EntryIndex(self.known, self.rules.zone)
        self.last_on_day = dict(self.known.last_on_day)
        for row in self.known.elsewhere:
            self.in_other_sources.setdefault(row.entry, []).append(row)

    def hold(self, held: Held) -> None:
        self.held.append(held)
        self.complete = False

    def refuse(self, document: str, refusal: Implausible) -> None:
        before = [held.times for held in self.known.held if held.document == document and held.item == refusal.item]
        times = 1 + max(before, default=0)
        self.hold(Held(document, refusal.reason, str(refusal), item=refusal.item, times=times))

    def listed(self, document: str) -> list[Appearance]:
        """Return the appearances of the document in order; those missing lately keep their places."""
        rows = (row for row in self.rows.in_document(document) if not row.gone)
        return sorted(rows, key=lambda row: row.place)

    def gone(self, document: str) -> list[Appearance]:
        return [row for row in self.rows.in_document(document) if row.gone]

    def listed_elsewhere(self, id: str, document: str) -> list[Appearance]:
        """Return the entry's appearances in other documents that still list it."""
        own = [row for row in self.rows.of_entry(id) if row.document in self.present and row.document != document]
        return [row for row in (*own, *self.in_other_sources.get(id, ())) if not row.gone]

    def is_listed_elsewhere(self, id: str, document: str) -> bool:
        """Whether another document still lists the entry, as far as this reading knows."""
        rows = self.listed_elsewhere(id, document)
        return any(not row.missing and (row.document, id) not in self.no_longer_listed for row in rows)

    def update_membership(
        self, entry: Entry, seen: Appearance, before: Appearance | None, also: Iterable[str]
    ) -> Entry:
        """Return the entry with the sections and source where it is seen now, without the section it moved from.

        An item that was in two sections and is now in one of them has not moved: it may have scrolled off in the
        other.
        """
        sections = {*entry.sections, *also}
        if before and before.section not in (None, seen.section, *also) and seen.section not in sections:
            sections -= {before.section} - {row.section for row in self.listed_elsewhere(entry.id, seen.document)}
        if seen.section:
            sections.add(seen.section)
        sources = {*entry.sources, seen.source}
        return replace(entry, sections=tuple(sorted(sections)), sources=tuple(sorted(sources)))

    def assign_updated(self) -> None:
        """Give each entry that is updated now a second of its own, so that no two have the same `updated`."""
        for steps, id in enumerate(dict.fromkeys(reversed(self.updated_now))):
            before = self.known.entries.get(id)
            updated = self.now - SECOND * steps
            updated = max(updated, before.updated + SECOND) if before else updated
            self.entries[id] = replace(self.entries[id], updated=updated)

    def changes(self) -> Changes:
        """Return everything that differs from the prior state, grouped by what it means for a subscriber."""
        self.assign_updated()
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
            updated_silently=tuple(groups.get("touched", ())),
            unchanged=len(self.seen_entries - written),
            revisions=tuple(self.revisions),
            appearances=tuple(row for row in self.rows if _differs(row, known_rows.get(row.document, row.entry))),
            headings=self.headings,
            keys=self.keys,
            held=tuple(self.held),
            problems=tuple(self.problems),
            complete=self.complete,
        )


def _differs(row: Appearance, known: Appearance | None) -> bool:
    # `last_seen` alone is not worth a write: a reading that changes nothing writes nothing.
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
    """Return whether the values of a section rise (1) or fall (-1) over half of its length, or neither (0).

    A single item that came later than the others may have been held; `least` asks for more than one.
    """
    ups = pairs = 0
    for _, group in groupby(values, key=itemgetter(0)):
        row = [value for _, value in group]
        half = (len(row) + 1) // 2
        ups += sum((b > a) - (b < a) for a, b in zip(row, row[half:], strict=False))
        pairs += len(row) - half
    return 0 if abs(ups) < least or abs(ups) * 3 <= pairs else 1 if ups > 0 else -1


class Appearances:
    """The appearances, one for each document and entry."""

    def __init__(self, rows: Iterable[Appearance] = ()) -> None:
        self._by_document: dict[str, dict[str, Appearance]] = {}
        self._by_entry: dict[str, dict[str, Appearance]] = {}
        for row in rows:
            self.put(row)

    def __iter__(self) -> Iterator[Appearance]:
        return (row for rows in self._by_document.values() for row in rows.values())

    def __getitem__(self, key: tuple[str, str]) -> Appearance:
        document, entry = key
        return self._by_document[document][entry]

    def put(self, row: Appearance) -> None:
        self._by_document.setdefault(row.document, {})[row.entry] = row
        self._by_entry.setdefault(row.entry, {})[row.document] = row

    def get(self, document: str, entry: str) -> Appearance | None:
        return self._by_document.get(document, {}).get(entry)

    def in_document(self, document: str) -> Collection[Appearance]:
        return self._by_document.get(document, {}).values()

    def of_entry(self, entry: str) -> Collection[Appearance]:
        return self._by_entry.get(entry, {}).values()
