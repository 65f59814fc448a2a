"""Every conditional header field that the grammar allows, and malformed ones, to every kind of address."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import Client

from feeds.store import Store
from service.web import fast_path
from service.web.app import create_app, wsgi
from service.web.conditional import Resource
from service.web.request_headers import etags
from service.web.snapshot import SnapshotCache
from tests.kit.published_site import OLDER, config, fill, publish, representation
from tests.kit.stored import appearance, apply, entry

ADDRESSES = [
    "/",
    "/feeds/all.atom",
    "/feeds/photography.rss",
    "/feeds/all.json",
    "/feeds/all",
    "/feeds/all/archive/1.atom",
    "/feeds/photos.atom",
    "/feeds/ended.rss",
    "/feeds/nothing.atom",
    "/feeds.opml",
    "/entries/00000000-0000-0000-0000-000000000000",
    "/entries/00000000-0000-5000-8000-000000000001",
    "/static/tidings.css",
    "/favicon.ico",
    "/status",
    "/status.json",
    "/status.atom",
    "/metrics",
    "/livez",
    "/readyz",
]
METHODS = ["GET", "HEAD", "OPTIONS", "POST"]
EMPTY = ['""', 'W/""', '"a", ""', '"", "a"', 'W/"", "a"', '"",""', ', "" ,']

# RFC 9110 §8.8.3: etagc is any visible character but the quote, and obs-text; the opaque tag may be empty.
OPAQUE = st.text(st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_characters='"\x7f'), max_size=12)
ENTITY_TAG = st.builds("{}{}".format, st.sampled_from(["", "W/"]), OPAQUE.map('"{}"'.format))
# §5.6.1: a list may have empty members, and white space on both sides of its commas.
TAGS = st.one_of(
    st.just("*"),
    st.sampled_from(EMPTY),
    st.builds(str.join, st.sampled_from([",", ", ", " ,\t", ",,"]), st.lists(ENTITY_TAG, max_size=5)),
)
DATES = st.one_of(
    st.datetimes().map(lambda at: f"{at:%a, %d %b} {at.year:04d} {at:%H:%M:%S} GMT"),
    st.datetimes().map(lambda at: f"{at:%A, %d-%b-%y %H:%M:%S} GMT"),
    st.datetimes().map(lambda at: f"{at:%a %b} {at.day:2d} {at:%H:%M:%S} {at.year:04d}"),
)
MALFORMED = st.one_of(
    st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF), max_size=40),
    st.text('"W/*, \\-gzip0;=', max_size=20),
    st.sampled_from(["W/", 'w/""', '"', '"a', 'a"', "*, *", '"a" "b"', "W/*", '"' * 9000]),
)
FIELDS = {
    "If-None-Match": TAGS | MALFORMED,
    "If-Match": TAGS | MALFORMED,
    "If-Modified-Since": DATES | MALFORMED,
    "If-Unmodified-Since": DATES | MALFORMED,
    "If-Range": ENTITY_TAG | DATES | MALFORMED,
    "Range": st.sampled_from(["bytes=0-", "bytes=-1", "bytes=9-2"]) | MALFORMED,
    "A-IM": st.sampled_from(["feed", "feed;q=0", "vcdiff, feed;q=0.5"]) | MALFORMED,
    "Accept-Encoding": st.sampled_from(["gzip", "br;q=0, *", "identity;q=0"]) | MALFORMED,
}


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Client, Client]]:
    """The site with the fast path in front of Flask, and Flask alone."""
    url = f"sqlite:///{tmp_path_factory.mktemp('headers')}/tidings.db"
    fill(url)
    publish(url, representations=(representation("status.atom", b"<feed/>" * 20),))
    writer = Store(url)
    apply(writer, added=(entry(1),), appearances=(appearance(1),))
    writer.close()
    store = Store(url, read_only=True)
    yield Client(wsgi(store, config(url))), Client(create_app(store, config(url)))
    store.close()


@given(
    method=st.sampled_from(METHODS),
    address=st.sampled_from(ADDRESSES),
    fields=st.fixed_dictionaries({}, optional=FIELDS),
)
@settings(max_examples=500, deadline=None)
def test_no_conditional_header_makes_a_server_error(
    sites: tuple[Client, Client], method: str, address: str, fields: dict[str, str]
) -> None:
    for site in sites:
        assert site.open(address, method=method, headers=fields).status_code < 500


def test_the_page_of_an_entry_is_among_the_addresses(sites: tuple[Client, Client]) -> None:
    assert [site.get("/entries/00000000-0000-5000-8000-000000000001").status_code for site in sites] == [200, 200]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("a_im", [{}, {"A-IM": "feed"}], ids=["whole", "delta"])
@pytest.mark.parametrize("tag", EMPTY)
def test_an_empty_tag_matches_nothing(
    sites: tuple[Client, Client], tag: str, a_im: dict[str, str], address: str
) -> None:
    for site in sites:
        plain = site.get(address)
        asked = site.get(address, headers={"If-None-Match": tag, **a_im})
        assert (asked.status_code, asked.data) == (plain.status_code, plain.data)
        assert site.get(address, headers={"If-Match": tag, **a_im}).status_code in (412, plain.status_code)


def test_a_tag_of_ours_next_to_an_empty_one_matches(sites: tuple[Client, Client]) -> None:
    for site in sites:
        tag = site.get("/feeds/all.atom").headers["ETag"]
        asked = site.get("/feeds/all.atom", headers={"If-None-Match": f'"", {tag}'})
        assert asked.status_code == 304
        delta = site.get("/feeds/all.atom", headers={"If-None-Match": f'W/"", "{OLDER}"', "A-IM": "feed"})
        assert delta.status_code == 226


def test_weak_and_strong_tags_are_told_apart() -> None:
    found = etags('W/"a", "b", "", W/"", c')
    assert (found.as_set(), found.as_set(include_weak=True)) == ({"b", "c"}, {"a", "b", "c"})
    assert etags("*").star_tag


def test_an_unexpected_exception_on_the_fast_path_is_one_event_and_a_500(
    sites: tuple[Client, Client], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(resource: Resource, environ: object) -> None:
        raise ValueError("unforeseen")

    monkeypatch.setattr(fast_path, "_known_answer", fail)
    with caplog.at_level(logging.ERROR):
        got = sites[0].get("/feeds/all.atom")
    assert (got.status_code, got.headers["Cache-Control"]) == (500, "no-store")
    assert [record.getMessage() for record in caplog.records] == ["internal_error"]


def test_an_unexpected_exception_before_the_look_up_is_one_event_and_a_500(
    sites: tuple[Client, Client], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(self: object) -> None:
        raise ValueError("unforeseen")

    monkeypatch.setattr(SnapshotCache, "current", fail)
    with caplog.at_level(logging.ERROR):
        assert sites[0].get("/feeds/all.atom").status_code == 500
    assert [record.getMessage() for record in caplog.records] == ["internal_error"]
