"""An entry: an item with an identity, as the ledger keeps it and feeds show it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from feeds.model.date import Precision
from feeds.model.listing import SourceFeed


@dataclass(frozen=True, slots=True)
class Entry:
    """An item with an identity.

    `id` is `urn:uuid:…` and never changes. `published` is the source's own date, or None. `rank` is the
    instant that feeds sort by, newest first, ties by id: `published`, or for an undated entry an instant
    between those of its neighbours in the listing; it is not shown. `change` is the number of the last change of
    the entry; numbers rise over the whole store. `label` is the category as written, `category` its key
    (`normalise.key`); `sections` are keys of sections. An entry that was first seen in another site's feed has
    its id there as `origin_id`, and that feed as `source_feed`.
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
        """The id in every feed: an entry copied from another feed keeps its id (RFC 4287 §4.2.6)."""
        return self.origin_id or self.id

    @property
    def uuid(self) -> str:
        """The id without `urn:uuid:`, as in `/entries/<uuid>`."""
        return self.id.removeprefix("urn:uuid:")
