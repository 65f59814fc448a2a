"""JSON Feed 1.1 (jsonfeed.org/version/1.1)."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from feeds.model import Entry, Feed, Site, Term
from feeds.publish.formats import common
from feeds.publish.formats.fragment_cache import Envelope

NAME = "json"
MEDIA_TYPE = "application/feed+json"


def envelope(feed: Feed, site: Site) -> Envelope:
    """Return the document without its items."""
    hrefs = {link.rel: link.href for link in common.links(feed, site, NAME, MEDIA_TYPE)}
    deleted = [{"id": entry.iri, "when": (entry.retracted or entry.updated).isoformat()} for entry in feed.tombstones]
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": common.heading(feed, site),
        "home_page_url": hrefs["alternate"],
        "feed_url": hrefs["self"],
        "description": site.description,
        "next_url": hrefs.get("prev-archive"),
        "authors": [{"name": site.author or site.title}],
        "language": feed.language or site.language,
        "hubs": [{"type": "WebSub", "url": hub} for hub in site.hubs] if "hub" in hrefs else None,
        "_tidings": _present({"id": common.feed_id(feed, site), "archive": feed.archive, "deleted": deleted or None}),
    }
    return Envelope(_bytes(_present(document)).removesuffix(b"}"), b',"items":[', b"]}")


def date(updated: dt.datetime) -> bytes:
    """Return nothing: JSON Feed has no date of the feed."""
    return b""


def fragment(entry: Entry, site: Site, term: Term | None, sections: tuple[Term, ...]) -> bytes:
    """Return one item. Without a summary the title is the content, because every item must have a content."""
    text = common.with_credit(entry.summary or entry.title, entry, site)
    extension = {
        "date_precision": entry.precision,
        "credit": common.credit(entry),
        "sections": [section.title for section in sections] or None,
        "source": entry.source_feed
        and _present(
            {
                "title": entry.source_feed.title,
                "id": entry.source_feed.id,
                "url": common.address(entry.source_feed),
            }
        ),
    }
    item = {
        "id": entry.iri,
        "url": common.permalink(entry, site),
        "title": entry.title,
        "content_html": common.markup(text) if "\n\n" in text else None,
        "content_text": text,
        "summary": entry.summary,
        "date_published": entry.published and entry.published.isoformat(),
        "date_modified": entry.updated.isoformat(),
        "tags": term and [term.title],
        "_tidings": _present(extension) or None,
    }
    return _bytes(_present(item))


def _present(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _bytes(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
