"""The bytes of a page, parsed and walked through once: `tree.Page`."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from feeds.errors import ParseError
from feeds.parsers.nesting import DEEPEST, check_nesting
from feeds.parsers.tree import HEADINGS, INLINE, Line, Node, Page, Piece, join
from feeds.parsers.vocabulary import words

_UNSEEN = words(
    """script style template svg math noscript select textarea iframe object canvas audio video head title
    datalist -comment -doctype"""
)
_COLUMNS = frozenset(("td", "th"))
_BREAKS = frozenset(("br", "hr"))
# A part of a name with digits within it is a hash or a number, not words.
_NAME = re.compile(r"(?<![^\W_])[^\W\d_]+(?=\d{0,2}(?![^\W_]))")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+")
# What tells an element's place or state apart from its neighbours', and not its kind.
_TURNS = words(
    """odd even first last active current clearfix row col alt hidden visible selected sticky post tag
    category author format status type"""
)
_CLOSED = re.compile(r"</html\s*>", re.IGNORECASE)
_OPENED = re.compile(r"<html[\s>]", re.IGNORECASE)
_UNFINISHED = re.compile(r"<[a-zA-Z/!][^<>]*\Z")
# What the tree builder adds by itself (html, body, tbody) is not counted before it runs.
_DEEPEST = 2 * DEEPEST


def read_page(html: str, name: str, base: str) -> Page:
    """Read a page: ParseError too_deep where its elements nest beyond all measure."""
    check_nesting(html, name)
    parser = LexborHTMLParser(html)
    builder = _Builder(name)
    root = builder.build(parser.root)
    return Page(
        root=root,
        nodes=builder.nodes,
        lines=builder.lines,
        places=[line.place for line in builder.lines],
        base=base_of(parser, base),
        language=language_of_page(parser),
        complete=is_complete(html),
        scripts=tuple(node.text() for node in parser.css('script[type*="ld+json"]')),
        meta=_meta(parser),
    )


class _Builder:
    """Walks the parser's tree once."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.nodes: list[Node] = []
        self.lines: list[Line] = []
        self._line: Line | None = None
        self._place = 0
        self._paths: dict[tuple[int, str, int], int] = {}

    def build(self, element: LexborNode | None) -> Node:
        root = Node("#document", {}, None, 0, 0)
        if element is not None:
            self._enter(element, root, root, None, None)
        root.end = self._next()
        for line in self.lines:
            line.text = join(line.pieces)
        return root

    def _enter(
        self, element: LexborNode, parent: Node, block: Node, link: Node | None, heading: Node | None
    ) -> None:
        tag = element.tag or ""
        if tag in _UNSEEN or "hidden" in (attributes := element.attributes):
            return
        node = self._open(tag, attributes, parent)
        inline = tag in INLINE
        if not inline:
            block = node
            self._line = None
        if tag == "a" and node.get("href"):
            link = node
        elif tag in HEADINGS:
            heading = node
        child = element.first_child
        while child is not None:
            if child.is_text_node:
                text = child.text_content or ""
                if self._line is not None or not text.isspace():
                    self._add(Piece(text, node, link, heading), block)
            elif child.tag in _BREAKS:
                self._line = None
            else:
                self._enter(child, node, block, link, heading)
            child = child.next
        if not inline:
            self._line = None
        node.end = self._next()

    def _open(self, tag: str, attributes: dict[str, str | None], parent: Node) -> Node:
        node = Node(tag, attributes, parent, self._next(), parent.depth + 1)
        if node.depth > _DEEPEST:
            raise ParseError("too_deep", f"{self.name}: elements nest deeper than {DEEPEST}")
        if tag in _COLUMNS:
            node.column = len(parent.children) + 1
        node.path = self._paths.setdefault((parent.path, tag, node.column), len(self._paths) + 1)
        classes, name = attributes.get("class") or "", attributes.get("id") or ""
        if classes or name:
            node.words, node.signature = _called(classes, name)
        node.name = f"{tag}.{node.signature}"
        self.nodes.append(node)
        parent.children.append(node)
        return node

    def _next(self) -> int:
        self._place += 1
        return self._place

    def _add(self, piece: Piece, block: Node) -> None:
        if self._line is None:
            self._line = Line(block, self._next(), [])
            self.lines.append(self._line)
        self._line.pieces.append(piece)


@lru_cache(maxsize=4096)
def _called(classes: str, name: str) -> tuple[frozenset[str], str]:
    """The words that an element is called by, and its classes but for those that its likes do not share."""
    names = _NAME.findall(f"{classes} {name}")
    words = frozenset(word.lower() for each in names for word in _WORD.findall(each))
    same = sorted(
        each
        for each in classes.split()
        if not any(char.isdigit() for char in each) and _TURNS.isdisjoint(_WORD.findall(each.lower()))
    )
    return words, ".".join(same[:3])


def _meta(parser: LexborHTMLParser) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in parser.css("head meta[content]"):
        attributes = node.attributes
        name = attributes.get("property") or attributes.get("name") or attributes.get("http-equiv")
        if name:
            found.setdefault(name.lower(), attributes.get("content") or "")
    return found


def base_of(parser: LexborHTMLParser, address: str) -> str:
    """What the links of a page are relative to: its `<base>`, itself relative to the page's address."""
    declared = parser.css_first("base[href]")
    href = (declared.attributes.get("href") or "").strip() if declared is not None else ""
    return urljoin(address, href)


def language_of_page(parser: LexborHTMLParser) -> str | None:
    """The language that a page says it is in (BCP 47)."""
    page, meta = parser.root, _meta(parser)
    said = (page.attributes.get("lang") or page.attributes.get("xml:lang")) if page is not None else None
    given = said or meta.get("content-language") or meta.get("og:locale") or ""
    match = re.match(r"\s*([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}))?(?![A-Za-z0-9])", given)
    if match is None:
        return None
    language, script, region = (part or "" for part in match.groups())
    return "-".join(filter(None, (language.lower(), script.title(), region.upper())))


def is_complete(html: str) -> bool:
    """Tell a page that was cut off: opened and never closed, or ending within a tag."""
    if _UNFINISHED.search(html[-4096:].rstrip()):
        return False
    return _OPENED.search(html) is None or _CLOSED.search(html) is not None
