"""Every document of a site lists items without a date, or of one instant, as their page does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from feeds.model import Document
from tests.kit import stories
from tests.kit.site import Site, configure

DATES = {"undated": "", "one minute": '<time datetime="2021-03-01T07:15Z">1 March 2021</time>'}


def page(numbers: list[int], date: str) -> Document:
    items = "".join(
        f'<li><h3><a href="/n/{n}">{stories.title(n)}</a></h3>{date}<p>{stories.summary(n)}</p></li>' for n in numbers
    )
    body = f"<html><head><title>News</title></head><body><main><h1>News</h1><ul>{items}</ul></main></body></html>"
    return Document("https://news.example/", body.encode(), "text/html")


def listed(site: Site, slug: str, suffix: str) -> list[int]:
    """The numbers of the stories in the documents of a feed, from the current one to the oldest archive page."""
    with site.store.read() as view:
        paths = {each.path for _, each in view.representations()}
        pages = sorted(
            (path for path in paths if re.fullmatch(rf"feeds/{slug}/archive/\d+\.{suffix}", path)),
            key=lambda path: int(path.split("/")[-1].split(".")[0]),
            reverse=True,
        )
        bodies = [view.representation(path) for path in (f"feeds/{slug}.{suffix}", *pages)]
    texts = (each.body.decode() for each in bodies if each)
    return [number for text in texts for number in numbers_in(text, suffix)]


def numbers_in(text: str, suffix: str) -> Iterator[int]:
    titles = (
        [item["title"] for item in json.loads(text)["items"]]
        if suffix == "json"
        else re.findall(r"<(?:entry|item)>.*?<title[^>]*>([^<]*)", text, re.S)
    )
    return (int(re.findall(r"\d+", title)[0]) for title in titles)


@pytest.mark.parametrize("date", DATES.values(), ids=DATES)
def test_all_formats_and_archive_pages_have_the_order_of_the_page(tmp_path: Path, date: str) -> None:
    source = {"name": "news", "url": "https://news.example/", "interval": "1m"}
    with Site(configure(tmp_path, source, entries=5, archive_size=3)) as site:
        shown = [31, 4, 15, 9, 26, 5, 35, 8, 97]
        for new, place in ((None, 0), (93, 0), (23, 4), (84, 7), (62, 0)):
            if new is not None:
                shown.insert(place, new)
            site.says["news"] = page(shown, date)
            outcome = site.tick()[0]
            assert (outcome.reason, outcome.added) == (None, 1 if new else 9)
            for slug in ("all", "news"):
                for suffix in ("atom", "rss", "json"):
                    assert listed(site, slug, suffix) == shown, (slug, suffix)
            before = site.tags()
            site.tick()
            site.restart()
            assert site.tags() == before
