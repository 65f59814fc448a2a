"""The words of the house, as frozen data.

`Item` is what a document says, as written; `Entry` is what the ledger keeps. They differ in meaning and
share no fields by copying: an item has a date as text and a place, an entry an identity and an instant.
All datetimes are aware and UTC, without microseconds; `None` means unknown, never the empty string.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from feeds.redaction import redact_fields


@dataclass(frozen=True, slots=True)
class Validators:
    """What an origin gave to ask again with: opaque, sent back verbatim. For a file, its stat."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """The bytes that a source gave. `name` is unique within the source: a path or a URL.

    `fresh_for` is for how many seconds the origin says that asking again is pointless.
    """

    name: str
    body: bytes
    media_type: str = "text/plain"
    charset: str | None = None
    base: str | None = None
    validators: Validators = Validators()
    fresh_for: int | None = None

    @property
    def digest(self) -> str:
        return hashlib.blake2b(self.body, digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a listing, every field as the document wrote it, white space collapsed.

    `line` is the first line of the item, 1-based; `lines` says for a field on which line it was found.
    `summary` keeps its paragraphs, separated by a blank line. `id` is what the origin itself calls the item
    for ever, an absolute IRI; only feeds have one.
    """

    line: int
    number: int | None = None
    credit: str | None = None
    label: str | None = None
    title: str | None = None
    date: str | None = None
    summary: str | None = None
    link: str | None = None
    lines: Mapping[str, int] = field(default_factory=dict)
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the items below it. Items above any heading stand in a section whose heading is None."""

    heading: str | None
    line: int
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a reader of the document should know, and where. It never stops a reading by itself."""

    line: int
    message: str

    def __post_init__(self) -> None:
        redact_fields(self, "message")


@dataclass(frozen=True, slots=True)
class SourceFeed:
    """The feed that an entry was taken from, as it called itself then (RFC 4287 §4.2.11).

    Its addresses have no user information, query or fragment: a feed may be known by a secret.
    """

    title: str
    id: str
    link: str | None = None
    updated: dt.datetime | None = None

    def __post_init__(self) -> None:
        redact_fields(self, "title", "id", "link")


@dataclass(frozen=True, slots=True)
class Listing:
    """What a parser saw in one document: headings and items in order.

    `language` is the document's own (BCP 47) where it says or shows one. `complete` is False when the
    document shows that it was cut off, `closed` where it is a page that was opened and not closed. `feed`
    is what a document that is a feed says of itself.
    """

    document: str
    sections: tuple[Section, ...] = ()
    problems: tuple[Problem, ...] = ()
    language: str | None = None
    complete: bool = True
    feed: SourceFeed | None = None
    closed: bool = True

    @property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for section in self.sections for item in section.items)


class Precision(StrEnum):
    """How much of `published` the source said."""

    DAY = "day"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class When:
    """A date as a source wrote it: always a whole day; a time and an offset from UTC only if it said so."""

    day: dt.date
    time: dt.time | None = None
    offset: dt.timedelta | None = None

    @property
    def precision(self) -> Precision:
        return Precision.DAY if self.time is None else Precision.TIME

    def isoformat(self) -> str:
        """`2021-08-12`, `2021-08-12T09:30:00` or `2021-08-12T09:30:00+02:00`."""
        if self.time is None:
            return self.day.isoformat()
        zone = None if self.offset is None else dt.timezone(self.offset)
        return dt.datetime.combine(self.day, self.time, zone).isoformat()


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


class FeedKind(StrEnum):
    """What decides which entries a feed holds."""

    ALL = "all"
    SELECTION = "selection"
    SOURCE = "source"
    SECTION = "section"
    CATEGORY = "category"


@dataclass(frozen=True, slots=True)
class Term:
    """What a category or a section is called on this site, and the slug of its own feed."""

    slug: str
    title: str


@dataclass(frozen=True, slots=True)
class Feed:
    """A document made from some entries, newest first: a current feed, an archive page or a delta.

    `key` is the category's or section's key, the source's or selection's name, "" for all. `updated` is
    the newest `updated` of its entries and tombstones; a feed that never had an entry takes the instant it
    came to exist. `ttl` is how long a copy stays fresh, whole minutes. `categories` and `sections` give
    the keys that its entries carry their names.
    """

    slug: str
    kind: FeedKind
    key: str
    title: str
    updated: dt.datetime
    entries: tuple[Entry, ...] = ()
    ttl: dt.timedelta = dt.timedelta(minutes=15)
    language: str | None = None
    tombstones: tuple[Entry, ...] = ()
    archive: int | None = None
    prev_archive: int | None = None
    next_archive: int | None = None
    change: int = 0
    categories: Mapping[str, Term] = field(default_factory=dict)
    sections: Mapping[str, Term] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Representation:
    """The finished bytes of a document in every content coding, ready to be served.

    `path` has no leading slash (`feeds/all.atom`). `etag` is the opaque part of the identity coding's
    strong tag, without quotes; a coding's tag is `etag + "-gzip"` or `"-br"`. `codings` holds `gzip` and
    `br` only where they are smaller. `last_modified` is when the bytes last changed. `links` is the
    complete value of the `Link` field.
    """

    path: str
    media_type: str
    body: bytes
    etag: str
    last_modified: dt.datetime
    max_age: int
    links: str = ""
    codings: Mapping[str, bytes] = field(default_factory=dict)


class Status(StrEnum):
    """How a refresh of a source went."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    HELD = "held"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one refresh of one source went: what log, status page, metrics and exit code tell of it.

    `reason` is one word from a closed set, `message` a sentence for people; both None when all is well.
    `wait` is for how many seconds the origin asks to be left alone.
    """

    source: str
    at: dt.datetime
    status: Status
    reason: str | None = None
    message: str | None = None
    documents: int = 0
    items: int = 0
    added: int = 0
    edited: int = 0
    retracted: int = 0
    unchanged: int = 0
    problems: tuple[Problem, ...] = ()
    wait: int | None = None

    def __post_init__(self) -> None:
        redact_fields(self, "message")


@dataclass(frozen=True, slots=True)
class Scope:
    """Which entries a feed holds: any of each kind named, of all kinds that are named; empty, every one."""

    categories: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Site:
    """What every document of the site says about itself.

    `base_url` has no trailing slash. `id` tells the feeds of this site from those of others, for ever.
    """

    title: str
    base_url: str
    language: str = "en"
    author: str | None = None
    description: str | None = None
    hubs: tuple[str, ...] = ()
    id: str | None = None
