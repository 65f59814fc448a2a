"""Read the articles and events that a page declares in JSON-LD (schema.org).

Scripts that are not valid JSON are skipped; many pages have one. schema.org has several properties for the
items of a list (`itemListElement`, `blogPost`, `hasPart`, `@graph`), so every object with a suitable type is
an item, wherever it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from feeds.parsers.urls import absolute

_ITEM = re.compile(r"(?:Article|Posting|Event|Report|Release)$")
_NO_LIST = frozenset(("BreadcrumbList", "SiteNavigationElement"))
_MOST = 100_000


@dataclass(frozen=True, slots=True)
class StructuredItem:
    """The fields that a page declares for one item."""

    title: str | None = None
    link: str | None = None
    date: str | None = None
    label: str | None = None
    summary: str | None = None


def read_structured_items(scripts: Sequence[str], base: str) -> tuple[StructuredItem, ...]:
    """Return the items of all lists; a single item is the page itself, not a listing."""
    found: dict[tuple[str | None, str | None], StructuredItem] = {}
    for script in scripts:
        try:
            data = json.loads(script, strict=False)
        except (ValueError, RecursionError):
            continue
        for thing in _items(data):
            item = _structured_item(thing, base)
            if item.title or item.link:
                found.setdefault((item.link, None if item.link else item.title), item)
    return tuple(found.values()) if len(found) > 1 else ()


def _items(data: object) -> Iterator[Mapping[str, object]]:
    """Yield the objects that are items, in document order and without recursion."""
    stack = [data]
    visited = 0
    while stack and visited < _MOST:
        visited += 1
        thing = stack.pop()
        if isinstance(thing, list):
            stack += reversed(thing)
        elif isinstance(thing, dict):
            types = _types(thing)
            if not types.isdisjoint(_NO_LIST):
                continue
            if any(_ITEM.search(name) for name in types):
                yield thing
                continue
            if "ListItem" in types and not isinstance(thing.get("item"), dict):
                yield thing
                continue
            stack += reversed([value for value in thing.values() if isinstance(value, dict | list)])


def _types(thing: Mapping[str, object]) -> set[str]:
    given = thing.get("@type")
    return {str(name) for name in (given if isinstance(given, list) else [given]) if name}


def _structured_item(thing: Mapping[str, object], base: str) -> StructuredItem:
    link = _text(thing, "url", "mainEntityOfPage", "@id", "item")
    return StructuredItem(
        title=_text(thing, "headline", "name"),
        link=absolute(base, link) if link else None,
        date=_text(thing, "datePublished", "startDate", "dateCreated"),
        label=_text(thing, "articleSection"),
        summary=_text(thing, "description", "abstract"),
    )


def _text(thing: Mapping[str, object], *names: str) -> str | None:
    for name in names:
        value = thing.get(name)
        if isinstance(value, list):
            value = value[0] if value else None
        if isinstance(value, dict):
            value = value.get("@id") or value.get("url") or value.get("@value")
        if isinstance(value, str) and value.strip():
            return " ".join(value.split())
    return None
