"""Telling a hub that a topic changed: a publisher's part of WebSub (W3C Recommendation, §4 and §7).

How a hub is told is left to the two of them. What every hub in use takes is PubSubHubbub's form; the topic's
name in it was `hub.url` once and is `hub.topic` now, so it is sent as both.
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

# Tells a hub of a topic, both by their addresses; a FetchError says that the hub did not take it.
Notify = Callable[[str, str], None]


def topics(published: Iterable[Representation], now: dt.datetime) -> list[str]:
    """The paths of the documents that name a hub and whose bytes are new at this instant."""
    return [each.path for each in published if 'rel="hub"' in each.links and each.last_modified >= now]


def tell(hub: str, topic: str, *, options: Options) -> None:
    """Tell the hub of the topic. Every answer but 2xx is a refusal: where a redirect leads nobody configured.

    A hub may stand on a private address, for its address is the operator's own word.
    """
    target = network_guard.locate(hub)
    deadline = Deadline(options.monotonic, options.timeout)
    lookup = functools.partial(connection.lookup, resolve=options.resolve, deadline=deadline)
    form = urlencode({"hub.mode": "publish", "hub.url": topic, "hub.topic": topic}).encode()
    sent = {
        "Host": target.authority,
        "User-Agent": options.agent,
        "Content-Type": "application/x-www-form-urlencoded",
        "Connection": "close",
    }
    try:
        admitted = NetworkGuard(target, allow_private=True).allow(target, lookup)
        with connection.dial(target, admitted, deadline=deadline, ca_file=options.ca_file) as sock:
            status = http1.post_form(sock, target, sent, form, deadline=deadline)
    except FetchError as error:
        raise FetchError(error.reason, f"{target.shown}: {error}") from error
    if not 200 <= status <= 299:
        raise FetchError("status", f"{target.shown}: the answer is {status}")


def retry(announcement: Announcement, now: dt.datetime) -> dt.datetime | None:
    """When to tell a hub again that has just not taken it: less and less often, and for a day."""
    if now - announcement.created >= LIFE:
        return None
    return now + min(_FIRST_WAIT * (1 << min(announcement.failures, 20)), _LONGEST_WAIT)
