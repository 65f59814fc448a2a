"""Incidents: what begins, becomes another and ends one."""

from __future__ import annotations

from feeds.model import Outcome, Status
from feeds.store.incidents import KEPT
from feeds.store.records import Incident
from tests.kit.stored import HOUR, NOON, SECOND


def note(store, hours, status, reason=None, source="newsroom"):
    outcome = Outcome(source, NOON + hours * HOUR, status, reason, reason and f"{reason} at {hours}")
    with store.write() as transaction:
        return transaction.note(outcome)


def kept(store):
    with store.read() as view:
        return view.incidents()


def test_an_incident_begins_with_a_failure_lasts_and_ends_with_a_reading(store):
    assert not note(store, 0, Status.CHANGED)
    assert note(store, 1, Status.FAILED, "timeout")
    assert not note(store, 2, Status.FAILED, "timeout")
    lasting = Incident("newsroom", NOON + HOUR, Status.FAILED, "timeout", "timeout at 1", NOON + HOUR)
    assert kept(store) == (lasting,)
    assert note(store, 3, Status.UNCHANGED)
    assert not note(store, 4, Status.UNCHANGED)
    [ended] = kept(store)
    assert (ended.since, ended.updated, ended.ended) == (NOON + HOUR, NOON + 3 * HOUR, NOON + 3 * HOUR)


def test_another_fault_is_news_of_the_same_incident(store):
    note(store, 1, Status.FAILED, "timeout")
    assert note(store, 2, Status.HELD, "drop")
    [incident] = kept(store)
    assert (incident.since, incident.status, incident.message) == (NOON + HOUR, Status.HELD, "drop at 2")
    assert incident.updated == NOON + 2 * HOUR


def test_each_source_has_its_own(store):
    note(store, 1, Status.FAILED, "timeout", source="a")
    note(store, 2, Status.FAILED, "missing", source="b")
    note(store, 3, Status.UNCHANGED, source="a")
    assert [(each.source, each.ended is None) for each in kept(store)] == [("a", False), ("b", True)]


def test_what_is_no_longer_configured_does_not_fail_for_ever(store):
    note(store, 1, Status.FAILED, "timeout", source="a")
    note(store, 1, Status.FAILED, "timeout", source="b")
    with store.write() as transaction:
        transaction.ensure_sources(["b"], NOON + 2 * HOUR)
    assert {each.source: each.ended for each in kept(store)} == {"a": NOON + 2 * HOUR, "b": None}


def test_an_end_is_never_before_the_beginning(store):
    note(store, 1, Status.FAILED, "timeout")
    note(store, 0, Status.UNCHANGED)
    assert kept(store)[0].ended == NOON + HOUR + SECOND


def test_the_last_hundred_are_kept_and_those_that_last(store):
    note(store, 0, Status.FAILED, "timeout", source="a")
    for hour in range(1, 2 * KEPT, 2):
        note(store, hour, Status.FAILED, "timeout", source="b")
        note(store, hour + 1, Status.UNCHANGED, source="b")
    found = kept(store)
    assert len(found) == KEPT
    assert found[0].ended == NOON + 2 * KEPT * HOUR
    note(store, 2 * KEPT + 1, Status.UNCHANGED, source="a")
    assert kept(store)[0].source == "a"
