"""Registered feeds, representations and the outbox."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feeds.model import FeedKind
from feeds.store import RegisteredFeed
from tests.kit.stored import DAY, HOUR, NOON, SECOND, appearance, apply, entry, representation, urn

HUB = "https://hub.example/"
OTHER = "https://other.example/"


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
    published = representation(body=bytes(range(256)), codings=codings, links='<https://hub.example/>; rel="hub"')
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


def test_a_topic_is_queued_once_and_done_when_sent(store):
    for now in (NOON, NOON + HOUR):
        with store.write() as transaction:
            transaction.publish([representation()])
            transaction.announce(["feeds/all.rss", "feeds/all.atom"], now, hubs=[HUB])
    with store.read() as view:
        waiting = view.outbox()
    found = [(each.topic, each.generation, each.created) for each in waiting]
    assert found == [("feeds/all.atom", 2, NOON + HOUR), ("feeds/all.rss", 2, NOON + HOUR)]
    with store.write() as transaction:
        transaction.mark_sent(waiting[0], NOON + HOUR)
    with store.read() as view:
        assert view.outbox() == waiting[1:]


def leased(transaction, now, hub=HUB):
    """Lease the due announcements of a hub; return their topics."""
    found = transaction.lease_announcements(hub, now, until=now + HOUR, limit=10)
    return [each.topic for each in found]


def test_each_hub_is_notified_of_each_topic_separately(store):
    with store.write() as transaction:
        transaction.announce(["a", "b"], NOON, hubs=[HUB, OTHER])
        first, _ = transaction.lease_announcements(HUB, NOON, until=NOON + HOUR, limit=10)
        transaction.mark_sent(first, NOON)
        assert [(each.topic, each.hub) for each in transaction.outbox()] == [
            ("a", OTHER),
            ("b", OTHER),
            ("b", HUB),
        ]
        transaction.drop_other_hubs(keep=[HUB])
        assert [(each.topic, each.hub) for each in transaction.outbox()] == [("b", HUB)]


def test_a_change_during_a_notification_is_notified_ten_seconds_later(store):
    with store.write() as transaction:
        transaction.publish([representation()])
        transaction.announce(["a"], NOON, hubs=[HUB])
        (old,) = transaction.lease_announcements(HUB, NOON, until=NOON + HOUR, limit=10)
    with store.write() as transaction:
        transaction.publish([representation(etag="2")])
        transaction.announce(["a"], NOON + SECOND, hubs=[HUB])
        transaction.mark_sent(old, NOON + 2 * SECOND)
        assert not transaction.has_due_announcements(NOON + 11 * SECOND)
        assert leased(transaction, NOON + 12 * SECOND) == ["a"]


def test_a_hub_is_notified_of_a_topic_once_in_ten_seconds(store):
    with store.write() as transaction:
        transaction.announce(["a"], NOON, hubs=[HUB])
        (first,) = transaction.lease_announcements(HUB, NOON, until=NOON + HOUR, limit=10)
        transaction.mark_sent(first, NOON)
        transaction.announce(["a"], NOON + 3 * SECOND, hubs=[HUB])
        assert leased(transaction, NOON + 9 * SECOND) == []
        assert leased(transaction, NOON + 10 * SECOND) == ["a"]


def test_an_announcement_that_a_killed_sender_leased_is_due_again(store):
    with store.write() as transaction:
        transaction.announce(["a"], NOON, hubs=[HUB])
        assert leased(transaction, NOON) == ["a"]
        assert leased(transaction, NOON) == []
        assert leased(transaction, NOON + HOUR) == ["a"]


def test_a_change_does_not_shorten_the_wait_for_a_failing_hub_but_restarts_its_day(store):
    with store.write() as transaction:
        transaction.announce(["a"], NOON, hubs=[HUB])
        (first,) = transaction.lease_announcements(HUB, NOON, until=NOON + HOUR, limit=10)
        transaction.postpone(first, NOON + HOUR)
        transaction.announce(["a"], NOON + SECOND, hubs=[HUB])
        assert not transaction.has_due_announcements(NOON + HOUR - SECOND)
        (again,) = transaction.lease_announcements(HUB, NOON + HOUR, until=NOON + HOUR, limit=10)
        assert (again.failures, again.created) == (1, NOON + SECOND)
        transaction.give_up(again)
        assert transaction.outbox() == ()


def test_giving_up_keeps_a_newer_change(store):
    with store.write() as transaction:
        transaction.publish([representation()])
        transaction.announce(["a"], NOON, hubs=[HUB])
        (old,) = transaction.outbox()
    with store.write() as transaction:
        transaction.publish([representation(etag="2")])
        transaction.announce(["a"], NOON, hubs=[HUB])
        transaction.give_up(old)
        assert len(transaction.outbox()) == 1


def test_an_announcement_that_a_wrong_clock_postponed_is_due_once_the_clock_is_right(store):
    with store.write() as transaction:
        transaction.announce(["a"], NOON + 3 * DAY, hubs=[HUB])
        assert leased(transaction, NOON) == ["a"]


def test_pruning_drops_only_appearances_that_are_gone_long_enough(store):
    rows = (appearance(1, gone=True, last_seen=NOON - DAY), appearance(2, gone=True), appearance(3))
    apply(store, added=(entry(1), entry(2), entry(3)), appearances=rows)
    with store.write() as transaction:
        transaction.prune(NOON)
    with store.read() as view:
        assert view.known("newsroom", ()).appearances == rows[1:]
        assert view.entry(urn(1)) is not None
