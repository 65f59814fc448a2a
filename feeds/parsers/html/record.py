"""One record of a page while its fields are found."""

from __future__ import annotations

from dataclasses import dataclass

from feeds.parsers.html.dom import Node
from feeds.parsers.html.field_candidates import FieldCandidate
from feeds.parsers.html.record_detection import RecordSpan


@dataclass(slots=True)
class ExtractedRecord:
    """A record, its cells, and what has been found of its fields."""

    span: RecordSpan
    candidates: list[FieldCandidate]
    title: FieldCandidate
    text: str
    href: str | None = None
    url: str | None = None
    date: str | None = None
    label: str | None = None
    summary: str | None = None
    credit: str | None = None
    used_lines: frozenset[int] = frozenset()
    date_node: Node | None = None
    label_node: Node | None = None
    link_node: Node | None = None
    summary_node: Node | None = None
