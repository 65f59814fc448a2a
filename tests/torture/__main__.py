"""Count the figures, two at a time, and print the table.

python -m tests.torture                  everything; 45 minutes on two busy cores
python -m tests.torture --quick          the short forms that the tests run; seconds
python -m tests.torture --only kills --size 10000
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import wait

import click

from tests.torture import FIGURES
from tests.torture.apart import Counting
from tests.torture.figure import Figure, Findings

NAMES = [figure.name for figure in FIGURES]
LONGEST = ("kills", "prefixes", "hostile", "soak")
SHOWN = 10


@click.command()
@click.option("--quick", is_flag=True, help="The short form of each.")
@click.option("--only", multiple=True, type=click.Choice(NAMES), help="Only this figure; may be repeated.")
@click.option("--size", type=click.IntRange(1), help="How many cases of each, instead of its own number.")
@click.option("--jobs", default=min(2, os.cpu_count() or 1), show_default=True, help="How many at a time.")
def main(quick: bool, only: Sequence[str], size: int | None, jobs: int) -> None:
    """Count every violation of a promise; exit with 1 if there is any."""
    chosen = [figure for figure in FIGURES if not only or figure.name in only]
    sizes = {figure.name: size or (figure.quick if quick else figure.long) for figure in chosen}
    # The longest first, so that no figure runs alone for long.
    queue = sorted(chosen, key=lambda figure: figure.name not in LONGEST)
    told: dict[str, str] = {}
    broken = 0
    hidden = not sys.stderr.isatty()
    with click.progressbar(length=1000 * len(chosen), label="Torture", file=sys.stderr, hidden=hidden) as bar:
        for counting, findings, seconds in _counted(queue, sizes, jobs, bar.update):
            told[counting.figure.name] = row = _row(counting.figure, findings, seconds)
            broken += len(findings.broken)
            if hidden:
                click.echo(row, err=True)
    click.echo("\n".join(["", *(told[figure.name] for figure in chosen)]))
    sys.exit(min(broken, 1))


def _counted(
    queue: list[Figure], sizes: dict[str, int], jobs: int, update: Callable[[int], None]
) -> Iterator[tuple[Counting, Findings, float]]:
    """Run `jobs` figures at a time, and yield each when it has finished."""
    running: dict[Counting, float] = {}
    while queue or running:
        while queue and len(running) < jobs:
            figure = queue.pop(0)
            running[Counting(figure, sizes[figure.name])] = time.monotonic()
        ready = wait([counting.told for counting in running])
        for counting in [each for each in running if each.told in ready]:
            before = _share(counting)
            counting.listen()
            update(_share(counting) - before)
            if counting.findings is not None:
                yield counting, counting.findings, time.monotonic() - running.pop(counting)


def _share(counting: Counting) -> int:
    """Return the progress in thousandths."""
    return 1000 if counting.findings else min(999, 1000 * counting.done // counting.size)


def _row(figure: Figure, findings: Findings, seconds: float) -> str:
    counts = ", ".join(
        f"{value:,} {name}" if isinstance(value, int) else f"{name} {value}" for name, value in findings.counts.items()
    )
    lines = [f"{figure.name:9} {len(findings.broken):5} broken  {seconds:6.0f} s  {counts}"]
    lines += [f"{'':11}{message[:400]}" for message in findings.broken[:SHOWN]]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
