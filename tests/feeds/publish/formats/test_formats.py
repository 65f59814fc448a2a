"""Formats: what feeds look like, byte for byte, and that readers get out of them what went in."""

from __future__ import annotations

import html
import json
import locale
import logging
import os
import subprocess
import sys
from dataclasses import replace
from typing import Any

import feedparser
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from feeds.model import Entry, Feed, FeedKind, Site, Term
from feeds.publish.formats import FORMATS, atom, common, opml, rss
from feeds.publish.formats.feedgen_extension import escape_plain_text
from feeds.unicode import normalise
from tests.kit.feed_samples import ARCHIVE, BARE, CURRENT, ENTRIES, SAMPLES, SITE, entry, feed, render
from tests.kit.paths import DATA, ROOT

GOLDEN = DATA / "golden"
ATOM = "{http://www.w3.org/2005/Atom}"

hostile = st.text(
    st.one_of(st.characters(), st.sampled_from("<>&;\"'/#x26]!\u0001\u000b\ufffe\u202e\u2028\U0001f600")),
    max_size=30,
)
titles = hostile.map(normalise.line).filter(bool)
summaries = hostile.map(normalise.paragraphs).filter(bool)
links = st.one_of(st.none(), hostile.map(lambda path: "https://other.example/" + normalise.line(path)))
entries = st.builds(
    replace,
    st.sampled_from(ENTRIES),
    id=st.uuids().map(lambda id: id.urn),
    title=titles,
    summary=st.one_of(st.none(), summaries, st.tuples(summaries, summaries).map("\n\n".join)),
    link=links,
    credit=st.one_of(st.none(), titles),
    label=st.one_of(st.none(), titles),
    category=st.none(),
)


def parsed(format: str, *several: Entry, site: Site = SITE) -> Any:
    result = feedparser.parse(FORMATS[format].render(feed(*several), site))
    assert not result.bozo
    return result


def document(format: str, *several: Entry) -> Any:
    body = FORMATS[format].render(feed(*several), SITE)
    return json.loads(body) if format == "json" else etree.fromstring(body)


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("format", ["atom", "rss"])
def test_an_xml_feed_is_as_written_by_hand(name: str, format: str) -> None:
    declaration, *lines = (GOLDEN / f"{name}.{format}").read_text(encoding="utf-8").splitlines()
    assert render(name, format).decode() == declaration + "\n" + "".join(lines)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_json_feed_is_as_written_by_hand(name: str) -> None:
    written = json.dumps(json.loads(render(name, "json")), ensure_ascii=False, indent=2) + "\n"
    assert written == (GOLDEN / f"{name}.json").read_text(encoding="utf-8")


def test_the_list_of_feeds_is_as_written_by_hand() -> None:
    assert render("", "opml") == (GOLDEN / "feeds.opml").read_bytes()


def test_rendering_depends_on_no_locale_no_time_zone_and_no_hash_seed() -> None:
    command = [sys.executable, "-m", "tests.kit.feed_samples"]
    seen = set()
    for variables in (
        {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8"},
        {"PYTHONHASHSEED": "2", "TZ": "Asia/Kathmandu", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "3", "TZ": "America/St_Johns", "LANG": "de_DE.UTF-8", "PYTHONUTF8": "0"},
    ):
        kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
        seen.add(subprocess.check_output(command, cwd=ROOT, env=kept | variables))
    assert len(seen) == 1


@pytest.mark.parametrize("format", FORMATS)
def test_rendering_leaves_the_locale_alone(format: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locale, "setlocale", lambda *_: pytest.fail("the process has one locale"))
    assert FORMATS[format].render(CURRENT, SITE)


@settings(max_examples=150, deadline=None)
@given(st.lists(entries, max_size=4, unique_by=lambda entry: entry.id))
@example(list(ENTRIES))
def test_an_atom_feed_of_fragments_is_what_feedgen_makes_of_the_whole(several: list[Entry]) -> None:
    sample = replace(CURRENT, entries=tuple(several))
    whole = atom.generator(sample, SITE)
    for each in several:
        whole.add_entry(atom.feed_entry(each, SITE, common.term(each, sample)), order="append")
    assert FORMATS["atom"].render(sample, SITE) == escape_plain_text(whole.atom_str())


@settings(max_examples=150, deadline=None)
@given(st.lists(entries, max_size=4, unique_by=lambda entry: entry.id))
@example(list(ENTRIES))
def test_an_rss_feed_of_fragments_is_what_feedgen_makes_of_the_whole(several: list[Entry]) -> None:
    sample = replace(CURRENT, entries=tuple(several))
    whole = rss.generator(sample, SITE)
    for each in several:
        whole.add_entry(rss.feed_entry(each, SITE, common.term(each, sample)), order="append")
    assert FORMATS["rss"].render(sample, SITE) == escape_plain_text(whole.rss_str())


@settings(max_examples=150, deadline=None)
@given(entries)
def test_every_text_comes_out_of_the_xml_as_it_went_in(each: Entry) -> None:
    for format, item in (("atom", f"{ATOM}entry"), ("rss", "channel/item")):
        read = document(format, each).find(item)
        space = ATOM if format == "atom" else ""
        assert read.findtext(f"{space}title") == each.title
        label = f"{ATOM}category/@label" if format == "atom" else "category/text()"
        found = read.xpath(label.replace(ATOM, "a:"), namespaces={"a": ATOM[1:-1]})
        assert found == ([] if each.label is None else [each.label])
    assert document("json", each)["items"][0]["title"] == each.title


@pytest.mark.parametrize("format", ["atom", "rss"])
@pytest.mark.parametrize(
    "title",
    [
        "AT&T <b>",
        '"double" and \u2019single\u2019',
        "\U0001f600 \u65e5\u672c",
        "a < b > c & d",
        "R&D;",
        "]]>",
        "1 &amp; 2",
    ],
)
def test_a_reader_shows_the_title_as_it_was(format: str, title: str) -> None:
    assert parsed(format, entry(1, title=title)).entries[0].title == title


@pytest.mark.parametrize("format", ["atom", "rss"])
def test_a_reader_shows_a_summary_with_its_paragraphs(format: str) -> None:
    several = parsed(format, entry(1, summary="One & <two>.\n\nThree."))
    assert several.entries[0].summary == "<p>One &amp; &lt;two&gt;.</p><p>Three.</p>"
    assert parsed(format, entry(1, summary="One.")).entries[0].summary == "One."


def test_atom_and_rss_give_a_reader_the_same_entries() -> None:
    seen = [
        [(each.id, each.title, each.link, each.get("published_parsed"), each.updated_parsed) for each in found]
        for found in (parsed(format, *ENTRIES).entries for format in ("atom", "rss"))
    ]
    assert seen[0] == seen[1]
    assert [each[0] for each in seen[0]] == [item["id"] for item in document("json", *ENTRIES)["items"]]


@pytest.mark.parametrize("format", FORMATS)
def test_an_undated_entry_has_no_date_of_publication(format: str) -> None:
    body = FORMATS[format].render(feed(entry(1)), SITE)
    assert b"publi" not in body
    assert b"pubDate" not in body


@pytest.mark.parametrize("format", ["atom", "rss"])
@pytest.mark.parametrize(
    ("link", "expected"),
    [
        (None, "https://news.example/entries/5d1c2f6e-0000-4000-8000-000000000001"),
        ("javascript:alert(1)", "https://news.example/entries/5d1c2f6e-0000-4000-8000-000000000001"),
        ("https://x.example/a b", "https://x.example/a%20b"),
        ("https://x.example/%C3%BC?a=1&b=2#c", "https://x.example/%C3%BC?a=1&b=2#c"),
        ("https://x.example/\u00fc", "https://x.example/%C3%BC"),
    ],
    ids=["none", "a script", "a space", "encoded", "not encoded"],
)
def test_a_link_is_a_uri_that_can_be_followed(format: str, link: str | None, expected: str) -> None:
    assert parsed(format, entry(1, link=link)).entries[0].link == expected


def test_an_atom_link_keeps_its_relation() -> None:
    assert [link.rel for link in parsed("atom", entry(1)).entries[0].links] == ["alternate"]


@pytest.mark.parametrize("format", ["atom", "rss"])
@pytest.mark.parametrize("credit", ["\u00a9 ShutterStock/CRS", "ShutterStock/CRS", "\u00a9ShutterStock/CRS"])
def test_a_credit_names_the_photographer(format: str, credit: str) -> None:
    read = parsed(format, entry(1, credit=credit)).entries[0].media_credit
    assert read == [{"role": "photographer", "scheme": "urn:ebu", "content": "ShutterStock/CRS"}]


@pytest.mark.parametrize("format", ["atom", "rss"])
def test_a_credit_of_nothing_but_the_sign_is_none(format: str) -> None:
    assert "media_credit" not in parsed(format, entry(1, credit="\u00a9")).entries[0]


def shown(format: str, each: Entry, site: Site = SITE) -> str:
    """What a reader shows below the title of an entry, as HTML."""
    if format == "json":
        (item,) = json.loads(FORMATS["json"].render(feed(each), site))["items"]
        return str(item.get("content_html") or html.escape(item["content_text"], quote=False))
    (read,) = parsed(format, each, site=site).entries
    content = read.content[0] if "content" in read else read.get("summary_detail", {"type": "text/html", "value": ""})
    return str(content["value"] if content["type"] == "text/html" else html.escape(content["value"], quote=False))


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    ("summary", "expected"),
    [
        ("A & B.", "<p>A &amp; B.</p><p>{}</p>"),
        ("One.\n\nTwo.", "<p>One.</p><p>Two.</p><p>{}</p>"),
        ("One.\n\nVera <b> & Co", "<p>One.</p><p>Vera &lt;b&gt; &amp; Co</p>"),
        ("A walk with Vera <b> & Co", "<p>A walk with Vera &lt;b&gt; &amp; Co</p><p>{}</p>"),
    ],
    ids=["one paragraph", "several", "ends with the credit", "ends with the name"],
)
def test_the_content_of_an_entry_ends_with_its_credit_as_written(format: str, summary: str, expected: str) -> None:
    each = entry(1, summary=summary, credit="\u00a9 Vera <b> & Co")
    assert shown(format, each) == expected.format("\u00a9 Vera &lt;b&gt; &amp; Co")


@pytest.mark.parametrize(
    ("format", "expected"),
    [
        ("atom", "<p>Story 1</p><p>Photo: Vera</p>"),
        ("rss", "Photo: Vera"),
        ("json", "<p>Story 1</p><p>Photo: Vera</p>"),
    ],
)
def test_an_entry_without_a_summary_shows_its_credit_too(format: str, expected: str) -> None:
    assert shown(format, entry(1, credit="Photo: Vera")) == expected


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    ("credit", "site"),
    [(None, SITE), ("\u00a9", SITE), ("\u00a9 Vera", replace(SITE, show_credit=False))],
    ids=["no credit", "only the sign", "switched off"],
)
def test_without_a_credit_to_show_the_content_is_the_summary(format: str, credit: str | None, site: Site) -> None:
    assert shown(format, entry(1, summary="One & two.", credit=credit), site) == "One &amp; two."


def test_a_json_summary_is_without_the_credit() -> None:
    (item,) = document("json", entry(1, summary="One.", credit="\u00a9 Vera"))["items"]
    assert (item["summary"], item["content_text"]) == ("One.", "One.\n\n\u00a9 Vera")


def test_a_feed_keeps_its_id_when_its_title_its_slug_and_its_site_change() -> None:
    moved = replace(CURRENT, slug="impact", title="Impact")
    elsewhere = replace(SITE, base_url="https://elsewhere.example", title="Other")
    ids = {
        feedparser.parse(FORMATS["atom"].render(each, site)).feed.id
        for each in (CURRENT, moved, ARCHIVE)
        for site in (SITE, elsewhere)
    }
    assert ids == {common.feed_id(CURRENT, SITE)}
    assert common.feed_id(BARE, SITE) not in ids
    assert common.feed_id(replace(CURRENT, kind=FeedKind.SECTION), SITE) not in ids


def test_sites_with_names_of_their_own_have_feeds_with_ids_of_their_own() -> None:
    sites = [SITE, replace(SITE, id="news.example"), replace(SITE, id="news.example.org")]
    assert len({common.feed_id(CURRENT, site) for site in sites}) == 3
    named = replace(sites[1], base_url="https://elsewhere.example", title="Other")
    assert common.feed_id(CURRENT, named) == common.feed_id(CURRENT, sites[1])


def test_the_category_of_an_entry_leads_to_its_feed() -> None:
    named = feed(entry(1, label="Press Release", category="press release"))
    named = replace(named, categories={"press release": Term("press", "Press releases")})
    tag = feedparser.parse(FORMATS["atom"].render(named, SITE)).entries[0].tags[0]
    assert (tag.scheme + tag.term, tag.label) == ("https://news.example/feeds/press", "Press releases")


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("bad", [{"title": "\x00"}, {"title": "\ud800"}], ids=["control", "surrogate"])
def test_an_entry_that_cannot_be_written_costs_no_other(
    format: str, bad: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        body = FORMATS[format].render(feed(entry(3), entry(2, **bad), entry(1)), SITE)
    assert b"Story 3" in body
    assert b"Story 1" in body
    # JSON can escape a control character; what no format can write is named in the log.
    assert ("000000000002" in caplog.text) is (b"000000000002" not in body)


@pytest.mark.parametrize("format", ["atom", "rss"])
def test_only_a_feed_that_holds_a_tombstone_declares_their_namespace(format: str) -> None:
    without = FORMATS[format].render(replace(CURRENT, tombstones=()), SITE)
    assert b"tombstones" not in without
    assert (b"<at:deleted-entry " in FORMATS[format].render(CURRENT, SITE)) is (format == "atom")


def test_rss_writes_ampersands_and_angles_of_titles_as_the_profile_asks() -> None:
    body = FORMATS["rss"].render(feed(entry(1, title="A & <b>", summary="C & D")), SITE)
    assert b"<title>A &#x26; &#x3C;b&gt;</title>" in body
    assert b"<description>C &amp;amp; D</description>" in body


def test_the_list_names_each_feed_once_in_one_format() -> None:
    body = opml.render([BARE, replace(CURRENT, title='"<&>"')], SITE)
    outlines = etree.fromstring(body).findall("body/outline")
    assert [outline.get("text") for outline in outlines] == ["Riverside & Sons", 'Riverside & Sons: "<&>"']
    assert {outline.get("type") for outline in outlines} == {"rss"}
    assert all("version" not in outline.attrib for outline in outlines)


def test_a_format_is_found_by_the_suffix_of_its_addresses() -> None:
    assert [(name, format.name, format.media_type) for name, format in FORMATS.items()] == [
        ("atom", "atom", "application/atom+xml"),
        ("rss", "rss", "application/rss+xml"),
        ("json", "json", "application/feed+json"),
    ]


def test_a_delta_is_a_feed_with_fewer_entries_and_no_archive_links() -> None:
    delta: Feed = replace(CURRENT, entries=CURRENT.entries[:1], prev_archive=None)
    read = feedparser.parse(FORMATS["atom"].render(delta, SITE))
    assert [each.id for each in read.entries] == [ENTRIES[0].id]
    assert [link.rel for link in read.feed.links] == ["self", "hub", "alternate"]
