"""The pages, read as a browser and a feed reader would: by their elements, not by their text."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from werkzeug.test import Client

from feeds.changes import Changes, Held
from feeds.config import Config
from feeds.model import Entry, FeedKind, Outcome, Precision, Problem, Status
from feeds.publish.formats import FORMATS
from feeds.store import RegisteredFeed, Store, migrate
from service.web import pages
from service.web.app import wsgi

NOON = dt.datetime(2026, 11, 6, 12, tzinfo=dt.UTC)
BASE = "https://news.example.org/tidings"
VOID = {"meta", "link", "br", "img", "input", "hr"}
FEEDS = (
    RegisteredFeed("all", FeedKind.ALL, "", "All", NOON),
    RegisteredFeed("culture", FeedKind.CATEGORY, "culture", "Culture & Arts", NOON),
    RegisteredFeed("gallery", FeedKind.SECTION, "gallery", "Gallery", NOON),
    RegisteredFeed("harbour", FeedKind.SOURCE, "harbour", "The harbour", NOON),
    RegisteredFeed("for-partner", FeedKind.SELECTION, "for-partner", "For a partner", NOON),
    RegisteredFeed("arts", FeedKind.CATEGORY, "culture", "Culture", NOON, moved="culture"),
    RegisteredFeed("ended", FeedKind.CATEGORY, "ended", "Ended", NOON, retired=True),
)


def entry(number: int, **values: object) -> Entry:
    at = NOON - dt.timedelta(days=number)
    plain = Entry(
        id=f"urn:uuid:00000000-0000-4000-8000-{number:012d}",
        title=f"Title {number}",
        first_seen=NOON,
        updated=at,
        rank=at,
        published=at,
        precision=Precision.DAY,
        sources=("harbour",),
    )
    return replace(plain, **values)


ENTRIES = (
    entry(1, title="<b>Bold</b> & “quoted”", summary="One.\n\nTwo <script>alert(1)</script>."),
    entry(2, label="CULTURE", category="culture", sections=("gallery",), credit="© Ana Pereira"),
    entry(3, published=None, precision=None, link="https://www.example.org/a?b=1&c=2"),
    entry(4, precision=Precision.TIME, link="javascript:alert(1)"),
    entry(5, label="Unheard of", category="unheard of"),
    entry(6, retracted=NOON),
)


class Element:
    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag, self.attributes, self.text = tag, attributes, ""

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]


class Page(HTMLParser):
    """The elements of a page, each with all the text in it; fails on tags that do not nest."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(html)
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def all(self, tag: str, **attributes: str) -> list[Element]:
        wanted = {name.rstrip("_"): value for name, value in attributes.items()}
        return [e for e in self.elements if e.tag == tag and wanted.items() <= e.attributes.items()]

    def one(self, tag: str, **attributes: str) -> Element:
        [element] = self.all(tag, **attributes)
        return element


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path}/tidings.db"
    migrate(url)
    write(url)
    return url


def write(url: str, entries: tuple[Entry, ...] = ENTRIES, feeds: tuple[RegisteredFeed, ...] = FEEDS) -> None:
    store = Store(url)
    with store.write() as transaction:
        transaction.apply(Changes("harbour", added=entries, headings={"gallery": "Gallery"}))
        for feed in feeds:
            transaction.register(feed)
    store.close()


def record(url: str, outcome: Outcome, **values: tuple[Held, ...]) -> None:
    store = Store(url)
    with store.write() as transaction:
        transaction.ensure_sources(["harbour", "wire"], NOON)
        transaction.record(outcome, next_due=NOON + dt.timedelta(minutes=15), **values)
    store.close()


@pytest.fixture
def site(url: str) -> Iterator[Client]:
    config = Config.model_validate(
        {
            "title": "News & Views",
            "description": "What is new.",
            "base_url": BASE,
            "store": url,
            "language": "de",
            "entries": 4,
            "sources": [
                {"name": "harbour", "path": "x.txt", "timezone": "Pacific/Auckland", "language": "de"},
                {"name": "wire", "path": "y.txt", "title": "Wire <desk>"},
            ],
            "selections": [{"slug": "for-partner", "title": "For a partner", "categories": ["Culture"]}],
        }
    )
    store = Store(url, read_only=True)
    yield Client(wsgi(store, config))
    store.close()


PAGES = [
    "/",
    "/feeds/all",
    "/feeds/culture",
    "/status",
    f"/entries/{ENTRIES[0].uuid}",
    f"/entries/{ENTRIES[2].uuid}",
]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_needs_no_script_and_says_so(site: Client, path: str) -> None:
    got = site.get(path)
    page = Page(got.text)
    assert got.status_code == 200
    assert got.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )
    assert not page.all("script") + page.all("style") + page.all("form")
    assert not [e for e in page.elements if "style" in e.attributes or any(n.startswith("on") for n in e.attributes)]
    assert all(not e["href"].lower().startswith("javascript:") for e in page.all("a"))


@pytest.mark.parametrize("path", PAGES)
def test_a_page_can_be_read_by_whoever_cannot_see_it(site: Client, path: str) -> None:
    page = Page(site.get(path).text)
    assert page.one("html")["lang"] == "en"
    assert len(page.all("h1")) == 1
    ids = [e["id"] for e in page.elements if "id" in e.attributes]
    assert len(ids) == len(set(ids))
    assert page.all("a")[0].attributes == {"class": "skip", "href": "#main"}
    assert page.one("main")["id"] == "main"
    levels = [int(e.tag[1]) for e in page.elements if re.fullmatch("h[1-6]", e.tag)]
    assert all(after <= before + 1 for before, after in zip([0, *levels], levels, strict=False))
    assert {e["aria-labelledby"] for e in page.elements if "aria-labelledby" in e.attributes} <= set(ids)
    assert all(e.text.strip() for e in page.all("a") + page.all("title"))


@pytest.mark.parametrize("path", PAGES)
def test_links_within_the_site_keep_the_path_that_it_is_mounted_at(site: Client, path: str) -> None:
    page = Page(site.get(path).text)
    inside = [e["href"] for e in page.all("a") if e["href"].startswith("/")]
    assert inside
    for href in inside:
        assert href.startswith("/tidings/")
        assert site.get(href.removeprefix("/tidings").partition("#")[0]).status_code in (200, 503), href
    for link in page.all("link", rel="stylesheet") + page.all("link", rel="icon"):
        assert site.get(link["href"].removeprefix("/tidings")).status_code == 200


def test_the_first_page_lets_a_reader_discover_every_feed_in_every_format(site: Client) -> None:
    links = Page(site.get("/").text).all("link", rel="alternate")
    live = ["all", "for-partner", "gallery", "culture", "harbour"]
    expected = {f"{BASE}/feeds/{slug}.{name}": FORMATS[name].media_type for slug in live for name in FORMATS}
    assert {link["href"]: link["type"] for link in links} == expected
    assert len({link["title"] for link in links}) == len(links)
    assert links[0]["title"] == "News & Views (Atom)"


def test_the_page_of_a_feed_offers_its_own_formats_and_its_addresses_to_copy(site: Client) -> None:
    page = Page(site.get("/feeds/culture").text)
    links = page.all("link", rel="alternate")
    assert [(link["href"], link["title"]) for link in links] == [
        (f"{BASE}/feeds/culture.atom", "News & Views: Culture & Arts (Atom)"),
        (f"{BASE}/feeds/culture.rss", "News & Views: Culture & Arts (RSS)"),
        (f"{BASE}/feeds/culture.json", "News & Views: Culture & Arts (JSON Feed)"),
    ]
    assert [code.text for code in page.all("code")] == [link["href"] for link in links]
    assert page.one("h1").text == "Culture & Arts"
    assert [h.text for h in page.all("h2")][1:] == ["Title 2"]


def test_a_feeds_page_shows_its_newest_entries_in_order_without_the_withdrawn(site: Client) -> None:
    page = Page(site.get("/feeds/all").text)
    headings = [h.text for h in page.all("h2")][1:]
    assert headings == ["<b>Bold</b> & “quoted”", "Title 2", "Title 3", "Title 4"]
    assert "5 items, the newest 4 of them below." in page.one("main").text


def test_text_of_a_source_stays_text(site: Client) -> None:
    page = Page(site.get(f"/entries/{ENTRIES[0].uuid}").text)
    assert page.one("h1").text == "<b>Bold</b> & “quoted”"
    assert "Two <script>alert(1)</script>." in [p.text for p in page.all("p")]
    assert not page.all("b")


def test_a_day_is_the_day_of_the_source_wherever_its_noon_falls(site: Client) -> None:
    """Entry 1 is of 5 November noon UTC, which in Auckland is 6 November, 01:00."""
    [time] = Page(site.get(f"/entries/{ENTRIES[0].uuid}").text).all("time")
    assert (time["datetime"], time.text) == ("2026-11-06", "6 November 2026")


def test_a_time_is_shown_with_the_offset_that_it_had(site: Client) -> None:
    [time] = Page(site.get(f"/entries/{ENTRIES[3].uuid}").text).all("time")
    assert (time["datetime"], time.text) == ("2026-11-03T01:00:00+13:00", "3 November 2026, 01:00")


def test_a_date_that_the_source_does_not_give_is_not_made_up(site: Client) -> None:
    page = Page(site.get(f"/entries/{ENTRIES[2].uuid}").text)
    assert not page.all("time")
    assert page.one("span", class_="undated").text == "No date given"


def test_an_entry_leads_to_its_story_its_category_and_its_feeds(site: Client) -> None:
    page = Page(site.get(f"/entries/{ENTRIES[2].uuid}").text)
    assert page.one("link", rel="canonical")["href"] == "https://www.example.org/a?b=1&c=2"
    assert page.one("a", href="https://www.example.org/a?b=1&c=2").text == "Read it at example.org"
    page = Page(site.get(f"/entries/{ENTRIES[1].uuid}").text)
    assert page.one("a", class_="label").text == "Culture & Arts"
    assert page.one("p", class_="credit").text == "© Ana Pereira"
    assert {a["href"] for a in page.all("a")} >= {
        f"/tidings/feeds/{slug}" for slug in ("culture", "gallery", "harbour")
    }
    page = Page(site.get(f"/entries/{ENTRIES[4].uuid}").text)
    assert page.one("span", class_="label").text == "Unheard of"


def test_an_entrys_address_may_be_written_in_upper_case(site: Client) -> None:
    assert site.get(f"/entries/{ENTRIES[0].uuid.upper()}").status_code == 200
    assert site.get(f"/entries/{ENTRIES[0].uuid}/").headers["Location"] == f"{BASE}/entries/{ENTRIES[0].uuid}"


def test_a_withdrawn_entry_is_gone(site: Client) -> None:
    got = site.get(f"/entries/{ENTRIES[5].uuid}")
    assert (got.status_code, got.text) == (410, "This item was withdrawn by its source.\n")


def test_the_text_of_a_source_is_marked_as_its_language(site: Client) -> None:
    page = Page(site.get("/feeds/all").text)
    assert {article["lang"] for article in page.all("article")} == {"de"}


def test_a_page_changes_when_the_store_does_and_not_before(site: Client, url: str) -> None:
    before = site.get("/feeds/culture")
    assert site.get("/feeds/culture").headers["ETag"] == before.headers["ETag"]
    write(url, (entry(7, label="Culture", category="culture"),))
    after = site.get("/feeds/culture", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert "Title 7" in after.text


def test_no_more_pages_are_kept_than_said(site: Client, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "KEPT", 2)
    for path in PAGES[:3]:
        assert site.get(path).status_code == 200
    assert site.get("/").status_code == 200


def test_the_status_of_a_source_tells_what_happened_and_what_is_next(site: Client, url: str) -> None:
    problem = Problem(12, "the date “soon” is none")
    record(url, Outcome("harbour", NOON, Status.CHANGED, documents=2, items=20, added=1, problems=(problem,)))
    record(url, Outcome("wire", NOON, Status.FAILED, "timeout", "did not answer within 30 s"))
    page = Page(site.get("/status").text)
    good, bad = page.all("section")
    assert good["class"] == "source ok"
    assert "20 items in 2 documents" in good.text
    assert "line 12: the date “soon” is none" in good.text
    assert "6 November 2026, 12:15:00 UTC" in good.text
    assert bad["class"] == "source failing"
    assert "Wire <desk>" in bad.text
    assert "did not answer within 30 s" in bad.text
    status = site.get("/status.json").json
    assert status["state"] == "failing"
    assert status["sources"][0]["last_success"] == "2026-11-06T12:00:00Z"
    assert status["sources"][1]["outcome"]["reason"] == "timeout"


def test_documents_that_were_not_parsed_again_do_not_read_as_if_they_had_no_items(site: Client, url: str) -> None:
    record(url, Outcome("harbour", NOON, Status.UNCHANGED, documents=3))
    record(url, Outcome("wire", NOON, Status.UNCHANGED, documents=1, items=4, unchanged=4))
    sources = Page(site.get("/status").text).all("section")
    assert [re.search(r"Read\s*(\d.*)", source.text)[1] for source in sources] == [
        "3 documents, as before",
        "4 items in 1 document",
    ]


def test_what_is_held_back_is_told(site: Client, url: str) -> None:
    held = Held("x.txt", "drop", "18 of 20 items are missing")
    record(url, Outcome("harbour", NOON, Status.HELD), held=(held,))
    page = Page(site.get("/status").text)
    assert page.all("section")[0]["class"] == "source held"
    assert "x.txt: 18 of 20 items are missing" in page.one("main").text
    assert site.get("/status.json").json["sources"][0]["held"][0]["reason"] == "drop"
