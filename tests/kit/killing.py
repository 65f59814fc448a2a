"""Run work in a child process, end it by SIGKILL, and return what it had reported by then."""

from __future__ import annotations

import os
import select
import signal
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass

PATIENCE = 60.0
_LINE = 4096  # bytes that a pipe writes atomically (PIPE_BUF)


@dataclass(frozen=True)
class Killed:
    """The lines that the work reported, and its last words if it ended by itself."""

    said: tuple[str, ...]
    ended: str | None = None


def kill(work: Callable[[Callable[[str], None]], None], seconds: float, pause: float = 0.0) -> Killed:
    """Start the work, and kill it `pause` seconds after it has used `seconds` of CPU since its first line.

    CPU time is counted because on a busy machine the work would otherwise be killed before it had done anything.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _child(work, writer)
    os.close(writer)
    try:
        select.select([reader], [], [], PATIENCE)
        _await_work(child, seconds)
        time.sleep(pause)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        with open(reader, encoding="utf-8", closefd=False) as lines:
            said = tuple(lines.read().splitlines())
    finally:
        os.close(reader)
    return Killed(said, None if os.WIFSIGNALED(status) else said[-1] if said else "it reported nothing")


def _await_work(child: int, seconds: float) -> None:
    clock = ~child << 3 | 2  # the CPU clock of another process, as clock_getcpuclockid(3) computes it
    end, late = time.clock_gettime(clock) + seconds, time.monotonic() + PATIENCE
    while time.clock_gettime(clock) < end and time.monotonic() < late:
        time.sleep(0.0005)


def _child(work: Callable[[Callable[[str], None]], None], writer: int) -> None:
    def say(line: str) -> None:
        os.write(writer, f"{line}\n".encode()[-_LINE:])

    try:
        work(say)
    except BaseException:
        say(traceback.format_exc().replace("\n", " | "))
    finally:
        # Not sys.exit: the child must not clean up what the parent has open.
        os._exit(1)
