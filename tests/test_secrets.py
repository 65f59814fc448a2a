"""Secrets are not shown: markers in every place that can have one, and a search in all output.

One site is read, published, broken and read again, from a real origin; everything that the process writes is kept
and searched.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from feeds import parsers
from feeds.config import Source
from feeds.model import Document
from feeds.refresh import pipeline
from tests.kit.fake_origin import FaultServer, answer
from tests.kit.marked import HUB, MARKERS, STORIES, Leaving, Origin, Records, rss

OWN = uuid.UUID("6b0d5c1e-2f6a-5a54-8e64-3c3a6ad0b6c9")
TOP = 'title = "T"\nbase_url = "http://127.0.0.1:8000"\n'
SOURCE = '[[sources]]\nname = "news"\nurl = "http://news.example/"\n'


@dataclass
class Life:
    """All output of a site over its life, and parts of it as they were served."""

    leaving: Leaving
    origin: Origin
    bodies: dict[str, str]
    status: dict[str, dict[str, object]]
    dry_run: str
    events: set[str]


def crash(work: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that raises an error with an address in its message, as a defect in Tidings would."""

    def read(what: Source | Document, *arguments: object, **named: object) -> object:
        address = what.name if isinstance(what, Document) else what.addresses[0]
        if "/crashing" in address:
            raise ValueError(f"cannot read {(address,)}, which is <{address}>")
        return work(what, *arguments, **named)

    return read


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    folder, records = tmp_path_factory.mktemp("secrets"), Records()
    loggers = [logging.getLogger(name) for name in ("feeds", "service")]
    with pytest.MonkeyPatch.context() as patch, FaultServer({}) as server:
        patch.chdir(folder)
        patch.setattr("service.refresher.http_client.HostRateLimiter", lambda **_: None)
        patch.setattr("feeds.fetch.network_guard.is_public", lambda _: True)  # preview has no key that opens loopback
        patch.setattr("feeds.publish.websub.LIFE", dt.timedelta(-1))
        patch.setattr("service.refresher.setup.refresh", crash(pipeline.refresh))
        patch.setattr("service.cli.dry_run.dry_run", crash(pipeline.dry_run))
        patch.setattr("feeds.parsers.parse", crash(parsers.parse))
        for logger in loggers:
            logger.addHandler(records)
            logger.setLevel(logging.DEBUG)
        yield _live(Leaving(folder), Origin(server), records)
    for logger in loggers:
        logger.removeHandler(records)
        logger.setLevel(logging.NOTSET)


def _live(leaving: Leaving, origin: Origin, records: Records) -> Life:
    origin.open()
    hub = origin.server.url(f"/hub?a={HUB}")
    (leaving.folder / "config.toml").write_text(f'{TOP}hubs = ["{hub}"]\n{origin.config}')
    leaving.run("check")
    leaving.run("refresh")
    bodies = leaving.ask("before")
    leaving.export("exported-before")
    origin.empty()
    dry_run = leaving.run("refresh", "--dry-run")
    leaving.run("refresh")
    leaving.run("status")
    status = json.loads(leaving.run("status", "--json"))
    leaving.ask("after")
    leaving.export("exported-after")
    for name, addresses in origin.sources.items():
        leaving.run("preview", *addresses)
        leaving.run("preview", "--json", *addresses)
        leaving.run("preview", "--source", name, *addresses)
    leaving.run("accept", "twins")
    leaving.run("refresh")
    leaving.left["log"] = "\n".join(records.lines)
    by_name = {each["name"]: each for each in status["sources"]}
    return Life(leaving, origin, bodies, by_name, dry_run, records.events)


@pytest.mark.parametrize("marker", MARKERS)
def test_a_secret_leaves_nowhere(life: Life, marker: str) -> None:
    assert [through for through, text in life.leaving.left.items() if marker in text.lower()] == []


@pytest.mark.parametrize("marker", [marker for marker in MARKERS if marker.endswith("query")])
def test_every_secret_was_there_to_be_shown(life: Life, marker: str) -> None:
    asked = " ".join(life.origin.server.paths())
    said = b" ".join(script for script in life.origin.server.scripts.values() if isinstance(script, bytes))
    assert marker in f"{asked} {said.decode()} {life.origin.config}"


def test_the_address_of_a_hub_stands_where_readers_are_told_of_it_and_nowhere_else(life: Life) -> None:
    told = {through for through, text in life.leaving.left.items() if HUB in text}
    assert "before GET /feeds/all.atom" in told
    assert [through for through in told if "/feeds/" not in through and "exported" not in through] == []


def test_all_that_was_to_be_searched_has_happened(life: Life) -> None:
    assert {name: each["outcome"]["reason"] for name, each in life.status.items()} == {
        "rss": None, "named": None, "atom": None, "jsonfeed": None, "moving": None, "anchors": None,
        "jumping": "ssrf_blocked", "looping": "redirects", "missing": "missing", "closed": "robots",
        "crashing": "internal", "wrong": "malformed", "pages": "ssrf_blocked", "twins": "zero_items",
        "half": "missing",
    }  # fmt: skip
    assert {"refreshed", "moved_permanently", "internal_error", "hub_failed", "hub_given_up"} <= life.events
    previews = [text for through, text in life.leaving.left.items() if "preview" in through]
    for word in ("bare", "named", "Atom", "JSON", "found", "page one"):
        # As a table and as JSON.
        assert sum(f"{STORIES[0]} ({word})" in text for text in previews) >= 2


def test_a_defect_was_reported_by_every_command_that_reads(life: Life) -> None:
    said = f"cannot read ('{life.origin.server.url('/crashing')}',), which is <"
    told = [where for where, text in life.leaving.left.items() if " tidings " in where and said in text]
    through = {where.partition(" ")[2].partition(" http")[0] for where in told}
    commands = {"tidings refresh", "tidings refresh --dry-run", "tidings status", "tidings status --json"}
    assert commands | {"tidings preview", "tidings preview --json", "tidings preview --source"} <= through


def test_the_lines_that_preview_proposes_say_that_the_query_is_left_out(life: Life) -> None:
    [said] = [
        text
        for through, text in life.leaving.left.items()
        if "preview" in through and "[[sources]]" in text and "page one" in text
    ]
    assert (
        f'url = "{life.origin.server.url("/pages")}"\n# The query of the address is not shown: put it back.\n' in said
    )


def test_a_feed_is_named_by_its_own_id_then_its_link_and_at_last_by_its_address(life: Life) -> None:
    there = life.origin.server.url
    items = json.loads(life.bodies["/feeds/all.json"])["items"]
    sources = [item["_tidings"]["source"] for item in items if "source" in item.get("_tidings", {})]
    assert {(source["title"], source["id"], source["url"]) for source in sources} == {
        (there("/rss"), there("/rss"), there("/rss")),
        (there("/named"), there("/named"), there("/named")),
        # Its title is the requested address, its id the one where redirects end.
        (there("/moving"), there("/found"), there("/found")),
        (there("/atom"), there("/a"), there("/a")),
        (there("/jsonfeed"), there("/j"), there("/j")),
    }


def test_pages_that_differ_only_in_their_query_are_told_apart(life: Life) -> None:
    twins, half = life.origin.server.url("/twins"), life.origin.server.url("/half")
    names = [f"{twins} (twins 1)", f"{twins} (twins 2)"]
    assert [each["document"] for each in life.status["twins"]["held"]] == names
    assert all(f"held back  {name}: " in life.dry_run for name in names)
    assert life.status["half"]["outcome"]["message"] == f"{half} (half 2): the answer is 404 Not Found"


def test_an_id_without_a_meaning_of_its_own_is_made_from_the_whole_address(life: Life) -> None:
    """Otherwise every entry of such a feed would be new in a store that was written by an older version."""
    address = life.origin.sources["rss"][0].partition("#")[0]
    made = uuid.uuid5(OWN, f"{address}\x1fbare 0").urn
    assert made in life.bodies["/feeds/all.json"]


def test_a_link_to_the_page_itself_is_published_without_the_query(life: Life) -> None:
    items = json.loads(life.bodies["/feeds/all.json"])["items"]
    links = {item["url"] for item in items if item["title"].endswith("(anchors)")}
    assert links == {life.origin.server.url("/anchors")}


def test_the_links_of_items_keep_their_queries() -> None:
    feed = b"<rss version='2.0'><channel><item><title>A</title><link>http://h/?p=4#c</link></item></channel></rss>"
    document = Document("http://h/rss?token=x", feed, media_type="application/rss+xml")
    [item] = parsers.parse(document, Source(name="h", url=document.name)).items
    assert item.link == "http://h/?p=4#c"


REFUSED = (
    'url = "http://mark-user:mark-password@news.example/a?b=mark-query#mark-fragment"',
    'url = "http://mark-user:mark/password@news.example/"',
    'url = "http://mark-user:mark?password@news.example/"',
    'url = "http://mark-user:mark password@news.example/?mark-query"',
    'url = "mark-user:mark-password@news.example/a?mark-query"',
    'url = "//mark-user:mark-password@news.example/a"',
    'url = "ftp://mark-user:mark-password@news.example/a"',
    'url = "news.example/a?mark-query"',
    "url = \"http://news.example:x/'a'?b='mark-query'\"",
    'url = {at = "http://news.example/?mark-query"}',
    'urls = ["http://mark-user@news.example/", "http://news.example/", "http:///?mark-query"]',
    'path = "http://mark-user:mark-password@news.example/a?mark-query#mark-fragment"',
    'paths = ["http://news.example/a#mark-fragment"]',
    'path = "a.txt"\ntitle = ["http://news.example/?mark-query"]',
    'path = "a.txt"\ngroup = "http://mark-user:mark-password@news.example/?mark-query"',
)


@pytest.mark.parametrize("line", REFUSED)
def test_an_address_that_is_refused_is_not_repeated_with_its_secrets(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").write_text(f'{TOP}[[sources]]\nname = "news"\n{line}\n')
    said = Leaving(tmp_path).run("check")
    assert "config.toml: sources[0]." in said
    assert "mark" not in said


@pytest.mark.parametrize(
    "line",
    [
        'base_url = "http://mark-user:mark-password@t.example/"',
        'base_url = "http://t.example/?mark-query#mark-fragment"',
        f'{TOP.splitlines()[1]}\nhubs = ["http://mark-user:mark-password@hub.example/?mark-query"]',
        f'{TOP.splitlines()[1]}\nstore = "postgres://mark-user:mark-password@db/tidings?a=mark-query"',
        f'{TOP.splitlines()[1]}\nstore = "postgresql://mark-user:mark-password@db:mark/tidings?a=mark-query"',
    ],
)
def test_no_message_repeats_the_secrets_of_the_site(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").write_text(f'title = "T"\n{line}\n{SOURCE}')
    leaving = Leaving(tmp_path)
    said = leaving.run("check") + leaving.run("status")
    assert "tidings: " in said
    assert "mark" not in said


@pytest.mark.parametrize(
    "address",
    ["http://mark-user:mark-password@h.example/?mark-query", "ftp://mark-user@h.example/a?mark-query"],
)
def test_what_is_typed_and_refused_is_not_repeated_with_its_secrets(tmp_path: Path, address: str) -> None:
    said = Leaving(tmp_path).run("preview", address)
    assert "h.example" in said
    assert "mark" not in said


def test_a_store_that_was_written_before_is_published_without_secrets_and_knows_its_entries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("service.refresher.http_client.HostRateLimiter", lambda **_: None)
    leaving, secret = Leaving(tmp_path), "http://mark-user@h.example/rss?mark-query#mark-fragment"
    with FaultServer({"/rss?token=a": rss("old")}) as server:
        source = f'[[sources]]\nname = "old"\nallow_private = true\nurl = "{server.url("/rss?token=a")}"\n'
        (tmp_path / "config.toml").write_text(TOP + source)
        leaving.run("refresh")
        before = json.loads(leaving.ask("first")["/feeds/all.json"])
        feed = json.dumps({"title": secret, "id": secret, "link": secret, "updated": None})
        with sqlite3.connect(tmp_path / "data" / "tidings.db") as store:
            store.execute("UPDATE entries SET source_feed = ?", (feed,))
        store.close()
        # It fails, so that an incident is recorded; its message is then replaced by one of an older version.
        server.scripts["/rss?token=a"] = answer(b"", 500)
        leaving.run("refresh")
        with sqlite3.connect(tmp_path / "data" / "tidings.db") as store:
            said = f"{secret}: the answer is 500"
            assert store.execute("UPDATE incidents SET message = ?", (said,)).rowcount == 1
            store.execute("UPDATE sources SET outcome = json_set(outcome, '$.message', ?)", (said,))
        store.close()
        shown = leaving.run("status") + leaving.ask("then")["/status"]
        server.scripts["/rss?token=a"] = rss("old")
        again = leaving.run("refresh")
    after = json.loads(leaving.ask("last")["/feeds/all.json"])
    assert "http://h.example/rss: the answer is 500" in shown
    assert "old: unchanged" in again
    assert [item["id"] for item in after["items"]] == [item["id"] for item in before["items"]]
    assert {item["_tidings"]["source"]["id"] for item in after["items"]} == {"http://h.example/rss"}
    assert [through for through, text in leaving.left.items() if "mark" in text] == []
