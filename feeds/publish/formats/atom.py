"""Atom 1.0 (RFC 4287), with archives (RFC 5005) and tombstones (RFC 6721), through feedgen."""

from __future__ import annotations

import datetime as dt

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator

from feeds.model import Entry, Feed, Site, Term
from feeds.publish.formats import common
from feeds.publish.formats.feedgen_extension import EntryExtension, FeedExtension, escape_plain_text, serialise
from feeds.publish.formats.fragment_cache import Envelope

NAME = "atom"
MEDIA_TYPE = "application/atom+xml"
_END = b"</feed>"


def envelope(feed: Feed, site: Site) -> Envelope:
    """Return the document without its entries and its date."""
    document: bytes = generator(feed, site).atom_str()
    start, _, middle = escape_plain_text(document).removesuffix(_END).partition(date(feed.updated))
    return Envelope(start, middle, _END)


def date(updated: dt.datetime) -> bytes:
    """Return the feed's `updated` element."""
    return b"<updated>%b</updated>" % updated.isoformat().encode()


def fragment(entry: Entry, site: Site, term: Term | None, sections: tuple[Term, ...]) -> bytes:
    """Return one entry."""
    return serialise(feed_entry(entry, site, term).atom_entry())


def generator(feed: Feed, site: Site) -> FeedGenerator:
    """Return the feed for feedgen, without its entries."""
    document = FeedGenerator()
    document.id(common.feed_id(feed, site))
    document.title(common.heading(feed, site))
    document.updated(feed.updated)
    document.author(name=site.author or site.title)
    for link in common.links(feed, site, NAME, MEDIA_TYPE):
        document.link(href=link.href, rel=link.rel, type=link.type)
    document.generator(common.GENERATOR)
    document.language(feed.language or site.language)
    if site.description is not None:
        document.subtitle(site.description)
    extension = FeedExtension(archive=feed.archive is not None, tombstones=feed.tombstones)
    document.register_extension("tidings", lambda: extension)
    return document


def feed_entry(entry: Entry, site: Site, term: Term | None) -> FeedEntry:
    """Return the entry for feedgen. Without a summary the title is the content (RFC 4287 §4.1.1.1).

    There is either a summary or a content, which readers show alike. RFC 4287 §4.2.13 advises against a summary that
    repeats the content.
    """
    item = FeedEntry()
    item.id(entry.iri)
    item.title(entry.title)
    item.updated(entry.updated)
    item.published(entry.published)
    item.link(href=common.permalink(entry, site))
    text = common.with_credit(entry.title if entry.summary is None else entry.summary, entry, site)
    write = item.content if entry.summary is None else item.summary
    if "\n\n" in text:
        write(common.markup(text), type="html")
    else:
        write(text)
    if term is not None:
        item.category(term=term.slug, scheme=f"{site.base_url}/feeds/", label=term.title)
    item.register_extension("tidings", lambda: EntryExtension(common.credit(entry), source=entry.source_feed))
    return item
