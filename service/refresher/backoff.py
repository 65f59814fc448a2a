"""When a source is due again, from its interval, its last Outcome and its failures in a row."""

from __future__ import annotations

import datetime as dt
import hashlib

from feeds.config import Source
from feeds.model import Outcome, Status

LONGEST_WAIT = dt.timedelta(days=1)
SETTLE = dt.timedelta(seconds=1)
_JITTER = 0.1


def next_due(source: Source, outcome: Outcome, failures: int) -> dt.datetime:
    """Return when to read again. `failures` are those in a row, including this outcome.

    A file that is being written is read again after a second. Other files keep their interval, also after a
    failure. Addresses back off exponentially, and honour Retry-After, up to one day.
    """
    if outcome.reason == "unstable" and outcome.status is not Status.FAILED:
        return outcome.at + SETTLE
    if not source.addresses:
        return outcome.at + source.interval
    asked = min(dt.timedelta(seconds=outcome.wait or 0), LONGEST_WAIT)
    if outcome.reason == "retry_later" and outcome.status is not Status.FAILED:
        return outcome.at + asked
    wait = source.interval
    if outcome.status is Status.FAILED:
        doublings = min(max(failures - 1, 0), 20)
        wait = max(min(wait * 2**doublings, LONGEST_WAIT), wait)
    return outcome.at + max(wait - _spread(source.name, wait), asked)


def _spread(name: str, wait: dt.timedelta) -> dt.timedelta:
    """Return up to a tenth of the wait, fixed for each name, so that sources with one interval are spread.

    Earlier and never later, because a change is promised to be served within the interval.
    """
    share = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest()) / 2**32
    return dt.timedelta(seconds=int(wait.total_seconds() * _JITTER * share))
