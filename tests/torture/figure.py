"""A figure: a promise, and a function that counts its violations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

Step = Callable[[], None]


@dataclass
class Findings:
    """`counts` is what the table shows; `broken` has a message for each case that broke the promise."""

    counts: dict[str, object] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def count(self, name: str, more: int = 1) -> None:
        self.counts[name] = int(str(self.counts.get(name, 0))) + more

    def expect(self, truth: object, message: str) -> None:
        if not truth:
            self.broken.append(message)


@dataclass(frozen=True)
class Figure:
    """`run` takes a number of cases and calls `step` after each; `quick` cases take a few seconds.

    A figure that is `apart` needs its own process: it forks, measures memory, limits itself or installs an audit hook.
    """

    name: str
    promise: str
    run: Callable[[int, Step], Findings]
    long: int
    quick: int
    apart: bool = False
