"""The application of one web worker, replaced in place for a new configuration or a new store file.

The new site is complete, and has read what is published, before it takes the old one's place between two
requests. So no connection is closed and no request is lost, as when workers are replaced.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from threading import Event
from typing import TYPE_CHECKING

from feeds.config import Config
from feeds.errors import StoreError
from feeds.store import Store
from feeds.store.engine import identity, parse_url, sqlite_path
from service.config_reload import POLL_INTERVAL, Settings
from service.heartbeat import Heartbeat
from service.web import request_framing
from service.web.app import with_fast_path
from service.web.snapshot import SnapshotCache
from service.web.views import Process

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_log = logging.getLogger(__name__)


class ReloadingApp:
    """The WSGI application of one worker. Setting `wake` makes it poll the configuration at once."""

    def __init__(self, settings: Settings, heartbeat: Heartbeat | None = None) -> None:
        self.wake = Event()
        self._settings = settings
        self._heartbeat = heartbeat
        self._path = sqlite_path(parse_url(settings.config.store))
        self._file = self._identity()
        self._stale = False
        self._snapshots = self._open(settings.config)
        self._snapshots.current()
        self._build()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return request_framing.answer(self._app, environ, start_response)

    def follow(self) -> None:
        """Poll for as long as the process lives."""
        while True:
            at_once = self.wake.wait(POLL_INTERVAL)
            self.wake.clear()
            try:
                self.poll(at_once=at_once)
            except Exception:
                _log.exception("config_not_taken_up")

    def poll(self, *, at_once: bool = False) -> None:
        """Apply what changed; on any error, keep serving what is served.

        What is published is looked at too: a worker that nobody asks has to hold it when the store is lost.
        """
        self._snapshots.poll()
        self._stale |= self._settings.poll(at_once=at_once)
        config, file = self._settings.config, self._identity()
        if file not in (None, self._file) or config.deltas != self._snapshots.deltas:
            if not self._replace(config):
                return
            self._file, self._stale = file, True
        if self._stale:
            self._build()
            self._stale = False

    def _build(self) -> None:
        process = Process(self._settings.ok, self._heartbeat)
        self._app = with_fast_path(self._snapshots, self._settings.config, process)

    def _replace(self, config: Config) -> bool:
        """Reopen the store and load what is published; return False if there is nothing yet.

        A store that is being rebuilt is not served before its first publication: what is in memory is better.
        """
        try:
            snapshots = self._open(config)
        except StoreError:
            return False
        ready = bool(snapshots.current().feeds) or not self._snapshots.current().feeds
        if not snapshots.readable or not ready:
            snapshots.store.close()
            return False
        self._snapshots.store.close()
        self._snapshots = snapshots
        return True

    def _open(self, config: Config) -> SnapshotCache:
        return SnapshotCache(Store(config.store, read_only=True), config.store, deltas=config.deltas)

    def _identity(self) -> tuple[int, int] | None:
        """Return device and inode of the store's file."""
        return identity(self._path)
