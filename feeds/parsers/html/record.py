"""One record of a page while its fields are found."""

from __future__ import annotations

from dataclasses import dataclass

from feeds.parsers.html.dom import Node
from feeds.parsers.html.field_candidates import FieldCandidate
from feeds.parsers.html.record_detection import RecordSpan


@dataclass(slots=True)
class ExtractedRecord:
    """A record, its cells, and what has been found of its fields."""

    record: RecordSpan
    cells: list[FieldCandidate]
    title: FieldCandidate
    text: str
    href: str | None = None
    url: str | None = None
    date: str | None = None
    label: str | None = None
    summary: str | None = None
    credit: str | None = None
    used: frozenset[int] = frozenset()
    dated: Node | None = None
    labelled: Node | None = None
    linked: Node | None = None
    summarised: Node | None = None
