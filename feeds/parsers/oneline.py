"""A listing with one line an item: a date at its start or end, and the title; or all items in one line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from feeds.dategrammar import find
from feeds.dates import LONGEST
from feeds.parsers.beside import rests_are_titles
from feeds.parsers.datelines import DateLine, date_line, is_date
from feeds.parsers.drafts import Draft, Part
from feeds.parsers.lines import Paragraph
from feeds.parsers.outline import is_heading
from feeds.parsers.prose import ends_sentence

_YEAR = re.compile(r"\d{4}")
_STREAM = 300
_TITLE = 200
_WINDOW = 4 * LONGEST


def read_lines(paragraphs: Sequence[Paragraph], languages: tuple[str, ...]) -> list[Part]:
    """Read the lines that hold a date and a title; prose below one is its summary, a short line a heading."""
    edges = [date_line(paragraph.text, languages) for paragraph in paragraphs]
    edges = [edge if edge and edge.at_edge else None for edge in edges]
    found = [edge for edge in edges if edge and edge.rest]
    at_start = sum(edge.at_start for edge in found) * 2 > len(found)
    found = [edge for edge in found if edge.at_start == at_start]
    if len(found) < 2 or not rests_are_titles([edge.rest for edge in found]):
        return []
    parts: list[Part] = []
    draft: Draft | None = None
    for paragraph, edge in zip(paragraphs, edges, strict=True):
        if edge and edge.rest and edge.at_start == at_start:
            draft = _draft(paragraph, edge)
            parts = parts or [Part(None)]
            parts[-1].drafts.append(draft)
        elif draft is not None and (paragraph.indent > draft.body[0].indent or ends_sentence(paragraph.text)):
            draft.body.append(paragraph)
        elif is_heading(paragraph) and not is_date(paragraph.text, languages):
            parts.append(Part(paragraph))
            draft = None
    return parts


def _draft(paragraph: Paragraph, edge: DateLine) -> Draft:
    title, date = paragraph._replace(text=edge.rest), paragraph._replace(text=edge.date)
    return Draft(paragraph.line, paragraph.number, [title], date=date)


def read_stream(paragraphs: Sequence[Paragraph], languages: tuple[str, ...]) -> list[Part]:
    """Read a page that became one long line: what stands between two dates is a title and furniture.

    The furniture is the words that stand next to every date. Where the first title begins, or the last one
    ends, cannot be seen if something else runs into it; that item is left out.
    """
    parts = []
    for paragraph in paragraphs:
        if len(paragraph.text) > _STREAM:
            parts.extend(_stream(paragraph, languages))
    return [Part(None, parts)] if parts else []


def _stream(paragraph: Paragraph, languages: tuple[str, ...]) -> list[Draft]:
    text = paragraph.text
    dates = list(_dates(text, languages))
    if len(dates) < 3:
        return []
    between = [text[end:begin].strip() for (_, end), (begin, _) in pairwise(dates)]
    tail = _common([words.split()[::-1] for words in between])
    head = _common([words.split() for words in between])
    if not head and not tail:
        return []
    titles = [" ".join(words.split()[len(head) : len(words.split()) - len(tail)]) for words in between]
    if not rests_are_titles(titles) or max(map(len, titles)) > _TITLE:
        return []
    owners = dates[:-1] if head and not tail else dates[1:]
    return [
        Draft(
            paragraph.line, None, [paragraph._replace(text=title), paragraph._replace(text=text[begin:end])]
        )
        for title, (begin, end) in zip(titles, owners, strict=True)
    ]


def _dates(text: str, languages: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Find every date, window by window: the time it takes grows with the text and no faster."""
    start = 0
    while start < len(text):
        window = text[start : start + _WINDOW]
        found = find(window, languages) if _YEAR.search(window) else None
        if found is None:
            start += _WINDOW - LONGEST
            continue
        if found.days:
            yield start + found.start, start + found.end
        start += found.end


def _common(rows: Sequence[Sequence[str]]) -> list[str]:
    """The words that nearly all rows begin with."""
    words: list[str] = []
    for place in range(min(map(len, rows))):
        word, count = Counter(row[place] for row in rows).most_common(1)[0]
        if count * 10 < len(rows) * 9:
            break
        words.append(word)
    return words
