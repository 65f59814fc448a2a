"""OPML 2.0: the list of all feeds, to import into a reader."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

from feeds.model import Feed, Site
from feeds.publish.formats import common
from feeds.publish.formats.atom import NAME

PATH = "feeds.opml"
MEDIA_TYPE = "text/x-opml"


def render(feeds: Sequence[Feed], site: Site) -> bytes:
    """Return the list. Each feed is listed in one format only, or an import would subscribe to it three times.

    `dateModified` is when the newest feed was added, not when a feed got an entry. The attribute `version` is left
    out because OPML has no value for Atom.
    """
    modified = max(feed.updated for feed in feeds)
    outlines = "\n".join(_outline(feed, site) for feed in feeds)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0">
<head>
<title>{escape(site.title)}</title>
<dateModified>{format_datetime(modified)}</dateModified>
</head>
<body>
{outlines}
</body>
</opml>
""".encode()


def _outline(feed: Feed, site: Site) -> str:
    attributes = {
        "type": "rss",
        "text": common.heading(feed, site),
        "title": common.heading(feed, site),
        "xmlUrl": f"{site.base_url}/{common.path(feed.slug, NAME)}",
        "htmlUrl": common.page(feed, site),
    }
    return "<outline " + " ".join(f"{name}={quoteattr(value)}" for name, value in attributes.items()) + "/>"
