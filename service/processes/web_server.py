"""The web server: granian, with every limit set explicitly.

Left to itself granian starts a thread for every request that waits, and takes 512 connections a worker:
some hundred slow clients would then keep everyone else out.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import threading
import time
from functools import partial
from typing import TYPE_CHECKING

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from feeds.errors import StoreError, StoreForeign, StoreNewer
from feeds.store import Store
from service import logs
from service.config_reload import POLL_INTERVAL, Settings
from service.heartbeat import Heartbeat
from service.processes.common import end_with_parent, refuse_taken_port
from service.processes.worker import ReloadingApp  # before the fork, so that the workers share its pages

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

CONNECTIONS = 8192
_MIGRATION = 60.0


def run(settings: Settings, heartbeat: Heartbeat | None = None) -> None:
    """Serve until SIGTERM or SIGINT; exit with 1 if a worker ends by itself."""
    config = settings.config
    refuse_taken_port(config)
    _allow_files(CONNECTIONS * config.server.workers)
    _await_store(config.store)
    granian = Granian(
        "tidings",
        address=config.server.host,
        port=config.server.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=config.server.workers,
        runtime_threads=1,
        blocking_threads=1,
        backlog=2 * CONNECTIONS,
        backpressure=CONNECTIONS,
        http1_settings=HTTP1Settings(header_read_timeout=10_000, max_buffer_size=32 << 10),
        workers_kill_timeout=7,
        log_level=LogLevels.warning,
        log_dictconfig=logs.configuration(),
    )
    granian.on_startup(_pass_hangups_on)
    if not settings.quiet:
        threading.Thread(target=_log_configuration, args=(settings,), daemon=True).start()
    granian.serve(target_loader=partial(_application, settings, heartbeat, os.getpid()), wrap_loader=False)


def _pass_hangups_on() -> None:
    """Pass SIGHUP on to the workers: granian would replace them, and lose connections."""

    def pass_on(number: int, _: object) -> None:
        for worker in multiprocessing.active_children():
            os.kill(worker.pid or 0, number)

    signal.signal(signal.SIGHUP, pass_on)


def _log_configuration(settings: Settings) -> None:
    """Log changes of the configuration once, for all workers."""
    while True:
        time.sleep(POLL_INTERVAL)
        settings.poll()


def _application(settings: Settings, heartbeat: Heartbeat | None, parent: int) -> WSGIApplication:
    """Build the application in the worker: an open store must not cross a fork."""
    # Until the worker has its own handlers, granian's would swallow a signal.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    end_with_parent(parent)
    settings.quiet = True
    site = ReloadingApp(settings, heartbeat)
    signal.signal(signal.SIGHUP, lambda *_: site.wake.set())
    threading.Thread(target=site.follow, name="follow", daemon=True).start()
    return site


def _await_store(url: str) -> None:
    """Wait until the refresher has created, migrated or restored the store."""
    deadline = time.monotonic() + _MIGRATION
    while True:
        try:
            Store(url, read_only=True).close()
            return
        except (StoreNewer, StoreForeign):
            raise
        except StoreError:
            if time.monotonic() > deadline:
                raise
        time.sleep(0.05)


def _allow_files(wanted: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted += 256
    limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < limit:
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
