"""Header fields of a response (RFC 9110, 9111), read without a clock: dates count from the response's own Date.

A field that is not well formed is ignored. Durations are whole seconds and at most a day, because longer ones
are mistakes more often than they are meant.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime

from feeds.model import Validators

DAY = 86_400

Headers = Mapping[str, str]

_DIRECTIVE = re.compile(r'([a-z-]+)\s*(?:=\s*("[^"]*"|[^\s,]*))?', re.I)
_OPAQUE = re.compile(r"[ -~\x80-\xff]{1,1024}")


def retry_after(fields: Headers) -> int | None:
    """Return the seconds to wait before the next request (RFC 9110 §10.2.3)."""
    value = fields.get("Retry-After", "").strip()
    seconds = _digits(value)
    return seconds if seconds is not None else _seconds_until(value, fields)


def freshness_lifetime(fields: Headers) -> int | None:
    """Return for how many seconds the response stays fresh (RFC 9111 §4.2.1); None if it does not say.

    A `no-cache` that names fields concerns those fields only.
    """
    directives = {name.lower(): value for name, value in _DIRECTIVE.findall(fields.get("Cache-Control", ""))}
    if "no-store" in directives or directives.get("no-cache") == "":
        return 0
    lifetime = _digits(directives.get("max-age", "").strip('"'))
    if lifetime is None and "Expires" in fields:
        # RFC 9111 §5.3: an invalid date, "0" above all, means already expired.
        lifetime = _seconds_until(fields["Expires"], fields) or 0
    if lifetime is None:
        return None
    return max(0, lifetime - (_digits(fields.get("Age", "").strip()) or 0))


def validators(fields: Headers) -> Validators:
    """Return the validators that can be sent back unchanged."""
    return Validators(_opaque(fields.get("ETag")), _opaque(fields.get("Last-Modified")))


def media_type(fields: Headers) -> tuple[str | None, str | None]:
    """Return the media type, in lower case, and the charset of a response."""
    value = fields.get("Content-Type", "")
    if "/" not in value.partition(";")[0]:
        return None, None
    message = Message()
    message["Content-Type"] = " ".join(value.split())
    return message.get_content_type(), message.get_content_charset()


def _opaque(value: str | None) -> str | None:
    return value if value and _OPAQUE.fullmatch(value) else None


def _digits(value: str) -> int | None:
    if not re.fullmatch("[0-9]+", value):
        return None
    return DAY if len(value) > 9 else min(int(value), DAY)


def _seconds_until(value: str, fields: Headers) -> int | None:
    """Return the seconds from the response's Date to the date in `value`; None if one cannot be read."""
    later, now = _instant(value), _instant(fields.get("Date", ""))
    if later is None or now is None or later < now:
        return None
    return min(int((later - now).total_seconds()), DAY)


def _instant(value: str) -> datetime | None:
    try:
        instant = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
