"""What every format says in the same way: addresses, ids, titles, links and summaries."""

from __future__ import annotations

import html
import re
import uuid
from dataclasses import dataclass
from urllib.parse import quote

from feeds.model import Entry, Feed, FeedKind, Site, SourceFeed, Term
from feeds.unicode import normalise

GENERATOR = "Tidings"

_FEED_IDS = uuid.UUID("8a4f1a52-6c1c-5d0e-9d43-2f5f0c1f7b11")
_LEADING_SIGN = re.compile(r"^\s*©\s*")
# What RFC 3986 allows, and "%": a link that is already encoded stays as it is.
_URI_CHARACTERS = "%:/?#[]@!$&'()*+,;=-._~"


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a document to another, by its registered relation."""

    rel: str
    href: str
    type: str | None = None


def path(slug: str, name: str, *, archive: int | None = None) -> str:
    """Where a current feed or an archive page of it is published in one format."""
    return f"feeds/{slug}.{name}" if archive is None else f"feeds/{slug}/archive/{archive}.{name}"


def page(feed: Feed, site: Site) -> str:
    """The address of the same entries for people."""
    return f"{site.base_url}/feeds/{feed.slug}"


def feed_id(feed: Feed, site: Site) -> str:
    """An id that outlives the address, the title and the slug (RFC 4287 §4.2.6)."""
    return uuid.uuid5(own(_FEED_IDS, site), f"{feed.kind}:{feed.key}").urn


def own(namespace: uuid.UUID, site: Site) -> uuid.UUID:
    """The namespace, or the part of it that a site with a name of its own has to itself."""
    return uuid.uuid5(namespace, site.id) if site.id else namespace


def heading(feed: Feed, site: Site) -> str:
    """A feed's title as it stands in a reader's list, among the feeds of other sites."""
    return site.title if feed.kind is FeedKind.ALL else f"{site.title}: {feed.title}"


def links(feed: Feed, site: Site, name: str, media_type: str) -> tuple[Link, ...]:
    """Every link of the document; the page for people comes last, where feedgen wants it for RSS."""

    def archive(rel: str, number: int | None) -> tuple[Link, ...]:
        if number is None:
            return ()
        return (Link(rel, f"{site.base_url}/{path(feed.slug, name, archive=number)}", media_type),)

    current = Link("current", f"{site.base_url}/{path(feed.slug, name)}", media_type)
    return (
        Link("self", f"{site.base_url}/{path(feed.slug, name, archive=feed.archive)}", media_type),
        *(Link("hub", hub) for hub in site.hubs if feed.archive is None),
        *(() if feed.archive is None else (current,)),
        *archive("prev-archive", feed.prev_archive),
        *archive("next-archive", feed.next_archive),
        Link("alternate", page(feed, site), "text/html"),
    )


def permalink(entry: Entry, site: Site) -> str:
    """The entry's own link, or the page that stands in for it; nothing but http leaves the house."""
    if entry.link and entry.link.startswith(("http://", "https://")):
        return quote(entry.link, safe=_URI_CHARACTERS)
    return f"{site.base_url}/entries/{entry.uuid}"


def address(feed: SourceFeed) -> str | None:
    """Where a feed of someone else can be had, or at least read about."""
    return feed.id if feed.id.startswith(("http://", "https://")) else feed.link


def term(entry: Entry, feed: Feed) -> Term | None:
    """The entry's category by its name on this site, or as the source wrote it."""
    known = feed.categories.get(entry.category or "")
    if known is not None or entry.label is None:
        return known
    return Term(normalise.slug(entry.label), entry.label)


def credit(entry: Entry) -> str | None:
    """Whom the photograph is owed to, without the copyright sign."""
    return _LEADING_SIGN.sub("", entry.credit or "") or None


def markup(summary: str) -> str:
    """The summary as HTML: one paragraph is a phrase, several are paragraphs."""
    paragraphs = html.escape(summary, quote=False).split("\n\n")
    if len(paragraphs) == 1:
        return paragraphs[0]
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
