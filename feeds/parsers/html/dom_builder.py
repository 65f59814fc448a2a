"""Parse HTML and build a `dom.Page` in one pass."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser

from feeds.parsers.html.dom import HEADINGS, INLINE, Node, Page, Piece, RenderedLine, join, read_attributes
from feeds.parsers.nesting.parsing import DEEPEST, check_open_elements, too_deep
from feeds.unicode.language_tags import normalise_tag
from feeds.unicode.normalise import words

_INVISIBLE = words(
    """script style template svg math noscript select textarea iframe object canvas audio video head title
    datalist img input source track wbr area embed param base col basefont frame keygen"""
)
_VOID = words("area base br col embed hr img input link meta param source track wbr basefont frame keygen")
_RAW = re.compile(r"<!--.*?-->|<(script|style|xmp|iframe|noembed|noframes|noscript|plaintext)[ >].*?</\1>", re.DOTALL)
_CLASS_OR_ID = re.compile(' (class|id)="([^"]*)"')
_COLUMNS = frozenset(("td", "th"))
_BREAKS = frozenset(("br", "hr"))
# A part of a name that contains digits is a hash or a number, not words.
_NAME = re.compile(r"(?<![^\W_])[^\W\d_]+(?=\d{0,2}(?![^\W_]))")
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+")
# Class names that describe the position or state of an element, not its kind.
_STATE_WORDS = words(
    """odd even first last active current clearfix row col alt hidden visible selected sticky post tag
    category author format status type"""
)
_CLOSED = re.compile(r"</html\s*>", re.IGNORECASE)
_OPENED = re.compile(r"<html[\s>]", re.IGNORECASE)
_UNFINISHED = re.compile(r"<[a-zA-Z/!][^<>]*\Z")


def read_page(html: str, name: str, base: str) -> Page:
    """Parse a page. Raises ParseError too_deep if its elements nest too deep."""
    check_open_elements(html, name)
    parser = LexborHTMLParser(html)
    builder = _Builder(name)
    root = builder.build(parser.html or "")
    return Page(
        root=root,
        nodes=builder.nodes,
        lines=builder.lines,
        offsets=[line.offset for line in builder.lines],
        base=base_of(parser, base),
        language=language_of_page(parser),
        complete=is_complete(html),
        scripts=tuple(node.text() for node in parser.css('script[type*="ld+json"]')),
        meta=_meta(parser),
    )


@dataclass(frozen=True, slots=True)
class _Start:
    """What a start tag says, computed once for all elements with the same start tag."""

    tag: str
    words: frozenset[str]
    signature: str
    name: str
    visible: bool
    inline: bool


class _Builder:
    """Builds nodes and lines from the HTML that lexbor serialises.

    Scanning the serialised tree is many times faster than walking it, which takes a call for each element
    and attribute. In serialised HTML every element is closed, every value is quoted, and a literal `<` or
    `>` occurs only in raw text, which is removed first.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.nodes: list[Node] = []
        self.lines: list[RenderedLine] = []
        self._offset = 0
        self._paths: dict[tuple[int, str, int], int] = {}
        self._starts: dict[str, _Start] = {}

    def build(self, html: str) -> Node:
        root = Node("#document", "", None, 0, 0, 0, 0, frozenset(), "", "")
        node, block, link, heading = root, root, None, None
        line: list[Piece] | None = None
        closed: Node | None = None
        stack: list[tuple[Node, Node, Node | None, Node | None]] = []
        for start, written, text in self._tokens(html):
            if start is not None:
                if not start.inline or (closed is not None and _is_next_card(start, node, closed)):
                    line = None
                if start.tag in _VOID:
                    self._add_empty(start, written, node)
                else:
                    stack.append((node, block, link, heading))
                    node = self._open(start, written, node)
                    if not start.inline:
                        block = node
                    if start.tag == "a" and node.get("href"):
                        link = node
                    elif start.tag in HEADINGS:
                        heading = node
            elif written and stack:
                if node.tag not in INLINE:
                    line = None
                self._offset = node.end = self._offset + 1
                closed = node if node.tag == "a" and node.count > 1 else None
                node, block, link, heading = stack.pop()
            if text and (line is not None or not text.isspace()):
                if line is None:
                    line = self._begin_line(block)
                line.append(Piece(text, node, link, heading))
                if closed is not None and not text.isspace():
                    closed = None
        root.end = self._offset + 1
        for each in self.lines:
            each.text = join(each.pieces)
        return root

    def _tokens(self, html: str) -> Iterator[tuple[_Start | None, str, str]]:
        """Yield the visible tags: the start (None for an end tag), the tag as written, and the text after it."""
        starts = self._starts
        skipped, nested, unfinished = "", 0, ""
        for part in _RAW.sub("", html).split("<")[1:]:
            written, ends, text = part.partition(">")
            if unfinished or not ends:
                # The name of an attribute may contain the `<` of a tag that was never closed.
                written, unfinished = (unfinished + written, "") if ends else ("", f"{unfinished}{written}<")
            if "&" in text:
                text = unescape(text)
            if unfinished:
                continue
            if skipped:
                nested += (written.partition(" ")[0] == skipped) - (written[1:] == skipped)
                if not nested:
                    skipped = ""
                    yield None, "", text
            elif written[:1] == "/":
                yield None, written, text
            elif written and written[0] != "!":
                start = starts.get(written) or self._start(written)
                if start.visible:
                    yield start, written, text
                elif start.tag in _VOID:
                    yield None, "", text
                else:
                    skipped, nested = start.tag, 1

    def _start(self, written: str) -> _Start:
        tag = written.partition(" ")[0]
        classes = names = ""
        for name, value in _CLASS_OR_ID.findall(written):
            classes, names = (value, names) if name == "class" else (classes, value)
        visible = tag not in _INVISIBLE and not (" hidden" in written and "hidden" in read_attributes(written))
        start = _start(tag, classes, names, visible)
        self._starts[written] = start
        return start

    def _open(self, start: _Start, written: str, parent: Node) -> Node:
        self._offset += 1
        depth, tag = parent.depth + 1, start.tag
        if depth > DEEPEST:
            raise too_deep(self.name)
        parent.count += 1
        column = parent.count if tag in _COLUMNS else 0
        path = self._paths.setdefault((parent.path, tag, column), len(self._paths) + 1)
        names = (start.words, start.signature, start.name)
        node = Node(tag, written, parent, self._offset, depth, column, path, *names)
        self.nodes.append(node)
        return node

    def _add_empty(self, start: _Start, written: str, parent: Node) -> None:
        """Add an element without content. Line breaks are not elements."""
        if start.tag not in _BREAKS:
            node = self._open(start, written, parent)
            self._offset = node.end = self._offset + 1

    def _begin_line(self, block: Node) -> list[Piece]:
        self._offset += 1
        line = RenderedLine(block, self._offset, [])
        self.lines.append(line)
        return line.pieces


def _is_next_card(start: _Start, parent: Node, closed: Node) -> bool:
    """Whether a link with several elements follows another of its kind: such cards start a new line."""
    return closed.parent is parent and closed.name == start.name


@lru_cache(maxsize=4096)
def _start(tag: str, classes: str, name: str, visible: bool) -> _Start:
    names, signature = _names_of(classes, name)
    return _Start(tag, names, signature, f"{tag}.{signature}", visible, tag in INLINE)


def _names_of(classes: str, name: str) -> tuple[frozenset[str], str]:
    """Return the words in an element's classes and id, and a signature of its kind.

    The signature leaves out classes for position or state, and numbers, which similar elements do not share.
    """
    names = _NAME.findall(f"{classes} {name}")
    words = frozenset(word.lower() for each in names for word in _WORD.findall(each))
    kept = (each for each in classes.split() if _STATE_WORDS.isdisjoint(_WORD.findall(each.lower())))
    same = {"-".join(_NAME.findall(each)) if _DIGIT.search(each) else each for each in kept} - {""}
    return words, ".".join(sorted(same)[:3])


def _meta(parser: LexborHTMLParser) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in parser.css("head meta[content]"):
        attributes = node.attributes
        name = attributes.get("property") or attributes.get("name") or attributes.get("http-equiv")
        if name:
            found.setdefault(name.lower(), attributes.get("content") or "")
    return found


def base_of(parser: LexborHTMLParser, address: str) -> str:
    """Return the base URL of a page's links: its `<base>`, resolved against the page's address."""
    declared = parser.css_first("base[href]")
    href = (declared.attributes.get("href") or "").strip() if declared is not None else ""
    return urljoin(address, href)


def language_of_page(parser: LexborHTMLParser) -> str | None:
    """Return the language that a page declares (BCP 47), the first in which dates can be parsed."""
    attributes, meta = parser.root.attributes if parser.root is not None else {}, _meta(parser)
    own = (attributes.get("lang"), attributes.get("xml:lang"))
    declared = (*own, meta.get("content-language"), meta.get("og:locale"))
    return next(filter(None, map(normalise_tag, declared)), None)


def is_complete(html: str) -> bool:
    """Return False for a page that was cut off: `<html>` is not closed, or the page ends within a tag."""
    if _UNFINISHED.search(html[-4096:].rstrip()):
        return False
    return _OPENED.search(html) is None or _CLOSED.search(html) is not None
