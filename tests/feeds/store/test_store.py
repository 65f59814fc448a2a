"""Entries and the scopes that hold them, on every database that the store runs on."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import product

import pytest

from feeds.changes import Changes, Revision
from feeds.errors import StoreError
from feeds.model import FeedKind, Outcome, Precision, Scope, SourceFeed, Status
from feeds.store import RegisteredFeed
from tests.kit.stored import DAY, HOUR, NOON, appearance, apply, entry, representation, urn

FULL = entry(
    1,
    published=NOON - 3 * DAY,
    precision=Precision.DAY,
    summary="First paragraph, with “quotes”.\n\nSecond, with 日本語 and 🎉.",
    link="https://example.org/story?a=1&b=2",
    credit="Ada Lovelace",
    label="City  Hall",
    category="city hall",
    sections=("latest", "politics"),
    sources=("archive", "newsroom"),
)


@pytest.mark.parametrize(
    "kept",
    [
        FULL,
        entry(2),
        replace(FULL, precision=Precision.TIME, retracted=NOON + DAY),
        entry(
            3,
            published=dt.datetime(1931, 7, 9, 12, tzinfo=dt.UTC),
            rank=dt.datetime(1931, 7, 9, tzinfo=dt.UTC),
        ),
        entry(4, published=dt.datetime(9999, 12, 31, 23, 59, 59, tzinfo=dt.UTC)),
        entry(
            5,
            origin_id="tag:é.example,2026:5",
            source_feed=SourceFeed("F", "urn:f", "https://f.example/", NOON),
        ),
        entry(6, origin_id="urn:x:6", source_feed=SourceFeed("F", "urn:f")),
    ],
    ids=["full", "bare", "retracted", "before 1970", "far future", "of a feed", "of a bare feed"],
)
def test_an_entry_is_read_as_it_was_written(store, kept):
    apply(store, added=(kept,))
    with store.read() as view:
        assert view.entry(kept.id) == replace(kept, change=1)


@pytest.mark.parametrize("id", [urn(99), "urn:uuid:none", "", "../../etc/passwd", "urn:uuid:" + "é" * 32])
def test_what_is_no_known_id_names_no_entry(store, id):
    apply(store, added=(FULL,))
    with store.read() as view:
        assert view.entry(id) is None


def test_entries_are_found_by_id_those_that_there_are(store):
    apply(store, added=(entry(1), entry(2, retracted=NOON), entry(3)))
    with store.read() as view:
        assert view.entries_by_id([urn(2), urn(9), urn(1)]) == {
            urn(1): entry(1, change=1),
            urn(2): entry(2, retracted=NOON, change=1),
        }


def test_an_instant_without_a_zone_is_refused(store):
    with pytest.raises(StoreError, match="offset-naive"):
        apply(store, added=(entry(1, updated=NOON.replace(tzinfo=None)),))


def test_entries_of_one_transaction_share_its_number_and_others_keep_theirs(store):
    assert [kept.change for kept in apply(store, added=(entry(1), entry(2)))] == [1, 1]
    assert [kept.change for kept in apply(store, edited=(entry(2, title="Corrected"),))] == [2]
    with store.read() as view:
        assert [view.entry(urn(number)).change for number in (1, 2)] == [1, 2]
        assert view.generation() == 2


def test_a_transaction_that_applies_and_publishes_takes_one_number(store):
    with store.write() as transaction:
        transaction.apply(Changes("newsroom", added=(entry(1),)))
        transaction.publish([representation()])
        transaction.register(RegisteredFeed("all", FeedKind.ALL, "", "All", NOON))
    with store.read() as view:
        assert view.generation() == 1
        assert view.representations() == ((1, representation()),)


def test_a_refresh_without_changes_takes_no_number(store):
    apply(store, added=(entry(1),))
    with store.write() as transaction:
        transaction.known("newsroom", ["k"])
        transaction.apply(Changes("newsroom", unchanged=1, appearances=(appearance(1),)))
        transaction.publish([])
        transaction.withdraw([])
        transaction.record(Outcome("newsroom", NOON, Status.UNCHANGED), next_due=NOON + HOUR)
    with store.read() as view:
        assert view.generation() == 1


def test_changed_entries_are_read_in_the_order_of_their_changes(store):
    apply(store, added=(entry(1), entry(2), entry(3)))
    apply(store, edited=(entry(2, title="Corrected"),), retracted=(entry(1, retracted=NOON),))
    with store.read() as view:
        assert [kept.id for kept in view.changed(after=0, limit=10)] == [urn(3), urn(1), urn(2)]
        assert [kept.id for kept in view.changed(after=1, limit=1)] == [urn(1)]
        assert view.changed(after=2, limit=10) == ()


def test_revisions_are_read_newest_first(store):
    first = Revision(urn(1), NOON, {"title": ("Old", "New"), "link": (None, "https://example.org/")}, "same link")
    second = Revision(urn(1), NOON + HOUR, {"summary": ("Text", None)}, "same title")
    apply(store, added=(entry(1),), revisions=(first,))
    apply(store, revisions=(second,))
    with store.read() as view:
        assert view.revisions(urn(1)) == (second, first)
        assert view.revisions(urn(1), limit=1) == (second,)
        assert view.revisions(urn(2)) == ()


CATEGORIES = (None, "city", "sport", "arts")
SECTIONS = ((), ("latest",), ("latest", "older"))
SOURCES = (("newsroom",), ("archive",), ("archive", "newsroom"))

MANY = tuple(
    entry(
        number,
        rank=NOON + (number % 7) * HOUR,
        category=CATEGORIES[number % 4],
        label=CATEGORIES[number % 4] and CATEGORIES[number % 4].title(),
        sections=SECTIONS[number % 3],
        sources=SOURCES[number % 5 % 3],
    )
    for number in range(1, 61)
)

SCOPES = [
    Scope(categories, sections, sources)
    for categories, sections, sources in product(
        [(), ("city",), ("city", "arts"), ("no such",), ("sport", "no such")],
        [(), ("latest",), ("latest", "older")],
        [(), ("newsroom",), ("newsroom", "archive")],
    )
]


def in_scope(scope, kept):
    return (
        kept.retracted is None
        and (not scope.categories or kept.category in scope.categories)
        and (not scope.sections or bool({*scope.sections} & {*kept.sections}))
        and (not scope.sources or bool({*scope.sources} & {*kept.sources}))
    )


def changed(kept):
    """What a second reading makes of an entry: moved, renamed, retracted, dated anew, or the same."""
    number = int(kept.uuid[-12:], 16)
    return (
        kept,
        replace(kept, category="arts", label="ARTS"),
        replace(kept, retracted=NOON + DAY),
        replace(kept, rank=NOON + 30 * HOUR),
        replace(kept, sections=("older",), sources=("archive",)),
    )[number % 5]


def test_every_scope_holds_what_it_names_newest_first_ties_by_id(store):
    apply(store, added=MANY)
    apply(store, updated_silently=tuple(map(changed, MANY)))
    apply(store, returned=tuple(kept for kept in MANY[:20] if changed(kept).retracted))
    with store.read() as view:
        kept = [view.entry(each.id) for each in MANY]
        for scope in SCOPES:
            wanted = [each for each in kept if in_scope(scope, each)]
            wanted.sort(key=lambda each: (NOON - each.rank, each.id))
            assert list(view.entries(scope, limit=100)) == wanted, scope
            assert list(view.entries(scope, limit=7, offset=5)) == wanted[5:12], scope
            assert view.count(scope) == len(wanted), scope


def test_the_same_entry_twice_in_one_reading_is_kept_once_as_it_was_last(store):
    apply(store, edited=(entry(1, category="city"),), updated_silently=(entry(1, category="arts"),))
    with store.read() as view:
        assert view.count(Scope()) == 1
        assert view.count(Scope(categories=("city",))) == 0
        assert view.entries(Scope(categories=("arts",)), limit=5) == (entry(1, category="arts", change=1),)


def test_labels_count_the_spellings_of_entries_that_are_not_retracted(store):
    spelt = [("city", "City"), ("city", "CITY"), ("city", "City"), ("arts", "Arts"), (None, None)]
    written = [entry(n, category=key, label=label) for n, (key, label) in enumerate(spelt)]
    apply(store, added=tuple(written))
    with store.read() as view:
        assert view.labels() == {"arts": {"Arts": 1}, "city": {"CITY": 1, "City": 2}}
    apply(store, retracted=tuple(replace(written[n], retracted=NOON) for n in (0, 3)))
    apply(store, updated_silently=(replace(written[1], label="City"),))
    with store.read() as view:
        assert view.labels() == {"city": {"City": 2}}


def test_categories_outside_of_sources_are_those_that_an_entry_of_another_source_has(store):
    retracted = entry(4, category="sports", sources=("newsroom",), retracted=NOON)
    apply(
        store,
        added=(
            entry(1, category="city", sources=("tags",)),
            entry(2, category="arts", sources=("tags", "newsroom")),
            entry(3, category="music", sources=("newsroom",)),
            retracted,
        ),
    )
    with store.read() as view:
        assert view.categories_outside(["tags"]) == {"arts", "music"}
        assert view.categories_outside(["newsroom"]) == {"city", "arts"}
        assert view.categories_outside(["tags", "newsroom"]) == set()


def test_a_heading_stays_as_it_was_first_written(store):
    apply(store, headings={"top stories": "Top Stories", "arts": "Arts"})
    apply(store, headings={"top stories": "TOP STORIES:"})
    with store.read() as view:
        assert view.headings() == {"arts": "Arts", "top stories": "Top Stories"}


def test_tombstones_are_the_scopes_retracted_entries_the_last_one_first(store):
    gone = [entry(n, category="city", sources=("newsroom",), retracted=NOON + n * HOUR) for n in (1, 2, 3)]
    apply(store, added=(*gone, entry(4, category="arts", retracted=NOON + DAY), entry(5, category="city")))
    with store.read() as view:
        city = view.tombstones(Scope(categories=("city",)), since=NOON + 2 * HOUR)
        assert [kept.id for kept in city] == [urn(3), urn(2)]
        assert [kept.id for kept in view.tombstones(Scope(), since=NOON)] == [urn(4), urn(3), urn(2), urn(1)]
        assert view.tombstones(Scope(sections=("latest",)), since=NOON) == ()
