"""The texts of records that say what their items are about.

Prose is told by its length. A text as short as a label is one if it reads as a sentence and stands where most
of the records have a sentence of their own.
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
_FIGURES = re.compile(r"[\d.:–-]")
_JOINTS = " ,;:|·•–—-"

Position = tuple[str, str, int]


def find_summaries(views: Sequence[ExtractedRecord], common: frozenset[str], languages: tuple[str, ...]) -> None:
    """Give every record its summary; `common` is what most of them say."""
    for view in views:
        view.summary = _summarise(view, common) or _on_card(view, languages) or _below_heading(view)
    without = [view for view in views if view.summary is None]
    places = _places_of_sentences(views, common) if without else set()
    for view in without:
        for place, line in _sentences(view, common).items():
            if place in places:
                view.summary, view.summarised = line.text, line.block
                break


def _places_of_sentences(views: Sequence[ExtractedRecord], common: frozenset[str]) -> set[Position]:
    """The places that most records have a sentence in, each another."""
    texts: dict[Position, list[tuple[str, str]]] = {}
    for view in views:
        for place, line in _sentences(view, common).items():
            texts.setdefault(place, []).append((line.text, view.text))
    return {
        place
        for place, said in texts.items()
        if len(said) >= _FEWEST and len(said) * 2 > len(views)
        # What a slider repeats says the same again.
        if len({text for text, _ in said}) == len(set(said))
    }


def _sentences(view: ExtractedRecord, common: frozenset[str]) -> dict[Position, RenderedLine]:
    """The first sentence in each place of a record; what is mostly figures, as "8 p.m." is, is none."""
    found: dict[Position, RenderedLine] = {}
    for cell in view.cells:
        text, line = cell.line.text, cell.line
        if line is view.title.line or cell.heading is not None or is_credit(cell):
            continue
        if cell.link not in (None, view.title.link):
            continue
        if text in common or line.place in view.used or any(map(line.block.holds, _fields(view))):
            continue
        if len(text) >= _SENTENCE and ends_sentence(text) and len(_FIGURES.findall(text)) * 3 < len(text):
            found.setdefault(_place(line), line)
    return found


def _fields(view: ExtractedRecord) -> list[Node]:
    return [node for node in (view.dated, view.labelled) if node is not None]


def _place(line: RenderedLine) -> Position:
    parent = line.block.parent
    return line.block.name, "" if parent is None else parent.name, line.block.column


def _summarise(view: ExtractedRecord, common: frozenset[str]) -> str | None:
    """Join the first lines of prose that are no other field, no heading and no list of links."""
    found: list[str] = []
    seen: set[int] = set()
    for cell in view.cells:
        line = cell.line
        if line.place in seen or line is view.title.line or cell.heading is not None:
            continue
        seen.add(line.place)
        text = _prose(line, view, common)
        if length_of(text) >= _PROSE:
            found.append(text)
            view.summarised = view.summarised or line.block
            if sum(map(len, found)) > _ENOUGH:
                break
        elif found:
            break
    return "\n\n".join(found) or None


def _on_card(view: ExtractedRecord, languages: tuple[str, ...]) -> str | None:
    """Find prose among the parts of a link that is the whole card."""
    line = view.title.line
    if view.title.whole or not is_card(line):
        return None
    for cell in view.cells:
        if cell.line is not line or cell.kind is not Kind.PIECE or cell.text == view.text:
            continue
        if any(field.holds(cell.node) for field in _fields(view)) or is_date(cell.text, languages):
            continue
        if length_of(cell.text) >= _PROSE and not is_credit(cell):
            view.summarised = cell.node
            return cell.text
    return None


def _below_heading(view: ExtractedRecord) -> str | None:
    """Find a subtitle: a heading of a lower level, as long as prose, that leads nowhere else."""
    heading = view.title.heading
    for cell in view.cells if heading is not None else ():
        lower = cell.heading is not None and heading is not None and cell.heading.tag > heading.tag
        own = cell.link in (None, view.title.link) and cell.kind is Kind.HEADING
        if lower and own and length_of(cell.text) >= _PROSE:
            view.summarised = cell.node
            return cell.text
    return None


def _prose(line: RenderedLine, view: ExtractedRecord, common: frozenset[str]) -> str:
    """What a line says in its own words: without pointers to more, and nothing if it is mostly links.

    What shares its line with a date or a label has to be a sentence.
    """
    fields = [node for node in _fields(view) if not node.holds(view.title.node)]
    own = [piece for piece in line.pieces if not any(field.holds(piece.node) for field in fields)]
    pieces = _without_pointer(own, view, common)
    linked = sum(len(piece.text) for piece in pieces if piece.link not in (None, view.title.link))
    text = " ".join("".join(piece.text for piece in pieces).split())
    if line.place in view.used or len(own) < len(line.pieces):
        text = text.lstrip(_JOINTS)
        if not ends_sentence(text):
            return ""
    return "" if linked * 2 > len(text) or text in common else text


def _without_pointer(pieces: Sequence[Piece], view: ExtractedRecord, common: frozenset[str]) -> Sequence[Piece]:
    """Take off the link to more that a text ends in: all items have it, or it leads where the title does."""
    end = len(pieces)
    while end and pieces[end - 1].text.isspace():
        end -= 1
    last = pieces[end - 1].link if end else None
    if last is None or last is view.title.link:
        return pieces[:end]
    start = end - 1
    while start and pieces[start - 1].link is last:
        start -= 1
    alone = start > 0 and not any(piece.link for piece in pieces[:start])
    repeated = join(list(pieces[start:end])) in common or (alone and last.get("href") == view.href)
    return pieces[:start] if repeated else pieces[:end]
