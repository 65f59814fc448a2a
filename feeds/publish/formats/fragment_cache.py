"""A bounded cache of rendered entries and envelopes, so that one edited entry costs one rendering."""

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

# Fields of a feed that its envelope does not depend on; the date is inserted separately.
_NOT_IN_ENVELOPE = {"entries", "categories", "sections", "change", "updated"}
_envelope_fields = attrgetter(*(each.name for each in fields(Feed) if each.name not in _NOT_IN_ENVELOPE))


@dataclass(frozen=True, slots=True)
class Envelope:
    """The parts of a document before its date, between the date and the entries, and after the entries."""

    start: bytes
    middle: bytes
    end: bytes


@dataclass(frozen=True, slots=True)
class RenderedEntry:
    """An entry with everything that its bytes depend on, and the bytes in each format rendered so far."""

    entry: Entry
    term: Term | None
    sections: tuple[Term, ...]
    site: Site
    by_format: dict[str, bytes] = field(default_factory=dict)


class Fragments:
    """The last rendering of each entry and envelope, with the least recently used dropped first."""

    def __init__(self, limit: int = 10_000) -> None:
        self._limit = limit
        self._entries: OrderedDict[str, RenderedEntry] = OrderedDict()
        self._envelopes: OrderedDict[Hashable, Envelope] = OrderedDict()
        self._last: tuple[Feed, Site] | None = None
        self._last_entries: list[RenderedEntry] = []

    def __len__(self) -> int:
        return len(self._entries)

    def envelope(self, name: str, feed: Feed, site: Site, make: Callable[[Feed, Site], Envelope]) -> Envelope:
        """Return the envelope of a feed in the format of this name."""
        key = (name, site, _envelope_fields(feed))
        cached = self._envelopes.get(key)
        if cached is None:
            cached = make(feed, site)
            self._add(self._envelopes, key, cached)
        self._envelopes.move_to_end(key)
        return cached

    def entries(self, feed: Feed, site: Site) -> list[RenderedEntry]:
        """Return the entries of a feed; the last result is kept, because all formats ask for the same feed."""
        if self._last is None or self._last[0] is not feed or self._last[1] is not site:
            self._last_entries = [self._entry(entry, feed, site) for entry in feed.entries]
            self._last = feed, site
        return self._last_entries

    def _entry(self, entry: Entry, feed: Feed, site: Site) -> RenderedEntry:
        term = common.term(entry, feed)
        sections = tuple([feed.sections[key] for key in entry.sections if key in feed.sections])
        inputs = entry, term, sections, site
        cached = self._entries.get(entry.id)
        # Comparing the inputs is several times cheaper than hashing them.
        if cached is None or (cached.entry, cached.term, cached.sections, cached.site) != inputs:
            cached = RenderedEntry(*inputs)
            self._add(self._entries, entry.id, cached)
        self._entries.move_to_end(entry.id)
        return cached

    def _add(self, cache: OrderedDict[Key, Value], key: Key, value: Value) -> None:
        cache[key] = value
        if len(cache) > self._limit:
            cache.popitem(last=False)
