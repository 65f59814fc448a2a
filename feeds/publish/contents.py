"""What a feed holds: the newest entries, what was withdrawn of late, and page by page the rest (RFC 5005 §4).

Everything follows from the store and the configuration; no clock is asked, not even for how long ago
something was withdrawn: that counts from the last thing that happened in the feed.
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
_SHORTEST, _LONGEST = dt.timedelta(minutes=1), dt.timedelta(hours=1)
_MINUTE = dt.timedelta(minutes=1)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Contents:
    """One feed's current document and its archive pages, as of one view.

    Pages are counted from the oldest entry and hold what the current document does not: every entry stands
    in exactly one document, and a full page changes only if one of its entries does, or if an older one
    turns up or is withdrawn.
    """

    def __init__(self, view: View, catalogue: Catalogue, row: RegisteredFeed) -> None:
        self._view = view
        self._catalogue = catalogue
        self._config = catalogue.config
        self._row = row
        self._scope = catalogue.scopes[row.slug]
        self._archived = max(0, view.count(self._scope) - self._config.entries)

    @property
    def pages(self) -> int:
        """How many archive pages there are; the newest may still be filling."""
        return -(-self._archived // self._config.archive_size)

    def current(self) -> Feed:
        """The document that readers subscribe to."""
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
        """One archive page, 1 being the oldest."""
        size = self._config.archive_size
        first, last = (number - 1) * size, min(number * size, self._archived)
        # The store counts from the newest entry, and the newest are in the current document.
        offset = self._config.entries + self._archived - last
        entries = self._view.entries(self._scope, limit=last - first, offset=offset)
        return replace(
            self._feed(entries),
            updated=self._updated(entries),
            ttl=_LONGEST,
            archive=number,
            prev_archive=number - 1 or None,
            next_archive=number + 1 if number < self.pages else None,
        )

    def _feed(self, entries: tuple[Entry, ...]) -> Feed:
        languages = {source.language for source in _sources(entries, self._config)}
        return Feed(
            slug=self._row.slug,
            kind=self._row.kind,
            key=self._row.key,
            title=self._row.title,
            updated=self._row.since,
            entries=entries,
            language=languages.pop() if len(languages) == 1 else None,
            change=max((entry.change for entry in entries), default=0),
            categories=self._catalogue.categories,
            sections=self._catalogue.sections,
        )

    def _tombstones(self, entries: Iterable[Entry]) -> tuple[Entry, ...]:
        last = max((entry.updated for entry in entries), default=_EPOCH + TOMBSTONE_LIFE)
        found = self._view.tombstones(self._scope, since=last - TOMBSTONE_LIFE)
        horizon = max((_last(entry) for entry in found), default=last) - TOMBSTONE_LIFE
        return tuple(entry for entry in found if _last(entry) >= horizon)[: self._config.entries]

    def _updated(self, entries: Iterable[Entry]) -> dt.datetime:
        return max(map(_last, entries), default=self._row.since)


def lifetime(sources: Iterable[Source]) -> dt.timedelta:
    """How long a copy stays fresh: as long as the most busy source does, within bounds, in whole minutes."""
    shortest = min((source.interval for source in sources), default=_LONGEST)
    return max(_SHORTEST, min(shortest, _LONGEST) // _MINUTE * _MINUTE)


def _sources(entries: Iterable[Entry], config: Config) -> tuple[Source, ...]:
    """The sources that feed these entries; all of them, while there is nothing to tell by."""
    names = {name for entry in entries for name in entry.sources}
    return tuple(source for source in config.sources if source.name in names) or config.sources


def _last(entry: Entry) -> dt.datetime:
    return max(entry.updated, entry.retracted or entry.updated)
