"""Feeds as sources: each document under data/feeds with the expected listing next to it."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.config import Source
from feeds.dates.parsing import resolve
from feeds.errors import ParseError
from feeds.model import Document, Listing
from feeds.parsers import parse, parser_name
from tests.kit.paths import DATA

FEEDS = DATA / "feeds"
DOCUMENTS = sorted(path for path in FEEDS.iterdir() if path.suffix != ".json")
SOURCE = Source(name="partner", url="https://feeds.example/")
FIELDS = ("id", "credit", "label", "title", "date", "summary", "link")
RSS = "<rss version='2.0'><channel><title>T</title>{}</channel></rss>"


def read(body: str | bytes, name: str = "feed.xml", **given: Any) -> Listing:
    encoded = body.encode() if isinstance(body, str) else body
    return parse(Document(f"https://feeds.example/{name}", encoded, **given), SOURCE)


def without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def as_expected(listing: Listing, kept: set[str]) -> dict[str, Any]:
    """Return a listing in the form of the expected files; an id that Tidings made is `(minted)`."""
    assert listing.feed is not None
    feed = {name: getattr(listing.feed, name) for name in ("title", "id", "link", "updated")}
    feed["updated"] = feed["updated"] and feed["updated"].isoformat()
    items = []
    for item, when in zip(listing.items, resolve(listing, language="en", day_first=None), strict=True):
        values = {name: getattr(item, name) for name in FIELDS} | {"date": when and when.isoformat()}
        if item.id and item.id not in kept:
            assert item.id.startswith("urn:uuid:")
            values["id"] = "(minted)"
        items.append(without_none(values))
    return {
        "feed": without_none(feed),
        "language": listing.language,
        "complete": listing.complete,
        "problems": [problem.line for problem in listing.problems],
        "items": items,
    }


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_a_feed_is_read_field_for_field(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text("utf-8"))
    defaults = {"language": None, "complete": True, "problems": []}
    kept = {item.get("id") for item in expected["items"]}
    assert as_expected(read(path.read_bytes(), path.name), kept) == defaults | expected


def test_each_entry_has_its_line_number() -> None:
    items = read((FEEDS / "valley.rss").read_bytes()).items
    assert [item.line for item in items] == [14, 28, 33]


def test_an_id_that_is_unique_only_in_its_feed_is_made_globally_unique() -> None:
    item = "<item><title>A</title><guid isPermaLink='false'>7</guid></item>"
    here, again = read(RSS.format(item), "one"), read(RSS.format(item.replace("A", "B")), "one")
    elsewhere = read(RSS.format(item), "other")
    assert here.items[0].id == again.items[0].id
    assert here.items[0].id != elsewhere.items[0].id


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_a_feed_in_any_encoding_is_recognised_and_read(encoding: str) -> None:
    body = RSS.format("<item><title>Größe 漢字</title></item>").encode(encoding)
    assert [item.title for item in read(body, media_type="text/html").items] == ["Größe 漢字"]


@pytest.mark.parametrize(
    ("start", "media_type", "parser"),
    [
        ("<?xml version='1.0'?>\n<rss version='2.0'>", "text/html", "feed"),
        ("<!-- hello --><feed xmlns='http://www.w3.org/2005/Atom'>", "text/plain", "feed"),
        ("<?xml version='1.0'?><?xml-stylesheet href='x'?><rdf:RDF>", "application/xml", "feed"),
        ("<atom:feed xmlns:atom='http://www.w3.org/2005/Atom'>", "text/xml", "feed"),
        ("<!DOCTYPE rss SYSTEM 'x'><rss>", "text/xml", "feed"),
        ('{"version": "https://jsonfeed.org/version/1"}', "application/json", "feed"),
        ('{"version": "https:\\/\\/jsonfeed.org\\/version\\/1"}', "text/plain", "feed"),
        ("anything", "application/atom+xml", "feed"),
        ("anything", "application/rss+xml", "feed"),
        ("{}", "application/feed+json", "feed"),
        ("{}", "application/json", "text"),
        ("<?xml version='1.0'?><urlset>", "text/xml", "text"),
        ("<!DOCTYPE html><html><feed>", "text/html", "auto"),
        ("<feedback>", "text/html", "auto"),
        ("RSS feeds of the region", "text/plain", "text"),
        ("<!-- -->" * 400 + "<x>", "text/plain", "text"),
    ],
)
def test_a_feed_is_recognised_by_its_media_type_or_its_first_bytes(start: str, media_type: str, parser: str) -> None:
    assert parser_name(Document("x", start.encode(), media_type)) == parser


ITEM = "<item><title>A</title></item>"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<!DOCTYPE rss>" + RSS.format(ITEM), "doctype"),
        (
            "<?xml version='1.0'?>\n<!-- x -->\n<!doctype rss SYSTEM 'file:///etc/passwd'>" + RSS.format(ITEM),
            "doctype",
        ),
        (
            "<!DOCTYPE rss [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]>" + RSS.format("<item>&b;</item>"),
            "doctype",
        ),
        ("<!ENTITY a 'aaaa'>" + RSS.format("<item>&a;</item>"), "doctype"),
        ("<![CDATA[<!DOCTYPE x>]]>" + RSS.format(ITEM), "doctype"),
        (RSS.format("<!DOCTYPE rss>" + ITEM), "doctype"),
        (RSS.format("<a>" * 300 + "</a>" * 300), "too_deep"),
        (
            RSS.format("<item><title>x</title><description>" + "&lt;div&gt;" * 300 + "</description></item>"),
            "too_deep",
        ),
        (RSS.format("<item/>" * 10_001), "too_large"),
        ("<rss><channel><item><title", "malformed"),
        ("<rss><channel><title>T</channel></rss>", "malformed"),
        ("<page/>", "not_feed"),
        ("[1]", "not_feed"),
        ('{"items": 5}', "not_feed"),
        ('{"items": [', "malformed"),
        ("[" * 100_000, "too_deep"),
        (" ", "empty"),
    ],
    ids=lambda value: value[:40],
)
def test_anything_but_a_well_formed_feed_is_refused(body: str, reason: str) -> None:
    with pytest.raises(ParseError) as caught:
        read(body, media_type="application/rss+xml")
    assert caught.value.reason == reason


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32", "utf-8-sig"])
def test_no_encoding_hides_a_document_type(encoding: str) -> None:
    with pytest.raises(ParseError, match="document type"):
        read(("<!DOCTYPE rss>" + RSS.format(ITEM)).encode(encoding), media_type="text/xml")


def test_a_document_type_in_the_text_of_an_article_is_accepted() -> None:
    item = "<item><title>A</title><description><![CDATA[<!DOCTYPE html><p>Begin so.</p>]]></description></item>"
    assert read(RSS.format(item)).items[0].summary == "Begin so."


def test_feedparser_opens_no_file_that_a_document_names(tmp_path: Path) -> None:
    opened = []
    sys.addaudithook(lambda event, values: opened.append(values[0]) if event == "open" else None)
    secret = tmp_path / "secret.rss"
    secret.write_text(RSS.format(ITEM))
    opened.clear()
    with pytest.raises(ParseError):
        read(str(secret), media_type="application/rss+xml")
    assert str(secret) not in opened


def test_a_feed_without_entries_is_a_listing_without_items() -> None:
    listing = read(RSS.format(""))
    assert (listing.sections, listing.complete, listing.problems) == ((), True, ())


def test_without_feedparser_the_message_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "feedparser", None)
    with pytest.raises(ParseError, match=r'the extra "feeds": pip install "tidings\[feeds\]"') as caught:
        read(RSS.format(ITEM))
    assert caught.value.reason == "extra"
    assert read((FEEDS / "orchard.feed").read_bytes()).items


def test_only_links_to_pages_are_links() -> None:
    item = "<item><title>{}</title><link>{}</link></item>"
    links = ("javascript:alert(1)", "mailto:a@b.example", "//h.example/x", "?p=1")
    found = read(RSS.format("".join(item.format(index, link) for index, link in enumerate(links))), "a/b")
    assert [each.link for each in found.items] == [
        None,
        None,
        "https://h.example/x",
        "https://feeds.example/a/b?p=1",
    ]


def test_a_feed_that_was_cut_has_no_new_titles() -> None:
    whole = RSS.format(ITEM * 3)
    for end in range(whole.index("<item>") + len(ITEM), len(whole)):
        listing = read(whole[:end])
        assert not listing.complete
        assert {item.title for item in listing.items} <= {"A"}


@pytest.mark.parametrize(
    ("published", "date"),
    [
        ("2026-10-01T09:00:00Z", "2026-10-01T09:00:00+00:00"),
        ("۱۴۰۵-۰۸-۲۲T۰۹:۰۰:۰۰Z", "2026-11-13T09:00:00+00:00"),
        ("soon", "2026-11-13T09:00:00+00:00"),
    ],
)
def test_updated_is_the_date_of_an_entry_whose_published_cannot_be_read(published: str, date: str) -> None:
    dates = f"<published>{published}</published><updated>2026-11-13T09:00:00Z</updated>"
    atom = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title><entry><title>A</title>{dates}</entry></feed>"
    entry = {"title": "A", "date_published": published, "date_modified": "2026-11-13T09:00:00Z"}
    for body in (atom, json.dumps({"items": [entry]})):
        [when] = resolve(read(body, media_type="application/atom+xml"), language="en", day_first=None)
        assert when is not None
        assert when.isoformat() == date


def test_a_comma_after_the_month_does_not_lose_the_time_zone() -> None:
    item = "<item><title>A</title><pubDate>Tue, 13 Jan, 2026 09:00:00 EST</pubDate></item>"
    assert read(RSS.format(item)).items[0].date == "2026-01-13T09:00:00-05:00"


WARNING = "<br />\n<b>Warning</b>:  Undefined variable $x in <b>/srv/feed.php</b> on line <b>3</b><br />\n"


@pytest.mark.parametrize("before", [WARNING, "Notice: Undefined index\n", "\n \n", "\ufeff\n"])
@pytest.mark.parametrize("declaration", ["<?xml version='1.0'?>\n", ""])
def test_a_feed_after_a_message_of_the_server_or_white_space_is_read(before: str, declaration: str) -> None:
    body = before + declaration + RSS.format("\n" + ITEM)
    for media_type in ("application/rss+xml", "text/html", "text/plain"):
        listing = read(body, media_type=media_type)
        assert [(item.title, item.line) for item in listing.items] == [("A", body.count("\n") + 1)]
        assert listing.complete
        assert [problem.line for problem in listing.problems] == ([1] if before.strip("\ufeff \n") else [])
        assert all("before the feed" in problem.message for problem in listing.problems)


def test_a_page_that_quotes_a_feed_is_not_a_feed() -> None:
    page = "<!doctype html><html><body><pre><?xml version='1.0'?><rss version='2.0'></pre></body></html>"
    assert parser_name(Document("x", page.encode(), "text/html")) == "auto"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("<!DOCTYPE html><html><body>x</body></html>", 'an HTML page, not a feed: set parser = "auto"'),
        (
            "<html><head><link rel='alternate' type='application/rss+xml' href='/news.rss?key=1'></head></html>",
            "an HTML page, not a feed; it names the feed /news.rss: read that address",
        ),
        ("<html><form><input type=password name=p></form></html>", "a login page, not a feed: give the address"),
        ("Not found", 'plain text, not a feed: set parser = "text"'),
        ('{"posts": []}', "JSON, but not a JSON Feed"),
        ("<urlset><url/></urlset>", "XML, but not a feed; give the address"),
    ],
    ids=["page", "page with a feed", "login", "text", "json", "xml"],
)
def test_a_document_that_is_not_a_feed_is_named(body: str, message: str) -> None:
    with pytest.raises(ParseError, match=re.escape(message)) as caught:
        read(body, media_type="application/rss+xml")
    assert caught.value.reason == "not_feed"


@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=200), place=st.integers(0, 3))
def test_no_text_makes_the_parser_fail_unexpectedly(text: str, place: int) -> None:
    frames = (
        "{}",
        RSS.format("{}"),
        RSS.format("<item><title>{}</title></item>"),
        '{{"items": [{{"title": "{}"}}]}}',
    )
    try:
        listing = read(frames[place].replace("{}", text).encode("utf-8", "replace"), media_type="application/rss+xml")
    except ParseError:
        return
    assert all(item.title and item.line >= 1 for item in listing.items)
