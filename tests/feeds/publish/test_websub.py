"""WebSub: what hubs are sent, when it is sent again, and that a failing hub affects nothing else."""

from __future__ import annotations

import datetime as dt
import logging
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
from feeds.publish.websub import LIFE, notify, retry
from feeds.store import Announcement, Store, migrate
from service.refresher import scheduler
from service.refresher.http_client import make_notifier
from service.refresher.hub_notifier import LEASE, HubNotifier
from service.web.app import create_app
from tests.kit.asking import AGENT
from tests.kit.fake_origin import FaultServer, Reset, answer
from tests.kit.stored import HOUR, NOON, SECOND, representation

TOPIC = "https://news.example/feeds/all.atom"
ACCEPTED = answer(b"", 202)
LISTING = """\
News

  1. Press release

    {title}

    12 August 2021

    The rules protect those who work at sea.
"""


def notified(server, path="/hub", **changes):
    given = {"agent": AGENT, "monotonic": time.monotonic, "timeout": 20.0}
    notify(server.url(path), TOPIC, options=websub.Options(**given | changes))


def test_a_notification_is_a_form_with_the_topic_under_both_names():
    with FaultServer({"/hub?a=b": ACCEPTED}) as server:
        notified(server, "/hub?a=b")
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
def test_every_2xx_is_accepted_whatever_else_the_answer_holds(status):
    with FaultServer({"/hub": answer(b"thanks", status, "Content-Encoding: nonsense", length=10**9)}) as server:
        notified(server)


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
def test_every_other_answer_is_a_failure(script, reason):
    with FaultServer({"/hub": script}) as server:
        with pytest.raises(FetchError) as caught:
            notified(server)
        assert caught.value.reason in (reason, "protocol")
        assert server.url("/hub") in str(caught.value)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(status):
    with FaultServer({"/hub": answer(b"", status, "Location: /other"), "/other": ACCEPTED}) as server:
        with pytest.raises(FetchError):
            notified(server)
        assert server.paths() == ["/hub"]


def test_a_hub_that_does_not_answer_times_out():
    ticks = iter(range(100))
    with FaultServer({}) as server:
        server.scripts["/hub"] = server.stall
        with pytest.raises(FetchError) as caught:
            notified(server, monotonic=lambda: next(ticks) * 0.1, timeout=1.0)
    assert caught.value.reason == "timeout"


@pytest.mark.parametrize("address", ["169.254.169.254", "100.100.100.200", "0.0.0.0"])
def test_no_address_that_is_always_closed_is_notified(address):
    options = websub.Options(agent=AGENT, monotonic=time.monotonic, resolve=lambda host, port: (address,))
    with pytest.raises(FetchError) as caught:
        notify("https://hub.example/", TOPIC, options=options)
    assert caught.value.reason == "ssrf_blocked"


def test_retries_back_off_and_end_after_a_day():
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
def outbox(store, notify, *topics, hubs=("http://hub.example/",)):
    """An notifier of a store in which topics wait."""
    config = Config.model_validate(
        {"title": "T", "base_url": "http://h", "hubs": hubs, "sources": [{"name": "s", "path": "s"}]}
    )
    with store.write() as transaction:
        transaction.announce(topics, NOON, hubs=hubs)
    notifier = HubNotifier(store, config, notify)
    yield notifier
    notifier.close()


def queued(store):
    with store.read() as view:
        return {(each.topic, each.hub): each.failures for each in view.outbox()}


def test_every_queued_topic_is_sent_once(store):
    sent = []
    topics = [f"feeds/{number}.atom" for number in range(25)]
    with outbox(store, lambda hub, topic: sent.append(topic), *topics) as notifier:
        notifier.drain(NOON)
        assert sorted(sent) == sorted(f"http://h/{topic}" for topic in topics)
        assert queued(store) == {}
        notifier.drain(NOON + HOUR)
        assert len(sent) == 25


def test_a_failing_hub_does_not_delay_another(store):
    sent = []

    def notify(hub, topic):
        if hub == "http://bad/":
            raise FetchError("refused", "nobody there")
        sent.append(topic)

    with outbox(store, notify, "a", "b", hubs=("http://bad/", "http://good/")) as notifier:
        notifier.drain(NOON)
    assert sent == ["http://h/a", "http://h/b"]
    assert queued(store) == {("a", "http://bad/"): 1, ("b", "http://bad/"): 1}


@pytest.mark.parametrize(("reason", "asked"), [("timeout", 1), ("status", 3)])
def test_an_unreachable_hub_is_tried_once_a_batch_and_a_refusing_one_for_each_topic(store, reason, asked):
    sent = []

    def notify(hub, topic):
        sent.append(topic)
        raise FetchError(reason, "no")

    with outbox(store, notify, "a", "b", "c") as notifier:
        notifier.drain(NOON)
    assert len(sent) == asked
    assert list(queued(store).values()) == [1, 1, 1]


def test_after_a_day_of_refusals_the_announcement_is_dropped_and_logged(store, caplog):
    def notify(hub, topic):
        raise FetchError("status", "no")

    with outbox(store, notify, "a") as notifier:
        now = NOON
        while now <= NOON + LIFE + HOUR:
            notifier.drain(now)
            now += HOUR
    assert queued(store) == {}
    assert [record.topic for record in caplog.records if record.message == "hub_given_up"] == ["a"]


@pytest.mark.parametrize("reason", ["timeout", "status"])
def test_a_hub_that_is_down_is_logged_once_until_it_is_back(store, caplog, reason):
    down = True

    def notify(hub, topic):
        if down:
            raise FetchError(reason, "no")

    def events():
        return [record.message for record in caplog.records if record.message.startswith("hub_")]

    topics = [f"feeds/{number}.atom" for number in range(130)]
    with caplog.at_level(logging.INFO), outbox(store, notify, *topics) as notifier:
        now = NOON
        while now <= NOON + LIFE + HOUR:
            notifier.drain(now)
            now += HOUR
        assert sorted(events()) == ["hub_failed", "hub_given_up"]
        down = False
        for later in (HOUR, 2 * HOUR):
            with store.write() as transaction:
                transaction.announce(["feeds/1.atom"], now + later, hubs=["http://hub.example/"])
            notifier.drain(now + later)
        assert events()[2:] == ["hub_recovered"]
        down = True
        with store.write() as transaction:
            transaction.announce(["feeds/1.atom"], now + 3 * HOUR, hubs=["http://hub.example/"])
        notifier.drain(now + 3 * HOUR)
        assert events()[3:] == ["hub_failed"]


def test_two_failing_hubs_are_logged_each(store, caplog):
    def notify(hub, topic):
        raise FetchError("timeout", "no")

    with outbox(store, notify, "a", hubs=("http://one/", "http://two/")) as notifier:
        notifier.drain(NOON)
    assert {record.hub for record in caplog.records if record.message == "hub_failed"} == {"http://one/", "http://two/"}


def test_an_announcement_leased_by_a_killed_process_is_sent_by_the_next(store):
    sent = []
    with outbox(store, lambda hub, topic: sent.append(topic), "a") as notifier:
        with store.write() as transaction:
            transaction.lease_announcements("http://hub.example/", NOON, until=NOON + LEASE, limit=10)
        notifier.drain(NOON + LEASE - SECOND)
        assert sent == []
        notifier.drain(NOON + LEASE)
        assert sent == ["http://h/a"]


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


def test_a_hub_that_fetches_the_topic_at_once_gets_the_change(site, tmp_path):
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
            yield ACCEPTED

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


def test_a_dead_hub_fails_no_refresh_and_is_notified_when_it_is_back(site, tmp_path):
    with FaultServer({"/hub": answer(b"", 503)}) as server:
        config = site(server.url("/hub"))
        [outcome] = scheduler.once(config, ["s"])
        assert outcome.status is Status.CHANGED
        refused = len(server.requests)
        assert refused >= 6
        server.scripts["/hub"] = ACCEPTED
        store = Store(config.store)
        notifier = HubNotifier(store, config, make_notifier(config.base_url))
        notifier.drain(dt.datetime.now(dt.UTC).replace(microsecond=0) + HOUR)
        notifier.close()
        assert queued(store) == {}
        store.close()
        assert len(server.requests) == 2 * refused


def test_without_hubs_nothing_is_queued(site):
    config = site("http://127.0.0.1:1/").model_copy(update={"hubs": ()})
    migrate(config.store)
    list(scheduler.once(config, ["s"]))
    store = Store(config.store)
    assert queued(store) == {}
    store.close()
