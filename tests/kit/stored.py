"""Builders of entries, appearances and representations, with defaults for fields that a test does not need."""

from __future__ import annotations

import datetime as dt

from feeds.changes import Appearance, Changes
from feeds.model import Entry, Item, Representation

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
SECOND, HOUR, DAY = dt.timedelta(seconds=1), dt.timedelta(hours=1), dt.timedelta(days=1)


def urn(number):
    return f"urn:uuid:00000000-0000-5000-8000-{number:012x}"


def entry(number, **fields):
    values = {"title": f"Story {number}", "first_seen": NOON, "updated": NOON, "rank": NOON + number * SECOND}
    return Entry(urn(number), **values | fields)


def appearance(number, **fields):
    values = {
        "source": "newsroom",
        "document": "a.txt",
        "entry": urn(number),
        "section": None,
        "place": number,
        "item": Item(1, title=f"Story {number}"),
        "when": None,
        "first_seen": NOON,
        "last_seen": NOON,
    }
    return Appearance(**values | fields)


def representation(path="feeds/all.atom", **fields):
    values = {
        "media_type": "application/atom+xml",
        "body": b"<feed/>",
        "etag": "0f",
        "last_modified": NOON,
        "max_age": 900,
    }
    return Representation(path, **values | fields)


def apply(store, source="newsroom", **changes):
    with store.write() as transaction:
        return transaction.apply(Changes(source, **changes))
