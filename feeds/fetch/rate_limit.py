"""How often one host is asked: two requests a moment apart, and none while it asked to be left alone.

Kept in memory, by the monotonic clock: what has to survive a restart is the schedule's `next_due`.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable

from feeds.errors import FetchError

GAP = 1.0
PATIENCE = 10.0
HOSTS = 10_000


class HostRateLimiter:
    """Keeps the requests to each host apart. Safe to be shared between threads."""

    def __init__(self, *, monotonic: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._monotonic = monotonic
        self._sleep = sleep
        self._lock = threading.Lock()
        self._free: dict[str, float] = {}

    def wait(self, host: str) -> None:
        """Return when it is the caller's turn to ask `host`; refuse where that would be long."""
        with self._lock:
            now = self._monotonic()
            turn = max(now, self._free.get(host, now))
            delay = turn - now
            if delay > PATIENCE:
                seconds = math.ceil(delay)
                raise FetchError("retry_later", f"{host} is not to be asked for {seconds} s", seconds)
            self._rest(host, turn + GAP, now)
        if delay > 0:
            self._sleep(delay)

    def hold(self, host: str, seconds: float) -> None:
        """Leave `host` alone for as long as it asked, whichever source is the next to want it."""
        with self._lock:
            now = self._monotonic()
            self._rest(host, max(now + seconds, self._free.get(host, now)), now)

    def _rest(self, host: str, until: float, now: float) -> None:
        if len(self._free) >= HOSTS:
            self._free = {name: free for name, free in self._free.items() if free > now}
        self._free[host] = until
