"""One resource and one request → the answer. The only place that decides a status or sets a caching header.

A resource is complete before anybody asks for it: in every content coding the bytes and the header lists of
200 and of 304. A request only chooses: `evaluate` is RFC 9110 §13.2.2.

Traps: a strong tag differs per coding (§8.8.3.3), so a 304 carries the tag of the coding that this request
would get, whichever coding's tag the reader sent. `s-maxage` and `must-revalidate` would forbid the stale
answers that `stale-if-error` allows (RFC 9111 §4.2.4). `Expires: 0` makes readers throw validators away.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from email.utils import format_datetime
from http import HTTPStatus
from typing import NamedTuple

from feeds.model import Representation
from feeds.store import Delta
from service.web.content_coding import IDENTITY, compress, select
from service.web.request_headers import RequestHeaders, etags, http_date, opaque, takes_deltas

_log = logging.getLogger(__name__)

HeaderField = tuple[str, str]
HeaderFields = tuple[HeaderField, ...]

METHODS = "GET, HEAD, OPTIONS"
NO_STORE = "no-store"
STALE_IF_ERROR = 604_800
RETRY_AFTER = 30

# How long what is no document stays fresh: all of these may be kept by a cache that is told nothing.
_FRESHNESS = {
    HTTPStatus.MOVED_PERMANENTLY: "max-age=86400",
    HTTPStatus.NOT_FOUND: "max-age=60",
    HTTPStatus.METHOD_NOT_ALLOWED: "max-age=86400",
    HTTPStatus.GONE: "max-age=86400",
}

_VARY = ("Vary", "Accept-Encoding")
_NOSNIFF = ("X-Content-Type-Options", "nosniff")
_REFERRER = ("Referrer-Policy", "no-referrer")
_CORS = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", "ETag, Last-Modified, Link, Retry-After"),
)
_PREFLIGHT = (
    ("Access-Control-Allow-Methods", METHODS),
    ("Access-Control-Allow-Headers", "A-IM, Cache-Control, If-Modified-Since, If-None-Match"),
    ("Access-Control-Max-Age", "86400"),
)
_DOCUMENT = (
    ("Content-Security-Policy", "default-src 'none'; style-src 'self'; frame-ancestors 'none'"),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
    _NOSNIFF,
    _REFERRER,
)
_PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_PAGE = (("Content-Security-Policy", _PAGE_POLICY), _NOSNIFF, _REFERRER)


class PreparedResponse(NamedTuple):
    """What goes to the server: the arguments of `start_response`, and the body. Shared: not to be changed."""

    status: str
    headers: list[HeaderField]
    body: list[bytes]


@dataclass(frozen=True, slots=True)
class Resource:
    """What one address holds: per coding an answer for who has nothing and one for who has this version.

    `tags` are the field values by which a well-behaved reader names this version; `changed` is the value
    of `Last-Modified`. `bases` are the etags of older versions that a delta leads from; `delta` finds it, or
    does not: it may have been replaced meanwhile.
    """

    etag: str
    last_modified: dt.datetime | None
    ok: Mapping[str, PreparedResponse]
    not_modified: Mapping[str, PreparedResponse]
    tags: frozenset[str]
    changed: str | None
    bases: frozenset[str] = frozenset()
    delta: Callable[[str], Delta | None] = lambda base: None


class _Content(NamedTuple):
    """The bytes of a resource by coding, and what tells this version from others."""

    media_type: str
    bodies: Mapping[str, bytes]
    etag: str
    last_modified: dt.datetime | None = None


class Base(NamedTuple):
    """An older version by the tag that the reader sent, and what leads from it to this one."""

    tag: str
    delta: Delta


class Decision(NamedTuple):
    """A status and the coding of the representation that it speaks of; for 226 from which version."""

    status: HTTPStatus
    coding: str
    base: Base | None = None


def evaluate(resource: Resource, method: str, conditions: RequestHeaders) -> Decision:
    """Decide, in the order of RFC 9110 §13.2.2; last comes 226 for who names an older version (RFC 3229)."""
    if method not in ("GET", "HEAD"):
        return Decision(HTTPStatus.METHOD_NOT_ALLOWED, IDENTITY)
    coding = select(conditions.accept_encoding, resource.ok)
    if _forbidden(resource, coding, conditions):
        return Decision(HTTPStatus.PRECONDITION_FAILED, coding)
    if _fresh(resource, conditions):
        return Decision(HTTPStatus.NOT_MODIFIED, coding)
    if base := _base(resource, conditions):
        held = {IDENTITY: base.delta.body, **base.delta.codings}
        return Decision(HTTPStatus.IM_USED, select(conditions.accept_encoding, held), base)
    return Decision(HTTPStatus.OK, coding)


def answer(resource: Resource, method: str, conditions: RequestHeaders) -> PreparedResponse:
    """Evaluate, and pick the finished answer."""
    verdict = evaluate(resource, method, conditions)
    if verdict.base is not None:
        return _im_used(resource, verdict.coding, verdict.base)
    if verdict.status == HTTPStatus.OK:
        return resource.ok[verdict.coding]
    if verdict.status == HTTPStatus.NOT_MODIFIED:
        return resource.not_modified[verdict.coding]
    return error_response(verdict.status)


def _forbidden(resource: Resource, coding: str, conditions: RequestHeaders) -> bool:
    """Whether If-Match or, in its absence, If-Unmodified-Since fails."""
    if conditions.if_match is not None:
        wanted = etags(conditions.if_match)
        return not (wanted.star_tag or wanted.is_strong(_tag(resource.etag, coding)))
    limit = http_date(conditions.if_unmodified_since)
    return limit is not None and resource.last_modified is not None and resource.last_modified > limit


def _fresh(resource: Resource, conditions: RequestHeaders) -> bool:
    """Whether the reader has this version. If-Modified-Since is ignored if there is If-None-Match."""
    if conditions.if_none_match is not None:
        return conditions.if_none_match in resource.tags or _named(resource, conditions.if_none_match)
    since = http_date(conditions.if_modified_since)
    return since is not None and resource.last_modified is not None and resource.last_modified <= since


def _named(resource: Resource, if_none_match: str) -> bool:
    """Whether one of the tags is ours, by weak comparison, in any coding, also as proxies mangle it."""
    tags = etags(if_none_match)
    return tags.star_tag or any(opaque(tag) == resource.etag for tag in tags.as_set(include_weak=True))


def _base(resource: Resource, conditions: RequestHeaders) -> Base | None:
    """Return the older version that the reader has, if it accepts a delta from it."""
    if not resource.bases or conditions.if_none_match is None or not takes_deltas(conditions.a_im):
        return None
    for tag in sorted(etags(conditions.if_none_match).as_set(include_weak=True)):
        if opaque(tag) in resource.bases and (delta := resource.delta(opaque(tag))):
            return Base(tag.removeprefix("W/"), delta)
    return None


def _tag(etag: str, coding: str) -> str:
    return etag if coding == IDENTITY else f"{etag}-{coding}"


def _content_type(media_type: str) -> str:
    """Add a charset to text types; JSON has none (RFC 8259 §11)."""
    textual = media_type.startswith("text/") or media_type.endswith("xml")
    return f"{media_type}; charset=utf-8" if textual and "charset=" not in media_type else media_type


def document(
    representation: Representation,
    *,
    bases: frozenset[str] = frozenset(),
    delta: Callable[[str], Delta | None] = lambda base: None,
) -> Resource:
    """Return the resource of a published document."""
    age = representation.max_age
    cache = f"max-age={age}, stale-while-revalidate={age}, stale-if-error={STALE_IF_ERROR}"
    content = _Content(
        representation.media_type,
        {IDENTITY: representation.body, **representation.codings},
        representation.etag,
        representation.last_modified,
    )
    links = (("Link", representation.links),) if representation.links else ()
    resource = _resource(content, (("Cache-Control", cache), *_CORS), (*links, *_DOCUMENT))
    return replace(resource, bases=bases, delta=delta)


def _im_used(resource: Resource, coding: str, base: Base) -> PreparedResponse:
    """Return a 226 with what is new. No cache may store it: it would be taken for the whole (RFC 9111 §3)."""
    body = base.delta.codings.get(coding, base.delta.body)
    own = {
        "Content-Length": str(len(body)),
        "ETag": f'"{_tag(resource.etag, coding)}"',
        "Cache-Control": NO_STORE,
        "Vary": "Accept-Encoding, A-IM, If-None-Match",
        "IM": "feed",
        "Delta-Base": f'"{base.tag}"',
    }
    if coding != IDENTITY:
        own["Content-Encoding"] = coding
    whole = [field for field in resource.ok[IDENTITY].headers if field[0] not in own]
    return PreparedResponse("226 IM Used", [*whole, *own.items()], [body])


def page(body: bytes, *, media_type: str = "text/html", max_age: int | None = None) -> Resource:
    """Return the resource of an HTML page or a static file; without `max_age` it is revalidated each time.

    It has no Last-Modified: it changes with the program too, and a date could not say so.
    """
    cache = "no-cache" if max_age is None else f"max-age={max_age}, stale-if-error={STALE_IF_ERROR}"
    etag = hashlib.blake2b(body, digest_size=16).hexdigest()
    content = _Content(media_type, {IDENTITY: body, **compress(body)}, etag)
    return _resource(content, (("Cache-Control", cache),), _PAGE)


def _resource(content: _Content, kept: HeaderFields, sent: HeaderFields) -> Resource:
    """Build the responses; `kept` fields go on 200 and 304, `sent` on 200 only."""
    changed = format_datetime(content.last_modified, usegmt=True) if content.last_modified else None
    kept = (*((("Last-Modified", changed),) if changed else ()), _VARY, *kept)
    ok, not_modified, tags = {}, {}, set()
    for coding, body in content.bodies.items():
        tag = f'"{_tag(content.etag, coding)}"'
        about = [("Content-Type", _content_type(content.media_type)), ("Content-Length", str(len(body)))]
        if coding != IDENTITY:
            about.append(("Content-Encoding", coding))
        ok[coding] = PreparedResponse("200 OK", [*about, ("ETag", tag), *kept, *sent], [body])
        not_modified[coding] = PreparedResponse("304 Not Modified", [("ETag", tag), *kept], [])
        tags |= {tag, f"W/{tag}"}
    return Resource(content.etag, content.last_modified, ok, not_modified, frozenset(tags), changed)


def error_response(status: HTTPStatus, text: str | None = None, *, location: str | None = None) -> PreparedResponse:
    """Return a response without a document: one line of plain text, with its caching."""
    body = f"{text or status.phrase}\n".encode()
    extra: list[HeaderField] = []
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        extra.append(("Allow", METHODS))
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        extra.append(("Retry-After", str(RETRY_AFTER)))
    if location:
        extra.append(("Location", location))
    headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", _FRESHNESS.get(status, NO_STORE)),
        _VARY,
        *extra,
        *_CORS,
        *_DOCUMENT,
    ]
    return PreparedResponse(f"{status.value} {status.phrase}", headers, [body])


def internal_error(path: str, error: Exception) -> PreparedResponse:
    """Log an unexpected exception as one event, and return the response 500."""
    _log.error("internal_error", extra={"path": path}, exc_info=error)
    return error_response(HTTPStatus.INTERNAL_SERVER_ERROR)


def uncached(body: bytes, media_type: str, *, status: HTTPStatus = HTTPStatus.OK) -> PreparedResponse:
    """Return a response that no cache may store, without validators."""
    headers = [
        ("Content-Type", _content_type(media_type)),
        ("Content-Length", str(len(body))),
        ("Cache-Control", NO_STORE),
        _NOSNIFF,
    ]
    return PreparedResponse(f"{status.value} {status.phrase}", headers, [body])


def options(*, preflight: bool) -> PreparedResponse:
    """Return the response to OPTIONS; a preflight asks whether a page of another site may send conditions."""
    headers = [("Allow", METHODS), _VARY, *_CORS]
    return PreparedResponse("204 No Content", [*headers, *_PREFLIGHT] if preflight else headers, [])
