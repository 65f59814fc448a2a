"""Read a document into a Listing: headings and items with every field as written.

`parse` chooses the parser: the source's own, or one for the media type and the first bytes. `text/`, `html/`
and `feed/` are three independent parsers. They share `limits` (size, length of fields), `nesting/` (depth), `lexicon/`
(names of fields in many languages), `language_detection`, `urls` and `line_numbers`. A line in `PARSERS` adds
a parser; its key is the name in the configuration.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from feeds.config import Source
from feeds.errors import ParseError
from feeds.model import Document, Listing
from feeds.parsers.feed.detection import is_feed
from feeds.parsers.feed.parser import read_feed
from feeds.parsers.html.by_selectors import read_html
from feeds.parsers.html.parser import read_auto
from feeds.parsers.limits import check_markup, check_page, check_text, trim
from feeds.parsers.text.parser import read_text
from feeds.unicode.decoding import decode

Parser = Callable[[Document, Source], Listing]

PARSERS: dict[str, Parser] = {
    "text": read_text,
    "auto": read_auto,
    "html": read_html,
    "feed": read_feed,
}

_CHECKS = {"text": check_text, "feed": check_markup}
_FEEDS = {"application/atom+xml", "application/rss+xml", "application/rdf+xml", "application/feed+json"}
_MARKUP = {"text/html", "application/xhtml+xml"}
_START = 1024

__all__ = ["PARSERS", "Parser", "decode", "parse"]


def parse(document: Document, source: Source) -> Listing:
    """Return the listing of a document, read by the source's parser or by the one for the document.

    Raises ParseError if the document cannot be read or is over a limit.
    """
    by_selectors = "html" if source.select is not None else None
    name = source.parser or by_selectors or parser_name(document)
    _CHECKS.get(name, check_page)(document)
    listing = PARSERS[name](with_base(document, source), source)
    if len(listing.items) > source.limits.max_items:
        limit = f"{len(listing.items)} items are over the limit of {source.limits.max_items}"
        raise ParseError("too_large", f"{document.name}: {limit}")
    return trim(listing)


def with_base(document: Document, source: Source) -> Document:
    """Return a file with the source's `base` as its address; ids of feeds are made without it."""
    if source.base is None or document.base is not None or is_feed(document):
        return document
    return replace(document, base=source.base)


def parser_name(document: Document) -> str:
    """Return the name of the parser for a document, by its media type and its first bytes."""
    if document.media_type in _FEEDS or is_feed(document):
        return "feed"
    if document.media_type in _MARKUP:
        return "auto"
    start = document.body[:_START].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return "auto" if start.startswith((b"<!doctype html", b"<html")) else "text"
