"""The feed of incidents: from a source that fails to an entry that operations read, and back."""

from __future__ import annotations

import datetime as dt

import feedparser
import pytest
from werkzeug.test import Client

from feeds.config import Config
from feeds.model import Outcome, Status
from feeds.publish import status_feed
from feeds.store import Store
from service.refresher import scheduler
from service.web.app import create_app, wsgi
from tests.kit.stored import HOUR, NOON

LISTING = """\
News

  1. Press release

    New rules for fishing boats

    12 August 2021
"""


@pytest.fixture
def config(tmp_path):
    return Config.model_validate(
        {
            "title": "T & Co",
            "base_url": "https://news.example/tidings",
            "hubs": ["http://127.0.0.1:1/"],
            "store": f"sqlite:///{tmp_path}/t.db",
            "sources": [{"name": "news", "title": "The <News>", "path": str(tmp_path / "s.txt")}],
        }
    )


def asked(config, path="/status.atom", make=wsgi):
    store = Store(config.store, read_only=True)
    try:
        return Client(make(store, config)).get(path)
    finally:
        store.close()


def read(config):
    """The feed as an independent reader sees it."""
    answer = asked(config)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    parsed = feedparser.parse(answer.data)
    assert not parsed.bozo
    return parsed


def test_an_incident_is_one_entry_from_its_beginning_to_its_end(config, tmp_path):
    list(scheduler.once(config, ["news"]))
    parsed = read(config)
    assert parsed.feed.title == "T & Co: incidents"
    [entry] = parsed.entries
    assert entry.title == "The <News> cannot be read"
    assert entry.link == "https://news.example/tidings/status"
    assert "missing" in entry.summary
    assert str(tmp_path / "s.txt") in entry.summary
    assert "stays as it is" in entry.summary

    before = asked(config)
    list(scheduler.once(config, ["news"]))
    assert asked(config).headers["ETag"] == before.headers["ETag"]

    (tmp_path / "s.txt").write_text(LISTING)
    list(scheduler.once(config, ["news"]))
    [ended] = read(config).entries
    assert (ended.id, ended.published) == (entry.id, entry.published)
    assert ended.updated > entry.updated
    assert ended.title.startswith("The <News> is read again; it was not since ")


def test_a_site_where_nothing_ever_went_wrong_has_an_empty_feed(config, tmp_path):
    (tmp_path / "s.txt").write_text(LISTING)
    list(scheduler.once(config, ["news"]))
    assert read(config).entries == []
    assert asked(config, make=create_app).data == asked(config).data


def test_it_is_none_of_the_feeds_of_the_newsroom(config, tmp_path):
    (tmp_path / "s.txt").write_text(LISTING)
    list(scheduler.once(config, ["news"]))
    assert b"status" not in asked(config, "/feeds.opml").data
    assert "hub" not in asked(config).headers["Link"]
    list(scheduler.once(config.model_copy(update={"title": "Another"}), ["news"]))
    assert read(config).feed.title == "Another: incidents"


def test_before_the_first_reading_only_the_incidents_are_there(config):
    list(scheduler.once(config, ["news"]))
    assert asked(config, "/readyz").status_code == 503
    assert asked(config, "/feeds/all.atom").status_code == 503
    assert asked(config, "/feeds.opml").status_code == 503


def test_the_status_page_names_it(config):
    list(scheduler.once(config, ["news"]))
    assert b'href="/tidings/status.atom"' in asked(config, "/status").data


def test_no_message_can_break_it(store, config):
    message = "a\x00b <script>&amp; \u202e\ud800 \x1b[31m" + "x" * 5000
    with store.write() as transaction:
        for hour in range(3):
            outcome = Outcome("gone", NOON + hour * HOUR, Status.FAILED, f"reason{hour}", message)
            status_feed.note(transaction, config, outcome)
        body = transaction.representation(status_feed.PATH).body
    parsed = feedparser.parse(body)
    assert not parsed.bozo
    [entry] = parsed.entries
    assert "<script>" not in entry.summary
    assert entry.title == "gone cannot be read"
    assert dt.datetime(*entry.updated_parsed[:6], tzinfo=dt.UTC) == NOON + 2 * HOUR
