"""Limits of a document, checked on its bytes before any parser runs, and limits of the fields of items.

The checks take milliseconds for the largest document. Real listings are far below the limits: ten thousand
items with ten lines or ten elements each are accepted.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace

from feeds.errors import ParseError
from feeds.model import Document, Item, Listing, Problem

MOST_LINES = 200_000
LONGEST_LINE = 1 << 20
MOST_TAGS = 250_000
MOST_ATTRIBUTES = 5_000
MOST_REFERENCES = 250_000
LONGEST = {"title": 300, "label": 200, "credit": 300, "summary": 64 << 10}
LONGEST_LINK = 2048

_LONG_TAG = re.compile(rb"<[a-zA-Z][^<>]{%d,}" % (3 * MOST_ATTRIBUTES))
_JOINER = "\u200d"
_ATTRIBUTE = re.compile(rb"[\s\"'/][^\s=\"'<>/]+=")


def check_text(document: Document) -> None:
    """Raise ParseError too_large for too many lines or a line that is too long."""
    body = document.body
    if body.count(b"\n") + body.count(b"\r") > MOST_LINES:
        raise _too_large(document, f"more than {MOST_LINES} lines")
    if len(body) > LONGEST_LINE and max(map(len, body.splitlines())) > LONGEST_LINE:
        raise _too_large(document, f"a line of more than {LONGEST_LINE} bytes")


def check_markup(document: Document) -> None:
    """Raise ParseError too_large for too many tags, or a tag with too many attributes.

    Parsers compare each attribute of a tag with each other.
    """
    if document.body.count(b"<") > MOST_TAGS:
        raise _too_large(document, f"more than {MOST_TAGS} tags")
    for tag in _LONG_TAG.finditer(document.body):
        if len(_ATTRIBUTE.findall(tag[0])) > MOST_ATTRIBUTES:
            raise _too_large(document, f"a tag of more than {MOST_ATTRIBUTES} attributes")


def check_page(document: Document) -> None:
    """Raise ParseError too_large as `check_markup` does, and for too many character references.

    Each reference takes a microsecond.
    """
    check_markup(document)
    if document.body.count(b"&") > MOST_REFERENCES:
        raise _too_large(document, f"more than {MOST_REFERENCES} character references")


def _too_large(document: Document, what: str) -> ParseError:
    return ParseError("too_large", f"{document.name} has {what}")


def trim(listing: Listing) -> Listing:
    """Return the listing with fields cut and links left out that are too long, and a problem for each."""
    problems = tuple(_problems(listing))
    if not problems:
        return listing
    sections = tuple(replace(section, items=tuple(map(_trimmed, section.items))) for section in listing.sections)
    return replace(listing, sections=sections, problems=(*listing.problems, *problems))


def _problems(listing: Listing) -> Iterator[Problem]:
    for item in listing.items:
        for name in _too_long(item):
            yield Problem(item.lines.get(name, item.line), f"a {name} of {len(getattr(item, name))} characters")


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
    """Return the beginning with an ellipsis; combining and joined characters are not separated."""
    if text is None or len(text) <= longest:
        return text
    end = longest - 1
    while end > longest // 2 and (_JOINER in text[end - 1 : end + 1] or unicodedata.combining(text[end])):
        end -= 1
    return text[:end].rstrip() + "…"
