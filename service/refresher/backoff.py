"""When a source is due again: pure, from its interval and how its last refresh went."""

from __future__ import annotations

import datetime as dt
import hashlib

from feeds.config import Source
from feeds.model import Outcome, Status

LONGEST_WAIT = dt.timedelta(days=1)
SETTLE = dt.timedelta(seconds=1)
_JITTER = 0.1


def next_due(source: Source, outcome: Outcome, failures: int) -> dt.datetime:
    """The instant to read again; `failures` counts those in a row, this outcome's included.

    A file that someone is writing is looked at again in a moment. To look costs nothing, and whoever mends a
    file wants to see it served: it is read on its interval come what may. A site that fails is asked less and
    less often, and one that asks for more patience gets it, but each once a day.
    """
    if outcome.reason == "unstable" and outcome.status is not Status.FAILED:
        return outcome.at + SETTLE
    if not source.addresses:
        return outcome.at + source.interval
    wait = source.interval
    if outcome.status is Status.FAILED:
        doublings = min(max(failures - 1, 0), 20)
        wait = max(min(wait * 2**doublings, LONGEST_WAIT), wait)
    asked = min(dt.timedelta(seconds=outcome.wait or 0), LONGEST_WAIT)
    return outcome.at + max(wait - _spread(source.name, wait), asked)


def _spread(name: str, wait: dt.timedelta) -> dt.timedelta:
    """Up to a tenth earlier, the same for one name: sources of one interval do not meet at one instant.

    Earlier and never later, because a change is promised to be served within the interval.
    """
    share = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest()) / 2**32
    return dt.timedelta(seconds=int(wait.total_seconds() * _JITTER * share))
