"""How a refresh of a source went."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from feeds.model.listing import Problem
from feeds.redaction import redact_fields


class Status(StrEnum):
    """How a refresh of a source went."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    HELD = "held"
    FAILED = "failed"


NOT_READ_YET = frozenset({"unstable", "retry_later"})
"""Reasons why an Outcome that has not failed is not a success: a file is being written, a host may not be requested."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one refresh of one source went; log, status page, metrics and exit code report it.

    `reason` is one word from a closed set, `message` a sentence for people; both are None if nothing went wrong.
    `wait` is the number of seconds that the origin asks to wait before the next request.
    """

    source: str
    at: dt.datetime
    status: Status
    reason: str | None = None
    message: str | None = None
    documents: int = 0
    items: int = 0
    added: int = 0
    edited: int = 0
    retracted: int = 0
    unchanged: int = 0
    problems: tuple[Problem, ...] = ()
    wait: int | None = None

    def __post_init__(self) -> None:
        redact_fields(self, "message")
