"""Recognise feeds, also after an error message of the server, and say what a document is that is not one."""

from __future__ import annotations

import re

from feeds.errors import ParseError
from feeds.model import Document
from feeds.parsers.feed.json import VERSION

_START = 4096
_FEED = re.compile(
    r"\s*(?:<\?[^>]*>\s*|<!--.*?-->\s*|<!doctype[^\[>]*(?:\[.*?\]\s*)?>\s*)*+"
    r"<(?:[\w.-]+:)?(?:rss|feed|rdf)[\s>/]",
    re.I | re.S,
)
# A feed after other text, such as a warning of PHP: only with what no article about feeds begins with.
_DECLARED = re.compile(
    r"<\?xml\s[^>]{0,200}\?>\s*(?:<\?[^>]*>\s*|<!--.*?-->\s*)*+<(?:[\w.-]+:)?(?:rss|feed|rdf)[\s>/]"
    r"|<rss\s[^<>]{0,1000}version\s*=|<(?:\w+:)?(?:feed|rdf)\s[^<>]{0,1000}xmlns",
    re.I | re.S,
)
_ROOT = re.compile(r"<(?:[\w.-]+:)?(?:rss|feed|rdf)[\s>/]", re.I)
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body)[\s>]", re.I)
# Text with these is a page or a document type, not a message before a feed.
_NO_MESSAGE = re.compile(rf"{_HTML.pattern}|<!doctype|<!entity|<!\[CDATA\[", re.I)
_PASSWORD = re.compile(r"<input\b[^>]*\btype\s*=\s*[\"']?password\b", re.I)
_LINK = re.compile(r"<link\b[^>]*>", re.I)
_FEED_TYPE = re.compile(r"\btype\s*=\s*[\"']?application/(?:atom\+xml|rss\+xml|feed\+json)\b", re.I)
_HREF = re.compile(r"\bhref\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.I)


def is_feed(document: Document) -> bool:
    """Whether a document begins as a feed does; many are served as HTML, text, XML or JSON."""
    start = document.body[:_START].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if start.startswith(b"{"):
        escaped = VERSION.replace("/", r"\/").encode()
        return VERSION.encode() in document.body or escaped in document.body
    text = start.decode("latin-1")
    return _FEED.match(text) is not None or start_of_feed(text) > 0


def start_of_feed(text: str) -> int:
    """Return where a feed begins that follows other text within the first 4096 characters, else 0."""
    text = text[:_START]
    match = None if _FEED.match(text.lstrip("\ufeff")) else _DECLARED.search(text)
    return 0 if match is None or _NO_MESSAGE.search(text, 0, match.start()) else match.start()


def check_is_xml_feed(text: str, name: str) -> None:
    """Raise ParseError not_feed, with what to do, for an HTML page or plain text."""
    if _HTML.match(text.lstrip()) or (_ROOT.search(text) is None and _HTML.search(text[:_START])):
        raise ParseError("not_feed", f"{name} is {_page(text)}")
    if not text.lstrip().startswith("<") and _ROOT.search(text) is None:
        message = 'is plain text, not a feed: set parser = "text" to read it as text, or give the address of a feed'
        raise ParseError("not_feed", f"{name} {message}")


def _page(text: str) -> str:
    """Say what an HTML page is, and where a feed may be."""
    for link in _LINK.finditer(text):
        if _FEED_TYPE.search(link[0]) and (href := _HREF.search(link[0])):
            address = next(filter(None, href.groups()), "").partition("?")[0]
            return f"an HTML page, not a feed; it names the feed {address}: read that address instead"
    if _PASSWORD.search(text):
        return "a login page, not a feed: give the address of a feed that can be read without a password"
    return 'an HTML page, not a feed: set parser = "auto" to read it as a page, or give the address of a feed'
