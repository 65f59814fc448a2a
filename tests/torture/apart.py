"""Count a figure in a process of its own, which may limit, audit and measure itself."""

from __future__ import annotations

import logging
import multiprocessing
import os
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection

from tests.torture.figure import Figure, Findings


class Counting:
    """A figure that is being counted: `done` of `size` cases; `findings` is set after the last."""

    def __init__(self, figure: Figure, size: int) -> None:
        self.figure = figure
        self.size = size
        self.done = 0
        self.findings: Findings | None = None
        # Not forked: the parent's imports and open files would be counted too.
        context = multiprocessing.get_context("spawn")
        self.told, teller = context.Pipe(duplex=False)
        self._process = context.Process(target=_count, args=(figure, size, teller))
        self._process.start()
        teller.close()

    def listen(self) -> None:
        """Receive progress or findings; a process that ends without findings counts as broken."""
        try:
            told = self.told.recv()
        except EOFError:
            told = Findings(broken=["its process ended before the count did"])
        if isinstance(told, Findings):
            self.findings = told
            self.told.close()
            self._process.join()
        else:
            self.done = told


def count(figure: Figure, size: int) -> Findings:
    """Count a figure in a process of its own."""
    counting = Counting(figure, size)
    while counting.findings is None:
        counting.listen()
    return counting.findings


def _count(figure: Figure, size: int, teller: Connection) -> None:
    logging.disable()
    done = 0
    own = os.getpid()

    def step() -> None:
        nonlocal done
        done += 1
        if done % max(1, size // 100) == 0 and os.getpid() == own:
            teller.send(done)

    run: Callable[..., Findings] = figure.run
    try:
        findings = run(size, step)
    except BaseException:
        findings = Findings(broken=[traceback.format_exc()])
    teller.send(findings)
    teller.close()
