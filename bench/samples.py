"""Invented entries and documents in any number, the same every time."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator

from feeds.model import Entry, Feed, FeedKind, Precision, Site, Term

SITE = Site(title="Riverside newsroom", base_url="https://news.example", author="Press office")
NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)

_LABELS = ("Press release", "Events", "Our impact", "Publications")
_SENTENCE = (
    "the of and to in a river council plan school museum trust annual report bridge energy water office "
    "health new public garden station library harbour market winter summer open meeting survey"
)
_WORDS = _SENTENCE.split()


def entries(count: int) -> list[Entry]:
    """Return entries of one category, about 600 bytes each in Atom."""
    dice = random.Random(count)
    return [_entry(number, dice) for number in range(count)]


def _entry(number: int, dice: random.Random) -> Entry:
    at = NOON - number * dt.timedelta(hours=3)
    return Entry(
        id=f"urn:uuid:5d1c2f6e-0000-4000-8000-{number:012d}",
        title=words(9, dice),
        first_seen=at,
        updated=at,
        rank=at,
        published=at,
        precision=Precision.DAY,
        summary=words(40, dice) + ".",
        credit="A. Name",
        label=_LABELS[0],
        category=_LABELS[0].lower(),
        sections=("news",),
        sources=("newsroom",),
    )


def feed(several: list[Entry]) -> Feed:
    """Return a feed of these entries."""
    return Feed(
        slug="press-release",
        kind=FeedKind.CATEGORY,
        key=_LABELS[0].lower(),
        title=_LABELS[0],
        updated=max(entry.updated for entry in several),
        entries=tuple(several),
        categories={_LABELS[0].lower(): Term("press-release", _LABELS[0])},
        sections={"news": Term("news", "News")},
    )


def listings(count: int, *, items: int) -> Iterator[str]:
    """Yield text dumps as newsrooms publish them, each with a heading and `items` items."""
    dice = random.Random(count)
    for document in range(count):
        day = NOON.date() - dt.timedelta(days=document)
        lines = ["News and events", "", ""]
        for number in range(1, items + 1):
            label = dice.choice(_LABELS)
            date = f"{day.day} {day:%B} {day.year}"
            paragraphs = (label, words(9, dice), date, words(40, dice) + ".")
            lines += [f"  {number}. {paragraphs[0]}", *(f"\n    {text}" for text in paragraphs[1:]), ""]
        yield "\n".join(lines) + "\n"


def words(count: int, dice: random.Random) -> str:
    """Return a sentence of `count` words, without the full stop."""
    return " ".join(dice.choices(_WORDS, k=count)).capitalize()
