"""Labels that one document alone does not show, recognised because the ledger knows them as categories."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace

from feeds.model import Item, Listing
from feeds.unicode import normalise


def apply_known_labels(listing: Listing, known: Container[str]) -> Listing:
    """The listing with known labels in their place; `known` holds category keys.

    An undated item of two paragraphs reads as title and summary, or as label and title. Where nothing in
    the document decides and its first line is a category that exists, it is the label.
    """
    sections = tuple(
        replace(section, items=tuple(_recall(item, known) for item in section.items)) for section in listing.sections
    )
    return listing if sections == listing.sections else replace(listing, sections=sections)


def _recall(item: Item, known: Container[str]) -> Item:
    if item.label or item.date or not item.title or not item.summary:
        return item
    if normalise.key(item.title) not in known:
        return item
    title, _, summary = item.summary.partition("\n\n")
    lines = dict(item.lines)
    if "title" in lines:
        lines["label"] = lines.pop("title")
    if "summary" in lines:
        lines["title"] = lines.pop("summary")
    return replace(item, label=item.title, title=title, summary=summary or None, lines=lines)
