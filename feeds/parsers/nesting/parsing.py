"""Parse HTML whose elements nest at most `DEEPEST` deep."""

from __future__ import annotations

import re
from collections.abc import Mapping

from selectolax.lexbor import LexborHTMLParser

from feeds.errors import ParseError
from feeds.parsers.nesting.tags import (
    CDATA_END,
    CLOSE_P,
    FORMATTING,
    IMPLICIT_CLOSERS,
    RARE,
    RAW,
    SVG_SHAPES,
    TAG,
    TAG_WITH_RAW_TEXT,
    VOID,
)
from feeds.parsers.nesting.tree_rules import OpenElements

DEEPEST = 200
# Limits before the parser runs. Real pages are far below them: the tree is measured afterwards.
MOST_OPEN = 500
MOST_COPIED = 24 << 20

_SERIALISED = re.compile(r"<!--.*?-->|<(script|style|xmp|iframe|noembed|noframes|plaintext)[ >].*?</\1>", re.DOTALL)
_SERIALISED_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")


def parse_html(html: str, name: str) -> LexborHTMLParser:
    """Parse a page. Raises ParseError too_deep if its elements nest deeper than `DEEPEST`."""
    check_open_elements(html, name)
    parser = LexborHTMLParser(html)
    if html.count("<") * 3 > DEEPEST and _depth(parser.html or "") > DEEPEST:
        raise too_deep(name)
    return parser


def check_open_elements(html: str, name: str) -> None:
    """Raise ParseError too_deep if a parser would keep too many elements open or copy too many."""
    if html.count("<") * 3 <= DEEPEST or _is_well_nested(html):
        return
    if not scan(html, OpenElements()):
        raise too_deep(name)


def too_deep(name: str) -> ParseError:
    return ParseError("too_deep", f"{name}: elements nest deeper than {DEEPEST}")


def _depth(serialised: str) -> int:
    """Return how deep elements nest in HTML that lexbor wrote, where every element is closed."""
    depth = deepest = 0
    for slash, tag in _SERIALISED_TAG.findall(_SERIALISED.sub("", serialised)):
        if slash:
            depth -= 1
        elif tag not in VOID:
            depth += 1
            deepest = max(deepest, depth)
    return deepest


def _is_well_nested(html: str) -> bool:
    """Whether each element is closed by its own end tag and none is opened again: a quick check for most pages."""
    stack: list[str] = []
    counts = {"p": 0, "svg": 0, "a": 0, "formatting": 0}
    for match in TAG_WITH_RAW_TEXT.finditer(html):
        written, raw = match.group("tag", "raw")
        if raw and not match["slash"]:
            if counts["svg"] and match[0].count("<") > 2:
                return False
            continue
        if written is None:
            if counts["svg"]:
                return False
            continue
        tag = written.lower()
        if tag in VOID or (counts["svg"] and match["attributes"].endswith("/")):
            continue
        if match["slash"]:
            if not stack or stack.pop() != tag:
                return False
        elif len(stack) >= DEEPEST or tag in RARE or _closes_others(tag, counts):
            return False
        else:
            stack.append(tag)
        for name in (tag, "formatting") if tag in FORMATTING else (tag,):
            if name in counts:
                counts[name] += -1 if match["slash"] else 1
    return True


def _closes_others(tag: str, counts: Mapping[str, int]) -> bool:
    """Whether a start tag may close other elements or leave SVG."""
    return bool(
        (counts["p"] and tag in CLOSE_P)
        or (counts["formatting"] and tag in IMPLICIT_CLOSERS)
        or (counts["a"] and tag == "a")
        or (counts["svg"] and tag not in SVG_SHAPES)
    )


def scan(html: str, elements: OpenElements) -> bool:
    """Follow the tags of a page; return False as soon as a limit is exceeded."""
    position = 0
    while (match := TAG.search(html, position)) is not None:
        if match.start() > position and elements.active:
            elements.text(html[position : match.start()].isspace())
        position = match.end()
        slash, written, attributes, unquoted = match.group("slash", "tag", "attributes", "unquoted")
        if written is None:
            if match["cdata"] and elements.is_foreign:
                position = _end(CDATA_END, html, match.start())
            continue
        tag = written.lower()
        if slash:
            elements.end(tag)
            continue
        closed = attributes.endswith("/") and (unquoted is None or match.end("unquoted") != match.end("attributes"))
        is_html = elements.start(tag, attributes, closed)
        if elements.count > MOST_OPEN or elements.copied > MOST_COPIED:
            return False
        if is_html and tag in RAW:
            position = _end(RAW[tag], html, position)
        elif is_html and tag == "plaintext":
            break
    return True


def _end(pattern: re.Pattern[str], html: str, position: int) -> int:
    """Return where raw text ends that begins at a position."""
    match = pattern.search(html, position)
    return len(html) if match is None else match.start()
