"""Notify hubs from the outbox, in threads: a slow hub delays nothing else."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait

from feeds.config import Config
from feeds.errors import FetchError
from feeds.publish.websub import TIMEOUT, Notify, retry
from feeds.redaction import redact
from feeds.store import Announcement, Store

BATCH = 10
LEASE = dt.timedelta(seconds=BATCH * TIMEOUT + 10)

_THREADS = 8

_log = logging.getLogger(__name__)

NotifyResult = tuple[Announcement, FetchError | None]


class HubNotifier:
    """Notify each configured hub, one batch at a time, each hub in its own thread."""

    def __init__(self, store: Store, config: Config, notify: Notify) -> None:
        self._store = store
        self._base_url = config.base_url
        self._hubs = config.hubs
        self._notify = notify
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="notify")
        self._in_flight: dict[str, Future[list[NotifyResult]]] = {}
        self._logged: dict[str, set[str]] = {}
        self._closed = False

    def start(self) -> None:
        """Drop notifications for hubs that are not configured any more."""
        with self._store.write() as transaction:
            transaction.drop_other_hubs(keep=self._hubs)

    def tick(self, now: dt.datetime) -> None:
        """Record finished batches and start new ones for idle hubs, without waiting."""
        for hub in [hub for hub, future in self._in_flight.items() if future.done()]:
            self._settle(hub, self._in_flight.pop(hub).result(), now)
        idle = [hub for hub in self._hubs if hub not in self._in_flight]
        if not idle:
            return
        with self._store.read() as view:
            if not view.has_due_announcements(now):
                return
        for hub in idle:
            with self._store.write() as transaction:
                taken = transaction.lease_announcements(hub, now, until=now + LEASE, limit=BATCH)
            if taken:
                self._in_flight[hub] = self._pool.submit(self._batch, hub, taken)

    def drain(self, now: dt.datetime) -> None:
        """Send every due notification and wait for the responses."""
        self.tick(now)
        while self._in_flight:
            wait(self._in_flight.values())
            self.tick(now)

    def close(self) -> None:
        """Stop after the current request; the rest is due again when its lease ends."""
        self._closed = True
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _batch(self, hub: str, announcements: Sequence[Announcement]) -> list[NotifyResult]:
        results: list[NotifyResult] = []
        away: FetchError | None = None
        for announcement in announcements:
            if self._closed:
                break
            error = away
            if error is None:
                try:
                    self._notify(hub, f"{self._base_url}/{announcement.topic}")
                except FetchError as refusal:
                    error = refusal
                    # A status concerns one topic; an unreachable hub is unreachable for all.
                    away = None if error.reason == "status" else error
            results.append((announcement, error))
        return results

    def _settle(self, hub: str, results: Sequence[NotifyResult], now: dt.datetime) -> None:
        failures = [error for _, error in results if error is not None]
        given_up = []
        with self._store.write() as transaction:
            for announcement, error in results:
                due = retry(announcement, now)
                if error is None:
                    transaction.mark_sent(announcement, now)
                elif due is not None:
                    transaction.postpone(announcement, due)
                else:
                    transaction.give_up(announcement)
                    given_up.append(announcement.topic)
        if failures:
            self._log_once(hub, logging.WARNING, "hub_failed", topics=len(failures), explanation=str(failures[0]))
        elif results and hub in self._logged:
            del self._logged[hub]
            _log.info("hub_recovered", extra={"hub": redact(hub)})
        if given_up:
            self._log_once(hub, logging.ERROR, "hub_given_up", topic=given_up[0])

    def _log_once(self, hub: str, level: int, event: str, **details: object) -> None:
        """Log an event of a failing hub, unless it was logged since the hub last accepted a whole batch.

        A hub that is down fails for every feed in turn, and again at every retry.
        """
        logged = self._logged.setdefault(hub, set())
        if event not in logged:
            logged.add(event)
            _log.log(level, event, extra={"hub": redact(hub)} | details)
