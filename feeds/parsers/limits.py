"""What a document may measure, told from its bytes before any parser sees one of them.

Counting costs milliseconds for the largest document. Nothing of this bounds an honest listing: ten thousand
items of ten lines, or of ten elements, are within it.
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

_LONG_TAG = re.compile(rb"<[a-zA-Z][^<>]{%d,}" % (3 * MOST_ATTRIBUTES))
_ATTRIBUTE = re.compile(rb"[\s\"'/][^\s=\"'<>/]+=")


def check_text(document: Document) -> None:
    """Refuse a text of too many lines, or of one that is too long."""
    body = document.body
    if body.count(b"\n") + body.count(b"\r") > MOST_LINES:
        raise _too_large(document, f"more than {MOST_LINES} lines")
    if len(body) > LONGEST_LINE and max(map(len, body.splitlines())) > LONGEST_LINE:
        raise _too_large(document, f"a line of more than {LONGEST_LINE} bytes")


def check_markup(document: Document) -> None:
    """Refuse markup of too many tags, or of one with too many attributes: parsers compare each with each."""
    if document.body.count(b"<") > MOST_TAGS:
        raise _too_large(document, f"more than {MOST_TAGS} tags")
    for tag in _LONG_TAG.finditer(document.body):
        if len(_ATTRIBUTE.findall(tag[0])) > MOST_ATTRIBUTES:
            raise _too_large(document, f"a tag of more than {MOST_ATTRIBUTES} attributes")


def check_page(document: Document) -> None:
    """Refuse markup as above, and a page of too many character references: each costs a microsecond."""
    check_markup(document)
    if document.body.count(b"&") > MOST_REFERENCES:
        raise _too_large(document, f"more than {MOST_REFERENCES} character references")


def _too_large(document: Document, what: str) -> ParseError:
    return ParseError("too_large", f"{document.name} has {what}")


LONGEST = {"title": 300, "label": 200, "credit": 300, "summary": 64 << 10}


LONGEST_LINK = 2048


_JOINER = "\u200d"


def trim(listing: Listing) -> Listing:
    """Cut what is too long, and leave out links that are; say so."""
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
    """The beginning, with what stands for the rest; a letter keeps its accents, joined signs stay joined."""
    if text is None or len(text) <= longest:
        return text
    end = longest - 1
    while end > longest // 2 and (_JOINER in text[end - 1 : end + 1] or unicodedata.combining(text[end])):
        end -= 1
    return text[:end].rstrip() + "…"
