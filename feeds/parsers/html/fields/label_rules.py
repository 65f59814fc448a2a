"""Rules for one candidate: whether it may be a label, and whether the page names it as a label."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from feeds.parsers.html.dom import Node, Page
from feeds.parsers.html.field_candidates import FieldCandidate, Kind, is_credit
from feeds.parsers.html.fields.dates import is_date, is_of_calendar
from feeds.parsers.html.record import ExtractedRecord
from feeds.parsers.html.url_paths import leads_to_label, words_of
from feeds.parsers.lexicon.bylines import is_byline
from feeds.parsers.lexicon.field_names import TOO_GENERAL, may_mean, role_of
from feeds.unicode.cache import cache_short_texts
from feeds.unicode.normalise import words

_LONGEST = 60
# The number of ancestors of a label that are searched for a class that names it.
_MAX_LEVELS = 5
_WORDS = words(
    """cat cats cate categ kicker eyebrow badge chip pill pretitle overline dachzeile ressort subjects
    keywords rubric rubrics rubrica rubriche kat tags"""
)
_PEOPLE = words(
    """author authors byline vcard user users usr username profile editor editors people staff writer
    comment comments share print email readmore more location venue where place @"""
)
_LETTER = re.compile(r"[^\W\d_]")
_COLON = re.compile("[:：]")

PROPERTIES = frozenset(("articleSection", "keywords", "genre"))


def label_columns(page: Page) -> set[tuple[int, int]]:
    """Return the table columns with the heading of a label, as the start of the table and the column."""
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


def is_label_by_name(candidate: FieldCandidate, record: ExtractedRecord, columns: Collection[tuple[int, int]]) -> bool:
    if candidate.kind is Kind.LINE and any(piece.link is not None for piece in candidate.line.pieces):
        return False
    if candidate.link is not None:
        if not {"tag", "category"}.isdisjoint(candidate.link.get("rel").lower().split()):
            return True
        if leads_to_label(candidate.link.get("href")):
            return True
    if any(node.get("itemprop") in PROPERTIES for node in (candidate.node, candidate.line.block)):
        return True
    if columns and candidate.whole and _column(candidate.line.block) in columns:
        return True
    return (
        _is_named(candidate, record)
        or _follows_name(candidate)
        or _is_defined(candidate, record)
        or bool(value_after_name(candidate.text))
    )


def may_be_label(candidate: FieldCandidate, record: ExtractedRecord, languages: tuple[str, ...]) -> bool:
    text = candidate.text
    if len(text) > _LONGEST or text == record.title.text or text.endswith(":") or not _LETTER.search(text):
        return False
    if (
        candidate.heading is not None
        and candidate.heading is record.title.heading
        and not _is_outside_title(candidate, record)
    ):
        return False
    if (
        _is_item_link(candidate, record)
        or candidate.node is record.date_node
        or candidate.text not in candidate.line.text
    ):
        return False
    if any(node.tag == "time" or _is_of_people(node) for node in _around(candidate)):
        return False
    if candidate.link is not None and any(map(_means_people, words_of(candidate.link.get("href")))):
        return False
    if is_of_calendar(text, languages) or is_date(text, languages):
        return False
    return not (_is_signed(candidate) or is_credit(candidate))


def _is_outside_title(candidate: FieldCandidate, record: ExtractedRecord) -> bool:
    """Whether a text in the heading is outside of the title, which is only a part of the heading."""
    return not candidate.node.holds(record.title.node) and not record.title.node.holds(candidate.node)


def _around(candidate: FieldCandidate) -> Iterator[Node]:
    yield candidate.node
    if candidate.node.parent is not None:
        yield candidate.node.parent
    if candidate.link is not None:
        yield candidate.link


def _is_of_people(node: Node) -> bool:
    return any(map(_means_people, node.words))


@cache_short_texts(4096)
def _means_people(word: str) -> bool:
    return word in _PEOPLE or (word not in TOO_GENERAL and role_of(word) == "other")


def _is_signed(candidate: FieldCandidate) -> bool:
    """Whether the text follows or begins with "by", in any language."""
    before = candidate.line.text.partition(candidate.text)[0].split()
    return is_byline(candidate.text) or (bool(before) and is_byline(f"{before[-1]} {candidate.text}"))


@cache_short_texts(4096)
def _means_label(word: str) -> bool:
    return word in _WORDS or (word not in TOO_GENERAL and may_mean(word, "label"))


def _is_item_link(candidate: FieldCandidate, record: ExtractedRecord) -> bool:
    """Whether a text has the link of the title, and is not only another part of the same card."""
    link, title = candidate.link, record.title.link
    if link is None or title is None or link.get("href") != title.get("href"):
        return False
    if link is not title:
        return True
    return candidate.line is record.title.line and (
        candidate.kind is not Kind.PIECE or candidate.node.holds(record.title.node)
    )


def _is_named(candidate: FieldCandidate, record: ExtractedRecord) -> bool:
    """Whether a class of the element, or of an ancestor within the record, names a category."""
    node: Node | None = candidate.node
    for _ in range(_MAX_LEVELS):
        if node is None or node is record.span.root or not record.span.holds(node.start, node.end):
            return False
        if node.holds(record.title.node) or (
            node is not candidate.node and record.date_node and node.holds(record.date_node)
        ):
            return False
        if any(map(_means_label, node.words)) or may_mean(node.get("class"), "label"):
            return True
        node = node.parent
    return False


def _follows_name(candidate: FieldCandidate) -> bool:
    """Whether "Category:" precedes the text on its line, in any language."""
    name = _COLON.split(candidate.line.text.partition(candidate.text)[0])
    return len(name) > 1 and may_mean(name[0], "label")


def _is_defined(candidate: FieldCandidate, record: ExtractedRecord) -> bool:
    """Whether the text is the `<dd>` of a term such as "Category"."""
    if candidate.line.block.tag != "dd" or not candidate.whole:
        return False
    terms = [other.line.text for other in record.candidates if other.line.offset < candidate.line.offset]
    return bool(terms) and may_mean(_COLON.split(terms[-1])[0], "label")


def value_after_name(text: str) -> str:
    """Return the value of a text such as "Document type: Speech", else an empty string."""
    name, _, value = text.partition(":")
    words = name.split()
    return value.strip() if words and len(words) < 4 and may_mean(words[-1], "label") else ""
