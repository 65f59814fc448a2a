"""Elements that feedgen does not write or writes wrongly, as one extension of feeds and one of entries.

feedgen drops every attribute of an entry's Atom links except href, writes sources without their ids, writes no link
except self into RSS, and does not support credits, edits in RSS, archives (RFC 5005) or tombstones (RFC 6721).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from email.utils import format_datetime
from typing import Any

import feedgen.entry
import feedgen.feed
from lxml import etree

from feeds.model import Entry, SourceFeed
from feeds.publish.formats.common import Link

# feedgen formats each RSS date by switching the locale of the whole process and back, which other threads can
# see. Both modules import the function by name.
feedgen.feed.formatRFC2822 = feedgen.entry.formatRFC2822 = format_datetime

ATOM = "http://www.w3.org/2005/Atom"
MEDIA = "http://search.yahoo.com/mrss/"
_DC = "http://purl.org/dc/elements/1.1/"
_HISTORY = "http://purl.org/syndication/history/1.0"
_TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"

# Namespaces that entries may use. They are always declared, so that no entry changes the root element.
# feedgen itself declares `atom` in RSS.
_ENTRY_NAMESPACES: Mapping[str, str] = {"media": MEDIA, "atom": ATOM}

# Titles, and elements of Atom without a type: their content is plain text.
_PLAIN = re.compile(rb"<(?:title|summary|content)>[^<]*&[^<]*")


class FeedExtension:
    """The elements of one feed. Prefixes of elements that it does not have are not declared.

    `links` and `creator` are for RSS, `tombstones` for Atom.
    """

    def __init__(
        self,
        *,
        archive: bool,
        tombstones: Sequence[Entry] = (),
        links: Iterable[Link] = (),
        creator: str | None = None,
    ) -> None:
        self._archive = archive
        self._tombstones = tombstones
        self._links = [link for link in links if link.rel not in ("self", "alternate")]
        self._creator = creator

    def extend_ns(self) -> dict[str, str]:
        namespaces = {"media": MEDIA}
        if self._creator is not None:
            namespaces["dc"] = _DC
        if self._archive:
            namespaces["fh"] = _HISTORY
        if self._tombstones:
            namespaces["at"] = _TOMBSTONES
        return namespaces

    def extend_atom(self, root: Any) -> Any:
        self._mark_archive(root)
        for entry in self._tombstones:
            when = (entry.retracted or entry.updated).isoformat()
            etree.SubElement(root, f"{{{_TOMBSTONES}}}deleted-entry", ref=entry.iri, when=when)
        return root

    def extend_rss(self, root: Any) -> Any:
        channel = root.find("channel")
        for link in self._links:
            element = etree.SubElement(channel, f"{{{ATOM}}}link", href=link.href, rel=link.rel)
            if link.type is not None:
                element.set("type", link.type)
        if self._creator is not None:
            etree.SubElement(channel, f"{{{_DC}}}creator").text = self._creator
        self._mark_archive(channel)
        return root

    def _mark_archive(self, parent: Any) -> None:
        if self._archive:
            etree.SubElement(parent, f"{{{_HISTORY}}}archive")


class EntryExtension:
    """The elements of one entry. `updated` is for RSS, which has no element for it, `source` for Atom."""

    def __init__(
        self, credit: str | None, updated: dt.datetime | None = None, *, source: SourceFeed | None = None
    ) -> None:
        self._credit = credit
        self._updated = updated
        self._source = source

    def extend_atom(self, entry: Any) -> Any:
        for link in entry.iterfind("link"):
            link.set("rel", "alternate")
        if self._source is not None:
            _fill_source(self._source, etree.SubElement(entry, "source"))
        return self._extend(entry)

    def extend_rss(self, item: Any) -> Any:
        return self._extend(item)

    def _extend(self, entry: Any) -> Any:
        if self._updated is not None:
            element = etree.SubElement(entry, f"{{{ATOM}}}updated", nsmap={"atom": ATOM})
            element.text = self._updated.isoformat()
        if self._credit is not None:
            element = etree.SubElement(entry, f"{{{MEDIA}}}credit", nsmap={"media": MEDIA})
            element.set("role", "photographer")
            element.set("scheme", "urn:ebu")
            element.text = self._credit
        return entry


def _fill_source(feed: SourceFeed, source: Any) -> None:
    """Describe in an `atom:source` the feed that an entry was taken from (RFC 4287 §4.2.11)."""
    etree.SubElement(source, "id").text = feed.id
    etree.SubElement(source, "title").text = feed.title
    if feed.updated is not None:
        etree.SubElement(source, "updated").text = feed.updated.isoformat()
    if feed.link is not None:
        etree.SubElement(source, "link", href=feed.link, rel="alternate")


def serialise(element: Any) -> bytes:
    """Return the bytes of an entry, for a document whose root declares the namespaces that entries use."""
    root = etree.Element("root", nsmap=dict(_ENTRY_NAMESPACES))
    root.append(element)
    document: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=False)
    return escape_plain_text(document[document.index(b">") + 1 : -len(b"</root>")])


def escape_plain_text(document: bytes) -> bytes:
    """Return the document with `&` and `<` of plain text as hexadecimal references, which is equivalent XML.

    RSS does not specify whether a title is text or HTML. The RSS Advisory Board's profile asks for these references
    in plain text. Validators look for them in Atom too.
    """
    return _PLAIN.sub(lambda text: text[0].replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;"), document)
