"""The same documents give the same entries, whatever the order, the spelling or the store."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.changes import Changes
from feeds.ledger.reconcile import blocking_keys
from feeds.ledger.state import Rules
from tests.kit.listings import SUMMARIES, TITLES, Ledger, Line, line, reading, stories

# A few examples of this size are enough, and the machine may be slow.
few = settings(max_examples=40, deadline=None)

numbers = st.lists(st.integers(0, 11), unique=True, min_size=1, max_size=10)


@st.composite
def items(draw):
    """Draw stories of which any field may be missing, some with the same title or day."""
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
    return not any(said) and changes.complete


@few
@given(items(), items())
def test_a_second_reading_of_the_same_changes_nothing_at_all(one, other):
    ledger = Ledger()
    documents = reading("a.txt", ("News", one)), reading("b.txt", ("Events", other))
    ledger.read_all(*documents)
    assert nothing(ledger.read_all(*documents))


@few
@given(items(), st.randoms(use_true_random=False))
def test_the_order_of_the_items_does_not_matter(lines, chance):
    ledger, shuffled = Ledger(), lines.copy()
    chance.shuffle(shuffled)
    ledger.read(*lines)
    changes = ledger.read(*shuffled)
    assert changes.entries == changes.revisions == changes.held == ()
    other = Ledger()
    other.read(*shuffled)
    assert set(other.memory.entries) == set(ledger.memory.entries)


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
        ledger = Ledger()
        for index in order:
            ledger.source = f"source-{index}"
            ledger.read_all(reading("a.txt", (f"Section {index}", stories(*shown[index]))))
        found.append((membership(ledger.memory), {e.id: e.sources for e in ledger.memory.entries.values()}))
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
    ledger, other = Ledger(), Ledger()
    ledger.read(*lines)
    before = dict(ledger.memory.entries)
    changes = ledger.read(*map(respelt, lines))
    assert ledger.memory.entries == before
    assert changes.entries == changes.revisions == ()
    other.read(*map(respelt, lines))
    assert set(other.memory.entries) == set(before)


@pytest.mark.parametrize(
    ("source", "document"), [("another", "a.txt"), ("newsroom", "moved/b.txt"), ("another", "c.txt")]
)
def test_a_renamed_source_and_a_moved_file_keep_every_entry(source, document):
    lines = [*stories(7, 6, 5), line("Minutes", day=3), line("Undated"), line("Minutes", day=2)]
    ledger = Ledger()
    ledger.read(*lines)
    before = dict(ledger.memory.entries)
    ledger.source = source
    changes = ledger.read_all(reading(document, ("News", lines)))
    assert changes.added == changes.edited == changes.retracted == ()
    assert set(ledger.memory.entries) == set(before)
    fresh = Ledger(source=source)
    fresh.read_all(reading(document, ("News", lines)))
    assert set(fresh.memory.entries) == set(before)


def test_the_same_readings_into_an_empty_store_give_the_same_entries():
    pages = [stories(5, 4, 3, 2), stories(6, 5, 4, 3), stories(7, 6, 4, 3)]
    ledgers = [Ledger(), Ledger()]
    for ledger in ledgers:
        for page in pages:
            ledger.read(*page)
    assert ledgers[0].memory.entries == ledgers[1].memory.entries
    late = Ledger()
    late.read(*pages[-1])
    assert {TITLES[n]: late.ids[TITLES[n]] for n in (7, 6, 4, 3)}.items() <= ledgers[0].ids.items()


def test_a_refused_document_leaves_the_others_alone():
    ledger = Ledger()
    one, other = reading("a.txt", ("News", stories(7, 6, 5))), reading("b.txt", ("Events", stories(3, 2)))
    ledger.read_all(one, other)
    changes = ledger.read_all(reading("a.txt"), reading("b.txt", ("Events", stories(4, 3, 2))))
    assert [held.document for held in changes.held] == ["a.txt"]
    assert [entry.title for entry in changes.added] == [TITLES[4]]


def test_two_listings_that_word_one_article_differently_do_not_edit_it_in_turns():
    ledger = Ledger()
    (article,) = stories(5)
    one = reading("a.txt", ("News", [article, *stories(4, 3)]))
    other = reading("b.txt", ("Events", [article(summary=SUMMARIES[5][:30]), *stories(2, 1)]))
    ledger.read_all(one, other)
    for _ in range(3):
        assert ledger.read_all(one, other).entries == ()
    assert ledger.entry(TITLES[5]).summary == SUMMARIES[5]


def test_missing_fields_are_filled_from_another_listing():
    ledger = Ledger()
    (article,) = stories(5)
    bare = article(summary=None)
    ledger.read_all(reading("a.txt", ("News", [bare, *stories(4, 3)])))
    ledger.read_all(
        reading("a.txt", ("News", [bare, *stories(4, 3)])),
        reading("b.txt", ("Events", [article(link="https://example.org/5"), *stories(2, 1)])),
    )
    entry = ledger.entry(TITLES[5])
    assert (entry.summary, entry.link) == (SUMMARIES[5], "https://example.org/5")


def test_an_item_without_a_title_is_not_an_entry():
    ledger = Ledger()
    changes = ledger.read(*stories(5, 4), line("")(title=None, summary="Only this."))
    assert len(changes.added) == 2


def test_the_blocking_keys_of_a_reading_are_those_of_its_items():
    (article,) = stories(5)
    found = blocking_keys(reading("a.txt", ("News", [article(link="https://example.org/5")])))
    assert sorted(key.partition(":")[0] for key in found) == ["link", "summary", "title"]


def test_a_large_listing_that_is_replaced_whole_is_compared_in_moderate_time():
    # Of 400 × 400 pairs only those with a blocking key in common are compared.
    old = [line(f"Old story {n:03}", day=n, summary=f"What was {n} times said of it before.") for n in range(400)]
    new = [line(f"New tale {n:03}", day=n + 500, summary=f"Now {n} other things are told.") for n in range(400)]
    ledger = Ledger(Rules(future=Rules().quiet * 200))
    ledger.read(*reversed(old))
    changes = ledger.read(*reversed(new))
    assert len(changes.added) == 399
