"""Ids of entries: made once, from what was first seen.

An id depends on the title and the day alone, so two stores that read the same documents get the same ids even if
the base URL, the source's name, the label, the order or the link differ. Only items that agree in title and day
are told apart by link and summary, and by an ordinal if these agree too. If the origin gave an id, ours depends
on that alone.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Container, Sequence

from feeds.linkage.record import ComparisonRecord

_NAMESPACE = uuid.UUID("0f6c1f5e-3b43-5d2a-9e0b-6d1f6b1a7c54")


def mint(records: Sequence[ComparisonRecord], taken: Container[str]) -> list[str]:
    """Return an id (`urn:uuid:…`, RFC 9562 version 5) for each new item of one document, in any order of them."""
    times = Counter((record.title, record.day) for record in records)
    used: set[str] = set()
    ids = []
    for record in records:
        day = record.day.isoformat() if record.day else ""
        fields: tuple[str, ...] = ("id", record.origin) if record.origin else (record.title, day)
        candidate = _id(*fields)
        if not record.origin and (times[record.title, record.day] > 1 or candidate in taken):
            fields = (*fields, record.link, record.summary)
            candidate = _id(*fields)
        ordinal = 1
        while candidate in taken or candidate in used:
            ordinal += 1
            candidate = _id(*fields, str(ordinal))
        used.add(candidate)
        ids.append(candidate)
    return ids


def _id(*fields: str) -> str:
    return uuid.uuid5(_NAMESPACE, "\x1f".join(fields)).urn
