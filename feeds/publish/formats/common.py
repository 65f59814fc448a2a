"""Values that all formats share: addresses, ids, titles, links and summaries."""

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
# The characters that RFC 3986 allows, and "%": a link that is already encoded stays as it is.
_URI_CHARACTERS = "%:/?#[]@!$&'()*+,;=-._~"


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a document; `rel` is a registered link relation (RFC 8288)."""

    rel: str
    href: str
    type: str | None = None


def path(slug: str, name: str, *, archive: int | None = None) -> str:
    """Return the path of a feed's current document or of one of its archive pages, in one format."""
    return f"feeds/{slug}.{name}" if archive is None else f"feeds/{slug}/archive/{archive}.{name}"


def page(feed: Feed, site: Site) -> str:
    """Return the address of the feed's page for people."""
    return f"{site.base_url}/feeds/{feed.slug}"


def feed_id(feed: Feed, site: Site) -> str:
    """Return the feed's id, which does not depend on address, title or slug (RFC 4287 §4.2.6)."""
    return uuid.uuid5(site_namespace(_FEED_IDS, site), f"{feed.kind}:{feed.key}").urn


def site_namespace(namespace: uuid.UUID, site: Site) -> uuid.UUID:
    """Return the namespace for a site's ids: `namespace` itself, or one derived from the configured site id."""
    return uuid.uuid5(namespace, site.id) if site.id else namespace


def heading(feed: Feed, site: Site) -> str:
    """Return a feed's title with the site's title, for a reader's list of feeds from many sites."""
    return site.title if feed.kind is FeedKind.ALL else f"{site.title}: {feed.title}"


def links(feed: Feed, site: Site, name: str, media_type: str) -> tuple[Link, ...]:
    """Return every link of the document. The page for people is last, because feedgen uses the last one for RSS."""

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
    """Return the entry's link if it is http or https, otherwise the address of its page here."""
    if entry.link and entry.link.startswith(("http://", "https://")):
        return quote(entry.link, safe=_URI_CHARACTERS)
    return f"{site.base_url}/entries/{entry.uuid}"


def address(feed: SourceFeed) -> str | None:
    """Return the address of the feed that an entry was taken from, or of its site."""
    return feed.id if feed.id.startswith(("http://", "https://")) else feed.link


def term(entry: Entry, feed: Feed) -> Term | None:
    """Return the entry's category as it is named on this site, or else as the source wrote it."""
    known = feed.categories.get(entry.category or "")
    if known is not None or entry.label is None:
        return known
    return Term(normalise.slug(entry.label), entry.label)


def credit(entry: Entry) -> str | None:
    """Return who the photograph is credited to, without the copyright sign."""
    return _LEADING_SIGN.sub("", entry.credit or "") or None


def with_credit(text: str, entry: Entry, site: Site) -> str:
    """Return the text with the photo credit, as the listing writes it, as its last paragraph.

    Without `show_credit`, without a credit, or if the credit is the last paragraph already, return the text alone.
    """
    name = credit(entry)
    last = text.rpartition("\n")[2]
    if not site.show_credit or name is None or _LEADING_SIGN.sub("", last) == name:
        return text
    return f"{text}\n\n{entry.credit}".lstrip("\n")


def markup(text: str) -> str:
    """Return a text as HTML: one paragraph as plain text, several each as a `p` element."""
    paragraphs = html.escape(text, quote=False).split("\n\n")
    if len(paragraphs) == 1:
        return paragraphs[0]
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
