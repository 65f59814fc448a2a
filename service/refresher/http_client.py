"""How this process asks and tells: who it says it is, and what it remembers between sources."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import partial
from importlib.metadata import version

from feeds.fetch.http import Options
from feeds.fetch.network_guard import Target
from feeds.fetch.rate_limit import HostRateLimiter
from feeds.fetch.robots import RobotsCache
from feeds.fetch.source import fetch
from feeds.publish import websub
from feeds.publish.websub import Notify
from feeds.refresh.reading import Fetch

_log = logging.getLogger(__name__)


def make_fetcher(base_url: str | None = None) -> Fetch:
    """A `fetch` for one process; `base_url` is where an origin's operator can see who asks."""
    options = Options(
        agent=_agent(base_url),
        monotonic=time.monotonic,
        robots_cache=RobotsCache(monotonic=time.monotonic),
        rate_limiter=HostRateLimiter(monotonic=time.monotonic, sleep=time.sleep),
        moved=_telling_of_moves(),
    )
    return partial(fetch, options=options)


def make_notifier(base_url: str) -> Notify:
    """Return a function that notifies a hub of a topic."""
    options = Options(agent=_agent(base_url), monotonic=time.monotonic, timeout=websub.TIMEOUT)
    return partial(websub.notify, options=options)


def _telling_of_moves() -> Callable[[Target, Target], None]:
    """Log where an address has moved to for good, once for as long as that is where it leads."""
    known: dict[str, str] = {}

    def tell(target: Target, to: Target) -> None:
        if known.get(target.url) != to.url:
            known[target.url] = to.url
            _log.warning("moved_permanently", extra={"url": target.shown, "to": to.shown})

    return tell


def _agent(base_url: str | None) -> str:
    contact = f" (+{base_url})" if base_url else ""
    return f"Tidings/{version('tidings')}{contact}"
