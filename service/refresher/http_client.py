"""HTTP for one process: its user agent, and what is shared between sources (robots.txt, rate limits)."""

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
    """Return `fetch` for this process; `base_url` goes into the User-Agent, so that operators can find us."""
    options = Options(
        agent=_agent(base_url),
        monotonic=time.monotonic,
        robots_cache=RobotsCache(monotonic=time.monotonic),
        rate_limiter=HostRateLimiter(monotonic=time.monotonic, sleep=time.sleep),
        moved=_log_moves(),
    )
    return partial(fetch, options=options)


def make_notifier(base_url: str) -> Notify:
    """Return a function that notifies a hub of a topic."""
    options = Options(agent=_agent(base_url), monotonic=time.monotonic, timeout=websub.TIMEOUT)
    return partial(websub.notify, options=options)


def _log_moves() -> Callable[[Target, Target], None]:
    """Return a function that logs a permanent redirect once per target."""
    known: dict[str, str] = {}

    def notify(target: Target, to: Target) -> None:
        if known.get(target.url) != to.url:
            known[target.url] = to.url
            _log.warning("moved_permanently", extra={"url": target.shown, "to": to.shown})

    return notify


def _agent(base_url: str | None) -> str:
    contact = f" (+{base_url})" if base_url else ""
    return f"Tidings/{version('tidings')}{contact}"
