"""A document of a source, and the listing that a parser reads from it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from feeds.redaction import redact_fields


@dataclass(frozen=True, slots=True)
class Validators:
    """Validators of a document (RFC 9110 §8.8): opaque, sent back verbatim. For a file, `etag` is its stat."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """The bytes of one document of a source. `name` is unique within the source: a path or a URL.

    `freshness_lifetime` is in seconds (RFC 9111 §4.2.1). `language` is the configured language of its source, which
    decides between charsets if none is declared.
    """

    name: str
    body: bytes
    media_type: str = "text/plain"
    charset: str | None = None
    base: str | None = None
    validators: Validators = Validators()
    freshness_lifetime: int | None = None
    language: str | None = None

    @property
    def digest(self) -> str:
        return hashlib.blake2b(self.body, digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a listing, every field as the document writes it, white space collapsed.

    `line` is the first line of the item, counted from 1; `lines` has the line of each field. Paragraphs of
    `summary` are separated by a blank line. `id` is the origin's own permanent id of the item, an absolute IRI;
    only items of feeds have one.
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
    """A heading and the items below it. Items above the first heading are in a section whose heading is None."""

    heading: str | None
    line: int
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that a person should know about a document, and its line. It does not stop a reading."""

    line: int
    message: str

    def __post_init__(self) -> None:
        redact_fields(self, "message")


@dataclass(frozen=True, slots=True)
class SourceFeed:
    """The feed that an entry was copied from, as it described itself at that time (RFC 4287 §4.2.11).

    Its addresses have no user information, query or fragment: the address of a feed can hold a secret.
    """

    title: str
    id: str
    link: str | None = None
    updated: dt.datetime | None = None

    def __post_init__(self) -> None:
        redact_fields(self, "title", "id", "link")


@dataclass(frozen=True, slots=True)
class Listing:
    """The headings and items of one document, in order.

    `language` is the document's own (BCP 47), declared or detected, or None. `complete` is False if the document
    shows that it was truncated, `closed` if it is a page whose end tag is missing. `feed` describes a document
    that is itself a feed.
    `relative_links` has for each item the link as written if the page's address is needed to resolve it; it is empty
    if no link is relative.
    """

    document: str
    sections: tuple[Section, ...] = ()
    problems: tuple[Problem, ...] = ()
    language: str | None = None
    complete: bool = True
    feed: SourceFeed | None = None
    closed: bool = True
    relative_links: tuple[str | None, ...] = ()

    @property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for section in self.sections for item in section.items)
