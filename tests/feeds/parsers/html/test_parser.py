"""Reading HTML pages without selectors: pairs of a page and the items that a reader sees in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from feeds.config import Source
from feeds.dates.parsing import resolve
from feeds.errors import ParseError
from feeds.model import Document, Listing
from feeds.parsers import parse
from feeds.parsers.html.parser import read_auto
from tests.kit.paths import DATA

PAGES = sorted((DATA / "html").glob("*.html"))
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


def listing(*items: str, head: str = "", tail: str = "") -> str:
    rows = "".join(f"<li>{item}</li>" for item in items)
    return f"<!doctype html><html lang='en'><head>{head}</head><body>{tail}<ul>{rows}</ul></body></html>"


NEWS = (
    '<a href="/n/1">The reading room opens on Sundays</a> <time datetime="2024-03-03">Sunday</time>',
    '<a href="/n/2">Volunteers repair the harbour wall</a> <time datetime="2024-02-27">Tuesday</time>',
    '<a href="/n/3">A new timetable for the night bus</a> <time datetime="2024-02-20">last week</time>',
)


def test_a_repeated_post_is_one_item() -> None:
    titles = [item.title for item in read(listing(*NEWS, NEWS[0])).items]
    assert len(titles) == 3


def test_items_of_one_title_without_an_address_are_not_merged() -> None:
    rows = (("12 May 2026", "Minutes of the council"), ("5 May 2026", "Minutes of the council"))
    rows += (("4 May 2026", "Ferry fares for the summer"), ("2 May 2026", "The lock is open again"))
    items = "".join(f"<li><h3>{title}</h3><span>{day}</span></li>" for day, title in rows)
    found = fields(read(f"<main><h1>News</h1><ul>{items}</ul></main>"))
    assert [item["title"] for item in found] == [title for _, title in rows]
    assert [item["date"] for item in found] == ["2026-05-12", "2026-05-05", "2026-05-04", "2026-05-02"]


def test_a_title_that_begins_like_a_credit_is_not_a_credit() -> None:
    rows = (("Photo: a whale in the harbour", "2024-05-03"), ("Ferry fares for the summer", "2024-05-01"))
    items = [f'<a href="/n/{day}">{title}</a> <time datetime="{day}">{day}</time>' for title, day in rows]
    found = read(listing(*items, *NEWS)).items
    assert [item.title for item in found[:2]] == [title for title, _ in rows]
    assert {item.credit for item in found} == {None}


def test_the_language_of_the_page_wins_over_that_of_the_source() -> None:
    assert read(listing(*NEWS), language="fr").language == "en"


def test_every_item_has_its_line_number() -> None:
    page = listing(*NEWS).replace("<li>", "\n<li>")
    assert [item.line for item in read(page).items] == [2, 3, 4]


def test_an_address_with_an_ampersand_gives_the_line_number() -> None:
    news = [text.replace("/n/", "/n?a=1&amp;b=") for text in NEWS]
    page = listing(*news).replace("<li>", "\n<li>")
    assert [item.line for item in read(page).items] == [2, 3, 4]


@pytest.mark.parametrize(
    ("page", "complete"),
    [
        (listing(*NEWS), True),
        (listing(*NEWS).replace("</html>", ""), False),
        (listing(*NEWS)[:-20], False),
        (listing(*NEWS) + "<!-- cached -->\n", True),
        ("<ul><li>no html element at all</ul>", True),
        ("<ul><li>cut within a tag <a hr", False),
    ],
    ids=["whole", "never closed", "cut", "comment after the end", "fragment", "cut tag"],
)
def test_a_page_that_was_cut_off_is_not_complete(page: str, complete: bool) -> None:
    assert read(page).complete is complete


def test_a_date_within_prose_is_not_the_date_of_the_item() -> None:
    story = "The show was to open on 3 May 2019, but the roof leaked and the painters had to wait for summer."
    page = listing(*(f'<h3><a href="/s/{n}">A story about the gallery, part {n}</a></h3><p>{story}</p>' for n in "123"))
    assert [item.date for item in read(page).items] == [None, None, None]


def test_dates_and_labels_of_json_ld_win_over_printed_ones() -> None:
    said = {"@type": "NewsArticle", "url": "/n/1", "headline": "x", "datePublished": "2024-03-02T18:00:00Z"}
    other = {"@type": "NewsArticle", "url": "/n/2", "headline": "y", "articleSection": "Harbour"}
    head = f'<script type="application/ld+json">{json.dumps([said, other])}</script>'
    first, second, _ = read(listing(*NEWS, head=head)).items
    assert (first.title, first.date) == ("The reading room opens on Sundays", "2024-03-02T18:00:00Z")
    assert (second.date, second.label) == ("2024-02-27", "Harbour")


@pytest.mark.parametrize("script", ["{", '{"@type": 5}', "[" * 100_000, "null"], ids=["cut", "odd", "deep", "null"])
def test_invalid_json_ld_is_skipped(script: str) -> None:
    head = f'<script type="application/ld+json">{script}</script>'
    assert len(read(listing(*NEWS, head=head)).items) == 3


def test_a_page_without_an_address_gives_no_relative_links() -> None:
    document = Document("page.html", listing(*NEWS).encode(), "text/html")
    items = read_auto(document, Source(name="newsroom", path="page.html")).items
    assert [item.link for item in items] == [None, None, None]


@pytest.mark.parametrize("depth", [201, 100_000])
def test_elements_that_nest_too_deep_are_refused(depth: int) -> None:
    with pytest.raises(ParseError) as caught:
        read("<div>" * depth + listing(*NEWS))
    assert caught.value.reason == "too_deep"


def test_elements_that_nest_up_to_the_limit_are_read() -> None:
    assert len(read("<div>" * 190 + listing(*NEWS)).items) == 3


@pytest.mark.parametrize(
    "start",
    ['<p title="<!--">', "<p title=it's>", "<!-- > -->", "<title>a<b></title>", "<br/><p/>"],
    ids=["comment in a value", "apostrophe in a value", "comment", "raw text", "slashes"],
)
def test_no_markup_hides_how_deep_elements_nest(start: str) -> None:
    with pytest.raises(ParseError):
        read(start + "<div>" * 201)


@pytest.mark.parametrize("tag", ["li", "p", "td", "option", "dd", "br"])
def test_elements_with_an_implied_end_tag_do_not_nest(tag: str) -> None:
    read(f"<{tag}>x" * 1000)


def test_formatting_that_is_never_closed_is_refused_before_it_multiplies() -> None:
    opened = "".join(f"<p><b id=b{number}>" for number in range(150))
    with pytest.raises(ParseError):
        read(opened + "</p>" + "<p>x</p>" * 5000)


@pytest.mark.parametrize(
    "body",
    ["<!--" * 50_000, "<a " * 50_000, "<" * 200_000, "<script>" * 50_000, "&" * 200_000, "<a href=" * 50_000],
    ids=["comments", "open tags", "angles", "scripts", "ampersands", "values"],
)
def test_hostile_text_gives_no_items(body: str) -> None:
    assert read("<html>" + body).items == ()


RELATIVE = tuple(text.replace('href="/n/', 'href="n/') for text in NEWS)


def saved(items: tuple[str, ...], base: str | None = None, **settings: Any) -> Listing:
    source = Source(name="newsroom", path="page.html", base=base, **settings)
    return parse(Document("page.html", listing(*items).replace("<li>", "\n<li>").encode(), "text/html"), source)


@pytest.mark.parametrize("settings", [{}, {"select": {"item": "li"}}], ids=["automatic", "selectors"])
def test_relative_links_of_a_saved_page_are_kept_as_written_and_reported(settings: dict[str, Any]) -> None:
    found = saved((*RELATIVE, '<a href="https://other.example/x">A guide to the new ferry</a>'), **settings)
    assert [item.link for item in found.items] == [None, None, None, "https://other.example/x"]
    assert found.relative_links == ("n/1", "n/2", "n/3", None)
    [problem] = found.problems
    assert (problem.line, problem.message.partition(":")[0]) == (2, "3 links are relative, such as n/1")
    assert "--base" in problem.message


@pytest.mark.parametrize("settings", [{}, {"select": {"item": "li"}}], ids=["automatic", "selectors"])
def test_relative_links_of_a_saved_page_are_resolved_against_the_base_of_its_source(settings: dict[str, Any]) -> None:
    found = saved(RELATIVE, base="https://news.example/town/index.html", **settings)
    assert [item.link for item in found.items] == [f"https://news.example/town/n/{number}" for number in (1, 2, 3)]
    assert (found.relative_links, found.problems) == ((), ())


@pytest.mark.parametrize("href", ["#top", "javascript:open(1)", "mailto:a@b.example", ""])
def test_a_link_to_no_page_is_not_reported_as_relative(href: str) -> None:
    found = saved(tuple(text.replace('href="/n/1"', f'href="{href}"') for text in NEWS[:1]) + NEWS[1:])
    assert found.relative_links[1:] == ("/n/2", "/n/3")
    assert found.relative_links[0] is None


def test_a_page_with_an_address_has_no_relative_links() -> None:
    assert read(listing(*RELATIVE)).relative_links == ()
