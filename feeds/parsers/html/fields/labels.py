"""Which text of a record is its label: only one that the page prints as a category.

Said by `rel="tag"`, by the name of a class, of an address, of a column or of the field before it; else by
standing on the line of the date and being shared by several records, with a link that is not the item's;
else by what recurs (`kickers`).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence

from feeds.dates.lines import date_line
from feeds.parsers.date_context import labels_of
from feeds.parsers.html.dom import Node, Page
from feeds.parsers.html.field_candidates import FieldCandidate, Kind, Slot, is_credit
from feeds.parsers.html.fields.dates import is_date, is_of_calendar
from feeds.parsers.html.fields.recurring_labels import find_recurring_labels, is_beside_date, recurs
from feeds.parsers.html.record import ExtractedRecord
from feeds.parsers.html.url_paths import leads_to_label, words_of
from feeds.parsers.lexicon.bylines import is_byline
from feeds.parsers.lexicon.field_names import TOO_GENERAL, may_mean, role_of
from feeds.unicode.cache import cache_short_texts
from feeds.unicode.normalise import words

_LONGEST = 60
# How far above a label the element may stand that is called so.
_REACH = 5
_SAMPLE = 40
_FEW = 0.2
_MOST = 0.8
_WORDS = words(
    """cat cats cate categ kicker eyebrow badge chip pill pretitle overline dachzeile ressort subjects
    keywords rubric rubrics rubrica rubriche kat tags"""
)
_PEOPLE = words(
    """author authors byline vcard user users usr username profile editor editors people staff writer
    comment comments share print email readmore more location venue where place @"""
)
_PROPERTIES = frozenset(("articleSection", "keywords", "genre"))
_BRACKETED = re.compile(r"[\[【［〔]([^\W\d][^\]】］〕]{0,30})[\]】］〕]\s*(?=\w)")
_LETTER = re.compile(r"[^\W\d_]")
_COLON = re.compile("[:：]")
_BETWEEN = re.compile(r"\s*[,;|/·•]\s*")


def find_labels(
    page: Page, views: Sequence[ExtractedRecord], common: frozenset[str], languages: tuple[str, ...]
) -> None:
    """Give every record the first label of the place where most records have theirs."""
    found = _named(page, views, languages)
    slot = _slot(found)
    if slot is None:
        found = _on_the_date_line(views, languages)
        slot = _slot(found)
        having = sum(any(cell.slot == slot for cell in cells) for cells in found)
        if slot is None or having < _MOST * len(views):
            found = _recurring(views, common, languages)
            slot = _slot(found)
    for view, cells in zip(views, found, strict=True):
        cell = next((cell for cell in cells if cell.slot == slot), None) or next(iter(cells), None)
        if cell is not None:
            view.label, view.labelled = _first(cell), cell.node
            view.used |= {cell.line.place}
    if slot is None:
        _take_said(page, views)
        _take_beside_dates(views, languages)
        _take_bracketed(views)


def _named(page: Page, views: Sequence[ExtractedRecord], languages: tuple[str, ...]) -> list[list[FieldCandidate]]:
    """The cells that the page calls labels, in the places where some of the records have one."""
    columns = _columns(page)

    def is_label(cell: FieldCandidate, view: ExtractedRecord) -> bool:
        return _may_be_label(cell, view, languages) and _is_label(cell, view, columns)

    places = {cell.slot for view in _sample(views) for cell in view.cells if is_label(cell, view)}
    return [[cell for cell in view.cells if cell.slot in places and is_label(cell, view)] for view in views]


def _recurring(
    views: Sequence[ExtractedRecord], common: frozenset[str], languages: tuple[str, ...]
) -> list[list[FieldCandidate]]:
    """The cells that are labels by what recurs; what no sample shows is not looked for in all records."""
    for some in (_sample(views), views):
        allowed = [
            [cell for cell in view.cells if cell.text not in common and _may_be_label(cell, view, languages)]
            for view in some
        ]
        found = find_recurring_labels(some, allowed, languages)
        if len(some) == len(views) or not any(found):
            break
    return found if len(some) == len(views) else [[] for _ in views]


def _sample(views: Sequence[ExtractedRecord]) -> Sequence[ExtractedRecord]:
    return views[:: max(1, len(views) // _SAMPLE)]


def _take_beside_dates(views: Sequence[ExtractedRecord], languages: tuple[str, ...]) -> None:
    """Take what recurs in one text with the date: "Notice | 12 May 2020"."""
    if any(view.label for view in views):
        return
    texts = (
        view.dated and next((cell.line.text for cell in view.cells if cell.node is view.dated), None) for view in views
    )
    lines = [date_line(text, languages) if text else None for text in texts]
    known = [line for line in lines if line is not None]
    labels = iter(labels_of(known))
    said = [None if line is None else next(labels) for line in lines]
    if recurs([label for label in said if label], len(views)):
        for view, label in zip(views, said, strict=True):
            view.label = label


def _take_bracketed(views: Sequence[ExtractedRecord]) -> None:
    """Take what nearly all titles begin with in brackets of their own: "[Notice] The pool is closed"."""
    if any(view.label for view in views):
        return
    found = [_BRACKETED.match(view.text) for view in views]
    if recurs([match[1].strip() for match in found if match], len(views)):
        for view, match in zip(views, found, strict=True):
            view.label = match and match[1].strip()


def _take_said(page: Page, views: Sequence[ExtractedRecord]) -> None:
    """Take the label that a record says to machines alone."""
    said = [node for node in page.nodes if node.tag == "meta" and node.get("itemprop") in _PROPERTIES]
    for view in views:
        node = next((node for node in said if view.record.holds(node.start, node.end)), None)
        view.label = view.label or (None if node is None else node.get("content") or None)


def _slot(found: Sequence[Sequence[FieldCandidate]]) -> Slot | None:
    counts: dict[Slot, int] = defaultdict(int)
    for cells in found:
        for slot in dict.fromkeys(cell.slot for cell in cells):
            counts[slot] += 1
    if not counts:
        return None
    slot = max(counts, key=lambda slot: counts[slot])
    return slot if counts[slot] >= _FEW * len(found) else None


def _columns(page: Page) -> set[tuple[int, int]]:
    """The columns of tables that are headed as labels: where their table starts, and which they are."""
    return {
        _column(line.block)
        for line in page.lines
        if line.block.tag == "th" or (line.block.parent is not None and line.block.parent.tag == "th")
        if may_mean(line.text, "label")
    }


def _column(block: Node) -> tuple[int, int]:
    cell = next((node for node in block.above() if node.column), block)
    table = next((node for node in cell.above() if node.tag == "table"), cell)
    return table.start, cell.column


def _is_label(cell: FieldCandidate, view: ExtractedRecord, columns: Collection[tuple[int, int]]) -> bool:
    if cell.kind is Kind.LINE and any(piece.link is not None for piece in cell.line.pieces):
        return False
    if cell.link is not None:
        if not {"tag", "category"}.isdisjoint(cell.link.get("rel").lower().split()):
            return True
        if leads_to_label(cell.link.get("href")):
            return True
    if any(node.get("itemprop") in _PROPERTIES for node in (cell.node, cell.line.block)):
        return True
    if columns and cell.whole and _column(cell.line.block) in columns:
        return True
    return _is_named(cell, view) or _follows_name(cell) or _is_defined(cell, view) or bool(_said(cell.text))


def _may_be_label(cell: FieldCandidate, view: ExtractedRecord, languages: tuple[str, ...]) -> bool:
    text = cell.text
    if len(text) > _LONGEST or text == view.title.text or text.endswith(":") or not _LETTER.search(text):
        return False
    if cell.heading is not None and cell.heading is view.title.heading and not _is_beside(cell, view):
        return False
    if _is_the_items(cell, view) or cell.node is view.dated or cell.text not in cell.line.text:
        return False
    if any(node.tag == "time" or _is_of_people(node) for node in _around(cell)):
        return False
    if cell.link is not None and any(map(_says_people, words_of(cell.link.get("href")))):
        return False
    if is_of_calendar(text, languages) or is_date(text, languages):
        return False
    return not (_is_signed(cell) or is_credit(cell))


def _is_beside(cell: FieldCandidate, view: ExtractedRecord) -> bool:
    """Whether a text stands in the heading, and beside the title that is a part of it."""
    return not cell.node.holds(view.title.node) and not view.title.node.holds(cell.node)


def _around(cell: FieldCandidate) -> Iterator[Node]:
    yield cell.node
    if cell.node.parent is not None:
        yield cell.node.parent
    if cell.link is not None:
        yield cell.link


def _is_of_people(node: Node) -> bool:
    return any(map(_says_people, node.words))


@cache_short_texts(4096)
def _says_people(word: str) -> bool:
    return word in _PEOPLE or (word not in TOO_GENERAL and role_of(word) == "other")


def _is_signed(cell: FieldCandidate) -> bool:
    """Whether "by" or its like in another language stands before it on its line, or at its beginning."""
    before = cell.line.text.partition(cell.text)[0].split()
    return is_byline(cell.text) or (bool(before) and is_byline(f"{before[-1]} {cell.text}"))


@cache_short_texts(4096)
def _says_label(word: str) -> bool:
    return word in _WORDS or (word not in TOO_GENERAL and may_mean(word, "label"))


def _is_the_items(cell: FieldCandidate, view: ExtractedRecord) -> bool:
    """Whether a text leads where the title does, and is not merely on the same card."""
    link, title = cell.link, view.title.link
    if link is None or title is None or link.get("href") != title.get("href"):
        return False
    if link is not title:
        return True
    return cell.line is view.title.line and (cell.kind is not Kind.PIECE or cell.node.holds(view.title.node))


def _is_named(cell: FieldCandidate, view: ExtractedRecord) -> bool:
    """Whether the element, or one around it within the record, is called a category."""
    node: Node | None = cell.node
    for _ in range(_REACH):
        if node is None or node is view.record.root or not view.record.holds(node.start, node.end):
            return False
        if node.holds(view.title.node) or (node is not cell.node and view.dated and node.holds(view.dated)):
            return False
        if any(map(_says_label, node.words)) or may_mean(node.get("class"), "label"):
            return True
        node = node.parent
    return False


def _follows_name(cell: FieldCandidate) -> bool:
    """Whether "Category:" or its like in another language stands before it on its line."""
    name = _COLON.split(cell.line.text.partition(cell.text)[0])
    return len(name) > 1 and may_mean(name[0], "label")


def _is_defined(cell: FieldCandidate, view: ExtractedRecord) -> bool:
    """Whether it is the definition of a term that says so."""
    if cell.line.block.tag != "dd" or not cell.whole:
        return False
    terms = [other.line.text for other in view.cells if other.line.place < cell.line.place]
    return bool(terms) and may_mean(_COLON.split(terms[-1])[0], "label")


def _on_the_date_line(views: Sequence[ExtractedRecord], languages: tuple[str, ...]) -> list[list[FieldCandidate]]:
    """Links that records share, beside their dates."""
    found = [
        [
            cell
            for cell in view.cells
            if cell.kind is Kind.LINK and is_beside_date(cell, view) and _may_be_label(cell, view, languages)
        ]
        for view in views
    ]
    shared = Counter(target for cells in found for target in {_target(cell) for cell in cells})
    return [[cell for cell in cells if shared[_target(cell)] > 1] for cells in found]


def _target(cell: FieldCandidate) -> tuple[str, str]:
    return cell.text, "" if cell.link is None else cell.link.get("href")


def _said(text: str) -> str:
    """What a text says that the label is: "Document type: Speech"."""
    name, _, value = text.partition(":")
    words = name.split()
    return value.strip() if words and len(words) < 4 and may_mean(words[-1], "label") else ""


def _first(cell: FieldCandidate) -> str:
    text = _said(cell.text) or cell.text
    return _BETWEEN.split(text)[0].strip() if cell.kind is Kind.LINE else text
