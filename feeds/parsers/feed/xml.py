"""Read Atom, RSS 0.9x, 1.0 (RDF) and 2.0 into a Channel, through feedparser (the extra `feeds`).

feedparser treats a string as an address or file name, so it gets a stream. It falls back to a parser that
expands entities, so documents with a document type or entity declaration are refused: entities can grow
without bound or name files, and no feed needs them.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

from feeds.errors import ParseError
from feeds.model import Problem
from feeds.parsers.feed.wire import Channel, Post, plain
from feeds.parsers.nesting.parsing import DEEPEST
from feeds.unicode import normalise as texts

_MARKUP = frozenset({"text/html", "application/xhtml+xml"})
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_ROOT = re.compile(r"<[A-Za-z_]")
_FORBIDDEN = re.compile(r"<!(?:doctype|entity)", re.I)
# An unclosed section matches up to the end of the document, so no position is scanned twice.
_CDATA = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)", re.S)
_TAG = re.compile(r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<(/?)[A-Za-z_][^<>]*+(?<!/)>", re.S)
_ITEM = re.compile(r"<(?:[\w.-]{1,40}:)?(?:item|entry)[\s/>]", re.I)
_CREDIT_ROLES = {"photographer": 0, "": 1}


def read_xml(text: str, name: str, *, max_items: int) -> Channel:
    """Return the channel of an XML feed. Raises ParseError: doctype, too_deep, too_large, not_feed or extra."""
    _check(text, name, max_items)
    try:
        import feedparser
    except ImportError as error:
        message = f'{name}: feeds in XML are read by the extra "feeds": pip install "tidings[feeds]"'
        raise ParseError("extra", message) from error
    body = _DECLARATION.sub("", text).encode("utf-8", "replace")
    found = feedparser.parse(
        io.BytesIO(body),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        resolve_relative_uris=False,
        sanitize_html=False,
    )
    problems = _problems(found)
    if not problems and not found["version"] and not found["entries"]:
        raise ParseError(
            "not_feed",
            f"{name} is XML, but not a feed; give the address of a feed",
        )
    feed = found["feed"]
    return Channel(
        tuple(_post(entry, name, atom=found["version"].startswith("atom")) for entry in found["entries"]),
        title=_content(feed.get("title_detail"), name),
        id=_text(feed, "id"),
        link=_text(feed, "link"),
        updated=_text(feed, "updated") or _text(feed, "published"),
        language=_text(feed, "language"),
        problems=problems,
        complete=not problems,
    )


def _check(text: str, name: str, max_items: int) -> None:
    """Raise ParseError for a document type, an entity declaration, too deep nesting or too many items."""
    root = _ROOT.search(text)
    prolog, rest = (text[: root.start()], text[root.start() :]) if root else (text, "")
    # In CDATA, which the prolog cannot contain, a document type is part of an example.
    if _FORBIDDEN.search(prolog) or (_FORBIDDEN.search(rest) and _FORBIDDEN.search(_CDATA.sub("", rest))):
        raise ParseError("doctype", f"{name} declares a document type or an entity, which no feed needs")
    if sum(1 for _ in _ITEM.finditer(rest)) > max_items:
        raise ParseError("too_large", f"{name}: more items than the limit of {max_items}")
    depth = 0
    for tag in _TAG.finditer(rest):
        if tag[1] is None:
            continue
        depth += -1 if tag[1] else 1
        if depth > DEEPEST:
            raise ParseError("too_deep", f"{name}: elements nest deeper than {DEEPEST}")


def _problems(found: Mapping[str, Any]) -> tuple[Problem, ...]:
    if not found["bozo"]:
        return ()
    error: Any = found.get("bozo_exception")
    # feedparser adds a line with a declaration before the document.
    line = error.getLineNumber() - 1 if hasattr(error, "getLineNumber") else 1
    message = error.getMessage() if hasattr(error, "getMessage") else error
    return (Problem(max(line, 1), f"malformed: the feed is not well-formed XML ({message})"),)


def _post(entry: Mapping[str, Any], name: str, *, atom: bool) -> Post:
    contents = entry.get("content") or ()
    # In RSS an id may be the link, as in feedparser; in Atom it is not (RFC 4287 §4.2.6).
    linked = not atom or any(link.get("rel") == "alternate" for link in entry.get("links") or ())
    return Post(
        id=_text(entry, "id"),
        title=_content(entry.get("title_detail"), name),
        link=_text(entry, "link") if linked else None,
        date=_text(entry, "published"),
        updated=_text(entry, "updated"),
        label=_label(entry.get("tags") or ()),
        # Without a summary, feedparser returns the content as the summary.
        summary=_content(entry.get("summary_detail"), name),
        content=_content(contents[0], name) if contents else None,
        credit=_credit(entry.get("media_credit") or ()),
    )


def _text(values: Mapping[str, Any], name: str) -> str | None:
    """Return a value only if the entry has it: feedparser falls back from "updated" to "published"."""
    if name not in values:
        return None
    value = values[name]
    return value.strip() or None if isinstance(value, str) else None


def _content(detail: Mapping[str, Any] | None, name: str) -> str | None:
    """Return the plain text of a text construct (RFC 4287 §3.1)."""
    if not detail:
        return None
    value = detail.get("value") or ""
    return plain(value, name) if detail.get("type") in _MARKUP else texts.paragraphs(value) or None


def _label(tags: Sequence[Mapping[str, Any]]) -> str | None:
    named = (tag.get("label") or tag.get("term") for tag in tags)
    return next((label for label in named if label and label.strip()), None)


def _credit(credits: Sequence[Mapping[str, Any]]) -> str | None:
    """Return whom the picture is credited to: a photographer, else someone without a role, else anyone."""
    ranked = sorted(credits, key=lambda credit: _CREDIT_ROLES.get(credit.get("role") or "", 2))
    return next((credit["content"] for credit in ranked if credit.get("content")), None)
