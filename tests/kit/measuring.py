"""Measure what work costs in a process of its own: CPU seconds and peak memory."""

from __future__ import annotations

import contextlib
import os
import pickle
import resource
import signal
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Cost:
    """The result of the work, or how its process was killed; `memory` is growth in bytes."""

    result: object
    seconds: float
    memory: int


def cost(work: Callable[[], object], *, limit: int = 120) -> Cost:
    """Do the work in a fork of this process, and return its cost; it is killed after `limit` CPU seconds."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
        with contextlib.suppress(Exception), open(writer, "wb") as pipe:
            pickle.dump((resident(), _result(work)), pipe)
        os._exit(0)
    os.close(writer)
    with open(reader, "rb") as pipe:
        told = pipe.read()
    _, status, used = os.wait4(child, 0)
    if os.WIFSIGNALED(status):
        return Cost(f"killed by {signal.Signals(os.WTERMSIG(status)).name}", used.ru_utime + used.ru_stime, 0)
    start, result = pickle.loads(told)
    return Cost(result, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 - start)


def _result(work: Callable[[], object]) -> object:
    try:
        return work()
    except BaseException:
        return traceback.format_exc()


def resident() -> int:
    """Return the resident memory of this process in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))
