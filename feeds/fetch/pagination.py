"""The pages of an origin that one address leads to: itself, and those that a link to the next one names.

A page is not to be trusted with where to go: a next page on another site is not asked for, and private
addresses stay open on the configured host alone. A page that is as it was says that those behind it are too,
so that an unchanged listing costs one request however many pages it has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import urldefrag

from selectolax.lexbor import LexborHTMLParser

from feeds.config import Source
from feeds.errors import FetchError, SourceError
from feeds.fetch import http, network_guard
from feeds.model import Document, Validators
from feeds.parsers.html.dom_builder import base_of
from feeds.parsers.nesting import check_nesting
from feeds.parsers.urls import absolute
from feeds.unicode.decoding import decode

PageResponse = Document | http.Unmodified | FetchError


def follow(
    source: Source, url: str, remembered: Mapping[str, Validators], options: http.Options
) -> Iterator[tuple[str, PageResponse]]:
    """Each page that `url` leads to by its address, until one has no next, or cannot be had."""
    start = network_guard.locate(url).origin
    sites, asked, last = {start}, set[str](), source.pages if source.next else 1
    following: str | None = url
    while following is not None and following not in asked and len(asked) < last:
        asked.add(following)
        try:
            here = network_guard.locate(following).origin
            if here not in sites:
                raise FetchError("ssrf_blocked", f"{following}: a next page on another site is not followed")
            own = replace(options, allow_private=options.allow_private and here == start)
            answer = http.get(following, remembered.get(following, Validators()), options=own)
        except FetchError as error:
            yield following, error
            return
        yield following, answer
        if not isinstance(answer, Document) or source.next is None:
            return
        sites.add(network_guard.locate(answer.base or following).origin)
        following = next_page(answer, source.next)


def next_page(document: Document, selector: str) -> str | None:
    """Where a page says that the next one is. One that cannot be read has none; its parser says why."""
    try:
        html, _ = decode(document)
        check_nesting(html, document.name)
    except SourceError:
        return None
    parser = LexborHTMLParser(html)
    node = parser.css_first(selector)
    href = None if node is None else node.attributes.get("href")
    if not href:
        return None
    return urldefrag(absolute(base_of(parser, document.base or document.name), href) or "").url or None
