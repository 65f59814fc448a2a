"""Which text of a record is its label: only one that the page prints as a category.

Said by `rel="tag"`, by the name of a class, of an address or of the field before it; else by standing on
the line of the date and being shared by several records, with a link that is not the item's.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

from feeds.parsers.cells import Cell, Kind, Slot
from feeds.parsers.dating import is_date
from feeds.parsers.names import role_of
from feeds.parsers.tree import Node
from feeds.parsers.vocabulary import words

if TYPE_CHECKING:
    from feeds.parsers.alignment import View

_LONGEST = 60
_FEW = 0.2
_MOST = 0.8
_WORDS = words("cat cats categ kicker eyebrow badge subjects keywords rubric rubrics kat tags")
_NOT_NAMES = words("section art body text type id by kind")
_PEOPLE = words(
    """author authors byline vcard user users usr username profile editor editors people staff writer
    comment comments share print email readmore more location venue where place"""
)
_PROPERTIES = frozenset(("articleSection", "keywords", "genre"))
_LETTER = re.compile(r"[^\W\d_]")
_PARTS = re.compile(r"[a-z]+|[^\W\d_]+")
_COLON = re.compile("[:：]")
_BETWEEN = re.compile(r"\s*[,;|/·•]\s*")


def find_labels(views: Sequence[View], common: frozenset[str], languages: tuple[str, ...]) -> None:
    """Give every record the first label of the place where most records have theirs."""
    found = [[cell for cell in view.cells if _is_label(cell, view, languages)] for view in views]
    slot = _slot(found)
    if slot is None:
        found = _on_the_date_line(views, languages)
        slot = _slot(found)
        if slot is None or sum(any(cell.slot == slot for cell in cells) for cells in found) < _MOST * len(
            views
        ):
            return
    for view, cells in zip(views, found, strict=True):
        cell = next((cell for cell in cells if cell.slot == slot), None) or next(iter(cells), None)
        if cell is not None:
            view.label, view.labelled = _first(cell), cell.node
            view.used |= {cell.line.place}


def _slot(found: Sequence[Sequence[Cell]]) -> Slot | None:
    counts: dict[Slot, int] = defaultdict(int)
    for cells in found:
        for slot in dict.fromkeys(cell.slot for cell in cells):
            counts[slot] += 1
    if not counts:
        return None
    slot = max(counts, key=lambda slot: counts[slot])
    return slot if counts[slot] >= _FEW * len(found) else None


def _is_label(cell: Cell, view: View, languages: tuple[str, ...]) -> bool:
    if not _may_be_label(cell, view, languages):
        return False
    if cell.kind is Kind.LINE and any(piece.link is not None for piece in cell.line.pieces):
        return False
    if cell.link is not None:
        if not {"tag", "category"}.isdisjoint(cell.link.get("rel").lower().split()):
            return True
        if _address_says(cell.link.get("href")):
            return True
    if any(node.get("itemprop") in _PROPERTIES for node in (cell.node, cell.line.block)):
        return True
    return _is_named(cell, view) or _follows_name(cell)


def _may_be_label(cell: Cell, view: View, languages: tuple[str, ...]) -> bool:
    text = cell.text
    if len(text) > _LONGEST or text == view.title.text or text.endswith(":") or not _LETTER.search(text):
        return False
    if cell.heading is not None and cell.heading is view.title.heading:
        return False
    if _is_the_items(cell, view):
        return False
    if any(not _PEOPLE.isdisjoint(node.words) for node in (cell.node, cell.node.parent, cell.link) if node):
        return False
    if cell.link is not None and not _PEOPLE.isdisjoint(_address_words(cell.link.get("href"))):
        return False
    return not is_date(text, languages)


@lru_cache(maxsize=4096)
def _address_words(href: str) -> tuple[str, ...]:
    return tuple(_PARTS.findall(unquote(href.partition("?")[0]).lower()))


@lru_cache(maxsize=4096)
def _says_label(word: str) -> bool:
    return word in _WORDS or (word not in _NOT_NAMES and role_of(word) == "label")


def _is_the_items(cell: Cell, view: View) -> bool:
    """Whether a text leads where the title does, and is not merely on the same card."""
    link, title = cell.link, view.title.link
    if link is None or title is None or link.get("href") != title.get("href"):
        return False
    return link is not title or cell.line is view.title.line


def _is_named(cell: Cell, view: View) -> bool:
    """Whether the element, or one around it within the record, is called a category."""
    node: Node | None = cell.node
    for _ in range(3):
        if node is None or node is view.record.root or not view.record.holds(node.start, node.end):
            return False
        if any(
            word in _WORDS or (word not in _NOT_NAMES and role_of(word) == "label") for word in node.words
        ):
            return True
        if node.holds(view.title.node):
            return False
        node = node.parent
    return False


def _follows_name(cell: Cell) -> bool:
    """Whether "Category:" or its like in another language stands before it on its line."""
    name = _COLON.split(cell.line.text.partition(cell.text)[0])
    return len(name) > 1 and role_of(name[0]) == "label"


@lru_cache(maxsize=4096)
def _address_says(href: str) -> bool:
    """Whether a folder of an address is called so: /category/energy, /tag/energy."""
    parts = unquote(href.partition("?")[0]).lower().split("/")
    return any(part not in _NOT_NAMES and role_of(part) == "label" for part in parts[:-1])


def _on_the_date_line(views: Sequence[View], languages: tuple[str, ...]) -> list[list[Cell]]:
    """Links that records share, beside their dates."""
    found = [
        [
            cell
            for cell in view.cells
            if cell.kind is Kind.LINK
            and cell.line.place in view.used
            and _may_be_label(cell, view, languages)
        ]
        for view in views
    ]
    shared = Counter(target for cells in found for target in {_target(cell) for cell in cells})
    return [[cell for cell in cells if shared[_target(cell)] > 1] for cells in found]


def _target(cell: Cell) -> tuple[str, str]:
    return cell.text, "" if cell.link is None else cell.link.get("href")


def _first(cell: Cell) -> str:
    return _BETWEEN.split(cell.text)[0].strip() if cell.kind is Kind.LINE else cell.text
