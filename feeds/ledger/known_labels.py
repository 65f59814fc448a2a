"""Labels that a single document does not reveal, recognised because the ledger knows them as categories."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace

from feeds.model import Item, Listing
from feeds.unicode import normalise


def apply_known_labels(listing: Listing, known: Container[str]) -> Listing:
    """Return the listing with known labels moved to the label field; `known` holds category keys.

    An undated item of two paragraphs is a title and a summary, or a label and a title. If nothing in the document
    decides, and its first line is the name of an existing category, that line is the label.
    """
    sections = tuple(
        replace(section, items=tuple(_with_label(item, known) for item in section.items))
        for section in listing.sections
    )
    return listing if sections == listing.sections else replace(listing, sections=sections)


def _with_label(item: Item, known: Container[str]) -> Item:
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
