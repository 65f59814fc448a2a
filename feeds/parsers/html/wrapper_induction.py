"""Derive CSS selectors from the records that were read (Kushmerick 1997, "Wrapper induction").

lexbor supports selectors of CSS level 4, without `::text`, `:contains()` and a leading `:scope >`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from feeds.parsers.html.dom import Node, Page
from feeds.parsers.html.record import ExtractedRecord

# Digits in a class are mostly a number that changes with the next version of the page.
_PLAIN = re.compile(r"[A-Za-z][A-Za-z_-]*")
# Word processors write elements such as `o:p`, which a selector would have to escape.
_TAG = re.compile(r"[a-z][a-z0-9-]*")
_MAX_LEVELS = 3
_MAX_WRONG = 0.1


@dataclass(frozen=True, slots=True)
class Selectors:
    """The selector of the items, and of the fields within an item.

    Without `title` and `link`, the first heading and link are used; without another one, the field is unknown.
    """

    item: str
    title: str | None = None
    link: str | None = None
    date: str | None = None
    label: str | None = None
    summary: str | None = None
    credit: str | None = None


def induce_selectors(html: str, page: Page, records: Sequence[ExtractedRecord]) -> Selectors | None:
    """Return selectors that read the same records; None if no element contains each record."""
    roots = [record.span.root for record in records]
    if not roots or any(record.span.start != record.span.root.start for record in records):
        return None
    parser = LexborHTMLParser(html)
    item = _item(parser, page, roots)
    if item is None:
        return None
    elements = parser.css(item)

    def find(field: Callable[[ExtractedRecord], Node | None]) -> str | None:
        nodes = [field(record) for record in records]
        expected = [
            (element, node, page.text_of(node))
            for element, node, root in zip(elements, nodes, roots, strict=True)
            if node is not None and (node is not root or root.tag == "a")
        ]
        return _field(page, expected) if len(expected) * 2 >= len(records) else None

    title = find(lambda record: record.title.node)
    if title is None:
        return None
    return Selectors(
        item,
        title=title,
        link=find(lambda record: record.link_node),
        date=find(lambda record: record.date_node),
        label=find(lambda record: record.label_node),
        summary=find(lambda record: record.summary_node),
    )


def _item(parser: LexborHTMLParser, page: Page, roots: Sequence[Node]) -> str | None:
    """Return a selector, or a list of them, that matches the records and nothing else."""
    kinds: dict[tuple[str, str], list[Node]] = {}
    for root in roots:
        kinds.setdefault((root.tag, root.signature), []).append(root)
    for groups in ([list(roots)], list(kinds.values())):
        found = [_exact(parser, page, group) for group in groups]
        together = ", ".join(css for css in found if css is not None)
        if None not in found and len(parser.css(together)) == len(roots):
            return together
    return None


def _exact(parser: LexborHTMLParser, page: Page, roots: Sequence[Node]) -> str | None:
    exact = [css for css in _paths(page, roots) if len(parser.css(css)) == len(roots)]
    if not exact:
        return None
    # A class survives changes of the page better than a tag that happens to be unique today.
    return next((css for css in exact if "." in css or "#" in css), exact[0])


def _field(page: Page, expected: Sequence[tuple[LexborNode, Node, str]]) -> str | None:
    """Return the shortest selector whose first match is the field's element in nearly every record."""
    for css in _paths(page, [node for _, node, _ in expected]):
        wrong = sum(not _is_same(element.css_first(css), node, text) for element, node, text in expected)
        if wrong <= _MAX_WRONG * len(expected):
            return css
    return None


def _is_same(found: LexborNode | None, node: Node, text: str) -> bool:
    if found is None or found.tag != node.tag or "".join(found.text().split()) != text:
        return False
    return node.tag != "a" or (found.attributes.get("href") or "").strip() == node.get("href")


def _paths(page: Page, nodes: Sequence[Node]) -> Iterator[str]:
    """Yield selectors from what the elements share: one class, all classes, their position; with ancestors."""
    for max_classes, suffix in ((1, ""), (None, ""), (1, _suffix(page, nodes))):
        path = ""
        level = list(nodes)
        for depth in range(_MAX_LEVELS):
            name = _name(level, max_classes)
            if not name:
                break
            name += suffix if depth == 0 else ""
            path = f"{name} > {path}" if path else name
            yield path
            parents = {node.parent.start: node.parent for node in level if node.parent is not None}
            level = list(parents.values())


def _suffix(page: Page, nodes: Sequence[Node]) -> str:
    """Return a pseudo-class for rows of data or for the common position of the elements, else nothing."""
    if all(node.tag == "tr" for node in nodes):
        return ":has(td)"
    positions = {[each for each in page.siblings(node) if each.tag == node.tag].index(node) for node in nodes}
    return f":nth-of-type({positions.pop() + 1})" if len(positions) == 1 else ""


def _name(level: Sequence[Node], max_classes: int | None) -> str:
    if len(level) == 1 and _PLAIN.fullmatch(level[0].get("id")):
        return f"#{level[0].get('id')}"
    tags = {node.tag for node in level}
    shared = set.intersection(*(set(node.get("class").split()) for node in level)) if level else set()
    classes = [each for each in level[0].get("class").split() if each in shared] if level else []
    plain = [f".{each}" for each in classes if _PLAIN.fullmatch(each)]
    tag = tags.pop() if len(tags) == 1 else ""
    return (tag if _TAG.fullmatch(tag) else "") + "".join(plain[:max_classes])
