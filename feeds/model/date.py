"""A date as a source wrote it, before a time zone makes an instant of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Precision(StrEnum):
    """How precisely a source says when an item was published."""

    DAY = "day"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class When:
    """A date as a source wrote it: a day, and a time and an offset from UTC only if they were written."""

    day: dt.date
    time: dt.time | None = None
    offset: dt.timedelta | None = None

    @property
    def precision(self) -> Precision:
        return Precision.DAY if self.time is None else Precision.TIME

    def isoformat(self) -> str:
        """`2021-08-12`, `2021-08-12T09:30:00` or `2021-08-12T09:30:00+02:00`."""
        if self.time is None:
            return self.day.isoformat()
        zone = None if self.offset is None else dt.timezone(self.offset)
        return dt.datetime.combine(self.day, self.time, zone).isoformat()
