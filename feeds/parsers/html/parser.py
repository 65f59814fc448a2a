"""Read a Listing from an HTML page without selectors.

Repeated records are detected, scored and selected, then their fields are aligned. JSON-LD supports the
selection, its dates win over printed ones, and its items are used alone if the page prints none.
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
from feeds.parsers.html.relative_links import with_relative_links
from feeds.parsers.html.sections import group
from feeds.parsers.html.wrapper_induction import Selectors, induce_selectors
from feeds.parsers.language_detection import language_of
from feeds.parsers.line_numbers import LineNumbers
from feeds.parsers.urls import relative
from feeds.unicode import normalise as texts
from feeds.unicode.decoding import decode

_SAMPLE = 4000
_NO_STRUCTURED_ITEM = StructuredItem()


@dataclass(frozen=True, slots=True)
class PageReading:
    """A parsed page with its records, its structured items and its languages."""

    html: str
    page: Page
    records: tuple[ExtractedRecord, ...]
    structured_items: tuple[StructuredItem, ...]
    language: str | None
    languages: tuple[str, ...]
    problems: tuple[Problem, ...]


def read_auto(document: Document, source: Source) -> Listing:
    """Return the listing of a page, without items if the page has no listing."""
    found = _read(document, source.language)
    by_link = {structured.link: structured for structured in found.structured_items if structured.link}
    line_numbers = LineNumbers(found.html)
    groups = group(found.page, found.records, found.languages)
    sections = tuple(
        Section(each.heading, items[0].line, items)
        for each in groups
        if (items := tuple(_items(each.records, each.heading, by_link, line_numbers)))
    )
    if not sections and (items := tuple(_structured_only_items(found.structured_items, line_numbers))):
        sections = (Section(None, items[0].line, items),)
    whole = found.page.complete
    listing = Listing(document.name, sections, found.problems, found.language, whole, closed=whole)
    titled = (record for each in groups for record in each.records if texts.line(record.text))
    return with_relative_links(listing, [relative(found.page.base, record.href) for record in titled])


def selectors(document: Document, language: str = "en") -> Selectors | None:
    """Return selectors that read the same items with parser "html"; None if there are none."""
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
    """Merge records with the same address and title; a record with a date wins, then the first one.

    Records without an address are never merged: the minutes of two meetings may have one title.
    """
    kept: dict[tuple[str, str], ExtractedRecord] = {}
    unlinked = []
    for record in records:
        # The links of a saved page may not be absolute, but they still distinguish its items.
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
    """Yield the items of a page that prints none, because a script would."""
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
    """Return a field as one line, or None if it is empty."""
    return texts.line(text) or None if text else None


def _text(page: Page) -> str:
    return "\n".join(line.text for line in page.lines)[:_SAMPLE]
