"""Emptying the outbox, beside the readings: how slow a hub is, is nobody's concern but its own."""

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
    """Tells each configured hub what waits for it, a batch at a time, each hub in a thread of its own."""

    def __init__(self, store: Store, config: Config, tell: Notify) -> None:
        self._store = store
        self._base_url = config.base_url
        self._hubs = config.hubs
        self._tell = tell
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="tell")
        self._telling: dict[str, Future[list[NotifyResult]]] = {}
        self._closed = False

    def start(self) -> None:
        """Forget the hubs of an earlier configuration."""
        with self._store.write() as transaction:
            transaction.drop_other_hubs(keep=self._hubs)

    def tick(self, now: dt.datetime) -> None:
        """Keep what hubs have answered since, and tell those that are idle what is due; waits for nothing."""
        for hub in [hub for hub, future in self._telling.items() if future.done()]:
            self._settle(hub, self._telling.pop(hub).result(), now)
        idle = [hub for hub in self._hubs if hub not in self._telling]
        if not idle:
            return
        with self._store.read() as view:
            if not view.has_due_announcements(now):
                return
        for hub in idle:
            with self._store.write() as transaction:
                taken = transaction.lease_announcements(hub, now, until=now + LEASE, limit=BATCH)
            if taken:
                self._telling[hub] = self._pool.submit(self._batch, hub, taken)

    def drain(self, now: dt.datetime) -> None:
        """Tell everything that is due, and wait for the answers."""
        self.tick(now)
        while self._telling:
            wait(self._telling.values())
            self.tick(now)

    def close(self) -> None:
        """Stop after the request under way; what was not told is due again when its lease ends."""
        self._closed = True
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _batch(self, hub: str, announcements: Sequence[Announcement]) -> list[NotifyResult]:
        told: list[NotifyResult] = []
        away: FetchError | None = None
        for announcement in announcements:
            if self._closed:
                break
            error = away
            if error is None:
                try:
                    self._tell(hub, f"{self._base_url}/{announcement.topic}")
                except FetchError as refusal:
                    error = refusal
                    # A status is about the topic; a hub that cannot be reached cannot be for the others.
                    away = None if error.reason == "status" else error
            told.append((announcement, error))
        return told

    def _settle(self, hub: str, told: Sequence[NotifyResult], now: dt.datetime) -> None:
        refused = [(announcement, error) for announcement, error in told if error is not None]
        with self._store.write() as transaction:
            for announcement, error in told:
                due = retry(announcement, now)
                if error is None:
                    transaction.mark_sent(announcement, now)
                elif due is not None:
                    transaction.postpone(announcement, due)
                else:
                    transaction.give_up(announcement)
                    _log.error("hub_given_up", extra={"hub": redact(hub), "topic": announcement.topic})
        if refused:
            explanation = str(refused[0][1])
            told_of = {"hub": redact(hub), "topics": len(refused), "explanation": explanation}
            _log.warning("hub_failed", extra=told_of)
