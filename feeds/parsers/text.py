"""A text dump of a listing → a Listing, read by its structure: no wording and no site is known here."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from feeds.dates import split_date
from feeds.model import Document, Item, Listing, Problem, Section
from feeds.months import fold, guess_language, words
from feeds.parsers.decoding import decode
from feeds.parsers.fields import assign, ends_sentence
from feeds.parsers.lines import Paragraph, scan
from feeds.parsers.outline import Part, read_outline

if TYPE_CHECKING:
    from feeds.config import Source

_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_BEFORE_YEAR = re.compile(
    r"\d{1,2}\W{1,2}(?:[^\W\d_]{1,3}\.?\s+|d['’])?([^\s\d.,/()–-]{3,})\.?,?\s+(?:[^\W\d_]{1,3}\.?\s+)?$"
    r"|([^\s\d.,/()–-]{3,})\.?\s+\d{1,2}(?:[^\W\d_]{2})?,?\s+$"
)
_AFTER_YEAR = re.compile(r"\W{0,2}(?:[^\W\d_]{1,5}\.?\s+)?([^\s\d.,/()–-]{3,})\.?\s+\d{1,2}(?!\d)")
_REACH = 28
_PEERS = 3


def read_text(document: Document, source: Source) -> Listing:
    """Read a text dump."""
    text, problems = decode(document)
    language = _language(text, source.language)
    languages = tuple(dict.fromkeys((language or source.language, source.language)))
    paragraphs = [_unmark_date(paragraph, languages) for paragraph in scan(text)]
    parts = read_outline(paragraphs)
    items = assign([draft for part in parts for draft in part.drafts], languages)
    sections = tuple(_sections(parts, items))
    complete = not items or _complete(text, items)
    return Listing(document.name, sections, (*problems, *_oddities(items)), language, complete)


def _language(text: str, given: str) -> str | None:
    """Name the language whose month names the dates have, where they are not the given one's or English."""
    found: Counter[str] = Counter()
    for year in _YEAR.finditer(text):
        start, end = year.span()
        if before := _BEFORE_YEAR.search(text[max(0, start - _REACH) : start]):
            found[before[1] or before[2]] += 1
        elif after := _AFTER_YEAR.match(text[end : end + _REACH]):
            found[after[1]] += 1
    known = words((given,)).months
    if all(name.lower() in known or fold(name) in known for name in found):
        return None
    return guess_language(found)


def _unmark_date(paragraph: Paragraph, languages: tuple[str, ...]) -> Paragraph:
    """Undo the reading of `12. August 2021` as item 12."""
    if (
        paragraph.mark != "1"
        or not paragraph.text
        or fold(paragraph.text.split()[0]) not in words(languages).months
    ):
        return paragraph
    whole = f"{paragraph.number}. {paragraph.text}"
    edge = split_date(whole, languages=languages)
    if edge is None or not edge.at_start:
        return paragraph
    return Paragraph(paragraph.line, paragraph.indent, paragraph.gap, whole)


def _sections(parts: Iterable[Part], items: Sequence[Item]) -> Iterator[Section]:
    queue = iter(items)
    for part in parts:
        found = tuple(islice(queue, len(part.drafts)))
        heading = part.heading.text if part.heading else None
        line = part.heading.line if part.heading else found[0].line
        yield Section(heading, line, tuple(item for item in found if _says_something(item)))


def _says_something(item: Item) -> bool:
    return (item.title or item.date or item.summary) is not None


def _oddities(items: Iterable[Item]) -> Iterator[Problem]:
    last: int | None = None
    for item in items:
        if item.number is not None:
            if last is not None and item.number not in (last + 1, 1):
                yield Problem(item.line, f"numbering: {item.number} follows {last}")
            last = item.number
        if not _says_something(item):
            yield Problem(item.line, "an item with neither title nor date nor summary is left out")
        elif item.title is None:
            yield Problem(item.line, "an item without a title")


def _complete(text: str, items: Sequence[Item]) -> bool:
    """Tell whether a document ends where an item may end.

    A mark or a label with nothing below shows a cut. So does, in a text that does not end its last line, an
    item that lacks what each of its peers has: a date, a summary, the end of its last sentence.
    """
    *peers, last = items
    if last.title is None:
        return False
    if text.endswith("\n") or len(peers) < _PEERS:
        return True
    if any(
        getattr(last, name) is None and all(getattr(item, name) for item in peers)
        for name in ("date", "summary")
    ):
        return False
    ended = [ends_sentence(item.summary) for item in peers if item.summary]
    return last.summary is None or ends_sentence(last.summary) or len(ended) < _PEERS or not all(ended)
