"""Feeds list entries without a date, or with the same instant, in the order of the listing."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.changes import Changes
from feeds.model import When
from tests.kit.listings import Ledger, Line, line, reading

# A few examples of this size are enough, and the machine may be slow.
few = settings(max_examples=60, deadline=None)

NAMES = [
    *("Amber", "Birch", "Cedar", "Dune", "Elm", "Fern", "Gorse", "Heath", "Iris", "Juniper"),
    *("Kelp", "Larch", "Moss", "Nettle", "Oak", "Pine", "Quince", "Reed", "Sedge"),
]
MINUTE = When(dt.date(2026, 1, 9), dt.time(7, 15), dt.timedelta(0))
DAY = When(dt.date(2026, 1, 9))
WHENS = {"undated": None, "minute": MINUTE, "day": DAY}


def note(name: str, when: When | None) -> Line:
    found = line(f"{name} is planted along the river", link=f"https://example.org/{name}")
    return Line(replace(found.item, date=when.isoformat() if when else None), when)


def feed(ledger: Ledger) -> list[str]:
    """The first words of the titles in the order in which the store gives them: newest first, ties by id."""
    entries = sorted(ledger.memory.entries.values(), key=lambda entry: entry.id)
    return [entry.title.split()[0] for entry in sorted(entries, key=lambda entry: entry.rank, reverse=True)]


def read(ledger: Ledger, *lines: Line) -> Changes:
    """Read a listing that passes without checks: these tests are about order, whatever a page shows next."""
    return ledger.read(*lines, accepted=True)


def notes(names: list[str], when: When | None) -> list[Line]:
    return [note(name, when) for name in names]


@pytest.mark.parametrize("when", WHENS.values(), ids=WHENS)
def test_a_first_reading_is_published_in_the_order_of_the_listing(when):
    ledger = Ledger()
    read(ledger, *notes(NAMES, when))
    assert feed(ledger) == NAMES


@few
@given(
    st.permutations(NAMES),
    st.integers(1, len(NAMES)),
    st.sampled_from(list(WHENS.values())),
    st.data(),
)
def test_new_items_are_published_where_they_are_listed_and_nothing_else_changes(names, known, when, data):
    ledger, listed = Ledger(), list(names[:known])
    read(ledger, *notes(listed, when))
    while waiting := [name for name in names if name not in listed]:
        before = dict(ledger.memory.entries)
        for name in waiting[: data.draw(st.integers(1, 4))]:
            listed.insert(data.draw(st.integers(0, len(listed) - 1)), name)
        changes = read(ledger, *notes(listed, when))
        assert feed(ledger) == listed
        assert changes.edited == changes.revisions == ()
        # A rank may move, and nothing that anyone is shown.
        for id, entry in before.items():
            assert replace(ledger.memory.entries[id], rank=entry.rank) == entry
        assert read(ledger, *notes(listed, when)).entries == ()


@few
@given(st.lists(st.sampled_from([0, 0, 1, 2, None]), min_size=2, max_size=14), st.data())
def test_dated_and_undated_items_of_a_sorted_listing_keep_its_order(gaps, data):
    """Each gap is how many seconds an item is older than the one above it; None is an item without a date."""
    at, lines = dt.datetime(2026, 1, 9, 7, 15, tzinfo=dt.UTC), []
    for name, gap in zip(NAMES, gaps, strict=False):
        at -= dt.timedelta(seconds=gap or 0)
        lines.append(note(name, None if gap is None else When(at.date(), at.time(), dt.timedelta(0))))
    ledger = Ledger()
    first = data.draw(st.sets(st.integers(0, len(lines) - 1)))
    dated = [each for each in lines if each.when is not None]
    if dated:
        # The first reading has a date: later an undated page that gets dates would be another page.
        first.add(lines.index(dated[-1]))
        read(ledger, *(each for index, each in enumerate(lines) if index in first))
    read(ledger, *lines)
    assert feed(ledger) == [each.item.title.split()[0] for each in lines]


def test_an_undated_item_that_appears_above_an_undated_listing_is_as_new_as_its_reading():
    ledger = Ledger()
    read(ledger, *notes(NAMES[2:6], None))
    ledger.source = "other"
    ledger.read_all(reading("other.txt", ("Other", notes(NAMES[8:10], MINUTE))), accepted=True)
    ledger.source, now = "newsroom", ledger.now
    read(ledger, *notes(NAMES[:6], None))
    ranks = sorted((entry.rank for entry in ledger.memory.entries.values()), reverse=True)
    assert ranks[:2] == [now, now - dt.timedelta(seconds=1)]
    assert feed(ledger)[:2] == NAMES[:2]


def test_an_item_of_a_section_is_next_to_those_of_its_section():
    ledger = Ledger()
    ledger.read_all(reading("a.txt", ("News", notes(NAMES[:3], None)), ("Works", notes(NAMES[4:6], None))))
    assert feed(ledger) == [*NAMES[:3], *NAMES[4:6]]
    more = reading("a.txt", ("News", notes(NAMES[:3], None)), ("Works", notes(NAMES[3:7], None)))
    ledger.read_all(more, accepted=True)
    # The new one at the top of its section is the newest of all, the one at its end the oldest.
    assert feed(ledger) == [NAMES[3], *NAMES[:3], *NAMES[4:7]]


def test_dated_items_that_come_in_between_an_undated_one_and_its_neighbour_stay_below_it():
    ledger = Ledger()
    at = [When(dt.date(2026, 1, 9), dt.time(7, 15, second), dt.timedelta(0)) for second in (0, 1, 2)]
    top, undated, bottom = note("Amber", at[2]), note("Birch", None), note("Elm", at[0])
    read(ledger, top, undated, bottom)
    read(ledger, top, undated, note("Cedar", at[2]), note("Dune", at[1]), bottom)
    assert feed(ledger) == NAMES[:5]


def test_items_of_one_minute_that_have_scrolled_off_stay_below_new_ones():
    ledger = Ledger()
    read(ledger, *notes(NAMES[4:8], MINUTE))
    read(ledger, *notes(NAMES[:4], MINUTE))
    assert feed(ledger) == NAMES[:8]


def test_an_old_item_that_is_pinned_to_the_top_keeps_the_place_of_its_date():
    ledger = Ledger()
    old, earlier = When(dt.date(2020, 5, 1)), When(dt.date(2025, 11, 2))
    read(ledger, note("Willow", old), *notes(NAMES[:3], MINUTE), *notes(NAMES[3:6], earlier))
    assert feed(ledger) == [*NAMES[:6], "Willow"]


def test_a_listing_with_the_oldest_first_is_published_with_the_newest_first():
    ledger = Ledger()
    later = When(dt.date(2026, 1, 10), dt.time(7, 15), dt.timedelta(0))
    read(ledger, *notes(NAMES[:3], MINUTE), *notes(NAMES[3:6], later))
    assert feed(ledger) == NAMES[:6][::-1]


@pytest.mark.parametrize("when", WHENS.values(), ids=WHENS)
def test_entries_that_an_older_tidings_gave_one_rank_stay_as_they_are(when):
    """Versions before sorted these by id; only what is new is put where it is listed."""
    ledger = Ledger()
    read(ledger, *notes(NAMES[:5], when))
    rank = min(entry.rank for entry in ledger.memory.entries.values())
    for id, entry in ledger.memory.entries.items():
        ledger.memory.entries[id] = replace(entry, rank=rank)
    before = feed(ledger)
    assert read(ledger, *notes(NAMES[:5], when)).entries == ()
    read(ledger, note("Willow", when), *notes(NAMES[:5], when))
    after = feed(ledger)
    assert [name for name in after if name != "Willow"] == before
    assert after.index("Willow") < after.index(NAMES[0])
