"""The rate limit of each host: requests are a second apart, and none is sent before a `Retry-After` has passed.

It is kept in memory, on the monotonic clock; what has to survive a restart is `next_due` of the schedule.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable

from feeds.errors import FetchError

INTERVAL = 1.0
MAX_WAIT = 10.0
MAX_HOSTS = 10_000


class HostRateLimiter:
    """Spaces the requests to each host. Threads may share it."""

    def __init__(self, *, monotonic: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._monotonic = monotonic
        self._sleep = sleep
        self._lock = threading.Lock()
        self._free_from: dict[str, float] = {}

    def wait(self, host: str) -> None:
        """Wait until `host` may be requested; raise FetchError `retry_later` if that is further off than MAX_WAIT."""
        with self._lock:
            now = self._monotonic()
            start = max(now, self._free_from.get(host, now))
            delay = start - now
            if delay > MAX_WAIT:
                seconds = math.ceil(delay)
                raise FetchError("retry_later", f"rate limit: retry {host} in {seconds} s", seconds)
            self._reserve(host, start + INTERVAL, now)
        if delay > 0:
            self._sleep(delay)

    def block(self, host: str, seconds: float) -> None:
        """Send no request to `host` for this long, whichever source asks next."""
        with self._lock:
            now = self._monotonic()
            self._reserve(host, max(now + seconds, self._free_from.get(host, now)), now)

    def _reserve(self, host: str, until: float, now: float) -> None:
        if len(self._free_from) >= MAX_HOSTS:
            self._free_from = {name: free for name, free in self._free_from.items() if free > now}
        self._free_from[host] = until
