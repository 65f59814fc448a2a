"""A document of a source, and the listing that a parser reads from it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from feeds.redaction import redact_fields


@dataclass(frozen=True, slots=True)
class Validators:
    """What an origin gave to ask again with: opaque, sent back verbatim. For a file, its stat."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """The bytes that a source gave. `name` is unique within the source: a path or a URL.

    `freshness_lifetime` is for how many seconds the origin says that asking again is pointless.
    """

    name: str
    body: bytes
    media_type: str = "text/plain"
    charset: str | None = None
    base: str | None = None
    validators: Validators = Validators()
    freshness_lifetime: int | None = None

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
