"""The processes of `tidings serve`: a parent, the web half and exactly one refresher.

The parent does nothing but watch the two halves. If either ends, it ends the other and says so with a
non-zero exit, so that what restarts a container restarts the whole; a refresher that hangs is ended too.
Should the parent itself be killed, the kernel sends its children SIGTERM. SIGHUP is passed on to them: each
process looks at the configuration for itself.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from multiprocessing.connection import wait
from multiprocessing.context import ForkProcess

from feeds.config import Config
from feeds.errors import StoreError, StoreNewer, TidingsError
from service import lock
from service.config_reload import Settings
from service.heartbeat import Heartbeat
from service.processes.common import _authority, end_with_parent, local_host, refuse_taken_port

GRACE = 25.0
_GLANCE = 0.1
_GUARD = 5.0
_ALL_TOLD = object()

ChildProcess = Callable[[Settings, Heartbeat], int]


def serve(settings: Settings) -> int:
    """Run both halves until a signal comes (0) or one of them ends (1, or 78 if it cannot use the store)."""
    config = settings.config
    refuse_taken_port(config)
    _refuse_store(config)
    # Forked, not started anew: a third of the time until the first answer, and one configuration for both.
    context = multiprocessing.get_context("fork")
    halves: Mapping[str, ChildProcess] = {"refresher": _refresh, "web server": _serve_web}
    heart = Heartbeat()
    processes = [
        context.Process(target=_run_half, args=(half, settings, heart, os.getpid()), name=name)
        for name, half in halves.items()
    ]
    # Until a half can take it, what asks for another look at the configuration must not end it.
    hangup = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    for process in processes:
        process.start()
    # Only now: a child that inherited these handlers would miss a signal until it has its own.
    signals = _signals() if hangup == signal.SIG_IGN else _signals(signal.SIGHUP)
    ended = _first_end(config, signals, processes, heart)
    _end_all(processes, signals)
    for process in ended:
        print(f"tidings: {_how_it_ended(process)}, and the rest with it", file=sys.stderr)
    if any(process.exitcode == os.EX_CONFIG for process in ended):
        return os.EX_CONFIG
    return 1 if ended else 0


def _serve_web(settings: Settings, heart: Heartbeat) -> int:
    from service.processes import web_server

    settings.quiet = True
    web_server.run(settings, heart)
    return 0


def _refresh(settings: Settings, heart: Heartbeat) -> int:
    from service.refresher import scheduler

    return scheduler.run(settings, heart)


def _run_half(half: ChildProcess, settings: Settings, heart: Heartbeat, parent: int) -> None:
    # A group of its own: Ctrl-C then reaches the parent alone, which ends its children in order.
    os.setpgid(0, 0)
    end_with_parent(parent)
    try:
        sys.exit(half(settings, heart))
    except StoreNewer as error:
        print(f"tidings: {error}", file=sys.stderr)
        sys.exit(os.EX_CONFIG)
    except TidingsError as error:
        sys.exit(f"tidings: {error}")


def _signals(*more: signal.Signals) -> socket.socket:
    """A socket from which the numbers of the signals that have come can be read."""
    receiver, sender = socket.socketpair()
    sender.setblocking(False)
    for number in (signal.SIGTERM, signal.SIGINT, *more):
        signal.signal(number, lambda *_: None)
    signal.set_wakeup_fd(sender.detach())
    return receiver


def _first_end(
    config: Config, signals: socket.socket, processes: Sequence[ForkProcess], heart: Heartbeat
) -> list[ForkProcess]:
    """Wait until a half ends, or a signal says that all shall; meanwhile say what stands."""
    news, silences, terminal = _news(config), 0, _has_terminal()
    while True:
        told = next(news, _ALL_TOLD) is _ALL_TOLD
        event = wait([signals, *(process.sentinel for process in processes)], _GUARD if told else _GLANCE)
        if ended := [process for process in processes if process.sentinel in event]:
            return ended
        if signals in event:
            if set(signals.recv(16)) != {signal.SIGHUP} or (terminal and not _has_terminal()):
                return []
            for process in processes:
                os.kill(process.pid or 0, signal.SIGHUP)
        # Twice, for after a pause of the whole machine the refresher may not have had its turn yet.
        silences = silences + 1 if heart.silent else 0
        if silences > 1:
            processes[0].kill()


def _has_terminal() -> bool:
    """Whether there is a terminal to be ended with: when it goes, it sends what else asks for a look."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC))
    except OSError:
        return False
    return True


def _end_all(processes: list[ForkProcess], signals: socket.socket) -> None:
    """Let requests and a reading come to their end; a second signal or the deadline cuts them off."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signals.setblocking(False)
    deadline = time.monotonic() + GRACE
    for process in processes:
        process.terminate()
    with suppress(BlockingIOError):
        signals.recv(16)
    while alive := [process for process in processes if process.is_alive()]:
        event = wait([signals, *(process.sentinel for process in alive)], max(deadline - time.monotonic(), 0))
        if not event or signals in event:
            for process in alive:
                process.kill()
                process.join()


def _how_it_ended(process: ForkProcess) -> str:
    code = process.exitcode or 0
    how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
    return f"the {process.name} {how}"


def _refuse_store(config: Config) -> None:
    """Say at once what the refresher would trip over, unless there is something to be served all the same."""
    from service.refresher.scheduler import readable

    try:
        with lock.alone(config.store):
            pass
    except StoreError:
        if not readable(config.store):
            raise


def _news(config: Config) -> Iterator[None]:
    """Print what is served as soon as it is; yields as long as there is something to wait for."""
    while not _answers(config):
        yield
    address = _authority(local_host(config), config.server.port)
    print(f"Tidings serves http://{address}/ (Ctrl-C ends it)", flush=True)
    while not (summary := _summary(config)):
        yield
    print(summary, flush=True)


def _answers(config: Config) -> bool:
    try:
        socket.create_connection((local_host(config), config.server.port), timeout=1).close()
    except OSError:
        return False
    return True


def _summary(config: Config) -> str | None:
    """How much is published and when is read next; None before every source was read once."""
    from feeds.store import Store
    from service.monitoring import status
    from service.monitoring.status import counted

    store = Store(config.store, read_only=True)
    try:
        with store.read() as view:
            site = status.read_status(view, config)
    finally:
        store.close()
    dues = [source.next_due for source in site.sources if source.next_due is not None]
    if len(dues) < len(site.sources):
        return None
    failing = sum(source.failures > 0 for source in site.sources)
    trouble = f" ({failing} failing: see tidings status)" if failing else ""
    published = f"{counted(site.feeds, 'feed')} with {counted(site.entries, 'entry', 'entries')}"
    read = f"{counted(len(dues), 'source')}{trouble}"
    return f"{published} from {read}; next reading at {min(dues).astimezone():%H:%M:%S}"
