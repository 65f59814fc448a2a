"""Maintenance of the store: prune old rows, checkpoint the write-ahead log, write a daily backup."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from feeds.errors import StoreCorrupt, StoreError
from feeds.refresh.pipeline import MATCH_WINDOW
from feeds.store import Store
from feeds.store.recovery import back_up, backup_due

HOUR = 3600.0

_log = logging.getLogger(__name__)


class Maintenance:
    """Hourly maintenance of one store. Backups are written in a thread, because they may take long."""

    def __init__(self, store: Store, url: str, monotonic: Callable[[], float]) -> None:
        self._store = store
        self._url = url
        self._monotonic = monotonic
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="backup")
        self._backup: Future[None] | None = None
        # Not at once: the first readings have priority.
        self._next = monotonic() + 60

    def tick(self, now: dt.datetime) -> None:
        self._check_backup()
        if self._monotonic() < self._next:
            return
        self._next = self._monotonic() + HOUR
        with self._store.write() as transaction:
            transaction.prune(now - MATCH_WINDOW)
        self._store.checkpoint()
        if self._backup is None and backup_due(self._url, now):
            self._backup = self._pool.submit(self._back_up, now)

    def _check_backup(self) -> None:
        """Raise the error of a finished backup: only a backup reads every page of the store."""
        if self._backup is not None and self._backup.done():
            backup, self._backup = self._backup, None
            backup.result()

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _back_up(self, now: dt.datetime) -> None:
        try:
            target = back_up(self._store, self._url, now)
            _log.info("backed_up", extra={"backup": str(target)})
        except StoreCorrupt:
            raise
        except (StoreError, OSError) as error:
            _log.error("backup_failed", extra={"explanation": str(error)})
