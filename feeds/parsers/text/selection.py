"""Try every layout on a text and keep the reading that explains most of it.

Items with a title and a date explain most, then those with a title and a summary. A bare line counts almost nothing,
because every menu has such lines. Titles that are sentences count less: they belong to another item's summary.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from statistics import median

from feeds.dates.lines import is_date, is_month_name
from feeds.dates.parsing import LONGEST, split_date
from feeds.model import Item
from feeds.parsers.lexicon.page_titles import is_other_page
from feeds.parsers.text.cleanup.date_headings import complete_dates, complete_times
from feeds.parsers.text.cleanup.joined_rows import split_joined_rows
from feeds.parsers.text.cleanup.long_numbers import mark_long_numbers
from feeds.parsers.text.cleanup.repeated_rows import drop_repeated_rows
from feeds.parsers.text.fields.assignment import assign_fields
from feeds.parsers.text.layouts.date_anchors import find_date_anchors
from feeds.parsers.text.layouts.dated import read_dated
from feeds.parsers.text.layouts.day_headings import read_day_headings
from feeds.parsers.text.layouts.headings import read_headings
from feeds.parsers.text.layouts.key_value import read_key_value
from feeds.parsers.text.layouts.one_line import read_one_line, read_stream
from feeds.parsers.text.layouts.outline import read_outlines
from feeds.parsers.text.layouts.table import read_table
from feeds.parsers.text.layouts.undated import read_single, read_undated
from feeds.parsers.text.record import SectionDraft
from feeds.parsers.text.rows import URL, Row, join_split_dates, paragraphs, rows
from feeds.unicode.prose import display_width, is_prose

_YEAR = re.compile(r"\d{4}|\d\W\d\d?\W\d")
_MONTH = re.compile(r"\d{1,2}\.\s?\d{2,4}(?!\d)")
_MAIL = re.compile(r"\w@\w")
_DIGITS = re.compile(r"\d+")
# A version number is the whole name of a release.
_VERSION = re.compile(r"(?:v\d{1,3}(?:\.\d{1,3})+|\d{1,3}(?:\.\d{1,3}){2,})(?![.\d])", re.I)
_QUESTION = ("?", "？", "؟")
_PEERS = 3
_LONG_TITLE = 180
_LONGEST_TITLE = 300
_FAR = 10
_HEADLINE = 22
_BRIEF = 18
_WORD = 10
_FEW = 5
_AMONG_DATES = 0.3
# The factor for a layout whose fields are named in the document.
_NAMED_FIELDS = 1.3


@dataclass(frozen=True, slots=True)
class LayoutReading:
    """A document read by one layout: its sections, and the items of all sections in order."""

    sections: Sequence[SectionDraft]
    items: Sequence[Item]


def plain_reading(text: str, languages: tuple[str, ...]) -> LayoutReading | None:
    """Read a text as an outline, or return None if that leaves out a date or much else. Most listings are outlines."""
    joined = paragraphs(_clean_rows(text, languages), languages)
    _, sections = next(read_outlines(joined, languages), (0, []))
    sections, items = _assign_without_menus(sections, languages)
    drafts = [draft for part in sections for draft in part.drafts]
    dated = sum(item.date is not None for item in items)
    inside = sum(len(draft.body) for draft in drafts)
    if not dated or dated * 2 < len(items) or inside * 10 < len(joined) * 7:
        return None
    if dated != sum(is_date(paragraph.text, languages) for paragraph in joined):
        return None
    # Titles that all begin with the same words and a colon are named fields.
    if len(items) > 1 and len({(item.title or "").partition(":")[0] for item in items}) == 1:
        return None
    # A year in a short line may be a date in a language that is not known yet.
    undated = (part.text for draft in drafts if draft.date is None for part in draft.body)
    short = (text for text in undated if len(text) <= LONGEST and not URL.match(text))
    return None if any(map(_YEAR.search, short)) else LayoutReading(sections, items)


def best_reading(text: str, languages: tuple[str, ...], *, markdown: bool) -> LayoutReading:
    """Read a text by every layout and return the reading with the highest score; the first of equals."""
    found = _clean_rows(text, languages)
    joined = paragraphs(found, languages, joins=markdown)
    among_dates = sum(is_date(paragraph.text, languages) for paragraph in joined) >= _PEERS
    best, highest = LayoutReading((), ()), 0.0
    for factor, sections in _layouts(text, found, joined, languages):
        sections, items = _assign_without_menus(sections, languages)
        score = factor * _score(items, among_dates=among_dates)
        if score > highest:
            best, highest = LayoutReading(sections, items), score
    return best if _is_listing(best, joined) else LayoutReading((), ())


def _is_listing(reading: LayoutReading, paragraphs: Sequence[Row]) -> bool:
    """Whether a reading is a listing, and not a page that merely has a list, or questions with their answers."""
    items = reading.items
    dated = sum(item.date is not None for item in items)
    if dated * 3 >= len(items) > 0 or (dated and not _is_other_page(items, paragraphs)):
        return True
    if len(items) < 2 or all(item.title and item.title.endswith(_QUESTION) for item in items):
        return False
    if _is_other_page(items, paragraphs):
        return False
    bare = all((item.summary or item.link or item.label) is None for item in items)
    headings = sum(part.heading is not None for part in reading.sections if part.drafts)
    return not bare or (len(items) + headings) * 3 > len(paragraphs) * 2


def _is_other_page(items: Sequence[Item], paragraphs: Sequence[Row]) -> bool:
    """Whether a page is something other than a listing of news.

    It is if the page, or several of its items, have a name that listings do not have, if it numbers clauses, if its
    titles are single words or few and short, or if most items have a mail address.
    """
    if sum(_MAIL.search(item.summary or "") is not None for item in items) * 2 > len(items):
        return True
    titles = [item.title or "" for item in items]
    if sum(map(is_other_page, titles)) > 1 or sum(title.startswith("§") for title in titles) > 1:
        return True
    above = [part for part, below in pairwise(paragraphs) if below.gap and part.gap + (part is paragraphs[0])]
    above = [part for part in above if part.line < items[0].line and part.marker is None and not part.linked]
    if above and is_other_page(above[-1].text):
        return True
    counted = [item.number for item in items] == list(range(1, len(items) + 1))
    flat = all(below.indent <= part.indent or below.marker for part, below in pairwise(paragraphs) if part.marker)
    usual = median(map(display_width, titles))
    few = len(items) < _FEW and not any(item.link or item.number or item.label for item in items)
    return usual < _WORD or (few and usual < _BRIEF) or (counted and flat and usual < _HEADLINE)


def _clean_rows(text: str, languages: tuple[str, ...]) -> list[Row]:
    found = [_unnumber_date(row, languages) if row.marker == "1" else row for row in rows(text)]
    found = mark_long_numbers(found, languages)
    found = join_split_dates(drop_repeated_rows(split_joined_rows(found, languages), languages), languages)
    return complete_times(complete_dates(found, languages), languages)


def _layouts(
    text: str, found: Sequence[Row], joined: Sequence[Row], languages: tuple[str, ...]
) -> Iterator[tuple[float, list[SectionDraft]]]:
    """Yield the reading of each layout with its factor: above 1 where the layout itself is strong evidence."""
    yield from read_outlines(joined, languages)
    yield _NAMED_FIELDS, read_key_value(found, languages)
    named, table = read_table(text, languages)
    yield (_NAMED_FIELDS if named else 1), table
    yield from ((1, sections) for sections in read_headings(joined, languages))
    yield 1, read_one_line(joined, languages)
    anchors = find_date_anchors(joined, languages)
    yield from read_dated(anchors)
    yield 1, read_day_headings(anchors)
    yield 1, read_single(anchors)
    yield 1, read_stream(joined, languages)
    yield from ((1, sections) for sections in read_undated(anchors))


def _assign_without_menus(
    sections: list[SectionDraft], languages: tuple[str, ...]
) -> tuple[list[SectionDraft], list[Item]]:
    """Assign the fields; next to sections with dated items, drop those that have bare lines only."""
    items = assign_fields([draft for part in sections for draft in part.drafts], languages)
    if sum(item.date is not None for item in items) < _PEERS:
        return sections, items
    queue = iter(items)
    read = [(part, list(islice(queue, len(part.drafts)))) for part in sections]
    kept = [
        (part, found)
        for part, found in read
        if not found or any(item.date or is_prose(item.summary or "") for item in found)
    ]
    return [part for part, _ in kept], [item for _, found in kept for item in found]


def _score(items: Sequence[Item], *, among_dates: bool) -> float:
    """Return how much of a text the items explain; an undated item explains little if the text has dates.

    Titles that differ in their digits only count once: they may be numbers of titles that are elsewhere.
    """
    titled = {_mask_title(item.title).casefold(): item for item in reversed(items) if item.title}
    undated = _AMONG_DATES if among_dates else 1.0
    return sum(_item_score(title, item, undated) for title, item in titled.items())


def _mask_title(title: str) -> str:
    return title if _VERSION.match(title) else _DIGITS.sub("0", title)


def _item_score(title: str, item: Item, undated: float) -> float:
    """Score an item by its fields, the distance from its date to its title, and the form of its title."""
    if len(title) > _LONGEST_TITLE:
        return 0
    score = undated if item.summary else 0.05
    if item.date:
        score = 3 if _YEAR.search(item.date) else 2.5
    score += 0.3 * (item.summary is not None) + 0.2 * (item.label is not None) + 0.1 * (item.link is not None)
    distance = abs(item.lines.get("date", item.line) - item.lines.get("title", item.line))
    score -= 0.02 * min(distance, _FAR)
    if len(title) > _LONG_TITLE:
        return score / 4
    return score / 2 if title.endswith((".", "。")) and not title.endswith("...") else score


def _unnumber_date(paragraph: Row, languages: tuple[str, ...]) -> Row:
    """Undo the reading of `12. August 2021` or `12. 8. 2021` as item number 12."""
    if not (_MONTH.match(paragraph.text) or is_month_name(paragraph.text.split(" ", 1)[0], languages)):
        return paragraph
    whole = f"{paragraph.number}. {paragraph.text}"
    edge = split_date(whole, languages=languages)
    if edge is None or not edge.at_start:
        return paragraph
    return Row(paragraph.line, paragraph.indent, paragraph.gap, whole, link=paragraph.link)
