"""The words of the ledger, as frozen data: what it keeps of a listing, and what a reading means for it.

Nothing here has happened yet or is shown to anyone; what readers are shown are the entries of `feeds.model`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from feeds.model import Entry, Item, Problem, When
from feeds.redaction import redact_fields


@dataclass(frozen=True, slots=True)
class Appearance:
    """An entry's place in one document of one source, and the item as it stood there when last read.

    `place` counts from 0 over the whole document. `missing` counts the readings in a row that did not have
    it: 0 while it is listed. `gone` is True once its absence has been decided (scrolled off or retracted).
    `first_seen` is the reading that first had it here, `last_seen` when it last changed here, or was first
    missed. `edits` counts the edits since the item was last left
    alone for long, `edited` is when the item last differed from the reading before.
    """

    source: str
    document: str
    entry: str
    section: str | None
    place: int
    item: Item
    when: When | None
    first_seen: dt.datetime
    last_seen: dt.datetime
    missing: int = 0
    gone: bool = False
    edits: int = 0
    edited: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Revision:
    """What an edit changed: field name → (old, new), as text. `reason` says how the item was recognised."""

    entry: str
    at: dt.datetime
    fields: Mapping[str, tuple[str | None, str | None]]
    reason: str


@dataclass(frozen=True, slots=True)
class Held:
    """What was read and not believed: a whole document, or (`whole` False) a part of what it would change.

    `reason` is one word from the closed set of `errors.Implausible`, or flapping, unlike, twice, drop;
    `message` names numbers and the remedy. `item` is a digest of what is held, `times` in how many readings
    in a row.
    """

    document: str
    reason: str
    message: str
    whole: bool = True
    item: str | None = None
    times: int = 1

    def __post_init__(self) -> None:
        redact_fields(self, "message")


@dataclass(frozen=True, slots=True)
class Changes:
    """What one reading of a source means for the ledger; nothing has happened yet.

    `added`, `edited`, `retracted` and `returned` are entries as they are to be kept. `touched` holds further
    entries whose place, label spelling or sections changed without an edit. `appearances` are all rows of
    this source that are to be written; `headings` are the sections seen, key → heading as written.
    `settled` is False while an absence or a held edit waits for further readings, so that even an unchanged
    document has to be read again.
    """

    source: str
    added: tuple[Entry, ...] = ()
    edited: tuple[Entry, ...] = ()
    retracted: tuple[Entry, ...] = ()
    returned: tuple[Entry, ...] = ()
    touched: tuple[Entry, ...] = ()
    unchanged: int = 0
    revisions: tuple[Revision, ...] = ()
    appearances: tuple[Appearance, ...] = ()
    headings: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    held: tuple[Held, ...] = ()
    problems: tuple[Problem, ...] = ()
    settled: bool = True

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every entry to be written."""
        return self.added + self.edited + self.retracted + self.returned + self.touched


@dataclass(frozen=True, slots=True)
class PriorState:
    """What the ledger knows that a new reading of `source` could be about.

    `appearances` are the source's own rows, gone ones of the last weeks included; `entries` are theirs and
    all others that share a key (`ledger.keys`) with an item of the reading, by id. `elsewhere` are the rows
    of those entries in other sources. `held` is what the last reading held back. `noons` says for the noons
    of the reading's days which is the latest `published` within the hour after it, over the whole store.
    """

    source: str
    entries: Mapping[str, Entry] = field(default_factory=dict)
    appearances: tuple[Appearance, ...] = ()
    elsewhere: tuple[Appearance, ...] = ()
    held: tuple[Held, ...] = ()
    noons: Mapping[dt.datetime, dt.datetime] = field(default_factory=dict)
