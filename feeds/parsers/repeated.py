"""A listing whose items share a line that is no date: "Read more" below each, "4 hours ago" above each.

A line with figures stands at the head of its item, as a date would; one without, at the foot.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from feeds.parsers.blocks import Page
from feeds.parsers.datelines import mask
from feeds.parsers.drafts import Draft, Part
from feeds.parsers.lines import Paragraph

_FIGURES = re.compile(r"\d+")
_WORD = re.compile(r"[^\W\d_]+")
_LINE = 40
_FEWEST = 3
_LARGEST = 12


def read_repeated(page: Page) -> Iterator[list[Part]]:
    """Read a page by each line that recurs at about the same distance, if it has no dates to go by."""
    if len(page.dates) > 1:
        return
    for places in _lines(page.paragraphs):
        heads = any(map(str.isdigit, page.paragraphs[places[0]].text))
        size = int(median(after - before for before, after in pairwise(places)))
        if heads:
            spans = [
                (start + 1, min(end, start + _LARGEST))
                for start, end in pairwise([*places, places[-1] + size])
            ]
        else:
            spans = [
                (max(start + 1, end - _LARGEST), end) for start, end in pairwise([places[0] - size, *places])
            ]
        drafts = [draft for start, end in spans if (draft := _draft(page, max(start, 0), end))]
        if len(drafts) * 5 >= len(spans) * 4:
            yield [Part(None, drafts)]


def _lines(paragraphs: Sequence[Paragraph]) -> Iterator[list[int]]:
    """Find the lines that recur, and stand neither side by side nor far apart."""
    found: dict[str, list[int]] = {}
    for place, paragraph in enumerate(paragraphs):
        if len(paragraph.text) <= _LINE:
            found.setdefault(_shape(paragraph.text), []).append(place)
    for places in found.values():
        if len(places) >= _FEWEST and 2 <= median(b - a for a, b in pairwise(places)) <= _LARGEST:
            yield places


def _shape(text: str) -> str:
    """What lines with figures have in common is their make ("3/16 Wed", "4 hours ago"), else their words."""
    return _WORD.sub("a", _FIGURES.sub("0", text)) if _FIGURES.search(text) else mask(text)


def _draft(page: Page, start: int, end: int) -> Draft | None:
    body = [page.paragraphs[place] for place in range(start, min(end, len(page.paragraphs)))]
    title = next(
        (place for place in range(start, end) if place < len(page.paragraphs) and page.is_title(place)), None
    )
    if title is None or title > start + 1:
        return None
    return Draft(body[0].line, body[0].number, body[title - start :])
