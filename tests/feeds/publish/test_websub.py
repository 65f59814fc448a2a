"""websub: what a hub is told, when again, and that it costs nobody else anything."""

from __future__ import annotations

import datetime as dt
import os
import time
from contextlib import contextmanager
from urllib.parse import parse_qs

import pytest
from werkzeug.test import Client

from feeds.config import Config
from feeds.errors import FetchError
from feeds.model import Status
from feeds.publish import websub
from feeds.publish.websub import LIFE, retry, tell
from feeds.store import Announcement, Store, migrate
from service.refresher import scheduler
from service.refresher.http_client import make_notifier
from service.refresher.hub_notifier import LEASE, HubNotifier
from service.web.app import create_app
from tests.kit.asking import AGENT
from tests.kit.fake_origin import FaultServer, Reset, answer
from tests.kit.stored import HOUR, NOON, SECOND, representation

TOPIC = "https://news.example/feeds/all.atom"
TAKEN = answer(b"", 202)
LISTING = """\
News

  1. Press release

    {title}

    12 August 2021

    The rules protect those who work at sea.
"""


def told(server, path="/hub", **changes):
    given = {"agent": AGENT, "monotonic": time.monotonic, "timeout": 20.0}
    tell(server.url(path), TOPIC, options=websub.Options(**given | changes))


def test_a_hub_is_told_by_a_form_with_the_topic_under_both_names():
    with FaultServer({"/hub?a=b": TAKEN}) as server:
        told(server, "/hub?a=b")
        [request] = server.requests
    assert (request.method, request.path) == ("POST", "/hub?a=b")
    assert parse_qs(request.body.decode()) == {
        "hub.mode": ["publish"],
        "hub.url": [TOPIC],
        "hub.topic": [TOPIC],
    }
    assert dict(request.fields) == {
        "host": f"127.0.0.1:{server.port}",
        "user-agent": AGENT,
        "accept-encoding": "identity",
        "content-type": "application/x-www-form-urlencoded",
        "content-length": str(len(request.body)),
        "connection": "close",
    }


@pytest.mark.parametrize("status", [200, 202, 204, 299])
def test_every_2xx_is_a_yes_whatever_else_it_says(status):
    with FaultServer({"/hub": answer(b"thanks", status, "Content-Encoding: nonsense", length=10**9)}) as server:
        told(server)


def long_head(_):
    yield b"HTTP/1.1 200 OK\r\n"
    while True:
        yield b"X-More: " + b"x" * 1000 + b"\r\n"


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (answer(b"", 404), "status"),
        (answer(b"", 500), "status"),
        (lambda _: [Reset()], "reset"),
        (b"", "reset"),
        (b"220 ready\r\n\r\n", "truncated"),
        (long_head, "too_large"),
    ],
    ids=["404", "500", "reset", "nothing", "ftp", "endless"],
)
def test_everything_else_is_a_no(script, reason):
    with FaultServer({"/hub": script}) as server:
        with pytest.raises(FetchError) as caught:
            told(server)
        assert caught.value.reason in (reason, "protocol")
        assert server.url("/hub") in str(caught.value)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(status):
    with FaultServer({"/hub": answer(b"", status, "Location: /other"), "/other": TAKEN}) as server:
        with pytest.raises(FetchError):
            told(server)
        assert server.paths() == ["/hub"]


def test_a_hub_that_says_nothing_is_left_when_its_time_is_over():
    ticks = iter(range(100))
    with FaultServer({}) as server:
        server.scripts["/hub"] = server.stall
        with pytest.raises(FetchError) as caught:
            told(server, monotonic=lambda: next(ticks) * 0.1, timeout=1.0)
    assert caught.value.reason == "timeout"


@pytest.mark.parametrize("address", ["169.254.169.254", "100.100.100.200", "0.0.0.0"])
def test_what_no_configuration_opens_is_not_asked(address):
    options = websub.Options(agent=AGENT, monotonic=time.monotonic, resolve=lambda host, port: (address,))
    with pytest.raises(FetchError) as caught:
        tell("https://hub.example/", TOPIC, options=options)
    assert caught.value.reason == "ssrf_blocked"


def test_a_hub_is_told_again_less_and_less_often_and_given_up_after_a_day():
    waits = [
        (retry(Announcement("a", "h", 1, NOON, failures), NOON) - NOON).total_seconds()
        for failures in (0, 1, 2, 8, 9, 10**6)
    ]
    assert waits == [10, 20, 40, 2560, 3600, 3600]
    late = Announcement("a", "h", 1, NOON, 40)
    assert retry(late, NOON + LIFE - SECOND) is not None
    assert retry(late, NOON + LIFE) is None


def test_only_documents_that_name_a_hub_and_have_new_bytes_are_announced():
    hub = '<https://hub.example/>; rel="hub"'
    published = [
        representation("feeds/all.atom", links=hub),
        representation("feeds/old.atom", links=hub, last_modified=NOON - SECOND),
        representation("feeds/all/archive/1.atom"),
        representation("feeds.opml"),
    ]
    assert websub.topics(published, NOON) == ["feeds/all.atom"]


@contextmanager
def outbox(store, tell, *topics, hubs=("http://hub.example/",)):
    """An announcer of a store in which topics wait."""
    config = Config.model_validate(
        {"title": "T", "base_url": "http://h", "hubs": hubs, "sources": [{"name": "s", "path": "s"}]}
    )
    with store.write() as transaction:
        transaction.announce(topics, NOON, hubs=hubs)
    announcer = HubNotifier(store, config, tell)
    yield announcer
    announcer.close()


def waiting(store):
    with store.read() as view:
        return {(each.topic, each.hub): each.failures for each in view.outbox()}


def test_everything_that_waits_is_told_once(store):
    said = []
    topics = [f"feeds/{number}.atom" for number in range(25)]
    with outbox(store, lambda hub, topic: said.append(topic), *topics) as announcer:
        announcer.drain(NOON)
        assert sorted(said) == sorted(f"http://h/{topic}" for topic in topics)
        assert waiting(store) == {}
        announcer.drain(NOON + HOUR)
        assert len(said) == 25


def test_one_hub_that_fails_keeps_no_other_from_being_told(store):
    said = []

    def tell(hub, topic):
        if hub == "http://bad/":
            raise FetchError("refused", "nobody there")
        said.append(topic)

    with outbox(store, tell, "a", "b", hubs=("http://bad/", "http://good/")) as announcer:
        announcer.drain(NOON)
    assert said == ["http://h/a", "http://h/b"]
    assert waiting(store) == {("a", "http://bad/"): 1, ("b", "http://bad/"): 1}


@pytest.mark.parametrize(("reason", "asked"), [("timeout", 1), ("status", 3)])
def test_a_hub_that_is_away_is_asked_once_a_batch_and_one_that_refuses_for_each_topic(store, reason, asked):
    said = []

    def tell(hub, topic):
        said.append(topic)
        raise FetchError(reason, "no")

    with outbox(store, tell, "a", "b", "c") as announcer:
        announcer.drain(NOON)
    assert len(said) == asked
    assert list(waiting(store).values()) == [1, 1, 1]


def test_after_a_day_of_refusals_the_news_is_dropped_and_that_is_said(store, caplog):
    def tell(hub, topic):
        raise FetchError("status", "no")

    with outbox(store, tell, "a") as announcer:
        now = NOON
        while now <= NOON + LIFE + HOUR:
            announcer.drain(now)
            now += HOUR
    assert waiting(store) == {}
    assert [record.topic for record in caplog.records if record.message == "hub_given_up"] == ["a"]


def test_what_was_taken_up_by_one_that_was_killed_is_told_by_the_next(store):
    said = []
    with outbox(store, lambda hub, topic: said.append(topic), "a") as announcer:
        with store.write() as transaction:
            transaction.take_up("http://hub.example/", NOON, until=NOON + LEASE, limit=10)
        announcer.drain(NOON + LEASE - SECOND)
        assert said == []
        announcer.drain(NOON + LEASE)
        assert said == ["http://h/a"]


@pytest.fixture
def site(tmp_path):
    """Makes a configuration with one source and a hub."""

    def make(hub):
        (tmp_path / "s.txt").write_text(LISTING.format(title="New rules for fishing boats"))
        os.utime(tmp_path / "s.txt", (1, 1))
        return Config.model_validate(
            {
                "title": "T",
                "base_url": "http://127.0.0.1:8000",
                "hubs": [hub],
                "store": f"sqlite:///{tmp_path}/t.db",
                "sources": [{"name": "s", "path": str(tmp_path / "s.txt")}],
            }
        )

    return make


def test_a_hub_that_asks_at_once_gets_what_it_was_told_of(site, tmp_path):
    """Through everything: a reading, its commit, the announcement, and a request for the topic."""
    seen = {}
    with FaultServer({}) as server:
        config = site(server.url("/hub"))

        def hub(request):
            topic = parse_qs(request.body.decode())["hub.topic"][0].removeprefix(config.base_url)
            store = Store(config.store, read_only=True)
            try:
                with store.read() as view:
                    assert view.generation() > 0
                seen[topic] = Client(create_app(store, config)).get(topic)
            finally:
                store.close()
            yield TAKEN

        server.scripts["/hub"] = hub
        [outcome] = scheduler.once(config, ["s"])
        assert outcome.status is Status.CHANGED
        paths = {f"/feeds/{slug}.{name}" for slug in ("all", "press-release") for name in ("atom", "rss", "json")}
        assert paths <= seen.keys()
        assert not {path for path in seen if "archive" in path or "opml" in path or "status" in path}
        for path, got in seen.items():
            assert got.status_code == 200, path
            assert b"New rules for fishing boats" in got.data
        before = len(server.requests)
        assert [each.status for each in scheduler.once(config, ["s"])] == [Status.UNCHANGED]
        assert len(server.requests) == before


def test_a_dead_hub_fails_no_refresh_and_is_told_when_it_is_back(site, tmp_path):
    with FaultServer({"/hub": answer(b"", 503)}) as server:
        config = site(server.url("/hub"))
        [outcome] = scheduler.once(config, ["s"])
        assert outcome.status is Status.CHANGED
        refused = len(server.requests)
        assert refused >= 6
        server.scripts["/hub"] = TAKEN
        store = Store(config.store)
        announcer = HubNotifier(store, config, make_notifier(config.base_url))
        announcer.drain(dt.datetime.now(dt.UTC).replace(microsecond=0) + HOUR)
        announcer.close()
        assert waiting(store) == {}
        store.close()
        assert len(server.requests) == 2 * refused


def test_without_hubs_nothing_waits(site):
    config = site("http://127.0.0.1:1/").model_copy(update={"hubs": ()})
    migrate(config.store)
    list(scheduler.once(config, ["s"]))
    store = Store(config.store)
    assert waiting(store) == {}
    store.close()
