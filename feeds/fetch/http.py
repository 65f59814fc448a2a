"""One document over HTTP: a conditional GET with its redirects, to addresses that the configuration allows.

Every redirect is checked like the first address. Cookies, and proxies named in the environment, are not used,
and certificates are always verified.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from urllib.parse import quote, urljoin

from feeds.errors import FetchError
from feeds.fetch import connection, headers, network_guard, robots
from feeds.fetch.connection import Deadline
from feeds.fetch.headers import Headers
from feeds.fetch.http1 import Response, exchange
from feeds.fetch.network_guard import Lookup, NetworkGuard, Target
from feeds.fetch.rate_limit import HostRateLimiter
from feeds.model import Document, Validators

MAX_REDIRECTS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT_REDIRECTS = frozenset({301, 308})
ACCEPT = "text/html, application/xhtml+xml, text/plain;q=0.9, */*;q=0.5"

_REASONS = {404: "missing", 410: "gone", 429: "retry_later"}
_UNESCAPED = "".join(map(chr, range(0x21, 0x7F))).replace("\\", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to request a document: the limits of its source, and what all sources of a process share.

    `agent` starts with the name that robots.txt may address. `allow_private` opens private addresses of
    the url's own host and port only. `ca_file` replaces the system's certificate authorities. Without
    `robots_cache` robots.txt is not read, without `rate_limiter` requests do not wait. `moved` is called with
    an address that has moved permanently, and where to, so that a person can change the configuration.
    """

    agent: str
    monotonic: Callable[[], float]
    timeout: float = 30.0
    max_bytes: int = 10 << 20
    allow_private: bool = False
    ca_file: str | None = None
    resolve: Lookup = network_guard.resolve
    robots_cache: robots.RobotsCache | None = None
    rate_limiter: HostRateLimiter | None = None
    moved: Callable[[Target, Target], None] | None = None


@dataclass(frozen=True, slots=True)
class Unmodified:
    """The origin answered that the document has not changed. `validators` are for the next request."""

    validators: Validators
    freshness_lifetime: int | None = None


def conditional_get(url: str, validators: Validators, *, options: Options) -> Document | Unmodified:
    """Return the document at `url`, or Unmodified if `validators` still hold (RFC 9110 §13).

    The document's name is `url`; its base is the address that redirects ended at. Raises FetchError.
    """
    start = network_guard.locate(url)
    if options.rate_limiter is not None:
        options.rate_limiter.wait(start.host)
    request = _Request(
        NetworkGuard(start, options.allow_private), Deadline(options.monotonic, options.timeout), options
    )
    target, response, permanent = request.follow(start, _conditional(validators))
    if permanent.url != start.url and response.status in (200, 304) and options.moved is not None:
        options.moved(start, permanent)
    freshness_lifetime = headers.freshness_lifetime(response.fields)
    received = headers.validators(response.fields)
    if response.status == 200:
        media_type, charset = headers.media_type(response.fields)
        document = Document(url, response.body, charset=charset, base=target.url, validators=received)
        document = replace(document, freshness_lifetime=freshness_lifetime)
        return document if media_type is None else replace(document, media_type=media_type)
    if response.status == 304 and validators != Validators():
        current = Validators(received.etag or validators.etag, received.last_modified or validators.last_modified)
        return Unmodified(current, freshness_lifetime)
    raise request.refused(target, response)


def _conditional(validators: Validators) -> dict[str, str]:
    fields = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
    return {name: value for name, value in fields.items() if value is not None}


@dataclass(frozen=True, slots=True)
class _Request:
    """One request with its redirects, all within one deadline."""

    guard: NetworkGuard
    deadline: Deadline
    options: Options

    def follow(self, target: Target, fields: Headers, *, check_robots: bool = True) -> tuple[Target, Response, Target]:
        """Request the target and follow its redirects.

        Return the last target, its response, and the last target that only permanent redirects led to.
        """
        seen, permanent, all_permanent = {target.url}, target, True
        for _ in range(MAX_REDIRECTS + 1):
            try:
                if check_robots:
                    self._check_robots(target)
                response = self._send(target, fields)
                if response.status not in REDIRECTS:
                    return target, response, permanent
                target = _redirected(target, response)
                all_permanent = all_permanent and response.status in PERMANENT_REDIRECTS
                permanent = target if all_permanent else permanent
            except FetchError as error:
                raise FetchError(error.reason, f"{target.shown}: {error}", error.retry_after) from error
            if target.url in seen:
                raise FetchError("redirects", f"{target.shown}: redirects lead back here")
            seen.add(target.url)
        raise FetchError(
            "redirects", f"{target.shown}: is redirect number {MAX_REDIRECTS + 1}; {MAX_REDIRECTS} are followed"
        )

    def refused(self, target: Target, response: Response) -> FetchError:
        """Return the error for a response without a document; stop requests to its host if it asks for that."""
        seconds = headers.retry_after(response.fields)
        reason = _REASONS.get(response.status, "status")
        if seconds is not None and response.status in (429, 503):
            reason = "retry_later"
            if self.options.rate_limiter is not None:
                self.options.rate_limiter.block(target.host, seconds)
        description = f"{response.status} {_phrase(response.status)}".strip()
        if response.status == 304:
            description += " to a request without validators"
        if "cf-mitigated" in response.fields:
            description += " and a challenge that only a browser passes"
        return FetchError(reason, f"{target.shown}: the answer is {description}", seconds)

    def _send(self, target: Target, fields: Headers) -> Response:
        options, deadline = self.options, self.deadline
        lookup = functools.partial(connection.lookup, resolve=options.resolve, deadline=deadline)
        allowed = self.guard.allow(target, lookup)
        sent = {
            "Host": target.authority,
            "User-Agent": options.agent,
            "Accept": ACCEPT,
            "Accept-Encoding": "gzip",
            "Connection": "close",
            **fields,
        }
        with connection.dial(target, allowed, deadline=deadline, ca_file=options.ca_file) as sock:
            return exchange(sock, target, sent, deadline=deadline, max_bytes=options.max_bytes)

    def _check_robots(self, target: Target) -> None:
        """Refuse what the origin's robots.txt disallows; if it cannot be read, all (RFC 9309 §2.3.1.4)."""
        cache = self.options.robots_cache
        if cache is None:
            return
        rules = cache.get(target.origin)
        if rules is None:
            rules = self._rules(replace(target, path="/robots.txt"))
            cache.put(target.origin, rules)
        if not rules.allows(target.path):
            raise FetchError("robots", "its robots.txt does not allow this address to be read")

    def _rules(self, target: Target) -> robots.RobotsRules:
        try:
            last, response, _ = self.follow(target, {}, check_robots=False)
        except FetchError as error:
            if error.reason == "redirects":
                return robots.ALLOW_ALL
            raise
        if response.status == 200:
            return robots.parse(response.body, self.options.agent)
        if 400 <= response.status < 500 and response.status != 429:
            return robots.ALLOW_ALL
        raise self.refused(last, response)


def _redirected(target: Target, response: Response) -> Target:
    # Python reads a field as Latin-1, while origins that do not escape write UTF-8.
    location = response.fields.get("Location", "").strip()
    try:
        escaped = quote(location.encode("latin-1"), safe=_UNESCAPED)
        following = urljoin(target.url, escaped)
    except ValueError:
        location = ""
    if not location:
        raise FetchError("redirects", f"its answer {response.status} does not say where to")
    redirected = network_guard.locate(following)
    if target.scheme == "https" and redirected.scheme == "http":
        raise FetchError("redirects", f"its redirect to {redirected.shown} gives up https")
    return redirected


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
