"""Labels that nothing calls so: short texts above the titles or beside the dates that several items share.

Whom a text is by recurs in the same places. What reads as a person's name is therefore left alone, and so is
what all items say ("Read more") and what none shares with another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from feeds.parsers.html.field_candidates import FieldCandidate, Kind, length_of
from feeds.parsers.html.fields.dates import is_date
from feeds.parsers.html.record import ExtractedRecord

_LONGEST = 32
_MOST = 0.8
_FEWEST = 3
_DIGIT = re.compile(r"\d")
_NAME = re.compile(r"[^\W\d_a-z][\w.'’-]*(?: [^\W\d_a-z][\w.'’-]*){1,2}")
_TITLE = re.compile(r"^(?:(?:[A-Z][a-z]{0,4}\.(?:-[A-Z][a-z]*\.)?|Professor|Sir|Lady|Mag|Ing)\s+)+")
_NO_LABEL = (".", ":", "：", "!", "?", "…", "»", "→", ">")


def find_recurring_labels(
    views: Sequence[ExtractedRecord], allowed: Sequence[Sequence[FieldCandidate]], languages: tuple[str, ...]
) -> list[list[FieldCandidate]]:
    """Give of every record the cell that is its label, where one place has them in most records."""
    for stands in (_beside_date, _above_title):
        found = [
            [cell for cell in cells if _is_short(cell) and stands(cell, view, languages)]
            for view, cells in zip(views, allowed, strict=True)
        ]
        for place in dict.fromkeys(_place(cell) for cells in found for cell in cells):
            firsts = [[cell for cell in cells if _place(cell) == place][:1] for cells in found]
            if recurs([cell.text for cells in firsts for cell in cells], len(views)):
                return firsts
    return [[] for _ in views]


def _place(cell: FieldCandidate) -> tuple[str, str, str]:
    """Where a cell stands, whatever it is called: many pages call a label's element by the label."""
    return cell.kind, cell.node.tag, cell.line.block.name


def is_name(text: str) -> bool:
    """Tell what reads as a person's name: two or three words, each with a capital."""
    return _NAME.fullmatch(_TITLE.sub("", text)) is not None


def _is_short(cell: FieldCandidate) -> bool:
    text = cell.text
    return length_of(text) <= _LONGEST and not text.endswith(_NO_LABEL) and not _DIGIT.search(text)


def is_beside_date(cell: FieldCandidate, view: ExtractedRecord) -> bool:
    """Whether a text stands on the line of the date, printed or said to machines."""
    if cell.line.place in view.used:
        return True
    return view.dated is not None and any(view.dated.holds(piece.node) for piece in cell.line.pieces)


def _beside_date(cell: FieldCandidate, view: ExtractedRecord, languages: tuple[str, ...]) -> bool:
    if cell.kind is Kind.LINE or not is_beside_date(cell, view):
        return False
    rest = (view.date or "").replace(cell.text, " ")
    return rest == view.date or is_date(rest, languages)


def _above_title(cell: FieldCandidate, view: ExtractedRecord, _: tuple[str, ...]) -> bool:
    """Whether a text fills the line above the title's; a table's cells stand side by side."""
    place = view.title.line.place
    above = max((other.line.place for other in view.cells if other.line.place < place), default=None)
    return cell.line.place == above and cell.whole and not cell.line.block.column


def recurs(texts: Sequence[str], total: int) -> bool:
    """Tell labels by what they say: some the same, not all, and no persons."""
    distinct = set(texts)
    if total < _FEWEST or len(texts) < _MOST * total or not 1 < len(distinct) < len(texts):
        return False
    names = sum(map(is_name, distinct))
    return len(distinct) <= _MOST * len(texts) and names * 2 <= len(distinct)
