"""One record of a page while its fields are found."""

from __future__ import annotations

from dataclasses import dataclass

from feeds.parsers.html.dom import Node
from feeds.parsers.html.field_candidates import Cell
from feeds.parsers.html.record_detection import Record


@dataclass(slots=True)
class View:
    """A record, its cells, and what has been found of its fields."""

    record: Record
    cells: list[Cell]
    title: Cell
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
