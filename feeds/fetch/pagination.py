"""Pages of one listing: the configured address, and those that a link to the next page leads to.

A page is not trusted: a next page on another site is not requested, and private addresses are allowed on the
configured host only. If a page has not changed, those after it are taken to be unchanged, so that an unchanged
listing costs one request however many pages it has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import urldefrag

from feeds.config import Source
from feeds.errors import FetchError, SourceError
from feeds.fetch import http, network_guard
from feeds.model import Document, Validators
from feeds.parsers.html.dom_builder import base_of
from feeds.parsers.nesting.parsing import parse_html
from feeds.parsers.urls import absolute
from feeds.unicode.decoding import decode

PageResponse = Document | http.Unmodified | FetchError


def follow(
    source: Source, url: str, validators: Mapping[str, Validators], options: http.Options
) -> Iterator[tuple[str, PageResponse]]:
    """Yield each page that `url` leads to, with its address, until one has no next page or cannot be fetched."""
    start = network_guard.locate(url).origin
    sites, visited, limit = {start}, set[str](), source.pages if source.next else 1
    following: str | None = url
    while following is not None and following not in visited and len(visited) < limit:
        visited.add(following)
        try:
            origin = network_guard.locate(following).origin
            if origin not in sites:
                raise FetchError("ssrf_blocked", f"{following}: a next page on another site is not followed")
            own = replace(options, allow_private=options.allow_private and origin == start)
            response = http.conditional_get(following, validators.get(following, Validators()), options=own)
        except FetchError as error:
            yield following, error
            return
        yield following, response
        if not isinstance(response, Document) or source.next is None:
            return
        sites.add(network_guard.locate(response.base or following).origin)
        following = next_page(response, source.next)


def next_page(document: Document, selector: str) -> str | None:
    """Return the address of the next page. A page that cannot be read has none; its parser reports why."""
    try:
        html, _ = decode(document)
        parser = parse_html(html, document.name)
    except SourceError:
        return None
    node = parser.css_first(selector)
    href = None if node is None else node.attributes.get("href")
    if not href:
        return None
    return urldefrag(absolute(base_of(parser, document.base or document.name), href) or "").url or None
