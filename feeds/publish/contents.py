"""Contents of a feed: the newest entries, recent tombstones (RFC 6721), and archive pages (RFC 5005 §4).

Everything follows from the store and the configuration, without a clock: the age of a tombstone counts from
the latest change in the feed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

from feeds.config import Config, Source
from feeds.model import Entry, Feed
from feeds.publish.catalogue import Catalogue
from feeds.store import RegisteredFeed, View

TOMBSTONE_LIFE = dt.timedelta(days=30)
_SHORTEST_LIFETIME, _LONGEST_LIFETIME = dt.timedelta(minutes=1), dt.timedelta(hours=1)
_MINUTE = dt.timedelta(minutes=1)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Contents:
    """One feed's current document and its archive pages, as of one view.

    Pages are numbered from the oldest entry and hold what the current document does not, so every entry is
    in exactly one document. A full page changes only if one of its entries changes, or if an older entry
    appears or is withdrawn.
    """

    def __init__(self, view: View, catalogue: Catalogue, registration: RegisteredFeed) -> None:
        self._view = view
        self._catalogue = catalogue
        self._config = catalogue.config
        self._registration = registration
        self._scope = catalogue.scopes[registration.slug]
        self._archived = max(0, view.count(self._scope) - self._config.entries)

    @property
    def pages(self) -> int:
        """The number of archive pages; the newest may not be full yet."""
        return -(-self._archived // self._config.archive_size)

    def current(self) -> Feed:
        """Return the document that readers subscribe to."""
        entries = self._view.entries(self._scope, limit=self._config.entries)
        tombstones = self._tombstones(entries)
        feed = self._feed(entries)
        return replace(
            feed,
            updated=self._updated((*entries, *tombstones)),
            ttl=lifetime(_sources(entries, self._config)),
            tombstones=tombstones,
            prev_archive=self.pages or None,
        )

    def archive(self, number: int) -> Feed:
        """Return one archive page, 1 being the oldest."""
        size = self._config.archive_size
        first, last = (number - 1) * size, min(number * size, self._archived)
        # The store counts from the newest entry, and the newest are in the current document.
        offset = self._config.entries + self._archived - last
        entries = self._view.entries(self._scope, limit=last - first, offset=offset)
        return replace(
            self._feed(entries),
            updated=self._updated(entries),
            ttl=_LONGEST_LIFETIME,
            archive=number,
            prev_archive=number - 1 or None,
            next_archive=number + 1 if number < self.pages else None,
        )

    def _feed(self, entries: tuple[Entry, ...]) -> Feed:
        languages = {source.language for source in _sources(entries, self._config)}
        return Feed(
            slug=self._registration.slug,
            kind=self._registration.kind,
            key=self._registration.key,
            title=self._registration.title,
            updated=self._registration.since,
            entries=entries,
            language=languages.pop() if len(languages) == 1 else None,
            change=max((entry.change for entry in entries), default=0),
            categories=self._catalogue.categories,
            sections=self._catalogue.sections,
        )

    def _tombstones(self, entries: Iterable[Entry]) -> tuple[Entry, ...]:
        last = max((entry.updated for entry in entries), default=_EPOCH + TOMBSTONE_LIFE)
        found = self._view.tombstones(self._scope, since=last - TOMBSTONE_LIFE)
        horizon = max((_last_change(entry) for entry in found), default=last) - TOMBSTONE_LIFE
        return tuple(entry for entry in found if _last_change(entry) >= horizon)[: self._config.entries]

    def _updated(self, entries: Iterable[Entry]) -> dt.datetime:
        return max(map(_last_change, entries), default=self._registration.since)


def lifetime(sources: Iterable[Source]) -> dt.timedelta:
    """Return how long a copy stays fresh: the shortest interval of the sources, within bounds, in whole minutes."""
    shortest = min((source.interval for source in sources), default=_LONGEST_LIFETIME)
    return max(_SHORTEST_LIFETIME, min(shortest, _LONGEST_LIFETIME) // _MINUTE * _MINUTE)


def _sources(entries: Iterable[Entry], config: Config) -> tuple[Source, ...]:
    """Return the configured sources of these entries, or all sources if none of these is configured."""
    names = {name for entry in entries for name in entry.sources}
    return tuple(source for source in config.sources if source.name in names) or config.sources


def _last_change(entry: Entry) -> dt.datetime:
    return max(entry.updated, entry.retracted or entry.updated)
