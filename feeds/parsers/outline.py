"""A listing whose items are marked by a number or a bullet, with their paragraphs below, most often indented.

A paragraph that is indented no further than the marks ends the item above it and is a heading.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from feeds.parsers.fields import Draft, ends_sentence
from feeds.parsers.lines import Paragraph

_HEADING = 120


@dataclass(slots=True)
class Part:
    """A heading and the drafts below it."""

    heading: Paragraph | None
    drafts: list[Draft] = field(default_factory=list)


def read_outline(paragraphs: Sequence[Paragraph]) -> list[Part]:
    """Cut paragraphs into parts and items, at the marks that most items have."""
    level = _level(paragraphs)
    if level is None:
        return []
    mark, indent = level
    hanging = _hangs(paragraphs, level)
    parts: list[Part] = []
    draft: Draft | None = None
    for place, paragraph in enumerate(paragraphs):
        if paragraph.mark == mark and abs(paragraph.indent - indent) <= 2:
            draft = Draft(paragraph.line, paragraph.number, [paragraph] if paragraph.text else [])
            parts = parts or [Part(None)]
            parts[-1].drafts.append(draft)
        elif draft is not None and (
            paragraph.indent > indent or not (hanging or _opens(paragraphs, place, mark))
        ):
            draft.body.append(paragraph)
        elif is_heading(paragraph):
            draft = None
            parts.append(Part(paragraph))
        else:
            draft = None
    return parts


def is_heading(paragraph: Paragraph) -> bool:
    return len(paragraph.text) <= _HEADING and not ends_sentence(paragraph.text)


def _level(paragraphs: Sequence[Paragraph]) -> tuple[str, int] | None:
    marks = Counter((paragraph.mark, paragraph.indent) for paragraph in paragraphs if paragraph.mark)
    if not marks:
        return None
    (mark, indent), _ = max(marks.items(), key=lambda found: (found[0][0] == "1", found[1], -found[0][1]))
    assert mark is not None
    return mark, indent


def _hangs(paragraphs: Sequence[Paragraph], level: tuple[str, int]) -> bool:
    """Tell whether the paragraphs of an item are indented further than its mark."""
    below = [
        b.indent > a.indent for a, b in pairwise(paragraphs) if (a.mark, a.indent) == level and not b.mark
    ]
    return sum(below) * 2 >= len(below)


def _opens(paragraphs: Sequence[Paragraph], place: int, mark: str) -> bool:
    """Tell a heading among unindented items: a short line under a wide gap, right above the next mark."""
    paragraph = paragraphs[place]
    following = paragraphs[place + 1] if place + 1 < len(paragraphs) else None
    return (
        paragraph.gap > 1
        and is_heading(paragraph)
        and (following is None or following.mark == mark or following.gap > 1)
    )
