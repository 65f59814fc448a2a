"""Runs the refresher, the only process that reads sources and writes the store.

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
from queue import Empty, SimpleQueue

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from feeds.config import Config
from feeds.errors import StoreError, StoreForeign, StoreNewer
from feeds.model import Outcome
from feeds.store import Store
from service.config_reload import Settings
from service.heartbeat import Heartbeat
from service.refresher.refresher import Refresher, Waiting
from service.refresher.setup import open_runtime

TICK = 1.0
LATE = 3.0
HUNG = 900.0
WAIT = 30.0

_log = logging.getLogger(__name__)


def once(config: Config, names: Sequence[str], waiting: Waiting | None = None) -> Iterator[Outcome]:
    """Refresh these sources now, due or not; yield their outcomes. See `Refresher.once` for `waiting`."""
    with open_runtime(config) as assembly:
        yield from assembly.refresher.once(names, waiting)
        assembly.notifier.drain(assembly.refresher.fresh_second())


def run(settings: Settings, heartbeat: Heartbeat | None = None) -> int:
    """Read every source on its interval until SIGTERM or SIGINT; a reading in progress is finished.

    A new configuration, and a store that turns out to be damaged, are each begun with anew. A store that can
    be read and not written is waited for: what is published in it is served meanwhile.
    """
    # Not an Event: its lock is not reentrant, and a handler runs in the thread that waits.
    signals: SimpleQueue[int] = SimpleQueue()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda number, _: signals.put(number))
    heartbeat = heartbeat or Heartbeat()
    begun = False
    while True:
        heartbeat.suspend()
        try:
            with open_runtime(settings.config) as assembly:
                begun = True
                if _run(assembly.refresher, settings, signals, heartbeat):
                    return 0
        except StoreError as error:
            if isinstance(error, (StoreNewer, StoreForeign)) or not (begun or readable(settings.config.store)):
                raise
            _log.error("store_failed", extra={"explanation": str(error)})
            if _next(signals, WAIT) in (signal.SIGTERM, signal.SIGINT):
                return 0


def readable(store: str) -> bool:
    """Whether the store exists and can be read."""
    try:
        Store(store, read_only=True).close()
    except StoreError:
        return False
    return True


def _run(refresher: Refresher, settings: Settings, signals: SimpleQueue[int], heartbeat: Heartbeat) -> bool:
    """Tick until a signal ends it (True) or a new configuration needs a restart (False)."""
    scheduler = BackgroundScheduler(timezone=dt.UTC, executors={"default": ThreadPoolExecutor(1)})
    scheduler.add_job(
        refresher.tick,
        Ticks(),
        id="tick",
        next_run_time=dt.datetime.now(dt.UTC),
        coalesce=True,
        max_instances=1,
        misfire_grace_time=None,
    )
    scheduler.start()
    ended = False
    while not ended and not refresher.damaged:
        heartbeat.beat()
        number = _next(signals)
        ended = number in (signal.SIGTERM, signal.SIGINT)
        if not ended and settings.poll(at_once=number == signal.SIGHUP) and settings.changed:
            break
        _watch(refresher, scheduler)
    refresher.stopping = True
    scheduler.shutdown()
    return ended


class Ticks(IntervalTrigger):  # type: ignore[misc]
    """One tick a second from now on, whenever the last one was.

    APScheduler lists every tick that was missed before it runs one for all of them: after a clock that began
    in 1970 is set right, those are more than memory holds.
    """

    def __init__(self) -> None:
        super().__init__(seconds=int(TICK), timezone=dt.UTC)

    def get_next_fire_time(self, previous_fire_time: dt.datetime | None, now: dt.datetime) -> dt.datetime:
        next_time: dt.datetime = super().get_next_fire_time(previous_fire_time and now, now)
        return next_time


def _next(signals: SimpleQueue[int], seconds: float = TICK) -> int | None:
    try:
        return signals.get(timeout=seconds)
    except Empty:
        return None


def _watch(refresher: Refresher, scheduler: BackgroundScheduler) -> None:
    """Reschedule a tick that is late; end the process if a reading hangs, because threads cannot be ended."""
    silence = time.monotonic() - refresher.beat
    if refresher.source is None and silence > LATE:
        _log.warning("schedule_late", extra={"explanation": "the clock was set back, or the machine slept"})
        scheduler.reschedule_job("tick", trigger=Ticks())
        refresher.beat = time.monotonic()
    if refresher.source is not None and silence > HUNG:
        _log.critical("reading_hangs", extra={"source": refresher.source})
        os._exit(os.EX_SOFTWARE)
