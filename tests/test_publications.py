"""What a web process has in memory is what was committed last, and outlives the store."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.test import Client

from feeds.formats import FORMATS
from feeds.store import Store
from service.publications import Publications
from service.web import wsgi
from tests.published import BASE, NOON, config, documents, fill, publish, registered, representation


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path}/tidings.db"
    fill(url)
    return url


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    store = Store(url, read_only=True)
    yield store
    store.close()


@pytest.fixture
def site(store: Store, url: str) -> Client:
    return Client(wsgi(store, config(url)))


def test_a_commit_of_another_process_is_seen_at_the_next_request(site: Client, url: str) -> None:
    before = site.get("/feeds/all.atom")
    other = site.get("/feeds/photography.atom")
    assert site.get("/feeds/new.atom").status_code == 404
    later = NOON + dt.timedelta(minutes=5)
    changed = representation("feeds/all.atom", b"changed", at=later)
    publish(url, registered("new"), representations=(changed, *documents("new", b"new")))
    after = site.get("/feeds/all.atom", headers={"If-None-Match": before.headers["ETag"]})
    assert (after.status_code, after.data) == (200, b"changed")
    assert after.headers["Last-Modified"] == "Fri, 06 Nov 2026 12:05:00 GMT"
    assert site.get("/feeds/new.atom").status_code == 200
    assert "/feeds/new.atom" in site.get("/").text
    assert site.get("/feeds/photography.atom").headers["ETag"] == other.headers["ETag"]


def test_a_feed_that_is_withdrawn_is_served_no_more(site: Client, url: str) -> None:
    assert site.get("/feeds/photography.atom").status_code == 200
    paths = tuple(f"feeds/photography.{name}" for name in FORMATS)
    publish(url, registered("photography", retired=True), withdrawn=paths)
    assert site.get("/feeds/photography.atom").status_code == 410
    publish(url, registered("photography", moved="all"))
    assert site.get("/feeds/photography.atom").headers["Location"] == f"{BASE}/feeds/all.atom"


def test_what_is_in_memory_is_served_while_the_store_cannot_be_read(
    site: Client, url: str, store: Store
) -> None:
    feed, page = site.get("/feeds/all.atom").data, site.get("/feeds/all").data
    publish(url, registered("new"))
    file = Path(url.removeprefix("sqlite:///"))
    store.close()
    for part in file.parent.iterdir():
        part.unlink()
    again = Client(site.application)
    file.write_bytes(b"this is no database" * 400)
    assert again.get("/feeds/all.atom").data == feed
    assert again.get("/feeds/all").data == page
    assert again.get("/livez").status_code == 200


def test_a_store_that_was_never_readable_is_503_and_no_error_of_ours(url: str, store: Store) -> None:
    site = Client(wsgi(store, config(f"sqlite:///{Path(url).parent}/absent.db")))
    assert site.get("/feeds/all.atom").status_code == 503
    assert site.get("/readyz").json == {
        "ready": False,
        "store": "unreadable",
        "generation": 0,
        "documents": 0,
    }


def test_a_backup_that_is_older_than_memory_replaces_it(url: str, store: Store) -> None:
    publications = Publications(store, url)
    first = publications.current()
    publish(url, representations=(representation("feeds/all.atom", b"newer"),))
    assert publications.current().generation > first.generation
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    connection.execute("UPDATE counter SET generation = ?", (first.generation - 1,))
    connection.execute("DELETE FROM representations WHERE path <> 'feeds/all.rss'")
    connection.commit()
    connection.close()
    assert set(publications.current().documents) == {"/feeds/all.rss"}
