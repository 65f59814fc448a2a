"""Ids: minted once from what was first seen, and the keys by which an entry is found again.

An id depends on the title and the day alone, so that the base URL, the source's name, the label, the
order and even the link may differ between two stores that read the same documents. Only items that
agree in both are told apart by link and summary, and by an ordinal if these agree too. Where the origin
gave an id, ours depends on that and nothing else.
"""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from collections.abc import Container, Sequence

from feeds.linkage.record import ComparisonRecord
from feeds.linkage.weights import LONG

_NAMESPACE = uuid.UUID("0f6c1f5e-3b43-5d2a-9e0b-6d1f6b1a7c54")


def keys(face: ComparisonRecord) -> tuple[str, ...]:
    """What an entry can be looked up by: title, link, summary and the origin's id, each a digest."""
    parts = [("title", face.title)]
    if face.link:
        parts.append(("link", face.link))
    if len(face.summary) >= LONG:
        parts.append(("summary", face.summary))
    if face.origin:
        parts.append(("id", face.origin))
    return tuple(f"{kind}:{_digest(value)}" for kind, value in parts)


def mint(faces: Sequence[ComparisonRecord], taken: Container[str]) -> list[str]:
    """An id for each new item of one document; the same ids whatever the order that they stand in."""
    alike = Counter((face.title, face.day) for face in faces)
    used: set[str] = set()
    ids = []
    for face in faces:
        day = face.day.isoformat() if face.day else ""
        fields: tuple[str, ...] = ("id", face.origin) if face.origin else (face.title, day)
        candidate = _id(*fields)
        if not face.origin and (alike[face.title, face.day] > 1 or candidate in taken):
            fields = (*fields, face.link, face.summary)
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


def _digest(value: str) -> str:
    return hashlib.blake2b(value.encode(), digest_size=12).hexdigest()
