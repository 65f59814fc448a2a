"""The records that linkage compares: items with every field normalised, so that spelling does not count."""

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
    """The normalised fields of an item or entry; `section` is the key of the heading above it.

    `full_text` is all of its text in order: it is the same whichever fields a parser gave the parts to.
    `origin` is the id that the origin gave it, else empty.
    """

    title: str
    day: dt.date | None
    summary: str
    link: str
    label: str
    credit: str
    full_text: str
    section: str | None = None
    origin: str = ""

    @classmethod
    def of(cls, item: Item, when: When | None, section: str | None = None) -> ComparisonRecord:
        day = when.day if when else None
        fields = (item.credit, item.label, item.title, item.date, item.summary, item.link)
        return _make(fields, day, section, item.id or "")

    @classmethod
    def of_appearance(cls, row: Appearance) -> ComparisonRecord:
        return cls.of(row.item, row.when, row.section)

    @classmethod
    def of_entry(cls, entry: Entry, zone: dt.tzinfo) -> ComparisonRecord:
        """Return the record of an entry whose last item is no longer kept; its day is that of `zone`."""
        day = entry.published.astimezone(zone).date() if entry.published else None
        fields = (entry.credit, entry.label, entry.title, None, entry.summary, entry.link)
        return _make(fields, day, None, entry.origin_id or "")


@dataclass(frozen=True, slots=True)
class Observation:
    """An item as it stands in the current reading.

    `section` is the key of the heading above it; `also` are the keys of further sections of the document that
    list the very same item. `feed` is the feed that it was read from, if the document is one.
    """

    item: Item
    when: When | None
    section: str | None
    record: ComparisonRecord
    also: tuple[str, ...] = ()
    feed: SourceFeed | None = None


def _make(fields: FieldValues, day: dt.date | None, section: str | None, origin: str) -> ComparisonRecord:
    # Known items are compared in every reading, so their records are cached; whole articles would fill the memory.
    make = _comparison_record if sum(map(len, filter(None, fields))) <= LONGEST else _comparison_record.__wrapped__
    return make(fields, day, section, origin)


@lru_cache(maxsize=4096)
def _comparison_record(fields: FieldValues, day: dt.date | None, section: str | None, origin: str) -> ComparisonRecord:
    credit, label, title, _, summary, link = fields
    return ComparisonRecord(
        title=_fold(title),
        day=day,
        summary=_fold(summary),
        link=url_key(link) if link else "",
        label=_fold(label),
        credit=_fold(credit),
        full_text=_fold(" ".join(field for field in fields[:-1] if field)),
        section=section,
        origin=origin,
    )


def _fold(value: str | None) -> str:
    return normalise.key(value) if value else ""
