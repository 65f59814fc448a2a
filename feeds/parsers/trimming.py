"""No field of an item beyond what readers show: a page without structure may give a title of megabytes."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import replace

from feeds.model import Item, Listing, Problem

LONGEST = {"title": 300, "label": 200, "credit": 300, "summary": 64 << 10}
LONGEST_LINK = 2048
_JOINER = "\u200d"


def trim(listing: Listing) -> Listing:
    """Cut what is too long, and leave out links that are; say so."""
    problems = tuple(_problems(listing))
    if not problems:
        return listing
    sections = tuple(
        replace(section, items=tuple(map(_trimmed, section.items))) for section in listing.sections
    )
    return replace(listing, sections=sections, problems=(*listing.problems, *problems))


def _problems(listing: Listing) -> Iterator[Problem]:
    for item in listing.items:
        for name in _too_long(item):
            yield Problem(
                item.lines.get(name, item.line), f"a {name} of {len(getattr(item, name))} characters"
            )


def _too_long(item: Item) -> Iterator[str]:
    for name, longest in (*LONGEST.items(), ("link", LONGEST_LINK)):
        if len(getattr(item, name) or "") > longest:
            yield name


def _trimmed(item: Item) -> Item:
    if not any(_too_long(item)):
        return item
    return replace(
        item,
        title=_cut(item.title, LONGEST["title"]),
        label=_cut(item.label, LONGEST["label"]),
        credit=_cut(item.credit, LONGEST["credit"]),
        summary=_cut(item.summary, LONGEST["summary"]),
        link=None if len(item.link or "") > LONGEST_LINK else item.link,
    )


def _cut(text: str | None, longest: int) -> str | None:
    """The beginning, with what stands for the rest; a letter keeps its accents, joined signs stay joined."""
    if text is None or len(text) <= longest:
        return text
    end = longest - 1
    while end > longest // 2 and (_JOINER in text[end - 1 : end + 1] or unicodedata.combining(text[end])):
        end -= 1
    return text[:end].rstrip() + "…"
