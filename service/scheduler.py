"""The refresher: the only process that reads sources and writes the store.

APScheduler has one job, `tick`, and only here: which source is due and who reads it stands in the store, so a
tick that is missed or doubled does no harm. APScheduler sleeps by the wall clock, and after an hour's step
backward it sleeps for that hour (3.11). The main thread waits by the monotonic clock and starts the job anew.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from queue import Empty, SimpleQueue

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from feeds.config import Config, Source
from feeds.model import Outcome
from feeds.publish import publish
from feeds.refresh import Desk, Fetch, refresh
from feeds.store import Claim, Store, migrate
from feeds.websub import topics
from service import lock
from service.announcer import Announcer
from service.asking import asking, telling
from service.refresher import Read, Refresher
from service.schedule import next_due

TICK = 1.0
LATE = 3.0
HUNG = 900.0

_log = logging.getLogger(__name__)


def once(config: Config, names: Sequence[str]) -> Iterator[Outcome]:
    """Read these sources now, whether due or not."""
    with _refresher(config) as (refresher, announcer):
        yield from refresher.once(names)
        announcer.drain(refresher.fresh_second())


def run(config: Config) -> int:
    """Read every source on its interval until SIGTERM or SIGINT; a reading under way comes to its end."""
    # Not an Event: its lock is not reentrant, and a handler runs in the thread that waits.
    signals: SimpleQueue[int] = SimpleQueue()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: signals.put(number))
    with _refresher(config) as (refresher, _):
        scheduler = BackgroundScheduler(timezone=dt.UTC, executors={"default": ThreadPoolExecutor(1)})
        scheduler.add_job(
            refresher.tick,
            _trigger(),
            id="tick",
            next_run_time=dt.datetime.now(dt.UTC),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
        scheduler.start()
        while not _arrived(signals):
            _watch(refresher, scheduler)
        refresher.stopping = True
        scheduler.shutdown()
    return 0


def _trigger() -> IntervalTrigger:
    return IntervalTrigger(seconds=int(TICK), timezone=dt.UTC)


def _arrived(signals: SimpleQueue[int]) -> bool:
    try:
        signals.get(timeout=TICK)
    except Empty:
        return False
    return True


def _watch(refresher: Refresher, scheduler: BackgroundScheduler) -> None:
    """Wake a schedule that sleeps too long; end the process if a reading hangs: no thread can be ended."""
    silence = time.monotonic() - refresher.beat
    if refresher.source is None and silence > LATE:
        _log.warning("schedule_late", extra={"explanation": "the clock was set back, or the machine slept"})
        scheduler.reschedule_job("tick", trigger=_trigger())
        refresher.beat = time.monotonic()
    if refresher.source is not None and silence > HUNG:
        _log.critical("reading_hangs", extra={"source": refresher.source})
        os._exit(os.EX_SOFTWARE)


@contextmanager
def _refresher(config: Config) -> Iterator[tuple[Refresher, Announcer]]:
    with lock.alone(config.store):
        migrate(config.store)
        store = Store(config.store)
        desk = Desk(store, config, next_due)
        refresher = Refresher(config, store, read=_reader(desk), fetch=asking(config.base_url))
        announcer = Announcer(store, config, telling(config.base_url))
        refresher.chores += (announcer.tick,)
        try:
            refresher.start()
            announcer.start()
            _republish(desk, refresher)
            yield refresher, announcer
        finally:
            announcer.close()
            refresher.close()
            store.close()


def _reader(desk: Desk) -> Read:
    def read(source: Source, claim: Claim, fetch: Fetch, now: dt.datetime) -> Outcome:
        return refresh(source, desk, claim, fetch=fetch, now=now)

    return read


def _republish(desk: Desk, refresher: Refresher) -> None:
    """Publish what a new configuration, or a new version of Tidings, says differently of what is known."""
    now = refresher.fresh_second()
    with desk.store.write() as transaction:
        if not transaction.paths():
            return
        differing = publish(transaction, desk.config, None, now=now, fragments=desk.fragments)
        transaction.publish(differing)
        transaction.announce(topics(differing, now), now, hubs=desk.config.hubs)
    if differing:
        refresher.published = now
        _log.info("republished", extra={"documents": len(differing)})
