"""How this process asks and tells: who it says it is, and what it remembers between sources."""

from __future__ import annotations

import time
from functools import partial
from importlib.metadata import version

from feeds import robots, websub
from feeds.fetch import fetch
from feeds.origin import Options
from feeds.pacing import Pace
from feeds.refresh import Fetch
from feeds.websub import Tell


def asking(base_url: str | None = None) -> Fetch:
    """A `fetch` for one process; `base_url` is where an origin's operator can see who asks."""
    options = Options(
        agent=_agent(base_url),
        monotonic=time.monotonic,
        robots=robots.Memory(monotonic=time.monotonic),
        pace=Pace(monotonic=time.monotonic, sleep=time.sleep),
    )
    return partial(fetch, options=options)


def telling(base_url: str) -> Tell:
    """A `tell` for one process."""
    options = Options(agent=_agent(base_url), monotonic=time.monotonic, timeout=websub.TIMEOUT)
    return partial(websub.tell, options=options)


def _agent(base_url: str | None) -> str:
    contact = f" (+{base_url})" if base_url else ""
    return f"Tidings/{version('tidings')}{contact}"
