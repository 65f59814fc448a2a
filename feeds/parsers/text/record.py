"""Data types of records and sections before they become Items and Sections."""

from __future__ import annotations

from dataclasses import dataclass, field

from feeds.parsers.text.rows import Row


@dataclass(slots=True)
class RecordDraft:
    """A record's paragraphs in order, and the fields that were recognised in them so far.

    `above` and `below` are the paragraphs before and after the date that have no field yet. `anchor` is the paragraph
    that is known to hold the date, `day` the date in the heading above the record.
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
    """A heading and the records below it."""

    heading: Row | None
    drafts: list[RecordDraft] = field(default_factory=list)
