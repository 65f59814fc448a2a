"""What recognition compares: an item with every field folded, so that its spelling does not count."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

from feeds.changes import Appearance
from feeds.linkage.urls import url_key
from feeds.model import Entry, Item, SourceFeed, When
from feeds.unicode import normalise
from feeds.unicode.cache import LONGEST

FieldValues = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class ComparisonRecord:
    """An item reduced to what recognition compares; `section` is the key of the heading above it.

    `flow` is its text from first to last, the same whatever fields a parser gave the parts to. `origin` is
    the id that the origin gave it, if it did.
    """

    title: str
    day: dt.date | None
    summary: str
    link: str
    label: str
    credit: str
    flow: str
    section: str | None = None
    origin: str = ""

    @classmethod
    def of(cls, item: Item, when: When | None, section: str | None = None) -> ComparisonRecord:
        day = when.day if when else None
        fields = (item.credit, item.label, item.title, item.date, item.summary, item.link)
        return _remembered(fields, day, section, item.id or "")

    @classmethod
    def of_row(cls, row: Appearance) -> ComparisonRecord:
        return cls.of(row.item, row.when, row.section)

    @classmethod
    def of_entry(cls, entry: Entry, zone: dt.tzinfo) -> ComparisonRecord:
        """The face of an entry whose last item is no longer kept."""
        day = entry.published.astimezone(zone).date() if entry.published else None
        fields = (entry.credit, entry.label, entry.title, None, entry.summary, entry.link)
        return _remembered(fields, day, None, entry.origin_id or "")


@dataclass(frozen=True, slots=True)
class Observation:
    """An item as it stands in the reading at hand.

    `section` is the key of the heading above it; `also` are those of the further sections of the document
    in which the very same item stands. `feed` is the feed that it was read in, if it was one.
    """

    item: Item
    when: When | None
    section: str | None
    face: ComparisonRecord
    also: tuple[str, ...] = ()
    feed: SourceFeed | None = None


def _remembered(fields: FieldValues, day: dt.date | None, section: str | None, origin: str) -> ComparisonRecord:
    # What is known is looked at in every reading; but whole articles would take all the memory there is.
    make = _face if sum(map(len, filter(None, fields))) <= LONGEST else _face.__wrapped__
    return make(fields, day, section, origin)


@lru_cache(maxsize=4096)
def _face(fields: FieldValues, day: dt.date | None, section: str | None, origin: str) -> ComparisonRecord:
    credit, label, title, _, summary, link = fields
    return ComparisonRecord(
        title=_fold(title),
        day=day,
        summary=_fold(summary),
        link=url_key(link) if link else "",
        label=_fold(label),
        credit=_fold(credit),
        flow=_fold(" ".join(field for field in fields[:-1] if field)),
        section=section,
        origin=origin,
    )


def _fold(value: str | None) -> str:
    return normalise.key(value) if value else ""
