"""The ledger's data types: what it keeps of a listing, and what a reading changes.

Readers are shown only the entries of `feeds.model`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from feeds.model import Entry, Item, Problem, When
from feeds.redaction import redact_fields


@dataclass(frozen=True, slots=True)
class Appearance:
    """An entry's position in one document of one source, and its item as last read there.

    * `place` counts from 0 over the whole document.
    * `missing` counts the readings in a row without it: 0 while it is listed.
    * `gone` is True once its absence has been decided: it has scrolled off or is retracted.
    * `first_seen` is the first reading that had it here; `last_seen` is when it last changed here or was first
      missing.
    * `edits` counts the edits since the last long pause; `edited` is when the item last differed from the reading
      before.
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
    """One edit of an entry: field name → (old, new), as text. `reason` says how the item was matched."""

    entry: str
    at: dt.datetime
    fields: Mapping[str, tuple[str | None, str | None]]
    reason: str


@dataclass(frozen=True, slots=True)
class Held:
    """A hold: a whole document that was refused, or (`whole` False) a part of its changes that has to wait.

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
    """What one reading of a source changes in the ledger; nothing has been written yet.

    * `added`, `edited`, `retracted`, `returned`: entries as they are to be stored.
    * `updated_silently`: further entries whose label, sections or other fields changed without an edit.
    * `appearances`: all rows of this source that are to be written.
    * `headings`: the sections seen, key → heading as written.
    * `keys`: entry → its blocking keys, as the store keeps them.
    * `complete` is False while an absence or a held edit waits for further readings, so that even an unchanged
      document has to be read again.
    """

    source: str
    added: tuple[Entry, ...] = ()
    edited: tuple[Entry, ...] = ()
    retracted: tuple[Entry, ...] = ()
    returned: tuple[Entry, ...] = ()
    updated_silently: tuple[Entry, ...] = ()
    unchanged: int = 0
    revisions: tuple[Revision, ...] = ()
    appearances: tuple[Appearance, ...] = ()
    headings: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    held: tuple[Held, ...] = ()
    problems: tuple[Problem, ...] = ()
    complete: bool = True

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every entry to be written."""
        return self.added + self.edited + self.retracted + self.returned + self.updated_silently


@dataclass(frozen=True, slots=True)
class PriorState:
    """What the store knows that a new reading of `source` could be about.

    * `appearances`: the source's own rows, including those gone in the last weeks.
    * `entries`: the entries of these rows, and all that share a blocking key with an item of the reading, by id.
    * `elsewhere`: the rows of these entries in other sources.
    * `held`: what the last reading held.
    * `is_new_source`: whether no reading of the source was ever accepted.
    * `last_on_day`: for the noon of each day in the reading, the latest instant within the hour after it that any
      entry of the store has.
    """

    source: str
    entries: Mapping[str, Entry] = field(default_factory=dict)
    appearances: tuple[Appearance, ...] = ()
    elsewhere: tuple[Appearance, ...] = ()
    held: tuple[Held, ...] = ()
    last_on_day: Mapping[dt.datetime, dt.datetime] = field(default_factory=dict)
    is_new_source: bool = False
