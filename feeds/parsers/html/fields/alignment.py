"""The fields of records, found by what stands in the same place in most of them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from feeds.dates.parsing import split_date
from feeds.parsers.html.dom import Node, Page
from feeds.parsers.html.field_candidates import (
    FieldCandidate,
    FieldCandidates,
    Kind,
    Slot,
    is_credit,
    is_named,
    leads_on,
)
from feeds.parsers.html.fields.dates import find_dates, is_date
from feeds.parsers.html.fields.labels import find_labels
from feeds.parsers.html.fields.recurring_labels import recurs
from feeds.parsers.html.fields.summaries import find_summaries
from feeds.parsers.html.record import ExtractedRecord
from feeds.parsers.html.record_detection import RecordSpan
from feeds.parsers.lexicon.field_names import role_of

_LETTER = re.compile(r"[^\W\d_]")
_SAMPLE = 32
_LEVEL = 4  # where a slot says which heading its cells stand in
_MAINLY = 0.5
# A label may be that of most items; what nearly all say is none.
_NEARLY_ALL = 0.8
# A record whose title stands elsewhere than the others' has one only if it looks as good as theirs.
_NEARLY = 0.6
# A heading above others that looks worth less than this is a topic, and no title.
_AS_GOOD = 0.75


def align(
    page: Page, cells: FieldCandidates, records: Sequence[RecordSpan], languages: tuple[str, ...]
) -> list[ExtractedRecord]:
    """Read the fields of all records; one without a title is none."""
    held = [(record, cells.between(record.start, record.end)) for record in records]
    views = _title(held, languages)
    common = _repeated(views, _MAINLY)
    find_dates(page, views, languages)
    _undate_titles(views, languages)
    find_labels(page, views, _repeated(views, _NEARLY_ALL), languages)
    for view in views:
        view.linked = _link(page, view)
        view.href = None if view.linked is None else view.linked.get("href")
        view.url = page.url(view.href) if view.href else None
        others = (cell for cell in view.cells if view.title.text not in cell.text)
        view.credit = next((cell.text for cell in others if is_credit(cell)), None)
    find_summaries(views, common, languages)
    return views


def _title(
    held: Sequence[tuple[RecordSpan, list[FieldCandidate]]], languages: tuple[str, ...]
) -> list[ExtractedRecord]:
    step = max(1, len(held) // _SAMPLE)
    slot, usual = _title_slot([cells for _, cells in held[::step]], languages)
    views = []
    for record, cells in held:
        stand = [cell for cell in cells if cell.slot == slot]
        title = next((cell for cell in stand if _may_be_title(cell, languages)), next(iter(stand), None))
        if title is None:
            others = (cell for cell in cells if _may_be_title(cell, languages))
            title = max(others, key=lambda cell: cell.worth, default=None)
            if title is None or title.worth < usual * _NEARLY:
                continue
        views.append(ExtractedRecord(record, cells, title, title.text))
    _strip_descriptor(views)
    for view in views:
        _prefer_link(view, languages)
        view.text = _whole(view)
    _strip_kickers(views)
    return views


def _strip_kickers(views: Sequence[ExtractedRecord]) -> None:
    """Part the titles from what they begin with in an element of its own, where it recurs as labels do."""
    found = [(view, cell) for view in views if (cell := _kicker(view)) is not None]
    if recurs([cell.text for _, cell in found], len(views)):
        for view, cell in found:
            view.label, view.text = cell.text, view.text[len(cell.text) :].lstrip(" :|·–—-")


def _kicker(view: ExtractedRecord) -> FieldCandidate | None:
    title = view.title
    first = next((cell for cell in view.cells if cell.line is title.line and cell.kind is Kind.PIECE), None)
    if first is None or first.node in (title.node, title.link, title.heading) or first.text == view.text:
        return None
    return first if title.node.holds(first.node) and view.text.startswith(f"{first.text} ") else None


def _title_slot(held: Sequence[list[FieldCandidate]], languages: tuple[str, ...]) -> tuple[Slot | None, float]:
    """Name the place that most records have a different text in, and one that is worth most as a title."""
    worths: dict[Slot, list[float]] = defaultdict(list)
    texts: dict[Slot, list[str]] = defaultdict(list)
    for cells in held:
        firsts: dict[Slot, FieldCandidate] = {}
        for cell in cells:
            if cell.slot not in firsts and _may_be_title(cell, languages):
                firsts[cell.slot] = cell
        for slot, cell in firsts.items():
            worths[slot].append(cell.worth)
            texts[slot].append(cell.text)
    best, most, usual = None, 0.0, 0.0
    for slot, values in worths.items():
        distinct = len(set(texts[slot])) / len(texts[slot]) if len(held) > 1 else 1.0
        mean = sum(values) / len(values)
        total = mean * (len(values) / len(held)) * distinct
        if total > most:
            best, most, usual = slot, total, mean
    for slot, values in worths.items():
        mean = sum(values) / len(values)
        if best is not None and mean > usual * _AS_GOOD and _is_over(slot, best, texts):
            return slot, mean
    return best, usual


def _is_over(slot: Slot, best: Slot, texts: Mapping[Slot, Sequence[str]]) -> bool:
    """Whether a place holds headings of a higher level, one for each of the other: those are subtitles."""
    levels = str(slot[_LEVEL]), str(best[_LEVEL])
    if not all(levels) or levels[0] >= levels[1]:
        return False
    return len(set(texts[slot])) == len(texts[slot]) >= len(texts[best])


def _may_be_title(cell: FieldCandidate, languages: tuple[str, ...]) -> bool:
    return _LETTER.search(cell.text) is not None and not is_date(cell.text, languages)


def _prefer_link(view: ExtractedRecord, languages: tuple[str, ...]) -> None:
    """Of a heading that holds a link and a date, a number or the like beside it, take the link."""
    title = view.title
    if title.kind is Kind.LINE:
        first = next((cell for cell in view.cells if cell.line is title.line and cell.kind is Kind.LINK), None)
        if first is not None and title.text.startswith(first.text) and len(first.text) > _MAINLY * len(title.text):
            view.title, view.text = first, first.text
    if title.kind is not Kind.HEADING:
        return
    parts = [cell for cell in view.cells if cell.heading is title.heading and cell.text != title.text]
    links = [cell for cell in parts if cell.kind is Kind.LINK]
    if len(links) == 1:
        rest = title.text.replace(links[0].text, " ").strip(" ()[]|·•:–—-")
        if not _LETTER.search(rest) or is_date(rest, languages) or _is_kicker(rest, parts):
            view.title, view.text = links[0], links[0].text
            return
    named = [cell for cell in parts if cell.kind is Kind.PIECE and is_named(cell)]
    if len(named) == 1:
        view.title, view.text = named[0], named[0].text


def _is_kicker(rest: str, parts: Sequence[FieldCandidate]) -> bool:
    """Whether what stands before the link of a heading fills an element of its own."""
    return any(cell.text == rest and cell.kind is Kind.PIECE and cell.link is None for cell in parts)


def _strip_descriptor(views: Sequence[ExtractedRecord]) -> None:
    """Take off what all titles begin with up to a colon: the field's name, not a part of its value."""
    if len(views) < 3:
        return
    names = {view.text.partition(":")[:2] for view in views}
    if len(names) > 1:
        return
    name, colon = names.pop()
    if colon and role_of(name) == "title":
        for view in views:
            view.text = view.text[len(name) + 1 :].strip() or view.text


def _whole(view: ExtractedRecord) -> str:
    """Give the title whole where the page cut it and its link's `title` says all of it."""
    text = view.text
    stem = re.sub(r"\s*(?:\.{2,}|…)$", "", text)
    if stem != text and view.title.link is not None:
        for node in (view.title.link, view.title.node):
            said = " ".join(node.get("title").split())
            if len(said) > len(stem) and said.startswith(stem[: max(8, len(stem) - 3)]):
                return said
    return text


def _repeated(views: Sequence[ExtractedRecord], share: float) -> frozenset[str]:
    """The texts that more than a share of the records have: "Read more", "Share", the names of fields."""
    if len(views) < 2:
        return frozenset()
    counts = Counter(text for view in views for text in {cell.text for cell in view.cells})
    return frozenset(text for text, count in counts.items() if count > share * len(views))


def _undate_titles(views: Sequence[ExtractedRecord], languages: tuple[str, ...]) -> None:
    """Where nothing else is a date and most titles begin or end with one, divide them."""
    undated = [view for view in views if view.date is None]
    edges = [(view, split_date(view.title.line.text, languages=languages)) for view in undated]
    found = [(view, edge) for view, edge in edges if edge is not None]
    if not found or len(found) * 2 < len(views):
        return
    for view, edge in found:
        view.date = edge.date
        own = split_date(view.text, languages=languages)
        if own is not None and own.date == edge.date and _LETTER.search(own.rest):
            view.text = own.rest.rstrip(" (-–—|,")


def _link(page: Page, view: ExtractedRecord) -> Node | None:
    """Find the link of the title, else of its heading, else of the record.

    What links before the title heads the item; behind it, a link to follow goes before one within prose.
    """
    if view.title.link is not None:
        return view.title.link
    links = [cell for cell in view.cells if cell.link is not None]
    heading = view.title.heading
    own = [cell.link for cell in links if heading is not None and cell.heading is heading]
    root = view.record.root
    others = (node for node in (*root.above(), *page.within(root)) if node.tag == "a" and node.get("href"))
    place = view.cells.index(view.title)
    ahead = (cell.link for cell in view.cells[:place] if cell.link is not None)
    leading = (cell.link for cell in links if leads_on(cell))
    return next(iter((*own, *ahead, *leading, *(cell.link for cell in links), *others)), None)
