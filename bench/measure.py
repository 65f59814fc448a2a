"""Measure CPU time, and compare programs by it.

On a shared machine, requests per second of one server differ by a factor of three from round to round; the CPU
time of its processes repeats within a fifth. So CPU time is measured, in alternating rounds, and medians are compared.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison: microseconds of CPU, ours and the peer's; `goal` is the ratio to reach."""

    what: str
    ours: float
    peer: str
    theirs: float
    goal: str

    @property
    def ratio(self) -> str:
        """Return the ratio as `2.1 x`, or as `1/16` if ours is cheaper."""
        if self.ours * 1.5 < self.theirs:
            return f"1/{self.theirs / self.ours:.1f}"
        return f"{self.ours / self.theirs:.2f} x"


def alternate(contenders: Mapping[str, Callable[[], float]], *, rounds: int = ROUNDS) -> dict[str, float]:
    """Return the median for each contender, from rounds in alternating order."""
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    names = list(contenders)
    for number in range(rounds):
        for name in names if number % 2 == 0 else reversed(names):
            say(f"round {number + 1} of {rounds}: {name}")
            taken[name].append(contenders[name]())
    return {name: statistics.median(several) for name, several in taken.items()}


def work(function: Callable[[], object], *, times: int = 1) -> Callable[[], float]:
    """Return a function that measures the microseconds of CPU for one call."""

    def measured() -> float:
        gc.collect()
        before = time.process_time_ns()
        for _ in range(times):
            function()
        return (time.process_time_ns() - before) / times / 1000

    return measured


def cpu(root: int) -> float:
    """Return the microseconds of CPU of a process and its descendants, over all threads that are alive."""
    spent = sum(int(task.read_text().split()[0]) for task in Path(f"/proc/{root}/task").glob("*/schedstat"))
    return spent / 1000 + sum(map(cpu, _children(root)))


def _children(parent: int) -> list[int]:
    found: list[int] = []
    for children in Path(f"/proc/{parent}/task").glob("*/children"):
        found += map(int, children.read_text().split())
    return found


def say(text: str) -> None:
    """Print progress on a terminal, in the place of the last line."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
