"""A record on its way to an Item."""

from __future__ import annotations

from dataclasses import dataclass, field

from feeds.parsers.text.rows import Row


@dataclass(slots=True)
class RecordDraft:
    """A record on its way to an Item: its paragraphs in order, and what has been recognised in them.

    `anchor` is the paragraph that is known to hold its date, `day` the date of the heading above it.
    """

    line: int
    number: int | None
    body: list[Row]
    credit: Row | None = None
    date: Row | None = None
    above: list[Row] = field(default_factory=list)
    below: list[Row] = field(default_factory=list)
    label: Row | None = None
    title: Row | None = None
    link: str | None = None
    anchor: Row | None = None
    day: Row | None = None

    @property
    def has_marker(self) -> bool:
        return self.number is not None or any(part.marker for part in self.body[:1])


@dataclass(slots=True)
class SectionDraft:
    """A heading and the drafts below it."""

    heading: Row | None
    drafts: list[RecordDraft] = field(default_factory=list)
