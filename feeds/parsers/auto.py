"""An HTML page without selectors → a Listing.

What repeats is found, weighed and read (`repetition`, `evidence`, `alignment`); further sets of the same
kind join the best one: a lead story, a second column. What the page says of its items to machines in
JSON-LD chooses among the sets, fills what is not printed, and stands alone where nothing is printed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from feeds import text as texts
from feeds.model import Document, Item, Listing, Problem, Section
from feeds.parsers.alignment import View, align
from feeds.parsers.cells import Cells
from feeds.parsers.decoding import decode
from feeds.parsers.evidence import Evidence, Scales
from feeds.parsers.grouping import Group, group
from feeds.parsers.language import language_of
from feeds.parsers.repetition import Record, RecordSet, find_records, find_singles
from feeds.parsers.tree import Page, read_page

if TYPE_CHECKING:
    from feeds.config import Source

# A set below this shows next to nothing of a listing: a menu, a pager, a cloud of tags.
LEAST = 0.75
# A second set joins the best one if an item of it shows as much, and stands in as good a place.
_ALIKE = 0.75
_SAMPLE = 4000


def read_auto(document: Document, source: Source) -> Listing:
    """Read the listing of a page; a page without one gives a Listing without items."""
    html, problems = decode(document)
    page = read_page(html, document.name, document.base or _address(document.name))
    language = page.language or language_of(_text(page), source.language)
    languages = tuple(dict.fromkeys((language or source.language, source.language)))
    cells = Cells(page)
    records = choose(page, Scales(page, cells, languages))
    views = _once(page, align(page, cells, records, languages)) if records else []
    groups = group(page, views, languages)
    sections = tuple(Section(each.heading, 1, tuple(_items(page, each))) for each in groups)
    return Listing(document.name, sections, problems, language, page.complete)


def choose(page: Page, scales: Scales) -> list[Record]:
    """Choose the records of the listing, in document order; none if nothing looks like one."""
    weighed = sorted((scales.weigh(found) for found in find_records(page)), key=lambda each: -each.score)
    if not weighed or weighed[0].quality * weighed[0].belief < LEAST:
        return []
    best = weighed[0]
    chosen = [best]
    singles = [scales.weigh(found) for found in find_singles(page, best.found.records)]
    for other in weighed[1:]:
        if other.quality >= _ALIKE * best.quality and _joins(other, best, chosen):
            chosen.append(other)
    for other in singles:
        if other.undated >= _ALIKE * best.undated and _joins(other, best, chosen):
            chosen.append(other)
    return sorted((record for each in chosen for record in each.found.records), key=lambda record: record.start)


def _joins(other: Evidence, best: Evidence, chosen: Sequence[Evidence]) -> bool:
    """Whether a set is more of the same: elsewhere, in as good a place, to addresses of one shape."""
    if other.belief < min(1.0, best.belief) or any(_overlap(other.found, each.found) for each in chosen):
        return False
    shapes = {_shape(href) for href in best.hrefs}
    return bool(other.hrefs) and all(_shape(href) in shapes for href in other.hrefs)


def _shape(href: str) -> tuple[object, ...]:
    """What the addresses of one kind of page share: the host, the folders' number, numbers for numbers."""
    parts = urlsplit(href)
    folders = [re.sub(r"\d+", "0", part) for part in parts.path.rstrip("/").split("/")[:-1]]
    return parts.netloc, tuple(folders), parts.query.partition("=")[0]


def _overlap(one: RecordSet, other: RecordSet) -> bool:
    return any(
        left.start < right.end and right.start < left.end for left in one.records for right in other.records
    )


def _once(page: Page, views: Sequence[View]) -> list[View]:
    """Keep of views to one address with one title the first, or the first that has a date."""
    kept: dict[tuple[str, str | None], View] = {}
    for view in views:
        key = texts.key(view.text), page.url(view.href) if view.href else None
        known = kept.get(key)
        if known is None or (known.date is None and view.date is not None):
            kept[key] = view
    return sorted(kept.values(), key=lambda view: view.record.start)


def _items(page: Page, found: Group) -> list[Item]:
    return [
        Item(
            line=1,
            credit=texts.line(view.credit) if view.credit else None,
            label=texts.line(view.label or found.heading or "") or None,
            title=texts.line(view.text),
            date=texts.line(view.date) if view.date else None,
            summary=texts.paragraphs(view.summary) if view.summary else None,
            link=page.url(view.href) if view.href else None,
        )
        for view in found.views
    ]


def _address(name: str) -> str | None:
    return name if name.startswith(("http://", "https://")) else None


def _text(page: Page) -> str:
    return "\n".join(line.text for line in page.lines)[:_SAMPLE]
