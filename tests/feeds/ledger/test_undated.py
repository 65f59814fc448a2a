"""An undated item is not news at a source's first reading."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from feeds.changes import Changes
from tests.kit.listings import HOUR, START, TITLES, Ledger, reading, stories, story

SECOND = dt.timedelta(seconds=1)


def noon(day: int) -> dt.datetime:
    """Noon of the day that `story(…, day=day)` has."""
    return dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC) + dt.timedelta(days=day)


def updated(ledger: Ledger, *numbers: int) -> list[dt.datetime]:
    entries = [ledger.entry(TITLES[number]) for number in numbers]
    assert [entry.published for entry in entries] == [None] * len(numbers)
    return [entry.updated for entry in entries]


def undated(*numbers: int) -> list:
    return [story(number, day=None) for number in numbers]


def test_an_undated_item_has_the_instant_of_the_dated_one_that_it_follows():
    ledger = Ledger()
    ledger.read(*stories(9), *undated(8, 7), *stories(6), *undated(5), *stories(4))
    assert updated(ledger, 8, 7, 5) == [noon(9), noon(9), noon(6)]
    ranks = [ledger.entry(TITLES[number]).rank for number in (9, 8, 7, 6, 5, 4)]
    assert ranks == sorted(set(ranks), reverse=True)


def test_where_no_dated_item_is_above_it_is_the_time_when_it_was_first_seen():
    ledger = Ledger()
    ledger.read(*undated(9, 8), *stories(7, 6))
    assert updated(ledger, 9, 8) == [START, START - SECOND]


def test_the_items_of_a_listing_without_dates_were_first_seen_now():
    ledger = Ledger()
    ledger.read(*undated(9, 8, 7))
    assert updated(ledger, 9, 8, 7) == [START, START - SECOND, START - 2 * SECOND]


def test_an_undated_section_below_a_dated_one_is_no_newer_than_that():
    ledger = Ledger()
    ledger.read_all(reading("a.txt", ("News", stories(9, 8)), ("Links", undated(7, 6))))
    assert updated(ledger, 7, 6) == [noon(8), noon(8)]
    ranks = [ledger.entry(TITLES[number]).rank for number in (9, 8, 7, 6)]
    assert ranks == sorted(set(ranks), reverse=True)


@pytest.mark.parametrize("document", ["a.txt", "b.txt"])
def test_later_an_undated_item_is_as_new_as_the_reading_that_has_it(document):
    ledger = Ledger()
    ledger.read(*stories(8, 7, 6))
    lines = [*stories(8), *undated(9), *stories(7, 6)] if document == "a.txt" else [*stories(10), *undated(9)]
    ledger.read_all(reading(document, ("News", lines)), accepted=True)
    assert updated(ledger, 9) == [START + HOUR]


def test_a_day_that_is_not_over_dates_no_undated_item_ahead_of_now():
    ledger = Ledger(now=noon(9) - HOUR)
    ledger.read(*stories(9), *undated(8), *stories(7))
    assert ledger.entry(TITLES[9]).published == noon(9)
    assert updated(ledger, 8) == [noon(9) - HOUR - SECOND]


def test_an_item_that_another_source_has_listed_keeps_its_instant():
    ledger = Ledger(source="other")
    ledger.read(*undated(8, 7))
    ledger.source = "newsroom"
    ledger.read_all(reading("b.txt", ("News", [*stories(9), *undated(8), *stories(6)])))
    assert updated(ledger, 8) == [START]


def test_with_a_store_of_an_older_tidings_nothing_moves():
    """There an undated entry of a first reading had the time of that reading."""
    ledger = Ledger()
    lines = [*stories(9), *undated(8), *stories(7)]
    ledger.read(*lines)
    id = ledger.ids[TITLES[8]]
    ledger.memory.entries[id] = before = replace(ledger.memory.entries[id], updated=START)
    changes: Changes = ledger.read(*lines)
    assert changes.entries == ()
    ledger.read(*stories(10), *lines)
    assert ledger.memory.entries[id] == before
