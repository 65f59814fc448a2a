"""Field candidates: the texts of a page that may be a field of an item.

Headings, links, inline elements and whole lines are candidates. The title score uses the candidate alone;
`fields.alignment` compares it with those of other records. A slot identifies the template position of a
candidate (Kushmerick 1997, "Wrapper induction"): two candidates of one slot look the same to a reader.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from feeds.parsers.html.dom import Node, Page, Piece, RenderedLine, join
from feeds.parsers.lexicon.bylines import CREDIT
from feeds.unicode.normalise import words

# Weights of the title score. For a title: a heading, a class that names a title, a link, the length of a
# headline, bold type. Against it: a link within prose, the full stop of a sentence, and a line that is a whole
# card and so more than its title.
HEADING = 2.0
NAMED = 1.2
LINKED = 0.8
LENGTH = 1.5
WITHIN_PROSE = -2.0
SENTENCE = -0.5
BOLD = 0.4
TOO_LONG = -2.0
PARTS = -0.6
NUMBERS = -1.5

LONGEST_TITLE = 300
_HEADLINE = 28
_SHORTEST = 4
_PROSE = 80
_MANY = 40
_FULL_STOPS = (".", "。", "।", "۔")
# The share of a text that has to be linked for the link to belong to the whole text.
_HALF = 0.5
_ALL = 0.9
_TITLE_WORDS = words("title headline heading subject titel titre titulo titolo tytul baslik rubrik cim ttl")
# Attributes by which tests and scripts find an element, where classes are hashes.
_TITLE_HOOK = re.compile(r' data-(?:test|testid|test-id|hook|qa|cy)="(?:[^"]*[-_])?(?:title|headline)"')
_TITLE_PROPERTIES = frozenset(("headline", "name"))
_P_NAME = frozenset(("p", "name"))
# Types of schema.org that belong to an item, and whose name is not the item's title.
_OTHER_THING = re.compile(r"/(?:Person|Organization|\w*Place|\w*Address|\w*Object|\w*Business|Brand|Offer|Thing)\b")
_LONGEST_NUMBERS = 24
_TWO_NUMBERS = re.compile(r"\d\D+\d")
_IN_CREDIT = re.compile("[©℗:：/]|^\\([cC]\\)")
_LONGEST_CREDIT = 120
_CREDIT_WORDS = frozenset(("credit", "credits", "copyright"))
_WIDE = re.compile("[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")


class Kind:
    """The kinds of candidates; plain strings, as slots are compared and hashed very often."""

    HEADING: Final = "heading"
    LINK: Final = "link"
    PIECE: Final = "piece"
    LINE: Final = "line"


Slot = tuple[str | int, ...]


@dataclass(eq=False, slots=True)
class FieldCandidate:
    """A text, the element that it fills, and its line."""

    kind: str
    text: str
    node: Node
    link: Node | None
    heading: Node | None
    line: RenderedLine
    slot: Slot
    _title_score: float | None = None

    @property
    def title_score(self) -> float:
        """How much it looks like a title; computed on first use, as most candidates are never scored."""
        if self._title_score is None:
            self._title_score = _title_score(self)
        return self._title_score

    @property
    def whole(self) -> bool:
        """Whether it is the whole text of its line."""
        return len(self.text) >= len(self.line.text)


class FieldCandidates:
    """The candidates of a page, built line by line on first use."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._made: dict[int, list[FieldCandidate]] = {}

    def between(self, start: int, end: int) -> list[FieldCandidate]:
        found: list[FieldCandidate] = []
        for line in self._page.slice(start, end):
            candidates = self._made.get(line.offset)
            if candidates is None:
                candidates = self._made[line.offset] = list(_candidates(line))
            found += candidates
        return _join_split_titles(found)


def leads_on(candidate: FieldCandidate) -> bool:
    """Whether a link fills or ends its line, unlike a reference within prose."""
    if candidate.link is None or candidate.kind is Kind.LINE:
        return False
    linked = sum(len(piece.text) for piece in candidate.line.pieces if piece.link is not None)
    return linked * 2 > len(candidate.line.text) or candidate.line.text.endswith(candidate.text)


def length_of(text: str) -> int:
    """Return the length in characters; East Asian ones count twice, as they write a word with one or two."""
    return len(text) if text.isascii() else len(text) + len(_WIDE.findall(text))


def _candidates(line: RenderedLine) -> list[FieldCandidate]:
    """Return the candidates of a line, one for each distinct text; a line of very many parts is one candidate."""
    pieces = [piece for piece in line.pieces if not piece.text.isspace()]
    if len(pieces) == 1:
        piece = pieces[0]
        kind = Kind.HEADING if piece.heading else Kind.LINK if piece.link else Kind.PIECE
        return [_candidate(kind, line.text, piece.node, pieces, line)]
    if len(pieces) > _MANY:
        return [_candidate(Kind.LINE, line.text, line.block, pieces, line)]
    candidates: dict[str, FieldCandidate] = {}
    headings: dict[int, tuple[Node, list[Piece]]] = {}
    links: dict[int, tuple[Node, list[Piece]]] = {}
    nodes: dict[int, tuple[Node, list[Piece]]] = {}
    for piece in line.pieces:
        for found, node in ((headings, piece.heading), (links, piece.link), (nodes, piece.node)):
            if node is not None:
                if node.start in found:
                    found[node.start][1].append(piece)
                else:
                    found[node.start] = (node, [piece])
    for kind, found in ((Kind.HEADING, headings), (Kind.LINK, links), (Kind.PIECE, nodes)):
        for node, group in found.values():
            if (text := join(group)) and text not in candidates:
                candidates[text] = _candidate(kind, text, node, group, line)
    if line.text not in candidates:
        candidates[line.text] = _candidate(Kind.LINE, line.text, line.block, pieces, line)
    return list(candidates.values())


def _candidate(kind: str, text: str, node: Node, pieces: list[Piece], line: RenderedLine) -> FieldCandidate:
    link, heading = pieces[0].link, pieces[0].heading
    if len(pieces) > 1:
        link = next((piece.link for piece in pieces if piece.link is not None), None)
        linked = sum(len(piece.text.strip()) for piece in pieces if piece.link is not None)
        link = link if linked > (_ALL if kind is Kind.LINE else _HALF) * len(text) else None
    parent = node.parent.name if node.parent is not None else ""
    above = heading.tag if heading is not None else ""
    slot = (kind, node.name, parent, line.block.name, above, line.block.column)
    return FieldCandidate(kind, text, node, link, heading, line, slot)


def _join_split_titles(candidates: list[FieldCandidate]) -> list[FieldCandidate]:
    """Join the lines of one heading or titled block: the title has a line break or several blocks."""
    found: list[FieldCandidate] = []
    titles: dict[int, int] = {}
    for candidate in candidates:
        title = candidate.heading if candidate.kind is Kind.HEADING else _split_title(candidate)
        if title is not None:
            at = titles.setdefault(title.start, len(found))
            if at < len(found):
                first = found[at]
                text = f"{first.text} {candidate.text}"
                link = first.link or candidate.link
                found[at] = FieldCandidate(first.kind, text, title, link, first.heading, first.line, first.slot)
                continue
        found.append(candidate)
    return found


def _split_title(candidate: FieldCandidate) -> Node | None:
    """Return the block within a link that is named a title and may have several lines."""
    node = candidate.node
    if (
        candidate.link is None
        or node is not candidate.line.block
        or not candidate.whole
        or not candidate.link.holds(node)
    ):
        return None
    return node if not _TITLE_WORDS.isdisjoint(node.words) else None


def headline(text: str) -> float:
    """Return from 0 to 1 how much the length of a text is that of a headline."""
    return min(1.0, max(0.0, (length_of(text) - _SHORTEST) / (_HEADLINE - _SHORTEST)))


def _title_score(candidate: FieldCandidate) -> float:
    title_score = LENGTH * headline(candidate.text)
    if candidate.heading is not None:
        title_score += HEADING - 0.1 * int(candidate.heading.tag[1])
    if is_named(candidate):
        title_score += NAMED
    if candidate.link is not None and not (candidate.kind is Kind.LINE and _is_of_links(candidate.line)):
        title_score += LINKED
        if candidate.heading is None and _is_within_prose(candidate):
            title_score += WITHIN_PROSE
    if len(candidate.text) > LONGEST_TITLE:
        title_score += TOO_LONG
    elif candidate.heading is None and candidate.text.endswith(_FULL_STOPS):
        title_score += SENTENCE
    if candidate.whole and candidate.heading is None and is_card(candidate.line):
        title_score += NUMBERS if any(map(_shows_numbers, candidate.line.pieces)) else PARTS
    if candidate.node.tag in {"b", "strong"}:
        title_score += BOLD
    return title_score


def _is_of_links(line: RenderedLine) -> bool:
    """Whether a line has several links, and so several texts."""
    return len({piece.link.start for piece in line.pieces if piece.link is not None}) > 1


def is_card(line: RenderedLine) -> bool:
    """Whether a line is one link with elements of several kinds, such as title, date and summary.

    Words of a title may have elements of their own too; a short text with numbers shows that it is a card.
    """
    if len(line.pieces) == 1 or len(line.pieces) > 2 * _MANY:
        return False
    pieces = [piece for piece in line.pieces if not piece.text.isspace()]
    link = pieces[0].link
    if link is None or any(piece.link is not link for piece in pieces):
        return False
    names = [piece.node.name for piece in pieces]
    if len(set(names)) == 1 or any(piece.node is link for piece in pieces):
        return False
    return len(set(names)) == len(names) or any(map(_shows_numbers, pieces))


def _shows_numbers(piece: Piece) -> bool:
    text = piece.text.strip()
    return len(text) <= _LONGEST_NUMBERS and _TWO_NUMBERS.search(text) is not None


def _is_within_prose(candidate: FieldCandidate) -> bool:
    """Whether a link is part of a longer text, and not a headline at its beginning."""
    text = candidate.line.text
    if candidate.whole or len(text) <= max(_PROSE, 2 * len(candidate.text)) or is_card(candidate.line):
        return False
    return not text.startswith(candidate.text) or headline(candidate.text) < _HALF


def is_named(candidate: FieldCandidate) -> bool:
    """Whether the element, or an ancestor with the same text, is named a title."""
    top = candidate.line.block.depth if candidate.whole else candidate.node.depth
    for node in candidate.node.above():
        if node.depth < min(top, candidate.node.depth):
            break
        if not _TITLE_WORDS.isdisjoint(node.words) or node.words >= _P_NAME:
            return True
        if "data-" in node.written and _TITLE_HOOK.search(node.written):
            return True
        if node.get("itemprop") in _TITLE_PROPERTIES and _OTHER_THING.search(_owner(node)) is None:
            return True
    return candidate.link is not None and not _TITLE_WORDS.isdisjoint(candidate.link.words)


def _owner(node: Node) -> str:
    """Return the schema.org type that a property of the node belongs to."""
    above = (other for other in node.above() if other is not node and "itemscope" in other.attributes)
    owner = next(above, None)
    return "" if owner is None else owner.get("itemtype")


def is_credit(candidate: FieldCandidate) -> bool:
    """Whether a text is the credit of a picture: by its first words or sign, or by the name of its element."""
    if len(candidate.text) >= _LONGEST_CREDIT:
        return False
    if not (_CREDIT_WORDS.isdisjoint(candidate.node.words) and _CREDIT_WORDS.isdisjoint(candidate.line.block.words)):
        return True
    return _IN_CREDIT.search(candidate.text) is not None and CREDIT.match(candidate.text) is not None
