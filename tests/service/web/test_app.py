"""The site from outside: every address, what is there and what is not."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest
from prometheus_client.parser import text_string_to_metric_families
from werkzeug.test import Client

from feeds.store import Store, migrate
from service.web.app import wsgi
from tests.kit.published_site import BASE, answered, config, fill, publish, registered


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path}/tidings.db"
    fill(url)
    return url


@pytest.fixture
def site(url: str) -> Iterator[Client]:
    store = Store(url, read_only=True)
    yield Client(wsgi(store, config(url)))
    store.close()


# What is there


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/feeds/all.atom", "application/atom+xml; charset=utf-8"),
        ("/feeds/all.rss", "application/rss+xml; charset=utf-8"),
        ("/feeds/all.json", "application/feed+json"),
        ("/feeds/all.atom?cache=burst&x", "application/atom+xml; charset=utf-8"),
        ("/feeds/all", "text/html; charset=utf-8"),
        ("/feeds/all/archive/1.atom", "text/plain; charset=utf-8"),
        ("/feeds.opml", "text/x-opml; charset=utf-8"),
        ("/status", "text/html; charset=utf-8"),
        ("/status.json", "application/json"),
        ("/livez", "text/plain; charset=utf-8"),
        ("/readyz", "application/json"),
        ("/static/tidings.css", "text/css; charset=utf-8"),
        ("/favicon.ico", "image/svg+xml; charset=utf-8"),
    ],
)
def test_every_address_answers_with_its_type(site: Client, path: str, media_type: str) -> None:
    got = site.get(path)
    assert (got.status_code, got.headers["Content-Type"]) == (200, media_type)
    assert "Cache-Control" in got.headers
    assert "Set-Cookie" not in got.headers
    assert int(got.headers["Content-Length"]) == len(got.data)


@pytest.mark.parametrize(
    "path",
    ["/", "/feeds/all.atom", "/feeds/all", "/status", "/static/tidings.css", "/feeds/all/archive/1.atom"],
)
@pytest.mark.parametrize("coding", ["identity", "gzip", "br"])
def test_head_has_the_fields_of_get_and_no_body(site: Client, path: str, coding: str) -> None:
    asked = {"Accept-Encoding": coding}
    get, head = site.get(path, headers=asked), site.head(path, headers=asked)
    assert head.data == b""
    assert head.headers.to_wsgi_list() == get.headers.to_wsgi_list()
    again = site.get(path, headers={**asked, "If-None-Match": get.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == get.headers["ETag"]


def test_the_bytes_of_a_coding_are_the_published_ones(site: Client) -> None:
    plain = site.get("/feeds/all.atom").data
    assert plain == b"everything " * 20 + b"atom"
    assert gzip.decompress(site.get("/feeds/all.atom", headers={"Accept-Encoding": "gzip"}).data) == plain
    assert brotli.decompress(site.get("/feeds/all.atom", headers={"Accept-Encoding": "br"}).data) == plain


# What is not there


@pytest.mark.parametrize(
    ("path", "place"),
    [
        pytest.param("/feeds/all.atom/", "/feeds/all.atom", id="a slash at the end"),
        pytest.param("/feeds/ALL.Atom", "/feeds/all.atom", id="upper case"),
        pytest.param("/feeds/All/", "/feeds/all", id="the page, in both"),
        pytest.param("/feeds/photos.rss", "/feeds/photography.rss", id="an old slug"),
        pytest.param("/feeds/photos", "/feeds/photography", id="the page of an old slug"),
        pytest.param("/feeds/Pictures.json/", "/feeds/photography.json", id="a slug that moved twice"),
        pytest.param("/feeds/photos/archive/2.atom", "/feeds/photography/archive/2.atom", id="an archive page"),
        pytest.param("/Status/", "/status", id="the status page"),
        pytest.param("/feeds.OPML", "/feeds.opml", id="the list of feeds"),
        pytest.param(f"/entries/{'ab12' * 8}/".replace("ab12ab12", "ab12ab12", 1), None, id="no entry"),
    ],
)
def test_what_moved_is_301_to_the_configured_site(site: Client, path: str, place: str | None) -> None:
    got = site.get(path, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
    if place is None:
        assert got.status_code == 404
        return
    assert (got.status_code, got.headers["Location"]) == (301, BASE + place)
    assert got.headers["Cache-Control"] == "max-age=86400"
    assert got.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("path", "status", "freshness"),
    [
        ("/feeds/ended.atom", 410, "max-age=86400"),
        ("/feeds/ended", 410, "max-age=86400"),
        ("/feeds/unknown.atom", 404, "max-age=60"),
        ("/feeds/unknown", 404, "max-age=60"),
        ("/feeds/all.xml", 404, "max-age=60"),
        ("/feeds/all/archive/2.atom", 404, "max-age=60"),
        ("/feeds/all/archive/01.atom", 404, "max-age=60"),
        ("/feeds/..%2f..%2fetc%2fpasswd", 404, "max-age=60"),
        ("/feeds/a%00%0d%0ab.atom", 404, "max-age=60"),
        ("//feeds/all.atom", 404, "max-age=60"),
        ("/entries/no-uuid", 404, "max-age=60"),
        ("/entries/00000000-0000-4000-8000-000000000000", 404, "max-age=60"),
        ("/static/../web.py", 404, "max-age=60"),
        ("/nowhere", 404, "max-age=60"),
        ("/feeds/awaited.atom", 503, "no-store"),
    ],
)
def test_what_is_not_there_says_why_in_plain_text_and_for_how_long(
    site: Client, path: str, status: int, freshness: str
) -> None:
    got = site.get(path, headers={"If-None-Match": "*"})
    assert (got.status_code, got.headers["Cache-Control"]) == (status, freshness)
    assert got.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert got.data.count(b"\n") == 1
    assert ("Retry-After" in got.headers) == (status == 503)


def test_an_unknown_feed_is_told_of_the_one_that_was_meant(site: Client) -> None:
    assert site.get("/feeds/photografy.atom").text == "There is no such feed; is it photography?\n"


def test_slugs_that_moved_in_a_ring_come_to_an_end(site: Client, url: str) -> None:
    publish(url, registered("one", moved="other"), registered("other", moved="one"))
    assert site.get("/feeds/one.atom").status_code == 503


def test_before_the_first_publication_every_feed_is_503_and_the_site_is_not_ready(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/tidings.db"
    migrate(url)
    store = Store(url, read_only=True)
    site = Client(wsgi(store, config(url)))
    for path in ("/feeds/all.atom", "/feeds/anything.rss", "/feeds.opml"):
        got = site.get(path)
        assert (got.status_code, got.headers["Cache-Control"]) == (503, "no-store"), path
        assert int(got.headers["Retry-After"]) > 0
    assert site.get("/").status_code == 200
    assert site.get("/livez").status_code == 200
    assert (site.get("/readyz").status_code, site.get("/readyz").json["ready"]) == (503, False)
    store.close()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW"])
@pytest.mark.parametrize("path", ["/", "/feeds/all.atom", "/feeds/all", "/status", "/static/tidings.css"])
def test_what_is_no_question_is_405(site: Client, path: str, method: str) -> None:
    got = site.open(path, method=method)
    assert (got.status_code, got.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")


def test_a_browser_may_ask_conditionally_from_a_partners_page(site: Client) -> None:
    fields = {"Origin": "https://partner.example", "Access-Control-Request-Method": "GET"}
    got = site.options("/feeds/all.atom", headers=fields)
    assert got.status_code == 204
    assert got.headers["Access-Control-Allow-Origin"] == "*"
    assert "If-None-Match" in got.headers["Access-Control-Allow-Headers"]


# Who asks


@pytest.mark.parametrize("path", ["/", "/feeds/all", "/feeds/all.atom", "/feeds/photos.rss", "/nowhere"])
def test_the_bytes_are_the_same_whatever_host_is_asked(site: Client, path: str) -> None:
    expected = answered(site, "GET", path, {"Host": "news.example.org"})
    for host in (
        "",
        "localhost:1",
        "evil.example",
        "[::1]",
        "a b",
        "x" * 300,
        "é",
        "evil.example:99999",
        "'\"<",
    ):
        fields = {"Host": host, "X-Forwarded-Host": host, "X-Forwarded-Proto": "gopher"}
        assert answered(site, "GET", path, fields) == expected


# For operations


def test_metrics_are_read_by_prometheus_and_label_configured_sources_only(site: Client) -> None:
    got = site.get("/metrics")
    assert got.headers["Cache-Control"] == "no-store"
    families = {family.name: family for family in text_string_to_metric_families(got.text)}
    assert families["tidings_feeds"].samples[0].value == 3
    labels = {sample.labels.get("source") for family in families.values() for sample in family.samples}
    assert labels == {None, "newsroom"}
    states = {s.labels["state"]: s.value for s in families["tidings_source_state"].samples}
    assert states == {"ok": 0, "held": 0, "failing": 0, "waiting": 1}


def test_readiness_tells_what_is_served(site: Client) -> None:
    detail = site.get("/readyz").json
    assert (detail["ready"], detail["store"], detail["documents"]) == (True, "readable", 7)


def test_status_for_programs_names_every_configured_source(site: Client) -> None:
    status = site.get("/status.json").json
    assert status["state"] == "waiting"
    assert [source["name"] for source in status["sources"]] == ["newsroom"]
