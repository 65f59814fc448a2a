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
from feeds.parsers.html.json_ld import StructuredItem, read_structured_items
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
_NO_STRUCTURED_ITEM = StructuredItem()


@dataclass(frozen=True, slots=True)
class PageReading:
    """A page and what was found in it."""

    html: str
    page: Page
    records: tuple[ExtractedRecord, ...]
    structured_items: tuple[StructuredItem, ...]
    language: str | None
    languages: tuple[str, ...]
    problems: tuple[Problem, ...]


def read_auto(document: Document, source: Source) -> Listing:
    """Read the listing of a page; a page without one gives a Listing without items."""
    found = _read(document, source.language)
    by_link = {structured.link: structured for structured in found.structured_items if structured.link}
    line_numbers = LineNumbers(found.html)
    sections = tuple(
        Section(each.heading, items[0].line, items)
        for each in group(found.page, found.records, found.languages)
        if (items := tuple(_items(each.records, each.heading, by_link, line_numbers)))
    )
    if not sections and (items := tuple(_structured_only_items(found.structured_items, line_numbers))):
        sections = (Section(None, items[0].line, items),)
    whole = found.page.complete
    return Listing(document.name, sections, found.problems, found.language, whole, closed=whole)


def selectors(document: Document, language: str = "en") -> Selectors | None:
    """Say what an automatic reading amounts to, for parser "html"; None where selectors cannot say it."""
    found = _read(document, language)
    return induce_selectors(found.html, found.page, found.records)


def _read(document: Document, given: str) -> PageReading:
    html, problems = decode(document)
    page = read_page(html, document.name, document.base or document.name)
    language = page.language or language_of(_text(page), given)
    languages = tuple(dict.fromkeys((language or given, given)))
    structured_items = read_structured_items(page.scripts, page.base)
    candidates = FieldCandidates(page)
    spans = select_records(
        page,
        RecordSetScorer(page, candidates, languages),
        {structured.link for structured in structured_items if structured.link},
    )
    records = _without_duplicates(align(page, candidates, spans, languages)) if spans else []
    return PageReading(html, page, tuple(records), structured_items, language, languages, problems)


def _without_duplicates(records: Sequence[ExtractedRecord]) -> list[ExtractedRecord]:
    """Keep of views to one address with one title the first, or the first that has a date, with all they say.

    Without an address nothing says that two of one title, the minutes of two meetings, are the same.
    """
    kept: dict[tuple[str, str], ExtractedRecord] = {}
    unlinked = []
    for record in records:
        # A page without an address of its own has links that cannot be followed, and tell its items apart.
        address = record.url or record.href
        if address is None or address.startswith("#"):
            unlinked.append(record)
            continue
        key = texts.key(record.text), address
        known = kept.setdefault(key, record)
        best, other = (record, known) if known.date is None and record.date is not None else (known, record)
        best.label = best.label or other.label
        best.summary = best.summary or other.summary
        best.credit = best.credit or other.credit
        kept[key] = best
    return sorted([*kept.values(), *unlinked], key=lambda record: record.span.start)


def _items(
    records: Sequence[ExtractedRecord],
    heading: str | None,
    by_link: Mapping[str, StructuredItem],
    line_numbers: LineNumbers,
) -> Iterator[Item]:
    for record in records:
        structured = by_link.get(record.url or "", _NO_STRUCTURED_ITEM)
        if title := texts.line(record.text):
            yield Item(
                line=line_numbers.line_of(record.href, record.text),
                credit=_one_line(record.credit),
                label=_one_line(record.label or heading or structured.label),
                title=title,
                date=_one_line(structured.date or record.date),
                summary=texts.paragraphs(record.summary or structured.summary or "") or None,
                link=record.url,
            )


def _structured_only_items(structured_items: Sequence[StructuredItem], line_numbers: LineNumbers) -> Iterator[Item]:
    """Make items of a list that the page does not print: a script would."""
    for structured in structured_items:
        if structured.link and (title := texts.line(structured.title or "")):
            yield Item(
                line=line_numbers.line_of(structured.link, structured.title),
                label=_one_line(structured.label),
                title=title,
                date=_one_line(structured.date),
                summary=texts.paragraphs(structured.summary or "") or None,
                link=structured.link,
            )


def _one_line(text: str | None) -> str | None:
    """Make a field fit for an item: one line, or nothing."""
    return texts.line(text) or None if text else None


def _text(page: Page) -> str:
    return "\n".join(line.text for line in page.lines)[:_SAMPLE]
