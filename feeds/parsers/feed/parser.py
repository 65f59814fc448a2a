"""Read a Listing from a feed. Entries keep their ids; the listing names the feed as their origin."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections import Counter
from collections.abc import Iterator
from email.utils import parsedate_to_datetime

from feeds.config import Source
from feeds.dates.parsing import instant, parse_date
from feeds.errors import ParseError
from feeds.model import Document, Item, Listing, Section, SourceFeed
from feeds.parsers.feed.json import VERSION, read_json
from feeds.parsers.feed.wire import Channel, Post
from feeds.parsers.feed.xml import read_xml
from feeds.parsers.line_numbers import LineNumbers
from feeds.parsers.urls import absolute
from feeds.unicode import normalise as texts
from feeds.unicode.decoding import decode
from feeds.unicode.language_tags import normalise_tag

_START = 4096
_FEED = re.compile(
    rb"\s*(?:<\?[^>]*>\s*|<!--.*?-->\s*|<!doctype[^\[>]*(?:\[.*?\]\s*)?>\s*)*+"
    rb"<(?:[\w.-]+:)?(?:rss|feed|rdf)[\s>/]",
    re.I | re.S,
)
_ABSOLUTE = re.compile(r"(?:https?://[^\s/]+|urn:[a-z0-9][a-z0-9-]{0,31}:|tag:[^\s,:]+,[\d-]+:)[^\s<>\"{}|\\^`]*", re.I)
_NAMESPACE = uuid.UUID("6b0d5c1e-2f6a-5a54-8e64-3c3a6ad0b6c9")
# Allowed by RFC 822 §5, obsolete in RFC 5322: years of two digits, names of time zones of the United States.
_OBSOLETE = re.compile(r"\b\d{1,2} [A-Z][a-z]{2} \d\d \d\d?:|\d (?:UT|[ECMP][SD]T)\s*$")
_TITLE = 100
_EXCERPT = 500


def is_feed(document: Document) -> bool:
    """Whether a document begins as a feed does; many are served as HTML, text, XML or JSON."""
    start = document.body[:_START].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if start.startswith(b"{"):
        escaped = VERSION.replace("/", r"\/").encode()
        return VERSION.encode() in document.body or escaped in document.body
    return _FEED.match(start) is not None


def read_feed(document: Document, source: Source) -> Listing:
    """Return the listing of an Atom, RSS, RDF or JSON Feed document; entries without any text are left out.

    Raises ParseError: not_feed, malformed, doctype, too_deep, too_large or extra.
    """
    text, problems = decode(document)
    if text.lstrip().startswith(("{", "[")):
        channel = read_json(text, document.name)
    else:
        channel = read_xml(text, document.name, max_items=source.limits.max_items)
    feed = _feed(channel, document)
    items = tuple(_items(channel, document, LineNumbers(text)))
    if channel.problems and not items:
        raise ParseError("malformed", f"{document.name}: {channel.problems[0].message}")
    return Listing(
        document.name,
        (Section(None, items[0].line, items),) if items else (),
        (*problems, *channel.problems),
        normalise_tag(channel.language),
        channel.complete,
        feed,
    )


def _feed(channel: Channel, document: Document) -> SourceFeed:
    """Return title, id, link and update time of the feed; its address replaces a missing id."""
    link, address = _link(channel, document), _address(document)
    id = _own_id(channel) or link or address or _minted(document.name)
    title = texts.line(channel.title or "") or document.name
    return SourceFeed(title, id, link, _instant(channel.updated))


def _own_id(channel: Channel) -> str | None:
    return channel.id if channel.id and _ABSOLUTE.fullmatch(channel.id) else None


def _link(channel: Channel, document: Document) -> str | None:
    return absolute(document.base or document.name, channel.link or "")


def _address(document: Document) -> str | None:
    base = document.base or document.name
    return absolute(base, base)


def _items(channel: Channel, document: Document, line_numbers: LineNumbers) -> Iterator[Item]:
    link, address = _link(channel, document), _address(document)
    base = address or link or ""
    # Ids are made from the address as requested, so that they never change. The address is not shown.
    namespace = _own_id(channel) or base or _minted(document.name)
    times = Counter(post.id for post in channel.posts)
    for post in channel.posts:
        title = texts.line(post.title or "")
        summary = texts.paragraphs(post.summary or "")
        content = texts.paragraphs(post.content or "")
        if not summary or summary == content:
            summary = _cut(content.partition("\n\n")[0], _EXCERPT)
        title = title or _cut(texts.line(summary), _TITLE)
        if not title:
            continue
        yield Item(
            line_numbers.line_of(post.id, post.link, title),
            credit=texts.line(post.credit or "") or None,
            label=texts.line(post.label or "") or None,
            title=title,
            date=_date_of(post),
            # A feed that must have some content repeats the title (RFC 4287 §4.1.1.1).
            summary=summary if summary and summary != title else None,
            link=absolute(base, post.link) if post.link else None,
            # An id that two entries share identifies neither.
            id=_id(post, namespace) if times[post.id] == 1 else None,
        )


def _id(post: Post, namespace: str) -> str | None:
    """Return the entry's own id if it is globally unique, else an id made from it and the namespace."""
    if not post.id:
        return None
    return post.id if _ABSOLUTE.fullmatch(post.id) else _minted(namespace, post.id)


def _minted(*parts: str) -> str:
    return uuid.uuid5(_NAMESPACE, "\x1f".join(parts)).urn


def _date_of(post: Post) -> str | None:
    """Return the date as written; obsolete forms of RFC 822 become ISO 8601 with a numeric offset."""
    date = texts.line(post.date or "")
    if _OBSOLETE.search(date):
        try:
            return parsedate_to_datetime(date).isoformat()
        except ValueError:
            pass
    return date or None


def _instant(date: str | None) -> dt.datetime | None:
    when = parse_date(texts.line(date or ""))
    return None if when is None else instant(when, dt.UTC)


def _cut(text: str, length: int) -> str:
    """Return the beginning of a text, cut at the end of a word."""
    if len(text) <= length:
        return text
    words = text[: length + 1].rpartition(" ")[0] or text[:length]
    return words.rstrip(" ,;:–—-") + "…"
