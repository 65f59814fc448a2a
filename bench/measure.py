"""CPU time, and how two things are compared by it.

Requests a second of one server move by the factor three from round to round; the CPU that its processes
were given repeats within a fifth. So CPU is measured, in rounds that alternate, and medians are compared.
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
    """One comparison: microseconds of CPU, ours and the peer's; `goal` says what the ratio is to be."""

    what: str
    ours: float
    peer: str
    theirs: float
    goal: str

    @property
    def ratio(self) -> str:
        """`2.1 x`, or `1/16` where we are the cheaper."""
        if self.ours * 1.5 < self.theirs:
            return f"1/{self.theirs / self.ours:.1f}"
        return f"{self.ours / self.theirs:.2f} x"


def alternate(contenders: Mapping[str, Callable[[], float]], *, rounds: int = ROUNDS) -> dict[str, float]:
    """The median of what each contender gives, from rounds that go forward and back in turn."""
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    names = list(contenders)
    for number in range(rounds):
        for name in names if number % 2 == 0 else reversed(names):
            say(f"round {number + 1} of {rounds}: {name}")
            taken[name].append(contenders[name]())
    return {name: statistics.median(several) for name, several in taken.items()}


def work(function: Callable[[], object], *, times: int = 1) -> Callable[[], float]:
    """Microseconds of this process for one call."""

    def measured() -> float:
        gc.collect()
        before = time.process_time_ns()
        for _ in range(times):
            function()
        return (time.process_time_ns() - before) / times / 1000

    return measured


def cpu(root: int) -> float:
    """Microseconds that a process and all of its descendants were given, by every thread that is alive."""
    spent = sum(int(task.read_text().split()[0]) for task in Path(f"/proc/{root}/task").glob("*/schedstat"))
    return spent / 1000 + sum(map(cpu, _children(root)))


def _children(parent: int) -> list[int]:
    found: list[int] = []
    for children in Path(f"/proc/{parent}/task").glob("*/children"):
        found += map(int, children.read_text().split())
    return found


def say(text: str) -> None:
    """Progress, in the place of the last; nothing where nobody watches."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
