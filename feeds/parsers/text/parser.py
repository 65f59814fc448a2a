"""Read a text dump by its structure alone, without knowing any site or its wording.

Each module in `layouts/` reads a document by one layout; `selection` keeps the reading that explains most of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from feeds.config import Source
from feeds.errors import ParseError
from feeds.model import Document, Item, Listing, Problem, Section
from feeds.parsers.language_detection import language_by_script, language_of
from feeds.parsers.text.lookalikes import read_with_lookalikes
from feeds.parsers.text.markdown import strip_markup
from feeds.parsers.text.selection import LayoutReading, best_reading, plain_reading
from feeds.unicode.decoding import decode
from feeds.unicode.prose import ends_sentence

_PEERS = 2
# Trying every layout takes some 50 µs a line.
_MOST_LINES = 200_000


def read_text(document: Document, source: Source) -> Listing:
    """Return the Listing of a text dump; raise ParseError for one that has too many lines."""
    text, problems = decode(document)
    text, markdown = strip_markup(text)
    reading, language = _read(document.name, text, source, markdown=markdown)
    languages = tuple(dict.fromkeys((language or source.language, source.language)))
    reading, mistyped = read_with_lookalikes(text, reading, languages, markdown=markdown)
    sections = tuple(_sections(reading))
    complete = not reading.items or _is_complete(text, reading.items)
    found = (*problems, *mistyped, *_problems(reading.items))
    return Listing(document.name, sections, found, language, complete)


def _read(name: str, text: str, source: Source, *, markdown: bool) -> tuple[LayoutReading, str | None]:
    """Return the best reading of a text, and its language if that is not the source's."""
    language = language_by_script(text, source.language)
    if not (markdown or language) and (reading := plain_reading(text, (source.language,))):
        return reading, None
    language = language_of(text, source.language) or language
    if text.count("\n") > _MOST_LINES:
        raise ParseError("too_large", f"{name} has over {_MOST_LINES:,} lines and no plain layout")
    languages = tuple(dict.fromkeys((language or source.language, source.language)))
    return best_reading(text, languages, markdown=markdown), language


def _sections(reading: LayoutReading) -> Iterator[Section]:
    queue = iter(reading.items)
    last = max((index for index, section in enumerate(reading.sections) if section.drafts), default=-1)
    for section in reading.sections[: last + 1]:
        found = tuple(islice(queue, len(section.drafts)))
        if section.heading is None and not found:
            continue
        heading = section.heading.text if section.heading else None
        line = section.heading.line if section.heading else found[0].line
        yield Section(heading, line, tuple(item for item in found if _has_content(item)))


def _has_content(item: Item) -> bool:
    return (item.title or item.date or item.summary) is not None


def _problems(items: Iterable[Item]) -> Iterator[Problem]:
    last: int | None = None
    for item in items:
        if item.number is not None:
            if last is not None and item.number not in (last + 1, last - 1, 1):
                yield Problem(item.line, f"numbering: {item.number} follows {last}")
            last = item.number
        if not _has_content(item):
            yield Problem(item.line, "an item with neither title nor date nor summary is left out")
        elif item.title is None:
            yield Problem(item.line, "an item without a title")


def _is_complete(text: str, items: Sequence[Item]) -> bool:
    """Whether a document ends where an item may end.

    A document was cut short if its last item has a marker or a label and nothing after it. If the last line has no
    line end, two more signs count: the last item has no field that every other item has, or its summary stops in
    mid-sentence while all others are whole. A document that ends right after a date is taken for whole: cuts rarely
    fall there, and many items end there.
    """
    *peers, last = items
    if last.title is None:
        return False
    if not _ends_with(text, last) or len(peers) < _PEERS or (last.summary and ends_sentence(last.summary)):
        return True
    if last.summary is None and last.lines.get("date", 0) > last.lines["title"]:
        return True
    if _shape(last) not in map(_shape, peers):
        return False
    return last.summary is None or not all(ends_sentence(item.summary) for item in peers if item.summary)


def _ends_with(text: str, item: Item) -> bool:
    """Whether an item's last word is the last word of the text, with no line end after it."""
    words_of = {name: words for name in ("title", "date", "summary") if (words := getattr(item, name))}
    _, words = max((item.lines.get(name, 0), words) for name, words in words_of.items())
    return text.rsplit(None, 1)[-1] == words.rsplit(None, 1)[-1] and not text.endswith("\n")


def _shape(item: Item) -> tuple[bool, bool]:
    return item.date is None, item.summary is None
