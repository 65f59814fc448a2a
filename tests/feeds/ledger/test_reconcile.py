"""Reconciling: whatever the order, the spelling or the store, the same documents mean the same entries."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.changes import Changes
from feeds.ledger import reconcile
from feeds.ledger.state import Rules
from tests.kit.listings import SUMMARIES, TITLES, Ledger, Line, line, reading, stories

# Examples of this size say little more by being many; the machine that runs them may be slow.
few = settings(max_examples=40, deadline=None)

numbers = st.lists(st.integers(0, 11), unique=True, min_size=1, max_size=10)


@st.composite
def items(draw):
    """Stories of which any field may be missing, some of them alike in title or day."""
    found = []
    for number in draw(numbers):
        twin = draw(st.integers(0, 11)) if draw(st.booleans()) else number
        found.append(
            line(
                TITLES[twin],
                day=draw(st.sampled_from([None, number, twin])),
                summary=draw(st.sampled_from([None, SUMMARIES[number]])),
                label=draw(st.sampled_from([None, "Harbour", "Events"])),
                link=draw(st.sampled_from([None, f"https://example.org/{number}"])),
            )
        )
    return found


def nothing(changes: Changes) -> bool:
    said = (changes.entries, changes.revisions, changes.appearances, changes.held, changes.keys)
    return not any(said) and changes.settled


@few
@given(items(), items())
def test_a_second_reading_of_the_same_changes_nothing_at_all(one, other):
    desk = Ledger()
    documents = reading("a.txt", ("News", one)), reading("b.txt", ("Events", other))
    desk.read_all(*documents)
    assert nothing(desk.read_all(*documents))


@few
@given(items(), st.randoms(use_true_random=False))
def test_the_order_of_the_items_does_not_matter(lines, chance):
    desk, shuffled = Ledger(), lines.copy()
    chance.shuffle(shuffled)
    desk.read(*lines)
    changes = desk.read(*shuffled)
    assert changes.entries == changes.revisions == changes.held == ()
    other = Ledger()
    other.read(*shuffled)
    assert set(other.memory.entries) == set(desk.memory.entries)


@few
@given(items(), items())
def test_the_order_of_the_documents_does_not_matter(one, other):
    first, second = reading("a.txt", ("News", one)), reading("b.txt", ("Events", other))
    forth, back = Ledger(), Ledger()
    forth.read_all(first, second)
    back.read_all(second, first)
    assert forth.memory.entries == back.memory.entries


def membership(memory):
    return {entry.id: (entry.sections, entry.category) for entry in memory.entries.values()}


@few
@given(st.lists(numbers, min_size=2, max_size=3))
def test_the_order_of_the_sources_does_not_matter(shown):
    found = []
    for order in (range(len(shown)), reversed(range(len(shown)))):
        desk = Ledger()
        for index in order:
            desk.source = f"source-{index}"
            desk.read_all(reading("a.txt", (f"Section {index}", stories(*shown[index]))))
        found.append((membership(desk.memory), {e.id: e.sources for e in desk.memory.entries.values()}))
    assert found[0] == found[1]


def respelt(each: Line) -> Line:
    item = each.item
    return Line(
        replace(
            item,
            number=77,
            title=unicodedata.normalize("NFD", (item.title or "").replace(" ", "  ")),
            summary=item.summary and item.summary.replace(" ", "\u00a0"),
            label=item.label and item.label.upper(),
        ),
        each.when,
    )


@few
@given(items())
def test_spelling_changes_nothing(lines):
    desk, other = Ledger(), Ledger()
    desk.read(*lines)
    before = dict(desk.memory.entries)
    changes = desk.read(*map(respelt, lines))
    assert desk.memory.entries == before
    assert changes.entries == changes.revisions == ()
    other.read(*map(respelt, lines))
    assert set(other.memory.entries) == set(before)


@pytest.mark.parametrize(
    ("source", "document"), [("another", "a.txt"), ("newsroom", "moved/b.txt"), ("another", "c.txt")]
)
def test_a_renamed_source_and_a_moved_file_keep_every_entry(source, document):
    lines = [*stories(7, 6, 5), line("Minutes", day=3), line("Undated"), line("Minutes", day=2)]
    desk = Ledger()
    desk.read(*lines)
    before = dict(desk.memory.entries)
    desk.source = source
    changes = desk.read_all(reading(document, ("News", lines)))
    assert changes.added == changes.edited == changes.retracted == ()
    assert set(desk.memory.entries) == set(before)
    fresh = Ledger(source=source)
    fresh.read_all(reading(document, ("News", lines)))
    assert set(fresh.memory.entries) == set(before)


def test_the_same_readings_into_an_empty_store_give_the_same_entries():
    pages = [stories(5, 4, 3, 2), stories(6, 5, 4, 3), stories(7, 6, 4, 3)]
    desks = [Ledger(), Ledger()]
    for desk in desks:
        for page in pages:
            desk.read(*page)
    assert desks[0].memory.entries == desks[1].memory.entries
    late = Ledger()
    late.read(*pages[-1])
    assert {TITLES[n]: late.ids[TITLES[n]] for n in (7, 6, 4, 3)}.items() <= desks[0].ids.items()


def test_a_refused_document_leaves_the_others_alone():
    desk = Ledger()
    one, other = reading("a.txt", ("News", stories(7, 6, 5))), reading("b.txt", ("Events", stories(3, 2)))
    desk.read_all(one, other)
    changes = desk.read_all(reading("a.txt"), reading("b.txt", ("Events", stories(4, 3, 2))))
    assert [held.document for held in changes.held] == ["a.txt"]
    assert [entry.title for entry in changes.added] == [TITLES[4]]


def test_two_listings_that_word_one_article_differently_do_not_pull_it_to_and_fro():
    desk = Ledger()
    (article,) = stories(5)
    one = reading("a.txt", ("News", [article, *stories(4, 3)]))
    other = reading("b.txt", ("Events", [article(summary=SUMMARIES[5][:30]), *stories(2, 1)]))
    desk.read_all(one, other)
    for _ in range(3):
        assert desk.read_all(one, other).entries == ()
    assert desk.entry(TITLES[5]).summary == SUMMARIES[5]


def test_what_another_listing_says_more_is_taken_over():
    desk = Ledger()
    (article,) = stories(5)
    bare = article(summary=None)
    desk.read_all(reading("a.txt", ("News", [bare, *stories(4, 3)])))
    desk.read_all(
        reading("a.txt", ("News", [bare, *stories(4, 3)])),
        reading("b.txt", ("Events", [article(link="https://example.org/5"), *stories(2, 1)])),
    )
    entry = desk.entry(TITLES[5])
    assert (entry.summary, entry.link) == (SUMMARIES[5], "https://example.org/5")


def test_an_item_without_a_title_is_no_entry():
    desk = Ledger()
    changes = desk.read(*stories(5, 4), line("")(title=None, summary="Only this."))
    assert len(changes.added) == 2


def test_the_keys_of_a_reading_find_what_it_could_be_about():
    (article,) = stories(5)
    found = reconcile.keys(reading("a.txt", ("News", [article(link="https://example.org/5")])))
    assert sorted(key.partition(":")[0] for key in found) == ["link", "summary", "title"]


def test_a_large_listing_that_is_replaced_whole_is_compared_in_moderate_time():
    # 400 × 400 pairs: only those that have something in common are looked at.
    old = [line(f"Old story {n:03}", day=n, summary=f"What was {n} times said of it before.") for n in range(400)]
    new = [line(f"New tale {n:03}", day=n + 500, summary=f"Now {n} other things are told.") for n in range(400)]
    desk = Ledger(Rules(future=Rules().quiet * 200))
    desk.read(*reversed(old))
    changes = desk.read(*reversed(new))
    assert len(changes.added) == 399
