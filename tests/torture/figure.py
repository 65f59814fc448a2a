"""A figure: a promise, and what counts every way in which it is broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

Step = Callable[[], None]


@dataclass
class Findings:
    """`counts` is what the table shows; `broken` tells of each case that broke the promise."""

    counts: dict[str, object] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def count(self, name: str, more: int = 1) -> None:
        self.counts[name] = int(str(self.counts.get(name, 0))) + more

    def expect(self, truth: object, message: str) -> None:
        if not truth:
            self.broken.append(message)


@dataclass(frozen=True)
class Figure:
    """`run` takes how many cases to try, and calls a step for each; `quick` is for a few seconds.

    What is `apart` needs a process of its own: it forks, counts memory, limits itself or listens in for ever.
    """

    name: str
    promise: str
    run: Callable[[int, Step], Findings]
    long: int
    quick: int
    apart: bool = False
