"""CSS selectors that say where the items of a page and their fields stand.

lexbor reads selectors of CSS level 4, without `::text`, `:contains()` and a leading `:scope >`. A selector
that it cannot read raises only when it is used, so `check_selector` uses it on an empty page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from feeds.parsers.alignment import View
from feeds.parsers.tree import Node, Page

# Digits in a class are mostly a number that the next edition of the page changes.
_PLAIN = re.compile(r"[A-Za-z_-][A-Za-z_-]*")
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


def derive(html: str, page: Page, views: Sequence[View]) -> Selectors | None:
    """Say what was read as selectors that read the same; None where no element holds each item."""
    roots = [view.record.root for view in views]
    if not roots or any(view.record.start != view.record.root.start for view in views):
        return None
    parser = LexborHTMLParser(html)
    exact = [css for css in _paths(roots) if len(parser.css(css)) == len(roots)]
    if not exact:
        return None
    # A class is a better hold on a page that changes than a tag that happens to stand nowhere else yet.
    item = next((css for css in exact if "." in css), exact[0])
    elements = parser.css(item)

    def find(field: Callable[[View], Node | None]) -> str | None:
        nodes = [field(view) for view in views]
        wanted = [
            (element, node, page.text_of(node))
            for element, node, root in zip(elements, nodes, roots, strict=True)
            if node is not None and (node is not root or root.tag == "a")
        ]
        return _field(wanted) if len(wanted) * 2 >= len(views) else None

    title = find(lambda view: view.title.node)
    if title is None:
        return None
    return Selectors(
        item,
        title=title,
        link=find(lambda view: view.linked),
        date=find(lambda view: view.dated),
        label=find(lambda view: view.labelled),
        summary=find(lambda view: view.summarised),
    )


def _field(wanted: Sequence[tuple[LexborNode, Node, str]]) -> str | None:
    """Find the shortest selector whose first match is the field's element in nearly every item."""
    for css in _paths([node for _, node, _ in wanted]):
        wrong = 0
        for element, node, text in wanted:
            found = element.css_first(css)
            wrong += found is None or found.tag != node.tag or "".join(found.text().split()) != text
        if wrong <= _MOST_WRONG * len(wanted):
            return css
    return None


def _paths(nodes: Sequence[Node]) -> Iterator[str]:
    """Name elements by what they share: by the first class and those above, then by all classes."""
    for most in (1, None):
        path = ""
        level = list(nodes)
        for _ in range(_REACH):
            name = _name(level, most)
            if not name:
                break
            path = f"{name} > {path}" if path else name
            yield path
            parents = {node.parent.start: node.parent for node in level if node.parent is not None}
            level = list(parents.values())


def _name(level: Sequence[Node], most: int | None) -> str:
    tags = {node.tag for node in level}
    shared = set.intersection(*(set(node.get("class").split()) for node in level)) if level else set()
    classes = [each for each in level[0].get("class").split() if each in shared] if level else []
    plain = [f".{each}" for each in classes if _PLAIN.fullmatch(each)]
    return (tags.pop() if len(tags) == 1 else "") + "".join(plain[:most])
