"""Sample feeds that use every field. Run as a program, it prints their digests in every format."""

from __future__ import annotations

import datetime as dt
import hashlib
import sys
from collections.abc import Mapping
from types import MappingProxyType

from feeds.model import Entry, Feed, FeedKind, Precision, Site, SourceFeed, Term
from feeds.publish.formats import FORMATS, opml

NOON = dt.datetime(2026, 2, 27, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def entry(number: int, **values: object) -> Entry:
    at = NOON + number * HOUR
    fields = {
        "id": f"urn:uuid:5d1c2f6e-0000-4000-8000-{number:012d}",
        "title": f"Story {number}",
        "first_seen": at,
        "updated": at,
        "rank": at,
    }
    return Entry(**fields | values)


def feed(*entries: Entry, **values: object) -> Feed:
    fields = {
        "slug": "our-impact",
        "kind": FeedKind.CATEGORY,
        "key": "our impact",
        "title": "Our impact",
        "updated": NOON,
        "entries": entries,
    }
    return Feed(**fields | values)


SITE = Site(
    title="Riverside & Sons",
    base_url="https://news.example",
    description="What happens at the river",
    author="Press office",
    hubs=("https://hub.example/",),
)

ENTRIES = (
    entry(
        3,
        title='AT&T <b> "quotes" \u2019n\u2019 \U0001f600',
        published=NOON,
        precision=Precision.DAY,
        summary="Fish & chips <today>",
        credit="\u00a9 L. Brandt / Quayside",
        label="Our impact",
        category="our impact",
        sections=("news and events",),
        sources=("desk",),
    ),
    entry(
        2,
        published=NOON + dt.timedelta(minutes=30),
        precision=Precision.TIME,
        summary="First paragraph.\n\nSecond & last.",
        link="https://other.example/a b?x=1&y=2",
        label="R&D",
        category="r d",
    ),
    entry(1),
)

CURRENT = feed(
    *ENTRIES,
    updated=NOON + 3 * HOUR,
    ttl=dt.timedelta(minutes=20),
    tombstones=(entry(0, retracted=NOON + 2 * HOUR),),
    prev_archive=2,
    categories={"our impact": Term("our-impact", "Our impact")},
    sections={"news and events": Term("news-and-events", "News and events")},
)
ARCHIVE = feed(entry(1), updated=NOON + HOUR, language="de", archive=2, prev_archive=1, next_archive=3)
BARE = feed(slug="all", kind=FeedKind.ALL, key="", title="Riverside")

BORROWED = feed(
    entry(
        5,
        origin_id="tag:harbour.example,2026:5",
        link="https://harbour.example/5",
        source_feed=SourceFeed("Harbour & Crane", "tag:harbour.example,2026:feed", "https://harbour.example/", NOON),
    ),
    entry(
        4,
        origin_id="https://harbour.example/?p=4",
        source_feed=SourceFeed("Quays", "https://harbour.example/rss"),
    ),
    updated=NOON + 5 * HOUR,
    tombstones=(entry(6, origin_id="tag:harbour.example,2026:6", retracted=NOON + 4 * HOUR),),
)

SAMPLES: Mapping[str, tuple[Feed, Site]] = MappingProxyType(
    {
        "current": (CURRENT, SITE),
        "archive": (ARCHIVE, SITE),
        "borrowed": (BORROWED, SITE),
        "bare": (BARE, Site(title="Riverside", base_url="https://news.example/mounted")),
    }
)


def render(name: str, format: str) -> bytes:
    if format == "opml":
        return opml.render([BARE, CURRENT], SITE)
    return FORMATS[format].render(*SAMPLES[name])


if __name__ == "__main__":
    for name in SAMPLES:
        for format in (*FORMATS, "opml"):
            sys.stdout.write(hashlib.sha256(render(name, format)).hexdigest() + "\n")
