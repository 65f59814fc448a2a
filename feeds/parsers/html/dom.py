"""A page as a reader sees it: elements in document order and the lines of text in them.

A line is the text that a block element shows on one line; its pieces are the texts of inline elements.
Elements and lines are numbered by one counter, the offset. An element covers the offsets from `start` up to
`end`, so the content of a record is a slice.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from html import unescape

from feeds.parsers.urls import absolute
from feeds.unicode.normalise import words

INLINE = words(
    """a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark nobr q rp rt
    ruby s samp small span strike strong sub sup time tt u var wbr"""
)
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_ATTRIBUTE = re.compile(r'([^\s=]+|=[^\s=]*)(?:="([^"]*)")?')


@dataclass(eq=False, slots=True)
class Node:
    """An element, which covers the offsets from `start` up to `end`.

    `path` is one number for each path of tags; cells of different table columns have different paths.
    `written` is the start tag; its attributes are parsed when they are first used. A node refers to its
    parent but not to its children: without cycles, a page is freed as soon as nobody uses it.
    """

    tag: str
    written: str
    parent: Node | None
    start: int
    depth: int
    column: int
    path: int
    words: frozenset[str]
    signature: str
    name: str
    end: int = 0
    count: int = 0
    _attributes: dict[str, str] | None = None

    @property
    def attributes(self) -> dict[str, str]:
        if self._attributes is None:
            self._attributes = read_attributes(self.written)
        return self._attributes

    def get(self, name: str) -> str:
        return self.attributes.get(name, "").strip() if name in self.written else ""

    def above(self) -> Iterator[Node]:
        """Yield the element and its ancestors, innermost first."""
        node: Node | None = self
        while node is not None:
            yield node
            node = node.parent

    def ancestor(self, depth: int) -> Node:
        node = self
        while node.depth > depth and node.parent is not None:
            node = node.parent
        return node

    def holds(self, other: Node) -> bool:
        return self.start <= other.start and other.end <= self.end


@dataclass(eq=False, slots=True)
class Piece:
    """A text, the innermost element that contains it, and the link and heading around it, if any."""

    text: str
    node: Node
    link: Node | None
    heading: Node | None


@dataclass(eq=False, slots=True)
class RenderedLine:
    """The pieces on one line of a block element."""

    block: Node
    offset: int
    pieces: list[Piece]
    text: str = ""


@dataclass(eq=False)
class Page:
    """A parsed page: its elements and lines in document order, and what its head says."""

    root: Node
    nodes: list[Node]
    lines: list[RenderedLine]
    offsets: list[int]
    base: str
    language: str | None
    complete: bool
    scripts: tuple[str, ...]
    meta: dict[str, str]

    @cached_property
    def children(self) -> Mapping[int, list[Node]]:
        """The children of each element, by the `start` of the element."""
        found: dict[int, list[Node]] = defaultdict(list)
        for node in self.nodes:
            if node.parent is not None:
                found[node.parent.start].append(node)
        return found

    def siblings(self, node: Node) -> list[Node]:
        """Return the children of the element's parent, the element included."""
        return self.children[node.parent.start] if node.parent is not None else [node]

    def within(self, node: Node) -> list[Node]:
        """Return all descendants in document order."""
        first = bisect_right(self.nodes, node.start, key=lambda each: each.start)
        last = bisect_left(self.nodes, node.end, key=lambda each: each.start)
        return self.nodes[first:last]

    def slice(self, start: int, end: int) -> list[RenderedLine]:
        """Return the lines with an offset from `start` up to `end`."""
        return self.lines[bisect_left(self.offsets, start) : bisect_left(self.offsets, end)]

    def text_of(self, node: Node) -> str:
        """Return the text of an element without any white space."""
        lines = self.slice(node.start, node.end) or self.slice(0, node.start)[-1:]
        pieces = [piece.text for line in lines for piece in line.pieces if node.holds(piece.node)]
        return "".join("".join(pieces).split())

    def url(self, href: str) -> str | None:
        """Return the absolute URL of a link, or None if it is not the address of a page."""
        return absolute(self.base, href)


def read_attributes(written: str) -> dict[str, str]:
    """Return the attributes of a start tag as lexbor serialises it, with every value in quotes."""
    found = _ATTRIBUTE.findall(written.partition(" ")[2])
    return {name: unescape(value) if "&" in value else value for name, value in found}


def join(pieces: list[Piece]) -> str:
    """Join pieces with the white space that the document has between them."""
    if len(pieces) == 1:
        return " ".join(pieces[0].text.split())
    return " ".join("".join([piece.text for piece in pieces]).split())
