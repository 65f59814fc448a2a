"""One record of a page while its fields are extracted."""

from __future__ import annotations

from dataclasses import dataclass

from feeds.parsers.html.dom import Node
from feeds.parsers.html.field_candidates import FieldCandidate
from feeds.parsers.html.record_detection import RecordSpan


@dataclass(slots=True)
class ExtractedRecord:
    """The span and the candidates of a record, and the fields found so far.

    The nodes are the elements of the fields; selectors are derived from them. `used_lines` are the offsets of
    lines that already gave a date or a label.
    """

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
