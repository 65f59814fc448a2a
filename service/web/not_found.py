"""Responses for paths without a resource: 301, 404, 410 or 503."""

from __future__ import annotations

import re
from collections.abc import Collection
from difflib import get_close_matches
from http import HTTPStatus

from feeds.publish.formats import FORMATS
from feeds.unicode.normalise import SLUG_LENGTH
from service.web.conditional import PreparedResponse, error_response
from service.web.snapshot import Snapshot

# Our paths are in lower case and have no slash at the end.
_FEED = re.compile(rf"/feeds/(?P<slug>[^/.]+)(?P<rest>|(?P<page>/archive/[1-9][0-9]*)?\.(?:{'|'.join(FORMATS)}))")
_ENTRY = re.compile(r"/entries/[0-9a-f-]{36}")


def not_found(path: str, snapshot: Snapshot, fixed: Collection[str], base_url: str) -> PreparedResponse:
    """Return the response for a path without a document or page; `fixed` are the paths that always have one."""
    plain = path.rstrip("/").lower()
    place = _FEED.fullmatch(plain)
    if place is None:
        if plain != path and (plain in fixed or _ENTRY.fullmatch(plain)):
            return error_response(HTTPStatus.MOVED_PERMANENTLY, location=base_url + plain)
        return unpublished() if path in fixed else error_response(HTTPStatus.NOT_FOUND)
    slug = _current(place["slug"], snapshot)
    feed = snapshot.feeds.get(slug)
    if feed is None:
        return _unknown(slug, snapshot)
    if feed.retired:
        return error_response(HTTPStatus.GONE, "This feed has ended.")
    address = f"/feeds/{slug}{place['rest']}"
    if address != path:
        return error_response(HTTPStatus.MOVED_PERMANENTLY, location=base_url + address)
    if place["page"]:
        return error_response(HTTPStatus.NOT_FOUND, "This feed has no such archive page.")
    return unpublished()


def unpublished() -> PreparedResponse:
    """Return 503 for the time before the first publication: readers would accept an empty feed."""
    return error_response(HTTPStatus.SERVICE_UNAVAILABLE, "Nothing is published here yet. Please try again shortly.")


def _current(slug: str, snapshot: Snapshot) -> str:
    """Return the current slug of a renamed feed. Renaming back and forth makes a ring, which must end."""
    passed: set[str] = set()
    while slug not in passed and (feed := snapshot.feeds.get(slug)) and feed.moved:
        passed.add(slug)
        slug = feed.moved
    return slug


def _unknown(slug: str, snapshot: Snapshot) -> PreparedResponse:
    if not snapshot.feeds:
        return unpublished()
    live = [feed.slug for feed in snapshot.feeds.values() if not feed.retired and not feed.moved]
    near = get_close_matches(slug, live, n=1, cutoff=0.75) if len(slug) <= SLUG_LENGTH else []
    return error_response(HTTPStatus.NOT_FOUND, f"There is no such feed; is it {near[0]}?" if near else None)
