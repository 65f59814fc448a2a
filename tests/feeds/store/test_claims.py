"""Sources, their documents, and who refreshes them."""

from __future__ import annotations

import datetime as dt
from threading import Thread

import pytest
import sqlalchemy as sa

from feeds.changes import Changes, Held
from feeds.errors import Fenced
from feeds.model import Outcome, Problem, Scope, Status, Validators
from feeds.store import DocumentState, SourceState, Store
from feeds.store.schema import accepted_bodies
from tests.kit.stored import DAY, HOUR, NOON, SECOND, entry, urn

OUTCOME = Outcome(
    "newsroom",
    NOON,
    Status.CHANGED,
    reason="drop",
    message="half of the items are gone",
    documents=2,
    items=10,
    added=1,
    edited=2,
    retracted=3,
    unchanged=4,
    problems=(Problem(3, "a date lies in the future"),),
)


def recorded(store, outcome, **keywords):
    with store.write() as transaction:
        transaction.record(outcome, next_due=outcome.at + HOUR, **keywords)
    with store.read() as view:
        return view.sources()[outcome.source]


def test_an_outcome_is_read_as_it_was_recorded(store):
    held = (Held("a.txt", "drop", "10 of 20 items are gone", whole=False),)
    state = recorded(store, OUTCOME, held=held)
    assert state == SourceState(
        "newsroom", NOON + HOUR, outcome=OUTCOME, held=held, last_changed=NOON, last_success=NOON
    )


def test_failures_are_counted_until_the_source_can_be_read_again(store):
    def after(hours, status):
        state = recorded(store, Outcome("newsroom", NOON + hours * HOUR, status))
        return state.failures, state.last_success, state.last_changed

    assert after(0, Status.CHANGED) == (0, NOON, NOON)
    assert after(1, Status.FAILED) == (1, NOON, NOON)
    assert after(2, Status.FAILED) == (2, NOON, NOON)
    assert after(3, Status.HELD) == (0, NOON, NOON)
    assert after(4, Status.UNCHANGED) == (0, NOON + 4 * HOUR, NOON)


def test_configured_sources_are_known_and_others_forgotten(store):
    with store.write() as transaction:
        transaction.ensure_sources(["b", "a"], NOON)
        transaction.remember("a", {"a.txt": DocumentState("0f")})
        transaction.remember("b", {"b.txt": DocumentState("1f")})
    recorded(store, Outcome("b", NOON, Status.FAILED))
    with store.write() as transaction:
        transaction.ensure_sources(["b", "c"], NOON + DAY)
    with store.read() as view:
        assert list(view.sources()) == ["b", "c"]
        assert view.sources()["b"].failures == 1
        assert view.sources()["c"] == SourceState("c", NOON + DAY)
        assert view.documents("a") == {}
        assert set(view.documents("b")) == {"b.txt"}


def test_documents_are_remembered_until_forgotten(store):
    states = {
        "a.txt": DocumentState("0f", Validators("stat:1", None), NOON, repeats=3, settled=False),
        "b.txt": DocumentState("1f", Validators('W/"x"', "Sun, 01 Mar 2026 12:00:00 GMT")),
    }
    with store.write() as transaction:
        transaction.remember("newsroom", {"a.txt": DocumentState("old")})
        transaction.remember("newsroom", states)
        transaction.remember("archive", {"a.txt": DocumentState("2f")})
    with store.read() as view:
        assert view.documents("newsroom") == states
    with store.write() as transaction:
        transaction.forget("newsroom", ["a.txt", "none.txt"])
    with store.read() as view:
        assert view.documents("newsroom") == {"b.txt": states["b.txt"]}
        assert set(view.documents("archive")) == {"a.txt"}


def test_what_a_document_said_is_kept_until_it_says_something_else_or_is_forgotten(store):
    with store.write() as transaction:
        transaction.ensure_sources(["archive", "newsroom"], NOON)
        transaction.save_accepted("newsroom", {"a.txt": b"old", "b.txt": bytes(range(256)) * 9})
        transaction.save_accepted("newsroom", {"a.txt": b"new"})
        transaction.save_accepted("archive", {"a.txt": b"other"})
    with store.read() as view:
        assert view.accepted_body("newsroom", "a.txt") == b"new"
        assert view.accepted_body("newsroom", "b.txt") == bytes(range(256)) * 9
        assert view.accepted_body("newsroom", "c.txt") is None
    with store.write() as transaction:
        transaction.forget("newsroom", ["a.txt"])
        transaction.ensure_sources(["newsroom"], NOON)
    with store.read() as view:
        assert view.accepted_body("newsroom", "a.txt") is view.accepted_body("archive", "a.txt") is None
        assert view.accepted_body("newsroom", "b.txt")


def test_what_the_disk_has_damaged_of_it_is_not_known_any_more(store):
    with store.write() as transaction:
        transaction.save_accepted("newsroom", {"a.txt": b"old"})
    with store.write() as transaction:
        transaction._connection.execute(sa.update(accepted_bodies).values(body=b"x\x9c\xff\xff"))
        assert transaction.accepted_body("newsroom", "a.txt") is None


MINUTE = dt.timedelta(minutes=1)


def claimed(store, now, limit=10, **keywords):
    with store.write() as transaction:
        claims = transaction.claim(now, "me", MINUTE, limit, **keywords)
    return [(claim.source, claim.epoch) for claim in claims]


def due(store, **sources):
    with store.write() as transaction:
        transaction.ensure_sources(sources, NOON)
        for name, next_due in sources.items():
            transaction.record(Outcome(name, NOON, Status.UNCHANGED), next_due=next_due)


def test_what_is_due_is_claimed_once_the_longest_overdue_first(store):
    due(store, a=NOON, b=NOON - HOUR, c=NOON + SECOND, d=NOON - DAY)
    assert claimed(store, NOON, limit=2) == [("d", 1), ("b", 1)]
    assert claimed(store, NOON) == [("a", 1)]
    assert claimed(store, NOON) == []
    with store.read() as view:
        state = view.sources()["b"]
    assert (state.owner, state.leased_until, state.epoch) == ("me", NOON + MINUTE, 1)


def test_a_claim_can_be_taken_over_when_its_lease_has_run_out(store):
    due(store, a=NOON)
    assert claimed(store, NOON) == [("a", 1)]
    assert claimed(store, NOON + MINUTE - SECOND) == []
    assert claimed(store, NOON + MINUTE) == [("a", 2)]


def test_recording_an_outcome_releases_the_claim(store):
    due(store, a=NOON)
    claimed(store, NOON)
    recorded(store, Outcome("a", NOON, Status.UNCHANGED))
    assert claimed(store, NOON) == []
    assert claimed(store, NOON + HOUR) == [("a", 2)]


def test_a_named_source_is_claimed_before_it_is_due_but_not_from_another(store):
    due(store, a=NOON + DAY, b=NOON + DAY)
    assert claimed(store, NOON, names=["a", "none"]) == [("a", 1)]
    assert claimed(store, NOON, names=["a", "b"]) == [("b", 1)]


def test_who_was_overtaken_is_fenced_and_writes_nothing(store):
    due(store, a=NOON)
    claimed(store, NOON)
    claimed(store, NOON + MINUTE)

    def commit(source, epoch):
        with store.write() as transaction:
            transaction.apply(Changes(source, added=(entry(epoch),)))
            transaction.fence(source, epoch)

    with pytest.raises(Fenced, match=r"a: taken over by another refresher \(epoch 2, ours 1\)"):
        commit("a", 1)
    with pytest.raises(Fenced, match="none: no longer configured"):
        commit("none", 1)
    commit("a", 2)
    with store.read() as view:
        assert [kept.id for kept in view.entries(Scope(), limit=5)] == [urn(2)]


def test_a_claim_survives_the_end_of_its_lease_while_nobody_takes_over(store):
    due(store, a=NOON)
    claimed(store, NOON)
    assert claimed(store, NOON + DAY, names=["b"]) == []
    with store.write() as transaction:
        transaction.fence("a", 1)


def test_claimers_at_work_at_once_never_get_the_same_source(store_url):
    names = [f"source{n:02}" for n in range(40)]
    store = Store(store_url)
    with store.write() as transaction:
        transaction.ensure_sources(names, NOON)
    store.close()
    taken = []

    def claim_all():
        own = Store(store_url)
        while batch := claimed(own, NOON, limit=3):
            taken.extend(batch)
        own.close()

    threads = [Thread(target=claim_all) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while batch := claimed(reopened := Store(store_url), NOON):
        taken.extend(batch)
        reopened.close()
    reopened.close()
    assert sorted(taken) == [(name, 1) for name in names]
