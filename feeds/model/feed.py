"""The site, its feeds with what selects their entries, and the finished bytes of a feed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from feeds.model.entry import Entry


@dataclass(frozen=True, slots=True)
class Site:
    """The site as all its documents describe it.

    `base_url` has no trailing slash. `id` distinguishes the feeds of this site from those of others, permanently.
    """

    title: str
    base_url: str
    language: str = "en"
    author: str | None = None
    description: str | None = None
    hubs: tuple[str, ...] = ()
    id: str | None = None
    show_credit: bool = True


@dataclass(frozen=True, slots=True)
class Scope:
    """Selects the entries of a feed: those with one of the keys of each kind that is given; without keys, all."""

    categories: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


class FeedKind(StrEnum):
    """The kind of key that selects the entries of a feed."""

    ALL = "all"
    SELECTION = "selection"
    SOURCE = "source"
    SECTION = "section"
    CATEGORY = "category"


@dataclass(frozen=True, slots=True)
class Term:
    """The title of a category or section on this site, and the slug of its feed."""

    slug: str
    title: str


@dataclass(frozen=True, slots=True)
class Feed:
    """A document made from some entries, newest first: a current feed, an archive page or a delta.

    `key` is the key of the category or section, the name of the source or selection, or "" for all. `updated`
    is the newest `updated` of its entries and tombstones, or the instant of its creation if it never had any.
    `ttl` is how long a copy stays fresh, in whole minutes. `categories` and `sections` map the keys of its entries
    to their terms.
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
    """The bytes of a document to be served, in every content coding.

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
