"""Find labels that nothing names: short texts above the titles or next to the dates that recur.

Authors recur in the same positions, so names of persons are not labels. Texts that all records have ("Read
more") and texts that no two records share are not labels either.
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
    records: Sequence[ExtractedRecord], allowed: Sequence[Sequence[FieldCandidate]], languages: tuple[str, ...]
) -> list[list[FieldCandidate]]:
    """Return the label candidate of each record, from one position that has a label in most records."""
    for is_there in (_next_to_date, _above_title):
        found = [
            [candidate for candidate in candidates if _is_short(candidate) and is_there(candidate, record, languages)]
            for record, candidates in zip(records, allowed, strict=True)
        ]
        for position in dict.fromkeys(_position(candidate) for candidates in found for candidate in candidates):
            firsts = [
                [candidate for candidate in candidates if _position(candidate) == position][:1] for candidates in found
            ]
            if recurs([candidate.text for candidates in firsts for candidate in candidates], len(records)):
                return firsts
    return [[] for _ in records]


def _position(candidate: FieldCandidate) -> tuple[str, str, str]:
    """Return the position of a candidate without class names: many pages use the label as a class."""
    return candidate.kind, candidate.node.tag, candidate.line.block.name


def is_name(text: str) -> bool:
    """Whether a text looks like the name of a person: two or three words with capitals."""
    return _NAME.fullmatch(_TITLE.sub("", text)) is not None


def _is_short(candidate: FieldCandidate) -> bool:
    text = candidate.text
    return length_of(text) <= _LONGEST and not text.endswith(_NO_LABEL) and not _DIGIT.search(text)


def is_next_to_date(candidate: FieldCandidate, record: ExtractedRecord) -> bool:
    """Whether a text is on the line of the record's date."""
    if candidate.line.offset in record.used_lines:
        return True
    return record.date_node is not None and any(record.date_node.holds(piece.node) for piece in candidate.line.pieces)


def _next_to_date(candidate: FieldCandidate, record: ExtractedRecord, languages: tuple[str, ...]) -> bool:
    if candidate.kind is Kind.LINE or not is_next_to_date(candidate, record):
        return False
    rest = (record.date or "").replace(candidate.text, " ")
    return rest == record.date or is_date(rest, languages)


def _above_title(candidate: FieldCandidate, record: ExtractedRecord, _: tuple[str, ...]) -> bool:
    """Whether a text is the whole line above the title; cells of a table are not above each other."""
    position = record.title.line.offset
    above = max((other.line.offset for other in record.candidates if other.line.offset < position), default=None)
    return candidate.line.offset == above and candidate.whole and not candidate.line.block.column


def recurs(texts: Sequence[str], total: int) -> bool:
    """Whether texts are labels: some recur, they are not all the same, and most are not names of persons."""
    distinct = set(texts)
    if total < _FEWEST or len(texts) < _MOST * total or not 1 < len(distinct) < len(texts):
        return False
    names = sum(map(is_name, distinct))
    return len(distinct) <= _MOST * len(texts) and names * 2 <= len(distinct)
