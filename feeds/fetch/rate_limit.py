"""The rate limit of each host: requests are a second apart, and none is sent before a `Retry-After` has passed.

It is kept in memory, on the monotonic clock; what has to survive a restart is `next_due` of the schedule.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable

from feeds.errors import HostBlocked, RateLimited

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
        self._blocked_until: dict[str, float] = {}

    def wait(self, host: str) -> None:
        """Wait until `host` may be requested.

        If that is further off than MAX_WAIT, raise HostBlocked if the host asked for it, and
        RateLimited if only the interval between our own requests is the reason.
        """
        with self._lock:
            now = self._monotonic()
            blocked = self._blocked_until.get(host, now)
            if blocked - now > MAX_WAIT:
                seconds = math.ceil(blocked - now)
                raise HostBlocked("retry_later", f"rate limit: retry {host} in {seconds} s", seconds)
            start = max(now, blocked, self._free_from.get(host, now))
            delay = start - now
            if delay > MAX_WAIT:
                seconds = math.ceil(delay)
                raise RateLimited("rate_limited", f"rate limit: {host} has its next free slot in {seconds} s", seconds)
            self._reserve(self._free_from, host, start + INTERVAL, now)
        if delay <= 0:
            return
        self._sleep(delay)
        with self._lock:
            is_blocked = self._blocked_until.get(host, 0.0) > self._monotonic()
        if is_blocked:  # by the response to another request, sent while this one waited
            self.wait(host)

    def block(self, host: str, seconds: float) -> None:
        """Send no request to `host` for this long, whichever source asks next."""
        with self._lock:
            now = self._monotonic()
            self._reserve(self._blocked_until, host, max(now + seconds, self._blocked_until.get(host, now)), now)

    def _reserve(self, times: dict[str, float], host: str, until: float, now: float) -> None:
        if len(times) >= MAX_HOSTS:
            for name in [name for name, free in times.items() if free <= now]:
                del times[name]
        times[host] = until
