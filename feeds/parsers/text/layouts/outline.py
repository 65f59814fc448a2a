"""Read a listing whose items begin with a number or a bullet, with their paragraphs below, mostly indented.

A paragraph that is indented no further than the list markers ends the item above it and is a heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from feeds.dates.lines import is_date
from feeds.parsers.text.record import RecordDraft, SectionDraft
from feeds.parsers.text.rows import Row
from feeds.unicode.prose import ends_sentence

_NAMED = re.compile(r"\D*[:：]")
_HEADING = 120
_SLACK = 1
_LEVELS = 8
_INDENTED = 1.1


class _Level(NamedTuple):
    """The markers of one list: of one kind, aligned at their left or, if they are numbers, at their right."""

    marker: str
    indent: int
    end: int

    def holds(self, paragraph: Row) -> bool:
        if paragraph.marker != self.marker:
            return False
        return abs(paragraph.indent - self.indent) <= _SLACK or _end(paragraph) == self.end


def _end(paragraph: Row) -> int:
    return paragraph.indent + len(str(paragraph.number or ""))


def read_outlines(paragraphs: Sequence[Row], languages: tuple[str, ...]) -> Iterator[tuple[float, list[SectionDraft]]]:
    """Yield the reading by each kind of marker at each indent; indented items have the higher factor."""
    levels: dict[_Level, int] = {}
    for paragraph in paragraphs:
        if paragraph.marker:
            here = _Level(paragraph.marker, paragraph.indent, _end(paragraph))
            level = next((level for level in levels if level.holds(paragraph)), here)
            levels[level] = levels.get(level, 0) + 1
    for level in sorted(levels, key=lambda level: (level.marker != "1", -levels[level]))[:_LEVELS]:
        indented = _is_indented(paragraphs, level)
        yield _INDENTED if indented else 1, _read_outline(paragraphs, level, languages, indented=indented)


def is_heading(paragraph: Row) -> bool:
    """Whether a paragraph may be a heading above items: short, and not a sentence."""
    return len(paragraph.text) <= _HEADING and not ends_sentence(paragraph.text)


def _read_outline(
    paragraphs: Sequence[Row], level: _Level, languages: tuple[str, ...], *, indented: bool
) -> list[SectionDraft]:
    sections: list[SectionDraft] = []
    draft: RecordDraft | None = None
    day: Row | None = None
    headings = [above for above, below in pairwise(paragraphs) if above.level and is_date(below.text, languages)]
    for index, paragraph in enumerate(paragraphs):
        if paragraph.marker and level.holds(paragraph):
            draft = RecordDraft(paragraph.line, paragraph.number, [paragraph] if paragraph.text else [], day=day)
            sections = sections or [SectionDraft(None)]
            sections[-1].drafts.append(draft)
        elif draft is not None and (
            paragraph.indent > level.indent or not (indented or _is_section_heading(paragraphs, index, level.marker))
        ):
            draft.body.append(paragraph)
        else:
            draft = None
            if is_heading(paragraph) and not paragraph.marker:
                # "Last updated: 3 June" is not the date of the items, nor are dates right below headings.
                heads = is_date(paragraph.text, languages) and not _NAMED.match(paragraph.text)
                day = paragraph if heads and len(headings) < 2 else None
                sections.append(SectionDraft(paragraph))
    return sections


def _is_indented(paragraphs: Sequence[Row], level: _Level) -> bool:
    """Whether the paragraphs of an item are indented further than its marker."""
    pairs = [(a, b) for a, b in pairwise(paragraphs) if a.marker and level.holds(a)]
    below = [b.indent > a.indent for a, b in pairs if not b.marker]
    return sum(below) * 2 >= len(below) or len(pairs) - len(below) > len(below)


def _is_section_heading(paragraphs: Sequence[Row], index: int, marker: str) -> bool:
    """Whether a paragraph is a heading among unindented items: short, below a wide gap, right above a marker."""
    paragraph = paragraphs[index]
    following = paragraphs[index + 1] if index + 1 < len(paragraphs) else None
    if paragraph.level:
        return True
    return (
        paragraph.gap > 1
        and is_heading(paragraph)
        and (following is None or following.marker == marker or following.gap > 1)
    )
