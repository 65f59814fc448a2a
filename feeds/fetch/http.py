"""One document from its origin: a conditional GET that reaches only what the configuration lets it reach.

Every redirect is judged like the first address. Cookies and proxies of the environment do not exist here,
and a certificate is always checked.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from urllib.parse import quote, urljoin

from feeds.errors import FetchError
from feeds.fetch import connection, headers, network_guard, robots
from feeds.fetch.connection import Deadline, Response
from feeds.fetch.headers import Headers
from feeds.fetch.network_guard import Lookup, NetworkGuard, Target
from feeds.fetch.rate_limit import HostRateLimiter
from feeds.model import Document, Validators

HOPS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})
LASTING = frozenset({301, 308})
ACCEPT = "text/html, application/xhtml+xml, text/plain;q=0.9, */*;q=0.5"

_REASONS = {404: "missing", 410: "gone", 429: "retry_later"}
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F))).replace("\\", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to ask: what a source allows, and what the process lends to all of them.

    `agent` starts with the name that robots.txt may speak to. `allow_private` opens private addresses of
    the url's own host and port, and nothing else. `ca_file` replaces the system's certificate authorities.
    Without `robots` or `pace` nobody's wishes are asked for. `moved` is told of an address that has moved for
    good, and where to; it is for a person to put the new one into the configuration.
    """

    agent: str
    monotonic: Callable[[], float]
    timeout: float = 30.0
    max_bytes: int = 10 << 20
    allow_private: bool = False
    ca_file: str | None = None
    resolve: Lookup = network_guard.resolve
    robots: robots.RobotsCache | None = None
    pace: HostRateLimiter | None = None
    moved: Callable[[Target, Target], None] | None = None


@dataclass(frozen=True, slots=True)
class Unmodified:
    """The origin says that the document is what it was. `validators` are the ones to ask with next time."""

    validators: Validators
    fresh_for: int | None = None


def get(url: str, validators: Validators, *, options: Options) -> Document | Unmodified:
    """Ask the origin of `url` for the document, unless it is still what `validators` say.

    The document's name is `url`, its base where redirects ended.
    """
    start = network_guard.locate(url)
    if options.pace is not None:
        options.pace.wait(start.host)
    request = _Request(
        NetworkGuard(start, options.allow_private), Deadline(options.monotonic, options.timeout), options
    )
    target, response, lasting = request.follow(start, _conditional(validators))
    if lasting.url != start.url and response.status in (200, 304) and options.moved is not None:
        options.moved(start, lasting)
    fresh_for = headers.fresh_for(response.fields)
    given = headers.validators(response.fields)
    if response.status == 200:
        media_type, charset = headers.media_type(response.fields)
        document = Document(url, response.body, charset=charset, base=target.url, validators=given)
        document = replace(document, fresh_for=fresh_for)
        return document if media_type is None else replace(document, media_type=media_type)
    if response.status == 304 and validators != Validators():
        kept = Validators(given.etag or validators.etag, given.last_modified or validators.last_modified)
        return Unmodified(kept, fresh_for)
    raise request.refused(target, response)


def _conditional(validators: Validators) -> dict[str, str]:
    asked = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
    return {name: value for name, value in asked.items() if value is not None}


@dataclass(frozen=True, slots=True)
class _Request:
    """One request with its redirects, all within one deadline."""

    guard: NetworkGuard
    deadline: Deadline
    options: Options

    def follow(self, target: Target, asked: Headers, *, obey: bool = True) -> tuple[Target, Response, Target]:
        """Ask, and go where the answers point to; return the last target and what it answered.

        Behind them stands the target up to which every redirect was for good.
        """
        seen, lasting, lasts = {target.url}, target, True
        for _ in range(HOPS + 1):
            try:
                if obey:
                    self._obey(target)
                response = self._ask(target, asked)
                if response.status not in REDIRECTS:
                    return target, response, lasting
                target = _redirected(target, response)
                lasts = lasts and response.status in LASTING
                lasting = target if lasts else lasting
            except FetchError as error:
                raise FetchError(error.reason, f"{target.shown}: {error}", error.retry_after) from error
            if target.url in seen:
                raise FetchError("redirects", f"{target.shown}: redirects lead back here")
            seen.add(target.url)
        raise FetchError("redirects", f"{target.shown}: is redirect number {HOPS + 1}; {HOPS} are followed")

    def refused(self, target: Target, response: Response) -> FetchError:
        """Put an answer that holds no document into words; let its host rest where it asks for that."""
        seconds = headers.retry_after(response.fields)
        reason = _REASONS.get(response.status, "status")
        if seconds is not None and response.status in (429, 503):
            reason = "retry_later"
            if self.options.pace is not None:
                self.options.pace.hold(target.host, seconds)
        said = f"{response.status} {_phrase(response.status)}".strip()
        if response.status == 304:
            said += " to a request without validators"
        if "cf-mitigated" in response.fields:
            said += " and a challenge that only a browser passes"
        return FetchError(reason, f"{target.shown}: the answer is {said}", seconds)

    def _ask(self, target: Target, asked: Headers) -> Response:
        options, deadline = self.options, self.deadline
        lookup = functools.partial(connection.lookup, resolve=options.resolve, deadline=deadline)
        admitted = self.guard.allow(target, lookup)
        sent = {
            "Host": target.authority,
            "User-Agent": options.agent,
            "Accept": ACCEPT,
            "Accept-Encoding": "gzip",
            "Connection": "close",
            **asked,
        }
        with connection.dial(target, admitted, deadline=deadline, ca_file=options.ca_file) as sock:
            return connection.exchange(sock, target, sent, deadline=deadline, max_bytes=options.max_bytes)

    def _obey(self, target: Target) -> None:
        """Refuse what the origin's robots.txt refuses; one that fails refuses all (RFC 9309 §2.3.1.4)."""
        memory = self.options.robots
        if memory is None:
            return
        rules = memory.recall(target.origin)
        if rules is None:
            rules = self._rules(replace(target, path="/robots.txt"))
            memory.keep(target.origin, rules)
        if not rules.allows(target.path):
            raise FetchError("robots", "its robots.txt does not want this address to be read")

    def _rules(self, target: Target) -> robots.RobotsRules:
        try:
            last, response, _ = self.follow(target, {}, obey=False)
        except FetchError as error:
            if error.reason == "redirects":
                return robots.EVERYTHING
            raise
        if response.status == 200:
            return robots.parse(response.body, self.options.agent)
        if 400 <= response.status < 500 and response.status != 429:
            return robots.EVERYTHING
        raise self.refused(last, response)


def _redirected(target: Target, response: Response) -> Target:
    # Python reads a field as Latin-1, while origins that do not escape write UTF-8.
    location = response.fields.get("Location", "").strip()
    try:
        spelt = quote(location.encode("latin-1"), safe=_PRINTABLE)
        following = urljoin(target.url, spelt)
    except ValueError:
        location = ""
    if not location:
        raise FetchError("redirects", f"its answer {response.status} does not say where to")
    then = network_guard.locate(following)
    if target.scheme == "https" and then.scheme == "http":
        raise FetchError("redirects", f"its redirect to {then.shown} gives up https")
    return then


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
