"""A text dump of a listing → a Listing, read by its structure: no wording and no site is known here.

Each module beside this one knows one layout and reads the document by it, if it can. The reading that
explains most of the document wins: items with a title and a date count most, then those with a title and a
summary; a bare line counts next to nothing, since every menu has them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from feeds.dates import split_date
from feeds.model import Document, Item, Listing, Problem, Section
from feeds.months import fold, words
from feeds.parsers.blocks import look, read_dated, read_undated
from feeds.parsers.datelines import is_date
from feeds.parsers.decoding import decode
from feeds.parsers.drafts import Part, ends_sentence
from feeds.parsers.fields import assign
from feeds.parsers.headed import read_headed
from feeds.parsers.keyed import read_keyed
from feeds.parsers.language import language_of
from feeds.parsers.lines import Paragraph, join_dates, paragraphs, rows
from feeds.parsers.markup import strip_markup
from feeds.parsers.oneline import read_lines, read_stream
from feeds.parsers.outline import read_outlines
from feeds.parsers.table import read_table
from feeds.text import key

if TYPE_CHECKING:
    from feeds.config import Source

_PEERS = 3
_LONGEST_TITLE = 300
_NAMED = 1.3


@dataclass(frozen=True, slots=True)
class Reading:
    """A document read by one layout, and how much of it that explains."""

    parts: Sequence[Part]
    items: Sequence[Item]
    worth: float


def read_text(document: Document, source: Source) -> Listing:
    """Read a text dump."""
    text, problems = decode(document)
    text, markdown = strip_markup(text)
    language = language_of(text, source.language)
    languages = tuple(dict.fromkeys((language or source.language, source.language)))
    reading = _best(text, languages, markdown=markdown)
    sections = tuple(_sections(reading))
    complete = not reading.items or _complete(text, reading.items)
    return Listing(document.name, sections, (*problems, *_oddities(reading.items)), language, complete)


def _best(text: str, languages: tuple[str, ...], *, markdown: bool) -> Reading:
    """Read a text by every layout and keep the reading that explains most; the first of equals."""
    found = join_dates([_unmark_date(row, languages) for row in rows(text)], languages)
    joined = paragraphs(found, languages, joins=markdown)
    best = Reading((), (), 0.0)
    for factor, parts in _layouts(text, found, joined, languages):
        reading = _weigh(*_without_menus(parts, languages), factor)
        if reading.worth > best.worth:
            best = reading
            if _explains_all(best, joined, languages):
                break
    return best


def _layouts(
    text: str, found: Sequence[Paragraph], joined: Sequence[Paragraph], languages: tuple[str, ...]
) -> Iterator[tuple[float, list[Part]]]:
    """Read a text by every layout. The number is how much more than others a layout says by itself."""
    yield from ((1, parts) for parts in read_outlines(joined, languages))
    yield _NAMED, read_keyed(found, languages)
    yield _NAMED, read_table(text, languages)
    yield from ((1, parts) for parts in read_headed(joined))
    yield 1, read_lines(joined, languages)
    page = look(joined, languages)
    yield from ((1, parts) for parts in read_dated(page))
    yield 1, read_stream(joined, languages)
    yield 1, read_undated(page)


def _without_menus(parts: list[Part], languages: tuple[str, ...]) -> tuple[list[Part], list[Item]]:
    """Assign the fields, and drop the parts of bare lines beside those whose items have dates."""
    items = assign([draft for part in parts for draft in part.drafts], languages)
    if sum(item.date is not None for item in items) < _PEERS:
        return parts, items
    queue = iter(items)
    read = [(part, list(islice(queue, len(part.drafts)))) for part in parts]
    kept = [
        (part, found) for part, found in read if not found or any(item.date or item.summary for item in found)
    ]
    return [part for part, _ in kept], [item for _, found in kept for item in found]


def _weigh(parts: Sequence[Part], items: Sequence[Item], factor: float) -> Reading:
    seen: set[str] = set()
    worth = 0.0
    for item in items:
        if item.title is None or len(item.title) > _LONGEST_TITLE or key(item.title) in seen:
            continue
        seen.add(key(item.title))
        worth += 3 if item.date else 1 if item.summary else 0.05
        worth += (
            0.3 * (item.summary is not None) + 0.2 * (item.label is not None) + 0.1 * (item.link is not None)
        )
    return Reading(parts, items, worth * factor)


def _explains_all(reading: Reading, joined: Sequence[Paragraph], languages: tuple[str, ...]) -> bool:
    """Tell a reading that leaves out no date and little else: then no other needs to be tried."""
    dated = sum(item.date is not None for item in reading.items)
    inside = sum(len(draft.body) for part in reading.parts for draft in part.drafts)
    if dated * 2 < len(reading.items) or inside * 10 < len(joined) * 7:
        return False
    return dated == sum(is_date(paragraph.text, languages) for paragraph in joined)


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
    return Paragraph(paragraph.line, paragraph.indent, paragraph.gap, whole, link=paragraph.link)


def _sections(reading: Reading) -> Iterator[Section]:
    queue = iter(reading.items)
    last = max((place for place, part in enumerate(reading.parts) if part.drafts), default=-1)
    for part in reading.parts[: last + 1]:
        found = tuple(islice(queue, len(part.drafts)))
        if part.heading is None and not found:
            continue
        heading = part.heading.text if part.heading else None
        line = part.heading.line if part.heading else found[0].line
        yield Section(heading, line, tuple(item for item in found if _says_something(item)))


def _says_something(item: Item) -> bool:
    return (item.title or item.date or item.summary) is not None


def _oddities(items: Iterable[Item]) -> Iterator[Problem]:
    last: int | None = None
    for item in items:
        if item.number is not None:
            if last is not None and item.number not in (last + 1, last - 1, 1):
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
