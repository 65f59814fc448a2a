"""A record on its way to an Item."""

from __future__ import annotations

from dataclasses import dataclass, field

from feeds.parsers.text.rows import Paragraph


@dataclass(slots=True)
class Draft:
    """A record on its way to an Item: its paragraphs in order, and what has been recognised in them.

    `anchor` is the paragraph that is known to hold its date, `day` the date of the heading above it.
    """

    line: int
    number: int | None
    body: list[Paragraph]
    credit: Paragraph | None = None
    date: Paragraph | None = None
    above: list[Paragraph] = field(default_factory=list)
    below: list[Paragraph] = field(default_factory=list)
    label: Paragraph | None = None
    title: Paragraph | None = None
    link: str | None = None
    anchor: Paragraph | None = None
    day: Paragraph | None = None

    @property
    def marked(self) -> bool:
        return self.number is not None or any(part.mark for part in self.body[:1])


@dataclass(slots=True)
class Part:
    """A heading and the drafts below it."""

    heading: Paragraph | None
    drafts: list[Draft] = field(default_factory=list)
