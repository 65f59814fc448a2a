"""Read JSON Feed 1 and 1.1 into a Channel. Values of the wrong type are ignored, as feeds are made by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from feeds.errors import ParseError
from feeds.parsers.feed.wire import Channel, Post, plain

VERSION = "https://jsonfeed.org/version/"


def read_json(text: str, name: str) -> Channel:
    """Return the channel of a JSON Feed. Raises ParseError: malformed, not_feed or too_deep."""
    try:
        feed = json.loads(text, strict=False)
    except RecursionError as error:
        raise ParseError("too_deep", f"{name}: values nest too deep") from error
    except ValueError as error:
        raise ParseError("malformed", f"{name} is not valid JSON: {error}") from error
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise ParseError(
            "not_feed", f"{name} is JSON, but not a JSON Feed (no list of items); give the address of a feed"
        )
    posts = tuple(_post(item, name) for item in feed["items"] if isinstance(item, dict))
    return Channel(
        posts,
        title=_text(feed, "title"),
        id=_text(feed, "feed_url"),
        link=_text(feed, "home_page_url"),
        language=_text(feed, "language"),
    )


def _post(item: Mapping[str, Any], name: str) -> Post:
    tags = item.get("tags")
    return Post(
        # "If an id is presented as a number, a JSON Feed reader should coerce it to a string" (1.1).
        id=str(number) if isinstance(number := item.get("id"), int) else _text(item, "id"),
        title=_text(item, "title"),
        link=_text(item, "url", "external_url"),
        date=_text(item, "date_published"),
        updated=_text(item, "date_modified"),
        label=next((tag for tag in tags if isinstance(tag, str)), None) if isinstance(tags, list) else None,
        summary=_text(item, "summary"),
        content=_text(item, "content_text") or plain(_text(item, "content_html"), name),
    )


def _text(values: Mapping[str, Any], *names: str) -> str | None:
    for name in names:
        value = values.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
    return None
