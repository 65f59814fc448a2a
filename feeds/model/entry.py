"""An entry: an item with an identity, as the ledger keeps it and feeds show it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from feeds.model.date import Precision
from feeds.model.listing import SourceFeed


@dataclass(frozen=True, slots=True)
class Entry:
    """An item with an identity.

    `id` is `urn:uuid:…` and never changes. `published` is what the source says, or unknown. `rank` is the
    instant that feeds sort by, newest first, ties by id: `published`, or for an undated entry an instant
    between its neighbours' in the listing; it is never shown. `change` is the number of the change that
    last touched the entry; numbers grow over the whole store.
    `label` is the category as written; `category` its key (`text.key`); `sections` are section keys.
    What was first seen in a feed of someone else has the id that it had there, `origin_id`, and the feed.
    """

    id: str
    title: str
    first_seen: dt.datetime
    updated: dt.datetime
    rank: dt.datetime
    published: dt.datetime | None = None
    precision: Precision | None = None
    summary: str | None = None
    link: str | None = None
    credit: str | None = None
    label: str | None = None
    category: str | None = None
    sections: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    retracted: dt.datetime | None = None
    change: int = 0
    origin_id: str | None = None
    source_feed: SourceFeed | None = None

    @property
    def iri(self) -> str:
        """What every feed calls it: an entry that is passed on keeps its id (RFC 4287 §4.2.6)."""
        return self.origin_id or self.id

    @property
    def uuid(self) -> str:
        """The id without `urn:uuid:`, as it stands in `/entries/<uuid>`."""
        return self.id.removeprefix("urn:uuid:")
