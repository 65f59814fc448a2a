"""Notifying a hub that a topic changed: the publisher's part of WebSub (W3C Recommendation, §4 and §7).

WebSub leaves the form of the notification to publisher and hub. Every hub in use accepts PubSubHubbub's form; some
take the topic from `hub.url`, others from `hub.topic`, so both are sent.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterable
from urllib.parse import urlencode

from feeds.errors import FetchError
from feeds.fetch import connection, http1, network_guard
from feeds.fetch.connection import Deadline
from feeds.fetch.http import Options
from feeds.fetch.network_guard import NetworkGuard
from feeds.model import Representation
from feeds.store import Announcement

TIMEOUT = 5.0
LIFE = dt.timedelta(days=1)

_FIRST_WAIT = dt.timedelta(seconds=10)
_LONGEST_WAIT = dt.timedelta(hours=1)

Notify = Callable[[str, str], None]
"""Notifies a hub of a topic, both by their addresses; raises `FetchError` if the hub does not accept it."""


def topics(published: Iterable[Representation], now: dt.datetime) -> list[str]:
    """Return the paths of the documents that name a hub and whose bytes are new at this instant."""
    return [each.path for each in published if 'rel="hub"' in each.links and each.last_modified >= now]


def notify(hub: str, topic: str, *, options: Options) -> None:
    """Notify the hub that the topic changed; raise `FetchError` unless the answer is 2xx.

    Redirects are not followed: nobody configured their target. A hub may have a private address, because the
    operator configured it.
    """
    target = network_guard.locate(hub)
    deadline = Deadline(options.monotonic, options.timeout)
    lookup = functools.partial(connection.lookup, resolve=options.resolve, deadline=deadline)
    form = urlencode({"hub.mode": "publish", "hub.url": topic, "hub.topic": topic}).encode()
    headers = {
        "Host": target.authority,
        "User-Agent": options.agent,
        "Content-Type": "application/x-www-form-urlencoded",
        "Connection": "close",
    }
    try:
        allowed = NetworkGuard(target, allow_private=True).allow(target, lookup)
        with connection.dial(target, allowed, deadline=deadline, ca_file=options.ca_file) as sock:
            status = http1.post_form(sock, target, headers, form, deadline=deadline)
    except FetchError as error:
        raise FetchError(error.reason, f"{target.shown}: {error}") from error
    if not 200 <= status <= 299:
        raise FetchError("status", f"{target.shown}: the answer is {status}")


def retry(announcement: Announcement, now: dt.datetime) -> dt.datetime | None:
    """Return when to notify a hub again after a failure, with exponential back-off; None after a day."""
    if now - announcement.created >= LIFE:
        return None
    return now + min(_FIRST_WAIT * (1 << min(announcement.failures, 20)), _LONGEST_WAIT)
