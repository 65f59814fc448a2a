"""A listing in Markdown whose items each begin with a heading of one level; higher headings are sections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from feeds.parsers.drafts import Draft, Part
from feeds.parsers.lines import Paragraph


def read_headed(paragraphs: Sequence[Paragraph]) -> Iterator[list[Part]]:
    """Read a text by each level of heading that there is more than once."""
    levels = Counter(paragraph.level for paragraph in paragraphs if paragraph.level)
    for level, count in levels.items():
        if count > 1:
            yield _by_level(paragraphs, level)


def _by_level(paragraphs: Sequence[Paragraph], level: int) -> list[Part]:
    parts: list[Part] = []
    draft: Draft | None = None
    for paragraph in paragraphs:
        if paragraph.level == level:
            draft = Draft(paragraph.line, paragraph.number, [paragraph])
            parts = parts or [Part(None)]
            parts[-1].drafts.append(draft)
        elif 0 < paragraph.level < level:
            parts.append(Part(paragraph))
            draft = None
        elif draft is not None:
            draft.body.append(paragraph)
    return parts
