"""`python -m bench`: measure everything, and print one table."""

from __future__ import annotations

import os
import platform
import tempfile
from importlib.metadata import version
from pathlib import Path

from bench import inside, pages, serving
from bench.load import generator
from bench.measure import ROUNDS, Row, say

_HEAD = ("what", "Tidings", "compared with", "CPU", "ratio", "goal")


def main() -> None:
    for each in serving.absent():
        print(f"not installed: {each}")
    with tempfile.TemporaryDirectory(prefix="tidings-bench-") as folder:
        rows = [*serving.rows(Path(folder)), *inside.rows(Path(folder)), *pages.rows()]
    say("")
    print(f"{os.cpu_count()} x {_processor()}, {platform.system()} {platform.release()}")
    print(f"Python {platform.python_version()}, granian {version('granian')}; requests by {generator()[0]}")
    print(f"CPU time, medians of at least {ROUNDS} rounds in alternating order\n")
    for row in (_HEAD, tuple("-" * len(each) for each in _HEAD), *map(_cells, rows)):
        print("| {:<40} | {:>9} | {:<25} | {:>9} | {:>7} | {:>5} |".format(*row))


def _cells(row: Row) -> tuple[str, ...]:
    return row.what, _time(row.ours), row.peer, _time(row.theirs), row.ratio, row.goal


def _time(microseconds: float) -> str:
    return f"{microseconds / 1000:.1f} ms" if microseconds >= 1000 else f"{microseconds:.1f} µs"


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(": ")[2]
    return platform.machine()


if __name__ == "__main__":
    main()
