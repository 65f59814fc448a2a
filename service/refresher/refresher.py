"""The refresher: fetch due sources in parallel, process them one after the other.

A reading's `now` becomes the Last-Modified of what it publishes, which has whole seconds. So readings are
made one at a time, each in a later second than the last publication: two changes of one feed within a second
would look like one to a reader that compares dates only.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import socket
import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass

from feeds.config import Config, Source
from feeds.errors import Fenced, RateLimited, StoreCorrupt, StoreError
from feeds.fetch.files import MIN_AGE
from feeds.fetch.source import Fetched
from feeds.model import Outcome, Status
from feeds.publish import status_feed
from feeds.refresh.document_states import validators
from feeds.refresh.reading import Fetch
from feeds.store import Claim, Store
from service import lock
from service.logs import log_outcome
from service.refresher.backoff import next_due

LEASE = dt.timedelta(minutes=5)
FETCHES = 16
PAUSE = 10.0

_FOREVER = dt.timedelta(days=36_500)
_MINUTE = 60.0
_STEP = -2.0
_PATIENCE = 0.5
_TRIES = 4

_log = logging.getLogger(__name__)

# A job that runs at every tick and decides itself whether it is due.
PeriodicJob = Callable[[dt.datetime], None]

# Called with a number of postponed sources and the seconds that they are waited for.
Waiting = Callable[[int, float], None]

# Refreshes one source under its claim; returns the Outcome.
Read = Callable[[Source, Claim, Fetch, dt.datetime], Outcome]


@dataclass(frozen=True, slots=True)
class Clock:
    """The clocks of a refresher."""

    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC)
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


class Refresher:
    """Claim the sources that are due and refresh them.

    `beat` is its last sign of life, `source` what it reads just now, `published` when it last published.
    It is `damaged` when the store is, or is lost: then it is of no more use, and the store has to be opened
    anew.
    """

    def __init__(self, config: Config, store: Store, *, read: Read, fetch: Fetch, clock: Clock | None = None) -> None:
        self.periodic_jobs: tuple[PeriodicJob, ...] = ()
        self._config = config
        self._sources = {source.name: source for source in config.sources}
        self._store = store
        self._read = read
        self._fetch = fetch
        self._clock = clock or Clock()
        self._alone = not lock.shared(config.store)
        self._owner = f"{socket.gethostname()}:{os.getpid()}"
        self._pool = ThreadPoolExecutor(FETCHES, thread_name_prefix="fetch")
        self._fetching: list[tuple[Claim, Future[Fetched]]] = []
        self._overdue: set[str] = set()
        self._postponed: dict[str, float] = {}
        self._offset = 0.0
        self._resume: float | None = None
        self.published: dt.datetime | None = None
        self._complained = (0.0, "")
        self.stopping = False
        self.damaged = False
        self.source: str | None = None
        self.beat = self._clock.monotonic()

    def start(self) -> None:
        """Register the configured sources and release the leases of a predecessor."""
        now = self._now()
        self._offset = self._drift()
        self._fetching.clear()
        with self._store.write() as transaction:
            transaction.ensure_sources(self._sources, now)
            states = transaction.sources()
            if self._alone:
                # Nobody else can be at work, so every lease is of a process that was killed. Seen from the
                # end of time they have all run out; the new ones ended long ago, by any clock.
                transaction.claim(
                    now + _FOREVER, owner=self._owner, lease=-2 * _FOREVER, limit=len(states), names=states
                )
        self.published = max((s.last_changed for s in states.values() if s.last_changed), default=None)
        # Files are looked at whenever the refresher starts: it costs nothing, and someone may wait for it.
        # What was read in the future, or made known and never read, may have been so by a clock that has been
        # put right since.
        self._overdue = {
            name
            for name, state in states.items()
            if not self._sources[name].addresses or state.outcome is None or state.outcome.at > now
        }

    def tick(self) -> None:
        """Refresh everything that is due, except what another refresher has claimed."""
        self.beat = self._clock.monotonic()
        try:
            if self.damaged:
                return
            if self._store.lost:
                self._rescue()
                return
            if self._resume is not None:
                if self.beat < self._resume:
                    return
                self.start()
                self._resume = None
            self._notice_step()
            busy = True
            while busy and not self.stopping:
                busy = any(self._round())
                for job in self.periodic_jobs:
                    job(self._now())
        except StoreCorrupt as error:
            _log.critical("store_damaged", extra={"explanation": str(error)})
            self.damaged = True
        except StoreError as error:
            self._complain(str(error))
            self._resume = self._clock.monotonic() + PAUSE
        finally:
            self.source = None

    def once(self, names: Collection[str], waiting: Waiting | None = None) -> Iterator[Outcome]:
        """Refresh these sources, due or not, except what another refresher has claimed.

        Sources on one host take turns: those that the rate limit postpones are waited for. `waiting` is called
        before each wait, with the number of these sources and the seconds.
        """
        self._overdue = set(names)
        tries = dict.fromkeys(names, _TRIES)
        while self._overdue or self._fetching or self._postponed:
            if self._postponed and not (self._overdue or self._fetching):
                seconds = max(min(self._postponed.values()) - self._clock.monotonic(), 0)
                if waiting is not None:
                    waiting(len(self._postponed), seconds)
                self._clock.sleep(seconds)
            self._overdue |= self._resume_postponed()
            for outcome in filter(None, self._round(due=False)):
                tries[outcome.source] -= 1
                if outcome.reason == "unstable" and tries[outcome.source]:
                    self._clock.sleep(MIN_AGE.total_seconds())
                    self._overdue.add(outcome.source)
                    continue
                yield outcome

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _round(self, *, due: bool = True) -> list[Outcome | None]:
        """Claim and refresh; return an Outcome each, or None if another refresher took over."""
        outcomes = []
        for claim in self._claim(FETCHES - len(self._fetching), due=due):
            if not self._sources[claim.source].addresses:
                outcomes.append(self._refresh(claim, self._fetch))
            else:
                self._fetching.append((claim, self._pool.submit(self._prefetch, claim)))
        if self._fetching:
            wait([future for _, future in self._fetching], _PATIENCE, FIRST_COMPLETED)
        for claim, future in [each for each in self._fetching if each[1].done()]:
            self._fetching.remove((claim, future))
            if (seconds := _rate_limited(future)) is None:
                outcomes.append(self._refresh(claim, _already(future)))
            else:
                self._postpone(claim, seconds, due=due)
        return outcomes

    def _postpone(self, claim: Claim, seconds: int, *, due: bool) -> None:
        """Release a source that was not requested yet: it has not failed, it is due again when there is a slot."""
        with suppress(Fenced), self._store.write() as transaction:
            transaction.fence(claim.source, claim.epoch)
            transaction.release(claim.source, next_due=self._now() + dt.timedelta(seconds=seconds))
        if not due:
            self._postponed[claim.source] = self._clock.monotonic() + seconds

    def _resume_postponed(self) -> set[str]:
        """Return the postponed sources whose time has come, which are postponed no longer."""
        now = self._clock.monotonic()
        ready = {name for name, at in self._postponed.items() if at <= now}
        for name in ready:
            del self._postponed[name]
        return ready

    def _claim(self, limit: int, *, due: bool) -> tuple[Claim, ...]:
        now = self._now()
        claims: tuple[Claim, ...] = ()
        with self._store.write() as transaction:
            if self._overdue and limit:
                claims = transaction.claim(now, owner=self._owner, lease=LEASE, limit=limit, names=self._overdue)
            if due and limit > len(claims):
                claims += transaction.claim(now, owner=self._owner, lease=LEASE, limit=limit - len(claims))
        # Fewer than there was room for: the others are being read by someone else, so they are not overdue.
        rest = self._overdue - {claim.source for claim in claims}
        self._overdue = rest if len(claims) == limit else set()
        return claims

    def _prefetch(self, claim: Claim) -> Fetched:
        with self._store.read() as view:
            states = view.documents(claim.source)
        source, now = self._sources[claim.source], self._now()
        return self._fetch(source, validators(source, states, now), now)

    def _refresh(self, claim: Claim, fetch: Fetch) -> Outcome | None:
        source = self._sources[claim.source]
        self.source, self.beat = source.name, self._clock.monotonic()
        now = self.fresh_second()
        try:
            outcome = self._read(source, claim, fetch, now)
        except Fenced as error:
            _log.warning("fenced", extra={"source": source.name, "explanation": str(error)})
            return None
        except StoreError:
            raise
        except Exception as error:
            # A bug that one source triggers must not stop the others.
            _log.exception("internal_error", extra={"source": source.name})
            outcome = Outcome(source.name, now, Status.FAILED, "internal", f"{type(error).__name__}: {error}")
            with self._store.write() as transaction:
                transaction.fence(source.name, claim.epoch)
                transaction.record(outcome, next_due=next_due(source, outcome, 1))
                status_feed.note(transaction, self._config, outcome)
        if outcome.status is Status.CHANGED or outcome.added or outcome.edited or outcome.retracted:
            self.published = now
        log_outcome(outcome)
        return outcome

    def _rescue(self) -> None:
        """Reopen the store if its file was replaced: nobody would read what is written to the old one."""
        self.damaged = True
        rescued = self._store.rescue()
        _log.critical("store_lost", extra={"rescued": rescued})

    def _complain(self, explanation: str) -> None:
        """Log what is wrong with the store, but not at every attempt: a full disk stays full."""
        again, result = self._complained
        if explanation != result or self._clock.monotonic() >= again:
            _log.error("store_failed", extra={"explanation": explanation})
            self._complained = (self._clock.monotonic() + _MINUTE, explanation)

    def _now(self) -> dt.datetime:
        return self._clock.now().replace(microsecond=0)

    def fresh_second(self) -> dt.datetime:
        """Return the time in a later second than the last publication; do not wait after a step backwards."""
        while self.published is not None and 0 <= (self.published - self._now()).total_seconds() <= 1:
            self._clock.sleep(1 - self._clock.now().microsecond / 1_000_000)
        return self._now()

    def _drift(self) -> float:
        return self._clock.now().timestamp() - self._clock.monotonic()

    def _notice_step(self) -> None:
        """Read everything if the clock stepped backwards: all due times are too far ahead."""
        drift = self._drift()
        if drift - self._offset < _STEP:
            _log.warning("clock_jump", extra={"seconds": round(drift - self._offset)})
            self._overdue = set(self._sources)
        self._offset = drift


def _rate_limited(future: Future[Fetched]) -> int | None:
    """Return the seconds until a slot is free if our rate limit kept a document from being requested, else None."""
    error = future.exception()
    faults = [error] if error else [fault.error for fault in future.result().faults]
    return next((each.retry_after or 1 for each in faults if isinstance(each, RateLimited)), None)


def _already(future: Future[Fetched]) -> Fetch:
    return lambda source, remembered, now: future.result()
