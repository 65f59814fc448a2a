"""What a web worker serves, changed under it: another configuration, or another store in the old one's place.

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
from service.config_reload import LOOK, Settings
from service.heartbeat import Heartbeat
from service.web import request_framing
from service.web.app import with_fast_path
from service.web.snapshot import SnapshotCache
from service.web.views import Process

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_log = logging.getLogger(__name__)


class ReloadingApp:
    """The WSGI application of one worker. `wake` has it look at the configuration at once."""

    def __init__(self, settings: Settings, heart: Heartbeat | None = None) -> None:
        self.wake = Event()
        self._settings = settings
        self._heart = heart
        self._path = sqlite_path(parse_url(settings.config.store))
        self._file = self._identity()
        self._stale = False
        self._publications = self._open(settings.config)
        self._publications.current()
        self._build()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return request_framing.answer(self._table, environ, start_response)

    def follow(self) -> None:
        """Look again and again, for as long as the process lives."""
        while True:
            at_once = self.wake.wait(LOOK)
            self.wake.clear()
            try:
                self.look(at_once=at_once)
            except Exception:
                _log.exception("config_not_taken_up")

    def look(self, *, at_once: bool = False) -> None:
        """Take up what is new; whatever goes wrong with that, what is served stays.

        What is published is looked at too: a worker that nobody asks has to hold it when the store is lost.
        """
        self._publications.look()
        self._stale |= self._settings.look(at_once=at_once)
        config, file = self._settings.config, self._identity()
        if file not in (None, self._file) or config.deltas != self._publications.deltas:
            if not self._replace(config):
                return
            self._file, self._stale = file, True
        if self._stale:
            self._build()
            self._stale = False

    def _build(self) -> None:
        process = Process(self._settings.ok, self._heart)
        self._table = with_fast_path(self._publications, self._settings.config, process)

    def _replace(self, config: Config) -> bool:
        """Read what is published from a store that is opened anew, unless there is nothing yet.

        A store that is being rebuilt is not served before its first publication: what is in memory is better.
        """
        try:
            publications = self._open(config)
        except StoreError:
            return False
        ready = bool(publications.current().feeds) or not self._publications.current().feeds
        if not publications.readable or not ready:
            publications.store.close()
            return False
        self._publications.store.close()
        self._publications = publications
        return True

    def _open(self, config: Config) -> SnapshotCache:
        return SnapshotCache(Store(config.store, read_only=True), config.store, deltas=config.deltas)

    def _identity(self) -> tuple[int, int] | None:
        """Which file the store is. A damaged one is set aside while it is open, and stays what it was."""
        return identity(self._path)
