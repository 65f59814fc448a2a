"""A bounded memory of what was rendered, so that one edited entry costs one rendering."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import TypeVar

from feeds.model import Entry, Feed, Site, Term
from feeds.publish.formats import common

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

# All that an envelope says of a feed but for its date, which is put in last. What is not named here is said.
_UNSAID = {"entries", "categories", "sections", "change", "updated"}
_said = attrgetter(*(each.name for each in fields(Feed) if each.name not in _UNSAID))


@dataclass(frozen=True, slots=True)
class Envelope:
    """What stands before the date of a feed, between that and the entries, and after them."""

    start: bytes
    middle: bytes
    end: bytes


@dataclass(frozen=True, slots=True)
class Rendered:
    """An entry with all that its bytes depend on, and those bytes in the formats that were asked for."""

    entry: Entry
    term: Term | None
    sections: tuple[Term, ...]
    site: Site
    forms: dict[str, bytes] = field(default_factory=dict)


class Fragments:
    """The last rendering of each entry and envelope; those not used for longest are forgotten."""

    def __init__(self, limit: int = 10_000) -> None:
        self._limit = limit
        self._entries: OrderedDict[str, Rendered] = OrderedDict()
        self._envelopes: OrderedDict[Hashable, Envelope] = OrderedDict()
        self._last: tuple[Feed, Site] | None = None
        self._recalled: list[Rendered] = []

    def __len__(self) -> int:
        return len(self._entries)

    def envelope(self, name: str, feed: Feed, site: Site, make: Callable[[Feed, Site], Envelope]) -> Envelope:
        """The envelope of a feed in the format of this name."""
        key = (name, site, _said(feed))
        kept = self._envelopes.get(key)
        if kept is None:
            kept = make(feed, site)
            self._add(self._envelopes, key, kept)
        self._envelopes.move_to_end(key)
        return kept

    def entries(self, feed: Feed, site: Site) -> list[Rendered]:
        """The entries of a feed: once looked up for all of its formats."""
        if self._last is None or self._last[0] is not feed or self._last[1] is not site:
            self._recalled = [self._entry(entry, feed, site) for entry in feed.entries]
            self._last = feed, site
        return self._recalled

    def _entry(self, entry: Entry, feed: Feed, site: Site) -> Rendered:
        """What is given is compared and not hashed: that is several times cheaper."""
        term = common.term(entry, feed)
        sections = tuple([feed.sections[key] for key in entry.sections if key in feed.sections])
        given = entry, term, sections, site
        kept = self._entries.get(entry.id)
        if kept is None or (kept.entry, kept.term, kept.sections, kept.site) != given:
            kept = Rendered(*given)
            self._add(self._entries, entry.id, kept)
        self._entries.move_to_end(entry.id)
        return kept

    def _add(self, memory: OrderedDict[Key, Value], key: Key, value: Value) -> None:
        memory[key] = value
        if len(memory) > self._limit:
            memory.popitem(last=False)
