"""Logging: one JSON object a line, or a readable line on a terminal.

The message of a record is the event's name; what belongs to it comes in `extra`. A URL is written without
its user information, query and fragment, which is where secrets are.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

from feeds.model import Outcome, Status
from feeds.redaction import redact

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

# Control characters of terminals and line ends of some programs that JSON leaves as they are.
_UNSEEN = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def _plain(value: str) -> bool:
    return value.isprintable() and " " not in value


def _redacted(value: object) -> Any:
    """Redact a value of a record; what is not text goes into the line by its `str`."""
    if value is None or isinstance(value, bool | int | float):
        return value
    return redact(value if isinstance(value, str) else str(value))


def _fields(record: logging.LogRecord, formatter: logging.Formatter) -> dict[str, Any]:
    fields = {"event": record.getMessage()}
    fields |= {name: value for name, value in vars(record).items() if name not in _STANDARD and value is not None}
    if record.exc_info:
        fields["traceback"] = formatter.formatException(record.exc_info)
    return {name: _redacted(value) for name, value in fields.items()}


class JSONFormatter(logging.Formatter):
    """One JSON object a line. JSON escapes line ends, so no text from outside can forge a second line."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        fields = {"at": at, "level": record.levelname.lower()}
        line = json.dumps(fields | _fields(record, self), ensure_ascii=False)
        return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", line)


class LineFormatter(logging.Formatter):
    """`09:30:00 refreshed source=newsroom added=3`, for a terminal.

    An exception is named with the place that raised it; the JSON lines have the whole traceback.
    """

    def format(self, record: logging.LogRecord) -> str:
        fields = _fields(record, self)
        words = [self.formatTime(record, "%H:%M:%S"), fields.pop("event")]
        if "traceback" in fields:
            del fields["traceback"]
            fields |= _raised(record)
        words += [f"{name}={value}" if _plain(str(value)) else f"{name}={value!r}" for name, value in fields.items()]
        return " ".join(words)


def _raised(record: logging.LogRecord) -> dict[str, str]:
    """Return the exception of a record and where it was raised."""
    _, error, trace = record.exc_info or (None, None, None)
    places = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(trace, limit=-1)]
    return {
        "exception": redact(f"{type(error).__name__}: {error}"),
        "raised_at": "".join(places),
    }


def configuration(level: str = "INFO") -> dict[str, Any]:
    """What `logging.config.dictConfig` takes: everything to standard error."""
    formatter = LineFormatter if sys.stderr.isatty() else JSONFormatter
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"event": {"()": formatter}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "event"}},
        "root": {"handlers": ["stderr"], "level": level},
        # APScheduler logs every run at INFO: one useless line a second.
        "loggers": {"apscheduler": {"level": "ERROR"}, "alembic": {"level": "WARNING"}},
    }


def configure(level: str = "INFO") -> None:
    """Send every logger's events to standard error."""
    import logging.config

    logging.config.dictConfig(configuration(level))


def log_outcome(outcome: Outcome) -> None:
    """Log an Outcome, unless nothing changed."""
    level = {Status.CHANGED: logging.INFO, Status.UNCHANGED: logging.DEBUG}.get(outcome.status, logging.WARNING)
    logging.getLogger(__name__).log(
        level,
        "refreshed",
        extra={
            "source": outcome.source,
            "status": outcome.status.value,
            "reason": outcome.reason,
            "explanation": outcome.message,
            "items": outcome.items,
            "added": outcome.added,
            "edited": outcome.edited,
            "retracted": outcome.retracted,
        },
    )
