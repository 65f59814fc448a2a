"""Reading HTML pages without selectors: pairs of a page and what a reader sees in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from feeds.config import Source
from feeds.dates import resolve
from feeds.errors import ParseError
from feeds.model import Document, Listing
from feeds.parsers.auto import read_auto

PAGES = sorted((Path(__file__).parent / "data" / "html").glob("*.html"))
BASE = "https://news.example/"


def read(body: bytes | str, **settings: Any) -> Listing:
    body = body.encode() if isinstance(body, str) else body
    source = Source(name="newsroom", url=BASE, parser="auto", **settings)
    return read_auto(Document(BASE, body, "text/html"), source)


def fields(listing: Listing) -> list[dict[str, str | None]]:
    whens = resolve(listing, language=listing.language or "en", day_first=None)
    return [
        {
            "title": item.title,
            "date": when.isoformat() if when else None,
            "link": item.link,
            "label": item.label,
            "summary": item.summary,
        }
        for item, when in zip(listing.items, whens, strict=True)
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_is_read_as_its_reader_sees_it(page: Path) -> None:
    expected = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))["items"]
    found = fields(read(page.read_bytes()))
    assert [item["title"] for item in found] == [item["title"] for item in expected]
    assert [{name: item[name] for name in wanted} for item, wanted in zip(found, expected, strict=True)] == expected
