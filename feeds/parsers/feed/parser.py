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
from feeds.model import Document, Item, Listing, Problem, Section, SourceFeed
from feeds.parsers.feed.detection import check_is_xml_feed, start_of_feed
from feeds.parsers.feed.json import read_json
from feeds.parsers.feed.wire import Channel, Post
from feeds.parsers.feed.xml import read_xml
from feeds.parsers.line_numbers import LineNumbers
from feeds.parsers.urls import absolute
from feeds.unicode import normalise as texts
from feeds.unicode.decoding import decode
from feeds.unicode.language_tags import normalise_tag

_ABSOLUTE = re.compile(r"(?:https?://[^\s/]+|urn:[a-z0-9][a-z0-9-]{0,31}:|tag:[^\s,:]+,[\d-]+:)[^\s<>\"{}|\\^`]*", re.I)
_NAMESPACE = uuid.UUID("6b0d5c1e-2f6a-5a54-8e64-3c3a6ad0b6c9")
# Allowed by RFC 822 §5, obsolete in RFC 5322: years of two digits, names of time zones of the United States.
_OBSOLETE = re.compile(r"\b\d{1,2} [A-Z][a-z]{2} \d\d \d\d?:|\d (?:UT|[ECMP][SD]T)\s*$")
# Some feeds write a comma after the month: "Tue, 13 Jan, 2026 09:00:00 EST".
_MONTH_COMMA = re.compile(r"(?<=[A-Z][a-z]{2}),\s+(?=\d{4}\b)")
_TITLE = 100
_EXCERPT = 500


def read_feed(document: Document, source: Source) -> Listing:
    """Return the listing of an Atom, RSS, RDF or JSON Feed document; entries without any text are left out.

    Raises ParseError: not_feed, malformed, doctype, too_deep, too_large or extra.
    """
    text, problems = decode(document)
    if text.lstrip().startswith(("{", "[")):
        channel = read_json(text, document.name)
    else:
        check_is_xml_feed(text, document.name)
        start = start_of_feed(text)
        if text[:start].strip("\ufeff \t\r\n"):
            message = _cut(texts.line(text[:start]), _TITLE)
            problems = (
                *problems,
                Problem(1, f"text before the feed is ignored (fix the server): {message}"),
            )
            # Line breaks keep the line numbers of the items.
            text = "\n" * text.count("\n", 0, start) + text[start:]
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
    languages = tuple(dict.fromkeys((normalise_tag(channel.language) or "en", "en")))
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
            date=_date_of(post, languages),
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


def _date_of(post: Post, languages: tuple[str, ...]) -> str | None:
    """Return the first of the entry's dates that can be read, else the first that there is."""
    dates = [_readable(texts.line(date)) for date in (post.date, post.updated) if date]
    return next((date for date in dates if parse_date(date, languages=languages)), dates[0] if dates else None)


def _readable(date: str) -> str:
    """Return a date as written; obsolete forms of RFC 822 become ISO 8601 with a numeric offset."""
    if _OBSOLETE.search(date):
        try:
            return parsedate_to_datetime(_MONTH_COMMA.sub(" ", date)).isoformat()
        except ValueError:
            pass
    return date


def _instant(date: str | None) -> dt.datetime | None:
    when = parse_date(texts.line(date or ""))
    return None if when is None else instant(when, dt.UTC)


def _cut(text: str, length: int) -> str:
    """Return the beginning of a text, cut at the end of a word."""
    if len(text) <= length:
        return text
    words = text[: length + 1].rpartition(" ")[0] or text[:length]
    return words.rstrip(" ,;:–—-") + "…"
