"""A text → its paragraphs, each with the line it starts on, its indent and the blank lines above it.

A paragraph is one line, or several where a line was wrapped: its successor stands right below it and the
successor's first word would not have fitted. The width that lines are wrapped to is read off the document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

_NUMBER = re.compile(r"(?:(\d{1,3})[.)．、]|\((\d{1,3})\)|#(\d{1,3})[.:)]?)(?:\s+|$)")
_BULLET = re.compile(r"([•‣◦▪■●○·∙⁃★☆►▶»›*+–—-])\s+(?=\S)")
_WIDEST = 132
_RAGGED = 16


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`gap` counts the blank lines above; `mark` is "1" for a number, else the bullet, and not in `text`."""

    line: int
    indent: int
    gap: int
    text: str
    mark: str | None = None
    number: int | None = None


def scan(text: str) -> list[Paragraph]:
    """Split a text into paragraphs."""
    rows = list(_rows(text))
    width = _wrap_width(rows)
    paragraphs: list[Paragraph] = []
    last = 0
    for row in rows:
        words = row.text
        if width and paragraphs and row.gap == 0 and row.mark is None:
            above = paragraphs[-1]
            if last + 1 + len(words.split(" ", 1)[0]) > width and (row.indent >= above.indent):
                paragraphs[-1] = _joined(above, words)
                last = row.indent + len(words)
                continue
        paragraphs.append(row)
        last = row.indent + len(words) + (len(row.mark) + 2 if row.mark else 0)
    return paragraphs


def _rows(text: str) -> Iterator[Paragraph]:
    gap = 0
    for line, raw in enumerate(text.split("\n"), 1):
        words = " ".join(raw.split())
        if not words:
            gap += 1
            continue
        indent = len(raw) - len(raw.lstrip())
        if indent and "\t" in raw[:indent]:
            indent = len(raw[:indent].expandtabs(4))
        mark, number, words = _marked(words)
        yield Paragraph(line, indent, gap, words, mark, number)
        gap = 0


def _marked(words: str) -> tuple[str | None, int | None, str]:
    if words[0].isalpha():
        return None, None, words
    if match := _NUMBER.match(words):
        return "1", int(match[1] or match[2] or match[3]), words[match.end() :]
    if match := _BULLET.match(words):
        return match[1], None, words[match.end() :]
    return None, None, words


def _wrap_width(rows: list[Paragraph]) -> int:
    """Give the width that lines are wrapped to, 0 where they are not: many end shortly before the longest."""
    solid = [row.indent + len(row.text) for row, below in pairwise(rows) if below.gap == 0]
    widest = max(solid, default=0)
    if not 30 <= widest <= _WIDEST:
        return 0
    full = sum(length > widest - _RAGGED for length in solid)
    return widest if full >= 2 and full * 3 >= len(solid) else 0


def _joined(above: Paragraph, words: str) -> Paragraph:
    return Paragraph(above.line, above.indent, above.gap, f"{above.text} {words}", above.mark, above.number)
