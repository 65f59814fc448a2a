"""Registered feeds, representations and the outbox."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feeds.model import FeedKind
from feeds.store import RegisteredFeed
from tests.stored import DAY, HOUR, NOON, appearance, apply, entry, representation, urn


def test_a_slug_keeps_the_instant_of_its_first_registration(store):
    feed = RegisteredFeed("city", FeedKind.CATEGORY, "city", "City", NOON)
    with store.write() as transaction:
        transaction.register(feed)
    with store.write() as transaction:
        transaction.register(replace(feed, title="The City", since=NOON + DAY, moved="town"))
        transaction.register(RegisteredFeed("all", FeedKind.ALL, "", "All", NOON, retired=True))
    with store.read() as view:
        assert view.feeds() == (
            RegisteredFeed("all", FeedKind.ALL, "", "All", NOON, retired=True),
            replace(feed, title="The City", moved="town"),
        )


def test_registering_what_is_registered_changes_nothing(store):
    feed = RegisteredFeed("city", FeedKind.CATEGORY, "city", "City", NOON)
    for now in (NOON, NOON + DAY):
        with store.write() as transaction:
            transaction.register(replace(feed, since=now))
    with store.read() as view:
        assert view.generation() == 1


@pytest.mark.parametrize("codings", [{}, {"gzip": b"\x1f\x8b\x00"}, {"gzip": b"\x1f\x8b", "br": b"\x00\xff"}])
def test_a_representation_is_read_as_it_was_published(store, codings):
    published = representation(
        body=bytes(range(256)), codings=codings, links='<https://hub.example/>; rel="hub"'
    )
    with store.write() as transaction:
        transaction.publish([published])
    with store.read() as view:
        assert view.representation("feeds/all.atom") == published
        assert view.representation("feeds/none.atom") is None


def test_a_reader_catches_up_with_what_was_published_and_withdrawn(store):
    first, second = representation("feeds/a.atom"), representation("feeds/b.atom")
    with store.write() as transaction:
        transaction.publish([second, first])
    with store.write() as transaction:
        transaction.publish([replace(second, body=b"<feed>new</feed>", etag="1f")])
    with store.write() as transaction:
        transaction.withdraw(["feeds/a.atom"])
    newer = replace(second, body=b"<feed>new</feed>", etag="1f")
    with store.read() as view:
        assert view.representations(after=1) == ((2, newer),)
        assert view.representations(after=2) == ()
        assert view.paths() == {"feeds/b.atom"}
        assert view.generation() == 3


def test_a_topic_waits_once_and_is_done_when_sent(store):
    for now in (NOON, NOON + HOUR):
        with store.write() as transaction:
            transaction.publish([representation()])
            transaction.announce(["feeds/all.rss", "feeds/all.atom"], now)
    with store.read() as view:
        waiting = view.outbox()
    found = [(each.topic, each.generation, each.created) for each in waiting]
    assert found == [("feeds/all.atom", 2, NOON + HOUR), ("feeds/all.rss", 2, NOON + HOUR)]
    with store.write() as transaction:
        transaction.sent([waiting[0].id], NOON + HOUR)
    with store.read() as view:
        assert view.outbox() == waiting[1:]


def test_marking_a_replaced_announcement_as_sent_leaves_the_newer_one_waiting(store):
    with store.write() as transaction:
        transaction.announce(["feeds/all.atom"], NOON)
        (replaced,) = transaction.outbox()
        transaction.announce(["feeds/all.atom"], NOON + HOUR)
        transaction.sent([replaced.id], NOON + HOUR)
    with store.read() as view:
        assert [each.created for each in view.outbox()] == [NOON + HOUR]


def test_pruning_drops_what_no_reading_asks_for(store):
    rows = (appearance(1, gone=True, last_seen=NOON - DAY), appearance(2, gone=True), appearance(3))
    apply(store, added=(entry(1), entry(2), entry(3)), appearances=rows)
    with store.write() as transaction:
        transaction.prune(NOON)
    with store.read() as view:
        assert view.known("newsroom", ()).appearances == rows[1:]
        assert view.entry(urn(1)) is not None
