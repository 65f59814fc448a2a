"""The supervisor of `tidings serve`: a parent of the web server and of exactly one refresher.

The parent only watches the two children. If either ends, it ends the other and reports it with a
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
_POLL = 0.1
_WATCH_INTERVAL = 5.0
_DONE = object()

ChildProcess = Callable[[Settings, Heartbeat], int]


def serve(settings: Settings) -> int:
    """Run both children; return 0 after a signal, 1 if one of them ended, 78 if it cannot use the store."""
    config = settings.config
    refuse_taken_port(config)
    _refuse_store(config)
    # Forked, not spawned: a third of the time to the first response, and one configuration for both.
    context = multiprocessing.get_context("fork")
    children: Mapping[str, ChildProcess] = {"refresher": _refresh, "web server": _serve_web}
    heartbeat = Heartbeat()
    processes = [
        context.Process(target=_run_child, args=(child, settings, heartbeat, os.getpid()), name=name)
        for name, child in children.items()
    ]
    # SIGHUP must not end a child that has no handler for it yet.
    hangup = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    for process in processes:
        process.start()
    # After the fork: a child with these handlers would miss signals until it has its own.
    signals = _signals() if hangup == signal.SIG_IGN else _signals(signal.SIGHUP)
    ended = _wait_for_end(config, signals, processes, heartbeat)
    _end_all(processes, signals)
    for process in ended:
        print(f"tidings: {_describe_end(process)}, and the rest with it", file=sys.stderr)
    if any(process.exitcode == os.EX_CONFIG for process in ended):
        return os.EX_CONFIG
    return 1 if ended else 0


def _serve_web(settings: Settings, heartbeat: Heartbeat) -> int:
    from service.processes import web_server

    settings.quiet = True
    web_server.run(settings, heartbeat)
    return 0


def _refresh(settings: Settings, heartbeat: Heartbeat) -> int:
    from service.refresher import scheduler

    return scheduler.run(settings, heartbeat)


def _run_child(child: ChildProcess, settings: Settings, heartbeat: Heartbeat, parent: int) -> None:
    # In its own process group, so that Ctrl-C reaches only the parent, which ends its children in order.
    os.setpgid(0, 0)
    end_with_parent(parent)
    try:
        sys.exit(child(settings, heartbeat))
    except StoreNewer as error:
        print(f"tidings: {error}", file=sys.stderr)
        sys.exit(os.EX_CONFIG)
    except TidingsError as error:
        sys.exit(f"tidings: {error}")


def _signals(*more: signal.Signals) -> socket.socket:
    """Return a socket from which the numbers of received signals can be read."""
    receiver, sender = socket.socketpair()
    sender.setblocking(False)
    for number in (signal.SIGTERM, signal.SIGINT, *more):
        signal.signal(number, lambda *_: None)
    signal.set_wakeup_fd(sender.detach())
    return receiver


def _wait_for_end(
    config: Config, signals: socket.socket, processes: Sequence[ForkProcess], heartbeat: Heartbeat
) -> list[ForkProcess]:
    """Wait for the end of a child or for a signal; return the ended children. Print the start-up messages meanwhile."""
    startup, missed_beats, terminal = _startup_messages(config), 0, _has_terminal()
    while True:
        finished = next(startup, _DONE) is _DONE
        event = wait([signals, *(process.sentinel for process in processes)], _WATCH_INTERVAL if finished else _POLL)
        if ended := [process for process in processes if process.sentinel in event]:
            return ended
        if signals in event:
            if set(signals.recv(16)) != {signal.SIGHUP} or (terminal and not _has_terminal()):
                return []
            for process in processes:
                os.kill(process.pid or 0, signal.SIGHUP)
        # Twice in a row: after a pause of the machine the refresher may not have run yet.
        missed_beats = missed_beats + 1 if heartbeat.expired else 0
        if missed_beats > 1:
            processes[0].kill()


def _has_terminal() -> bool:
    """Whether there is a controlling terminal: when it closes, it sends SIGHUP too."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC))
    except OSError:
        return False
    return True


def _end_all(processes: list[ForkProcess], signals: socket.socket) -> None:
    """Let requests and a reading finish; a second signal or the deadline kills them."""
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


def _describe_end(process: ForkProcess) -> str:
    code = process.exitcode or 0
    how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
    return f"the {process.name} {how}"


def _refuse_store(config: Config) -> None:
    """Raise at once what would stop the refresher, unless there is something to serve anyway."""
    from service.refresher.scheduler import readable

    try:
        with lock.alone(config.store):
            pass
    except StoreError:
        if not readable(config.store):
            raise


def _startup_messages(config: Config) -> Iterator[None]:
    """Print the start-up messages as they become true; yield while there is something to wait for."""
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
    """Return a line on what is published and when the next reading is; None before every source was read once."""
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
