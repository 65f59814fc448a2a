"""The web half: granian in front of the WSGI application, with every number said.

Left to itself granian starts a thread for every request that waits, and takes 512 connections a worker:
some hundred slow clients would then keep everyone else out.
"""

from __future__ import annotations

import os
import resource
import signal
import time
from functools import partial
from typing import TYPE_CHECKING

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

import service.web  # before the fork, so that the workers share its pages
from feeds.config import Config
from feeds.errors import StoreCorrupt, StoreError, StoreNewer
from feeds.store import Store
from service import logs
from service.server import end_with_parent, refuse_taken_port

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

CONNECTIONS = 8192
_MIGRATION = 60.0


def run(config: Config) -> None:
    """Serve until SIGTERM or SIGINT; exits with 1 if a worker ends by itself."""
    refuse_taken_port(config)
    _allow_files(CONNECTIONS * config.server.workers)
    _await_store(config.store)
    Granian(
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
    ).serve(target_loader=partial(_application, config, os.getpid()), wrap_loader=False)


def _application(config: Config, parent: int) -> WSGIApplication:
    """Build the application in the worker: an open store must not be carried over a fork."""
    # Granian's own handlers came over the fork; until they are the worker's, a signal would be lost on them.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    end_with_parent(parent)
    return service.web.wsgi(Store(config.store, read_only=True), config)


def _await_store(url: str) -> None:
    """The refresher makes and migrates the store; at the first start it may not have come to it yet."""
    deadline = time.monotonic() + _MIGRATION
    while True:
        try:
            Store(url, read_only=True).close()
            return
        except (StoreNewer, StoreCorrupt):
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
