"""The table in front of Flask gives the answers that plain Flask gives."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import Client

from feeds.store import Store
from service.web.app import create_app, wsgi
from tests.kit.published_site import OLDER, answered, config, fill
from tests.service.web.test_conditional_deltas import FEEDPARSER

FIELDS = {
    "Accept-Encoding": [
        "",
        "gzip",
        "gzip, deflate",
        "gzip, deflate, br",
        "br;q=0.1, gzip",
        "identity;q=0, *",
        "*;q=0",
        "x-gzip",
        "nonsense;;q",
    ],
    "If-None-Match": [
        "*",
        "",
        "{tag}",
        "W/{tag}",
        '"nope"',
        '"nope", {tag}',
        "{opaque}",
        '"{opaque}-gzip"',
        '"{opaque}-br"',
        '"W/{opaque}"',
        ",,",
        f'"{OLDER}"',
        f'W/"{OLDER}-br"',
        f'"nope", "{OLDER}--gzip", {{tag}}',
    ],
    "If-Modified-Since": [
        "Fri, 06 Nov 2026 12:00:00 GMT",
        "Fri, 06 Nov 2026 11:59:59 GMT",
        "Friday, 06-Nov-26 12:00:01 GMT",
        "2099-01-01",
        "",
    ],
    "If-Match": ["*", "{tag}", '"nope"', "W/{tag}"],
    "If-Unmodified-Since": ["Fri, 06 Nov 2026 12:00:00 GMT", "Sat, 01 Jan 2000 00:00:00 GMT", "then"],
    "Range": ["bytes=0-9"],
    "A-IM": ["feed", "vcdiff, FEED;q=0.5", "feed;q=0", "gzip", ""],
    "Accept": ["*/*", FEEDPARSER],
    "Host": ["evil.example", "a b", ""],
}
METHODS = ["GET", "HEAD", "OPTIONS", "POST", "BREW"]
PATHS = [
    "/feeds/all.atom",
    "/feeds/photography.json",
    "/feeds.opml",
    "/feeds/all/archive/1.atom",
    "/feeds/ended.rss",
    "/",
]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Client, Client]]:
    url = f"sqlite:///{tmp_path_factory.mktemp('both')}/tidings.db"
    fill(url)
    store = Store(url, read_only=True)
    yield Client(wsgi(store, config(url))), Client(create_app(store, config(url)))
    store.close()


@given(
    method=st.sampled_from(METHODS),
    path=st.sampled_from(PATHS),
    fields=st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in FIELDS.items()}),
)
@settings(max_examples=600, deadline=None)
def test_the_table_and_plain_flask_give_the_same_answer(
    both: tuple[Client, Client], method: str, path: str, fields: dict[str, str]
) -> None:
    table, flask = both
    tag = flask.get(path, headers={"Accept-Encoding": fields.get("Accept-Encoding", "")}).headers.get("ETag", '"x"')
    opaque = tag.strip('"').removesuffix("-gzip").removesuffix("-br")
    fields = {name: value.replace("{tag}", tag).replace("{opaque}", opaque) for name, value in fields.items()}
    assert answered(table, method, path, fields) == answered(flask, method, path, fields)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_both_give_deltas(both: tuple[Client, Client], method: str) -> None:
    fields = {"A-IM": "feed", "If-None-Match": f'"{OLDER}"', "Accept-Encoding": "gzip"}
    table, flask = (answered(client, method, "/feeds/all.atom", fields) for client in both)
    assert table == flask
    assert table[0] == "226 IM Used"
    assert bool(table[2]) is (method == "GET")


@given(
    fields=st.dictionaries(
        st.sampled_from(list(FIELDS)),
        st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=60),
    )
)
@settings(max_examples=200, deadline=None)
def test_no_request_field_breaks_an_answer(both: tuple[Client, Client], fields: dict[str, str]) -> None:
    table, flask = both
    got = answered(table, "GET", "/feeds/all.atom", fields)
    assert str(got[0])[:3] in ("200", "226", "304", "412")
    assert got == answered(flask, "GET", "/feeds/all.atom", fields)
