"""How this process asks for documents: who it says it is, and what it remembers between sources."""

from __future__ import annotations

import time
from functools import partial
from importlib.metadata import version

from feeds import robots
from feeds.fetch import fetch
from feeds.origin import Options
from feeds.pacing import Pace
from feeds.refresh import Fetch


def asking(base_url: str | None = None) -> Fetch:
    """A `fetch` for one process; `base_url` is where an origin's operator can see who asks."""
    contact = f" (+{base_url})" if base_url else ""
    options = Options(
        agent=f"Tidings/{version('tidings')}{contact}",
        monotonic=time.monotonic,
        robots=robots.Memory(monotonic=time.monotonic),
        pace=Pace(monotonic=time.monotonic, sleep=time.sleep),
    )
    return partial(fetch, options=options)
