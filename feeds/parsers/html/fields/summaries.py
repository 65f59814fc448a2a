"""Find the summary of each record: its first lines of prose.

A line is prose if it is long enough. A shorter line counts if it is a sentence in a position where most
records have a sentence of their own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from feeds.parsers.html.dom import Node, Piece, RenderedLine, join
from feeds.parsers.html.field_candidates import Kind, is_card, is_credit, length_of
from feeds.parsers.html.fields.dates import is_date
from feeds.parsers.html.record import ExtractedRecord
from feeds.unicode.prose import ends_sentence

_PROSE = 40
_SENTENCE = 12
_ENOUGH = 500
_FEWEST = 3
_NUMERIC = re.compile(r"[\d.:–-]")
_JOINTS = " ,;:|·•–—-"

Position = tuple[str, str, int]


def find_summaries(records: Sequence[ExtractedRecord], common: frozenset[str], languages: tuple[str, ...]) -> None:
    """Set the summary of each record; `common` are the texts that most records have."""
    for record in records:
        record.summary = _summarise(record, common) or _on_card(record, languages) or _below_heading(record)
    without = [record for record in records if record.summary is None]
    positions = _positions_of_sentences(records, common) if without else set()
    for record in without:
        for position, line in _sentences(record, common).items():
            if position in positions:
                record.summary, record.summary_node = line.text, line.block
                break


def _positions_of_sentences(records: Sequence[ExtractedRecord], common: frozenset[str]) -> set[Position]:
    """Return the positions in which most records have a sentence of their own."""
    texts: dict[Position, list[tuple[str, str]]] = {}
    for record in records:
        for position, line in _sentences(record, common).items():
            texts.setdefault(position, []).append((line.text, record.text))
    return {
        position
        for position, texts_there in texts.items()
        if len(texts_there) >= _FEWEST and len(texts_there) * 2 > len(records)
        # A slider repeats whole records; count each once.
        if len({text for text, _ in texts_there}) == len(set(texts_there))
    }


def _sentences(record: ExtractedRecord, common: frozenset[str]) -> dict[Position, RenderedLine]:
    """Return the first sentence in each position of a record; mostly digits, as in "8 p.m.", do not count."""
    found: dict[Position, RenderedLine] = {}
    for candidate in record.candidates:
        text, line = candidate.line.text, candidate.line
        if line is record.title.line or candidate.heading is not None or is_credit(candidate):
            continue
        if candidate.link not in (None, record.title.link):
            continue
        if text in common or line.offset in record.used_lines or any(map(line.block.holds, _fields(record))):
            continue
        if len(text) >= _SENTENCE and ends_sentence(text) and len(_NUMERIC.findall(text)) * 3 < len(text):
            found.setdefault(_position(line), line)
    return found


def _fields(record: ExtractedRecord) -> list[Node]:
    return [node for node in (record.date_node, record.label_node) if node is not None]


def _position(line: RenderedLine) -> Position:
    parent = line.block.parent
    return line.block.name, "" if parent is None else parent.name, line.block.column


def _summarise(record: ExtractedRecord, common: frozenset[str]) -> str | None:
    """Join the first lines of prose that are not another field, a heading or a list of links."""
    found: list[str] = []
    seen: set[int] = set()
    for candidate in record.candidates:
        line = candidate.line
        if line.offset in seen or line is record.title.line or candidate.heading is not None:
            continue
        seen.add(line.offset)
        text = _prose(line, record, common)
        if length_of(text) >= _PROSE:
            found.append(text)
            record.summary_node = record.summary_node or line.block
            if sum(map(len, found)) > _ENOUGH:
                break
        elif found:
            break
    return "\n\n".join(found) or None


def _on_card(record: ExtractedRecord, languages: tuple[str, ...]) -> str | None:
    """Return the prose within a link that is the whole card."""
    line = record.title.line
    if record.title.whole or not is_card(line):
        return None
    for candidate in record.candidates:
        if candidate.line is not line or candidate.kind is not Kind.PIECE or candidate.text == record.text:
            continue
        if any(field.holds(candidate.node) for field in _fields(record)) or is_date(candidate.text, languages):
            continue
        if length_of(candidate.text) >= _PROSE and not is_credit(candidate):
            record.summary_node = candidate.node
            return candidate.text
    return None


def _below_heading(record: ExtractedRecord) -> str | None:
    """Return a subtitle: a heading of a lower level, as long as prose, without another link."""
    heading = record.title.heading
    for candidate in record.candidates if heading is not None else ():
        lower = candidate.heading is not None and heading is not None and candidate.heading.tag > heading.tag
        own = candidate.link in (None, record.title.link) and candidate.kind is Kind.HEADING
        if lower and own and length_of(candidate.text) >= _PROSE:
            record.summary_node = candidate.node
            return candidate.text
    return None


def _prose(line: RenderedLine, record: ExtractedRecord, common: frozenset[str]) -> str:
    """Return the prose of a line without a "read more" link, and nothing if it is mostly links.

    The rest of a line with a date or a label has to be a sentence.
    """
    fields = [node for node in _fields(record) if not node.holds(record.title.node)]
    own = [piece for piece in line.pieces if not any(field.holds(piece.node) for field in fields)]
    pieces = _without_pointer(own, record, common)
    linked = sum(len(piece.text) for piece in pieces if piece.link not in (None, record.title.link))
    text = " ".join("".join(piece.text for piece in pieces).split())
    if line.offset in record.used_lines or len(own) < len(line.pieces):
        text = text.lstrip(_JOINTS)
        if not ends_sentence(text):
            return ""
    return "" if linked * 2 > len(text) or text in common else text


def _without_pointer(pieces: Sequence[Piece], record: ExtractedRecord, common: frozenset[str]) -> Sequence[Piece]:
    """Remove a "read more" link at the end: its text is common, or it has the target of the title."""
    end = len(pieces)
    while end and pieces[end - 1].text.isspace():
        end -= 1
    last = pieces[end - 1].link if end else None
    if last is None or last is record.title.link:
        return pieces[:end]
    start = end - 1
    while start and pieces[start - 1].link is last:
        start -= 1
    alone = start > 0 and not any(piece.link for piece in pieces[:start])
    repeated = join(list(pieces[start:end])) in common or (alone and last.get("href") == record.href)
    return pieces[:start] if repeated else pieces[:end]
