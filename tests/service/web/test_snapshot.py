"""What a web process has in memory is what was committed last, and outlives the store."""

from __future__ import annotations

import datetime as dt
import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread

import pytest
from werkzeug.test import Client

from feeds.publish.formats import FORMATS
from feeds.store import Store
from feeds.store.write_lock import write_lock
from service.web.app import wsgi
from service.web.snapshot import SnapshotCache
from tests.kit.published_site import (
    BASE,
    NOON,
    OLDER,
    config,
    documents,
    fill,
    publish,
    registered,
    representation,
    version,
)


@pytest.fixture
def url(new_url: Callable[[], str]) -> str:
    """On every database."""
    url = new_url()
    fill(url)
    return url


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """On SQLite, whose file can be tampered with."""
    file = tmp_path / "tidings.db"
    fill(f"sqlite:///{file}")
    return file


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


ASKING = {"A-IM": "feed", "If-None-Match": f'"{OLDER}"'}


def test_a_delta_leads_from_an_older_version_to_what_is_served(site: Client, store: Store, url: str) -> None:
    before = site.get("/feeds/all.atom")
    part = site.get("/feeds/all.atom", headers=ASKING)
    assert (part.status_code, part.headers["ETag"]) == (226, before.headers["ETag"])
    assert site.get("/feeds/all.rss", headers=ASKING).status_code == 200
    newest = representation("feeds/all.atom", b"newest" * 9)
    opaque = before.headers["ETag"].strip('"')
    publish(url, representations=(newest,), versions=version(newest, opaque, b"the newest"))
    assert site.get("/feeds/all.atom", headers=ASKING).status_code == 200
    asking = ASKING | {"If-None-Match": before.headers["ETag"]}
    assert site.get("/feeds/all.atom", headers=asking).data == b"the newest"
    plain = Client(wsgi(store, config(url).model_copy(update={"deltas": False})))
    assert plain.get("/feeds/all.atom", headers=asking).status_code == 200
    publish(url, withdrawn=("feeds/all.atom",))
    with store.read() as view:
        assert view.versions("feeds/all.atom") == ()


def test_a_delta_to_another_version_than_the_one_in_memory_is_not_used(store: Store, url: str) -> None:
    snapshots = SnapshotCache(store, url)
    served = snapshots.current().documents["/feeds/all.atom"]
    newest = representation("feeds/all.atom", b"newest" * 9)
    publish(url, representations=(newest,), versions=version(newest, OLDER, b"the newest"))
    assert served.delta(OLDER) is None
    assert snapshots.current().documents["/feeds/all.atom"].delta(OLDER) is not None


def test_what_is_in_memory_is_served_while_the_store_cannot_be_read(file: Path) -> None:
    url = f"sqlite:///{file}"
    store = Store(url, read_only=True)
    site = Client(wsgi(store, config(url)))
    feed, page = site.get("/feeds/all.atom").data, site.get("/feeds/all").data
    store.close()
    for part in file.parent.iterdir():
        part.unlink()
    file.write_bytes(b"this is no database" * 400)
    elsewhere: list[tuple[bytes, bytes, int]] = []

    def ask() -> None:
        """In a thread of its own, which opens what there is now."""
        client = Client(site.application)
        client.get("/readyz")
        answers = [
            client.get(path, headers=ASKING) for path in ("/feeds/all.atom", "/feeds/all", "/feeds/all/archive/1.atom")
        ]
        elsewhere.append((answers[0].data, answers[1].data, answers[2].status_code))

    thread = Thread(target=ask)
    thread.start()
    thread.join()
    assert elsewhere == [(feed, page, 503)]
    assert site.get("/readyz").json["store"] == "unreadable"
    assert site.get("/livez").status_code == 200


def test_a_store_that_was_never_readable_is_503_and_no_error_of_ours(file: Path) -> None:
    store = Store(f"sqlite:///{file}", read_only=True)
    site = Client(wsgi(store, config(f"sqlite:///{file.parent}/absent.db")))
    assert site.get("/feeds/all.atom").status_code == 503
    assert site.get("/readyz").json == {
        "ready": False,
        "store": "unreadable",
        "writable": False,
        "generation": 0,
        "documents": 0,
    }
    store.close()


def test_a_backup_that_is_older_than_memory_replaces_it(file: Path) -> None:
    url = f"sqlite:///{file}"
    store = Store(url, read_only=True)
    snapshots = SnapshotCache(store, url)
    first = snapshots.current()
    publish(url, representations=(representation("feeds/all.atom", b"newer"),))
    assert snapshots.current().generation > first.generation
    put_back(file, first.generation - 1)
    assert set(snapshots.poll().documents) == {"/feeds/all.rss"}
    assert set(snapshots.current().documents) == {"/feeds/all.rss"}
    store.close()


def put_back(file: Path, generation: int) -> None:
    """Bring the store to an older state, as no writer of ours does: without a turn."""
    connection = sqlite3.connect(file)
    connection.execute("UPDATE counter SET generation = ?", (generation,))
    connection.execute("DELETE FROM representations WHERE path <> 'feeds/all.rss'")
    connection.commit()
    connection.close()


def test_while_nobody_has_had_a_turn_the_store_is_not_asked(file: Path) -> None:
    store = Store(f"sqlite:///{file}", read_only=True)
    snapshots = SnapshotCache(store, f"sqlite:///{file}")
    first = snapshots.current()
    put_back(file, first.generation - 1)
    assert snapshots.current() is first
    with write_lock(file):
        pass
    assert snapshots.current() is not first
    store.close()


def test_what_is_committed_is_seen_before_its_writer_gives_the_turn_back_or_dies_with_it(file: Path) -> None:
    store = Store(f"sqlite:///{file}", read_only=True)
    snapshots = SnapshotCache(store, f"sqlite:///{file}")
    first = snapshots.current()
    with write_lock(file):
        put_back(file, first.generation - 1)
        assert set(snapshots.current().documents) == {"/feeds/all.rss"}
        # Cut short here, the file stays so, and the lock is free again.
        count = Path(f"{file}-turn").read_bytes()
    Path(f"{file}-turn").write_bytes(count)
    snapshots.current()
    put_back(file, first.generation - 2)
    assert snapshots.current().generation == first.generation - 2
    publish(f"sqlite:///{file}", representations=(representation("feeds/all.atom", b"newest"),))
    assert set(snapshots.current().documents) == {"/feeds/all.atom", "/feeds/all.rss"}
    store.close()


def test_no_request_sees_half_a_publication_or_an_older_one(store: Store, url: str) -> None:
    """Two threads ask while twenty snapshots are committed, each of several documents."""
    site = wsgi(store, config(url))
    faults: list[str] = []
    done = Event()

    def ask() -> None:
        client, newest, asked = Client(site), "", 0
        while not done.is_set() or not asked:
            for name in FORMATS:
                got = client.get(f"/feeds/all.{name}")
                asked += 1
                if got.headers["ETag"].strip('"') != hashlib.blake2b(got.data, digest_size=16).hexdigest():
                    faults.append("a tag of other bytes")
                number = got.text.split()[0]
                if number < newest:
                    faults.append(f"{number} after {newest}")
                newest = max(newest, number)

    publish(url, representations=documents("all", b"00 "))
    threads = [Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    writer = Store(url)
    for number in range(1, 21):
        with writer.write() as transaction:
            transaction.publish(documents("all", b"%02d " % number))
    writer.close()
    done.set()
    for thread in threads:
        thread.join()
    assert not faults
    assert Client(site).get("/feeds/all.atom").text == "20 atom"
