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
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from typing import NamedTuple

from werkzeug.http import parse_etags

from feeds.model import Representation
from service.codings import IDENTITY, compress, select

Field = tuple[str, str]
Fields = tuple[Field, ...]

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

# No reader's field is longer. Parsing is linear, but a request may carry 400 kB of it.
_LONGEST = 8_192
# What servers in between append to the tag of a body that they have compressed themselves.
_MANGLED = re.compile(r"(?:--?(?:gzip|br|deflate|zstd))+$")
_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_CLOCK = "[0-9]{2}:[0-9]{2}:[0-9]{2}"
_HTTP_DATE = re.compile(
    rf"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{{2}} {_MONTH} [0-9]{{4}} {_CLOCK} GMT"
    rf"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, [0-9]{{2}}-{_MONTH}-[0-9]{{2}} {_CLOCK} GMT"
    rf"|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) {_MONTH} [ 0-9][0-9] {_CLOCK} [0-9]{{4}}"
)

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
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_PAGE = (("Content-Security-Policy", _PAGE_POLICY), _NOSNIFF, _REFERRER)


class Answer(NamedTuple):
    """What goes to the server: the arguments of `start_response`, and the body. Shared: not to be changed."""

    status: str
    headers: list[Field]
    body: list[bytes]


@dataclass(frozen=True, slots=True)
class Conditions:
    """The fields of a request that decide its answer; None where a field was not sent."""

    accept_encoding: str | None = None
    if_none_match: str | None = None
    if_modified_since: str | None = None
    if_match: str | None = None
    if_unmodified_since: str | None = None

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Conditions:
        """Read them from a WSGI environment, where a server has joined repeated fields with commas."""
        return cls(
            accept_encoding=environ.get("HTTP_ACCEPT_ENCODING"),
            if_none_match=environ.get("HTTP_IF_NONE_MATCH"),
            if_modified_since=environ.get("HTTP_IF_MODIFIED_SINCE"),
            if_match=environ.get("HTTP_IF_MATCH"),
            if_unmodified_since=environ.get("HTTP_IF_UNMODIFIED_SINCE"),
        )


@dataclass(frozen=True, slots=True)
class Resource:
    """What one address holds: per coding an answer for who has nothing and one for who has this version.

    `tags` are the field values by which a well-behaved reader names this version; `changed` is the value
    of `Last-Modified`.
    """

    etag: str
    last_modified: dt.datetime | None
    ok: Mapping[str, Answer]
    not_modified: Mapping[str, Answer]
    tags: frozenset[str]
    changed: str | None


class _Content(NamedTuple):
    """The bytes of a resource by coding, and what tells this version from others."""

    media_type: str
    bodies: Mapping[str, bytes]
    etag: str
    last_modified: dt.datetime | None = None


class Verdict(NamedTuple):
    """A status and the coding of the representation that it speaks of."""

    status: HTTPStatus
    coding: str


def evaluate(resource: Resource, method: str, conditions: Conditions) -> Verdict:
    """Decide, in the order of RFC 9110 §13.2.2.

    A delta (RFC 3229) is one more verdict, 226, between the two last: the reader named an older version.
    """
    if method not in ("GET", "HEAD"):
        return Verdict(HTTPStatus.METHOD_NOT_ALLOWED, IDENTITY)
    coding = select(conditions.accept_encoding, resource.ok)
    if _forbidden(resource, coding, conditions):
        return Verdict(HTTPStatus.PRECONDITION_FAILED, coding)
    if _fresh(resource, conditions):
        return Verdict(HTTPStatus.NOT_MODIFIED, coding)
    return Verdict(HTTPStatus.OK, coding)


def answer(resource: Resource, method: str, conditions: Conditions) -> Answer:
    """Evaluate, and pick the finished answer."""
    verdict = evaluate(resource, method, conditions)
    if verdict.status == HTTPStatus.OK:
        return resource.ok[verdict.coding]
    if verdict.status == HTTPStatus.NOT_MODIFIED:
        return resource.not_modified[verdict.coding]
    return refuse(verdict.status)


def _forbidden(resource: Resource, coding: str, conditions: Conditions) -> bool:
    """Whether If-Match or, in its absence, If-Unmodified-Since fails."""
    if conditions.if_match is not None:
        wanted = parse_etags(conditions.if_match[:_LONGEST])
        return not (wanted.star_tag or wanted.is_strong(_tag(resource.etag, coding)))
    limit = http_date(conditions.if_unmodified_since)
    return limit is not None and resource.last_modified is not None and resource.last_modified > limit


def _fresh(resource: Resource, conditions: Conditions) -> bool:
    """Whether the reader has this version. If-None-Match silences If-Modified-Since, match or not."""
    if conditions.if_none_match is not None:
        return conditions.if_none_match in resource.tags or _named(resource, conditions.if_none_match)
    since = http_date(conditions.if_modified_since)
    return since is not None and resource.last_modified is not None and resource.last_modified <= since


def _named(resource: Resource, if_none_match: str) -> bool:
    """Whether one of the tags is ours, by weak comparison, in any coding, and as intermediaries mangle it."""
    if len(if_none_match) > _LONGEST:
        return False
    tags = parse_etags(if_none_match.replace("\\", ""))
    if tags.star_tag:
        return True
    return any(_opaque(tag) == resource.etag for tag in tags.as_set(include_weak=True))


def _opaque(tag: str) -> str:
    """A tag without the mark of a coding, and without a `W/` that a client has quoted with it."""
    return _MANGLED.sub("", tag.removeprefix("W/"))


def http_date(text: str | None) -> dt.datetime | None:
    """The instant of an HTTP-date in any of its three forms, or None for everything else (§13.1.3)."""
    if text is None or not _HTTP_DATE.fullmatch(text):
        return None
    try:
        return parsedate_to_datetime(text).replace(tzinfo=dt.UTC)
    except ValueError:
        return None


def _tag(etag: str, coding: str) -> str:
    return etag if coding == IDENTITY else f"{etag}-{coding}"


def _content_type(media_type: str) -> str:
    """JSON is UTF-8 by definition and has no charset parameter (RFC 8259 §11)."""
    textual = media_type.startswith("text/") or media_type.endswith("xml")
    return f"{media_type}; charset=utf-8" if textual and "charset=" not in media_type else media_type


def document(representation: Representation) -> Resource:
    """A published document, for readers, for caches and for the pages of partners."""
    age = representation.max_age
    cache = f"max-age={age}, stale-while-revalidate={age}, stale-if-error={STALE_IF_ERROR}"
    content = _Content(
        representation.media_type,
        {IDENTITY: representation.body, **representation.codings},
        representation.etag,
        representation.last_modified,
    )
    links = (("Link", representation.links),) if representation.links else ()
    return _resource(content, (("Cache-Control", cache), *_CORS), (*links, *_DOCUMENT))


def page(body: bytes, *, media_type: str = "text/html", max_age: int | None = None) -> Resource:
    """A page for people, or a file that it needs; without a `max_age` it is asked for anew each time.

    It has no Last-Modified: it changes with the program too, and a date could not say so.
    """
    cache = "no-cache" if max_age is None else f"max-age={max_age}, stale-if-error={STALE_IF_ERROR}"
    etag = hashlib.blake2b(body, digest_size=16).hexdigest()
    content = _Content(media_type, {IDENTITY: body, **compress(body)}, etag)
    return _resource(content, (("Cache-Control", cache),), _PAGE)


def _resource(content: _Content, kept: Fields, sent: Fields) -> Resource:
    """Build the answers; `kept` stands on 200 and 304, `sent` on 200 only."""
    changed = format_datetime(content.last_modified, usegmt=True) if content.last_modified else None
    kept = (*((("Last-Modified", changed),) if changed else ()), _VARY, *kept)
    ok, not_modified, tags = {}, {}, set()
    for coding, body in content.bodies.items():
        tag = f'"{_tag(content.etag, coding)}"'
        about = [("Content-Type", _content_type(content.media_type)), ("Content-Length", str(len(body)))]
        if coding != IDENTITY:
            about.append(("Content-Encoding", coding))
        ok[coding] = Answer("200 OK", [*about, ("ETag", tag), *kept, *sent], [body])
        not_modified[coding] = Answer("304 Not Modified", [("ETag", tag), *kept], [])
        tags |= {tag, f"W/{tag}"}
    return Resource(content.etag, content.last_modified, ok, not_modified, frozenset(tags), changed)


def refuse(status: HTTPStatus, text: str | None = None, *, location: str | None = None) -> Answer:
    """An answer that is no document: one line of plain text, and how long it holds."""
    body = f"{text or status.phrase}\n".encode()
    extra: list[Field] = []
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
    return Answer(f"{status.value} {status.phrase}", headers, [body])


def probe(body: bytes, media_type: str, *, status: HTTPStatus = HTTPStatus.OK) -> Answer:
    """What holds only for this moment: never stored, so without validators."""
    headers = [
        ("Content-Type", _content_type(media_type)),
        ("Content-Length", str(len(body))),
        ("Cache-Control", NO_STORE),
        _NOSNIFF,
    ]
    return Answer(f"{status.value} {status.phrase}", headers, [body])


def options(*, preflight: bool) -> Answer:
    """The answer to OPTIONS; in a preflight a browser asks whether a partner's page may send conditions."""
    headers = [("Allow", METHODS), _VARY, *_CORS]
    return Answer("204 No Content", [*headers, *_PREFLIGHT] if preflight else headers, [])
