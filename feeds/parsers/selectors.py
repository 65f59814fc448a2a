"""CSS selectors that say where the items of a page and their fields stand.

lexbor reads selectors of CSS level 4, without `::text`, `:contains()` and a leading `:scope >`. A selector
that it cannot read raises only when it is used, so `check_selector` uses it on an empty page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from feeds.parsers.alignment import View
from feeds.parsers.tree import Node

_REACH = 3
_MOST_WRONG = 0.1


@dataclass(frozen=True, slots=True)
class Selectors:
    """Where the items stand, and within an item its fields. Left out: the first heading or link, no field."""

    item: str
    title: str | None = None
    link: str | None = None
    date: str | None = None
    label: str | None = None
    summary: str | None = None
    credit: str | None = None


def check_selector(text: str) -> str | None:
    """Say what is wrong with a selector; None if it can be used."""
    if not text.strip():
        return "is empty"
    try:
        LexborHTMLParser("<p></p>").css(text)
    except (SelectolaxError, ValueError) as error:
        return f"is no CSS selector that can be read: {error}"
    return None


def derive(html: str, views: Sequence[View]) -> Selectors | None:
    """Say what was read as selectors that read the same; None where no element holds each item."""
    roots = [view.record.root for view in views]
    if not roots or any(view.record.start != view.record.root.start for view in views):
        return None
    parser = LexborHTMLParser(html)
    item = next((css for css in _paths(roots) if _count(parser, css) == len(roots)), None)
    if item is None:
        return None
    elements = parser.css(item)

    def find(nodes: Callable[[View], Node | None]) -> str | None:
        return _field(elements, views, [nodes(view) for view in views])

    return Selectors(
        item,
        title=find(lambda view: view.title.node),
        link=find(lambda view: view.linked),
        date=find(lambda view: view.dated),
        label=find(lambda view: view.labelled),
        summary=find(lambda view: view.summarised),
    )


def _count(parser: LexborHTMLParser, css: str) -> int:
    return len(parser.css(css))


def _field(elements: Sequence[LexborNode], views: Sequence[View], nodes: Sequence[Node | None]) -> str | None:
    """Find the shortest selector whose first match is the field's element in nearly every item."""
    known = [(element, node) for element, node in zip(elements, nodes, strict=True) if node is not None]
    if len(known) * 2 < len(views):
        return None
    for css in _paths([node for _, node in known]):
        wrong = sum(not _same(element.css_first(css), node) for element, node in known)
        if wrong <= _MOST_WRONG * len(known):
            return css
    return None


def _same(found: LexborNode | None, node: Node) -> bool:
    return found is not None and found.tag == node.tag and found.attributes == node.attributes


def _paths(nodes: Sequence[Node]) -> Iterator[str]:
    """Name elements by what they share, then by what their parents share too, shortest first."""
    path = ""
    level: list[Node] = list(nodes)
    for _ in range(_REACH):
        tags = {node.tag for node in level}
        classes = set.intersection(*(set(node.signature.split(".")) - {""} for node in level))
        name = (tags.pop() if len(tags) == 1 else "") + "".join(f".{each}" for each in sorted(classes))
        if not name:
            return
        own = f"{name} > {path}" if path else name
        if check_selector(own) is None:
            yield own
        path = own
        parents = {node.parent.start: node.parent for node in level if node.parent is not None}
        if not parents:
            return
        level = list(parents.values())
