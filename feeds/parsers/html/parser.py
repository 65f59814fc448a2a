"""An HTML page without selectors → a Listing.

What repeats is found, weighed, chosen and read (`repetition`, `evidence`, `choice`, `alignment`). What the
page says of its items to machines in JSON-LD has a say in the choice, goes before what is printed in the
fields, and stands alone where nothing is printed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from feeds.config import Source
from feeds.model import Document, Item, Listing, Problem, Section
from feeds.parsers.html.dom import Page
from feeds.parsers.html.dom_builder import read_page
from feeds.parsers.html.field_candidates import FieldCandidates
from feeds.parsers.html.fields.alignment import align
from feeds.parsers.html.json_ld import StructuredItem, read_facts
from feeds.parsers.html.record import ExtractedRecord
from feeds.parsers.html.record_scoring import RecordSetScorer
from feeds.parsers.html.record_selection import select_records
from feeds.parsers.html.sections import group
from feeds.parsers.html.wrapper_induction import Selectors, induce_selectors
from feeds.parsers.language_detection import language_of
from feeds.parsers.line_numbers import LineNumbers
from feeds.unicode import normalise as texts
from feeds.unicode.decoding import decode

_SAMPLE = 4000
_NOTHING = StructuredItem()


@dataclass(frozen=True, slots=True)
class PageReading:
    """A page and what was found in it."""

    html: str
    page: Page
    views: tuple[ExtractedRecord, ...]
    facts: tuple[StructuredItem, ...]
    language: str | None
    languages: tuple[str, ...]
    problems: tuple[Problem, ...]


def read_auto(document: Document, source: Source) -> Listing:
    """Read the listing of a page; a page without one gives a Listing without items."""
    found = _read(document, source.language)
    known = {fact.link: fact for fact in found.facts if fact.link}
    positions = LineNumbers(found.html)
    sections = tuple(
        Section(each.heading, items[0].line, items)
        for each in group(found.page, found.views, found.languages)
        if (items := tuple(_items(each.views, each.heading, known, positions)))
    )
    if not sections and (items := tuple(_announced(found.facts, positions))):
        sections = (Section(None, items[0].line, items),)
    whole = found.page.complete
    return Listing(document.name, sections, found.problems, found.language, whole, closed=whole)


def selectors(document: Document, language: str = "en") -> Selectors | None:
    """Say what an automatic reading amounts to, for parser "html"; None where selectors cannot say it."""
    found = _read(document, language)
    return induce_selectors(found.html, found.page, found.views)


def _read(document: Document, given: str) -> PageReading:
    html, problems = decode(document)
    page = read_page(html, document.name, document.base or document.name)
    language = page.language or language_of(_text(page), given)
    languages = tuple(dict.fromkeys((language or given, given)))
    facts = read_facts(page.scripts, page.base)
    cells = FieldCandidates(page)
    records = select_records(page, RecordSetScorer(page, cells, languages), {fact.link for fact in facts if fact.link})
    views = _once(align(page, cells, records, languages)) if records else []
    return PageReading(html, page, tuple(views), facts, language, languages, problems)


def _once(views: Sequence[ExtractedRecord]) -> list[ExtractedRecord]:
    """Keep of views to one address with one title the first, or the first that has a date, with all they say.

    Without an address nothing says that two of one title, the minutes of two meetings, are the same.
    """
    kept: dict[tuple[str, str], ExtractedRecord] = {}
    unlinked = []
    for view in views:
        # A page without an address of its own has links that cannot be followed, and tell its items apart.
        address = view.url or view.href
        if address is None or address.startswith("#"):
            unlinked.append(view)
            continue
        key = texts.key(view.text), address
        known = kept.setdefault(key, view)
        best, other = (view, known) if known.date is None and view.date is not None else (known, view)
        best.label = best.label or other.label
        best.summary = best.summary or other.summary
        best.credit = best.credit or other.credit
        kept[key] = best
    return sorted([*kept.values(), *unlinked], key=lambda view: view.record.start)


def _items(
    views: Sequence[ExtractedRecord], heading: str | None, known: Mapping[str, StructuredItem], positions: LineNumbers
) -> Iterator[Item]:
    for view in views:
        fact = known.get(view.url or "", _NOTHING)
        if title := texts.line(view.text):
            yield Item(
                line=positions.line_of(view.href, view.text),
                credit=_line(view.credit),
                label=_line(view.label or heading or fact.label),
                title=title,
                date=_line(fact.date or view.date),
                summary=texts.paragraphs(view.summary or fact.summary or "") or None,
                link=view.url,
            )


def _announced(facts: Sequence[StructuredItem], positions: LineNumbers) -> Iterator[Item]:
    """Make items of a list that the page does not print: a script would."""
    for fact in facts:
        if fact.link and (title := texts.line(fact.title or "")):
            yield Item(
                line=positions.line_of(fact.link, fact.title),
                label=_line(fact.label),
                title=title,
                date=_line(fact.date),
                summary=texts.paragraphs(fact.summary or "") or None,
                link=fact.link,
            )


def _line(text: str | None) -> str | None:
    """Make a field fit for an item: one line, or nothing."""
    return texts.line(text) or None if text else None


def _text(page: Page) -> str:
    return "\n".join(line.text for line in page.lines)[:_SAMPLE]
