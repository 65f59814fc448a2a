"""A clock that a test sets and moves."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from service.refresher.refresher import Clock

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


@dataclass
class ManualClock:
    """A clock that advances only by `move` or by sleeping. `at` is the wall clock, `passed` the monotonic one."""

    at: dt.datetime = NOON
    passed: float = 0.0

    def move(self, seconds: float) -> None:
        self.at += dt.timedelta(seconds=seconds)
        self.passed += seconds

    def step(self, seconds: float) -> None:
        """Set the wall clock, as an administrator or NTP would."""
        self.at += dt.timedelta(seconds=seconds)

    def as_clock(self) -> Clock:
        return Clock(now=lambda: self.at, monotonic=lambda: self.passed, sleep=self.move)
