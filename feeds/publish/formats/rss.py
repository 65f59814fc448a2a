"""RSS 2.0 (RSS Advisory Board's Best Practices Profile), through feedgen."""

from __future__ import annotations

import datetime as dt
from email.utils import format_datetime

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator

from feeds.model import Entry, Feed, Site, Term
from feeds.publish.formats import common
from feeds.publish.formats.feedgen_extension import EntryExtension, FeedExtension, escape_plain_text, serialise
from feeds.publish.formats.fragment_cache import Envelope

NAME = "rss"
MEDIA_TYPE = "application/rss+xml"
_END = b"</channel></rss>"


def envelope(feed: Feed, site: Site) -> Envelope:
    """Return the document without its items and its date."""
    document: bytes = generator(feed, site).rss_str()
    start, _, middle = escape_plain_text(document).removesuffix(_END).partition(date(feed.updated))
    return Envelope(start, middle, _END)


def date(updated: dt.datetime) -> bytes:
    """Return the channel's `lastBuildDate` element."""
    return b"<lastBuildDate>%b</lastBuildDate>" % format_datetime(updated).encode()


def fragment(entry: Entry, site: Site, term: Term | None, sections: tuple[Term, ...]) -> bytes:
    """Return one item."""
    return serialise(feed_entry(entry, site, term).rss_entry())


def generator(feed: Feed, site: Site) -> FeedGenerator:
    """Return the channel for feedgen, without its items."""
    title = common.heading(feed, site)
    links = common.links(feed, site, NAME, MEDIA_TYPE)
    document = FeedGenerator()
    document.title(title)
    document.description(site.description or title)
    document.updated(feed.updated)
    for link in links:
        document.link(href=link.href, rel=link.rel, type=link.type)
    document.generator(common.GENERATOR)
    document.language(feed.language or site.language)
    document.ttl(feed.ttl // dt.timedelta(minutes=1))
    extension = FeedExtension(archive=feed.archive is not None, links=links, creator=site.author)
    document.register_extension("tidings", lambda: extension)
    return document


def feed_entry(entry: Entry, site: Site, term: Term | None) -> FeedEntry:
    """Return the item for feedgen. Its description is HTML, because readers interpret it as HTML."""
    item = FeedEntry()
    item.id(entry.iri)
    item.title(entry.title)
    item.published(entry.published)
    item.link(href=common.permalink(entry, site))
    if text := common.with_credit(entry.summary or "", entry, site):
        item.description(common.markup(text))
    if term is not None:
        item.category(term=term.slug, scheme=f"{site.base_url}/feeds/", label=term.title)
    if entry.source_feed is not None and (address := common.address(entry.source_feed)):
        item.source(address, entry.source_feed.title)
    item.register_extension("tidings", lambda: EntryExtension(common.credit(entry), entry.updated))
    return item
