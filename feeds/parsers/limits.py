"""What a document may measure, told from its bytes before any parser sees one of them.

Counting costs milliseconds for the largest document. Nothing of this bounds an honest listing: ten thousand
items of ten lines, or of ten elements, are within it.
"""

from __future__ import annotations

import re

from feeds.errors import ParseError
from feeds.model import Document

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
