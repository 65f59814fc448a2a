"""Scrolled off, retracted, and back again."""

from __future__ import annotations

from feeds.ledger.state import Rules
from tests.kit.listings import HOUR, START, TITLES, Ledger, known, reading, stories, story


def retracted(ledger):
    return {entry.title for entry in ledger.memory.entries.values() if entry.retracted}


def test_an_item_gone_from_the_middle_is_retracted_after_three_readings():
    ledger = Ledger()
    ledger.read(*stories(7, 6, 5, 4))
    readings = [ledger.read(*stories(7, 6, 4)) for _ in range(4)]
    assert [len(changes.retracted) for changes in readings] == [0, 0, 1, 0]
    assert [changes.complete for changes in readings] == [False, False, True, True]
    entry = ledger.entry(TITLES[5])
    assert entry.retracted == START + 3 * HOUR


def test_the_patience_of_a_source_is_configurable():
    ledger = Ledger(Rules(patience=1))
    ledger.read(*stories(7, 6, 5, 4))
    assert len(ledger.read(*stories(7, 6, 4)).retracted) == 1


def test_the_newest_that_vanishes_is_retracted():
    ledger = Ledger()
    ledger.read(*stories(7, 6, 5, 4))
    for _ in range(3):
        ledger.read(*stories(6, 5, 4))
    assert retracted(ledger) == {TITLES[7]}


def test_an_item_that_scrolls_off_is_never_retracted():
    ledger = Ledger()
    for newest in range(3, 12):
        for _ in range(2):
            ledger.read(*stories(newest, newest - 1, newest - 2))
    assert retracted(ledger) == set()
    assert len(ledger.ids) == 11


def test_an_item_that_scrolls_off_a_listing_with_the_oldest_first_is_never_retracted():
    ledger = Ledger()
    for newest in range(3, 12):
        for _ in range(2):
            ledger.read(*stories(newest - 2, newest - 1, newest))
    assert retracted(ledger) == set()


def test_a_listing_that_turns_over_whole_retracts_nothing():
    ledger = Ledger()
    ledger.read(*stories(3, 2, 1, 0))
    for _ in range(5):
        ledger.read(*stories(9, 8, 7, 6))
    assert retracted(ledger) == set()


def test_one_reading_without_an_item_is_forgotten_when_it_is_back():
    ledger = Ledger()
    ledger.read(*stories(7, 6, 5, 4))
    before = dict(ledger.memory.entries)
    for numbers in ((7, 6, 4), (7, 6, 5, 4), (7, 6, 4), (7, 6, 4), (7, 6, 5, 4)):
        ledger.read(*stories(*numbers))
    assert ledger.memory.entries == before


def test_back_again_is_the_same_entry_with_the_same_date():
    ledger = Ledger()
    ledger.read(*stories(7, 6, 5, 4))
    before = ledger.entry(TITLES[5])
    for _ in range(3):
        ledger.read(*stories(7, 6, 4))
    changes = ledger.read(*stories(7, 6, 5, 4))
    assert [entry.id for entry in changes.returned] == [before.id]
    assert ledger.entry(TITLES[5]) == before


def test_back_at_another_place_and_edited_it_is_still_the_same():
    ledger = Ledger()
    ledger.read(*stories(7, 6, 5, 4))
    id = ledger.ids[TITLES[5]]
    for _ in range(3):
        ledger.read(*stories(7, 6, 4))
    changes = ledger.read(story(5, label="Events", credit="© Ada Finch 2026"), *stories(7, 6, 4))
    assert [entry.id for entry in changes.returned] == [id]
    assert changes.added == ()


def test_a_section_that_is_gone_retracts_nothing():
    ledger = Ledger()
    both = reading("a.txt", ("News", stories(7, 6, 5)), ("Events", stories(4, 3, 2)))
    ledger.read_all(both)
    for _ in range(4):
        ledger.read_all(reading("a.txt", ("News", stories(7, 6, 5))))
    assert retracted(ledger) == set()


def test_sections_that_change_places_keep_their_items():
    ledger = Ledger()
    news, events = ("News", stories(7, 6, 5)), ("Events", stories(4, 3, 2))
    ledger.read_all(reading("a.txt", news, events))
    assert ledger.read_all(reading("a.txt", events, news)).entries == ()


def test_an_item_that_moves_to_another_section_leaves_the_old_one():
    ledger = Ledger()
    ledger.read_all(reading("a.txt", ("News", stories(7, 6, 5)), ("Events", stories(4, 3, 2))))
    ledger.read_all(reading("a.txt", ("News", stories(7, 5)), ("Events", stories(6, 4, 3, 2))))
    assert ledger.entry(TITLES[6]).sections == ("events",)


def test_an_item_that_another_document_lists_is_not_retracted_but_leaves_the_section():
    ledger = Ledger()
    theirs = reading("b.txt", ("Events", stories(6, 3)))
    ledger.read_all(reading("a.txt", ("News", stories(7, 6, 5))), theirs)
    for _ in range(3):
        ledger.read_all(reading("a.txt", ("News", stories(7, 5))), theirs)
    entry = ledger.entry(TITLES[6])
    assert (entry.retracted, entry.sections) == (None, ("events",))


def test_an_item_that_no_document_lists_any_more_is_retracted():
    ledger = Ledger()
    ledger.read_all(reading("a.txt", ("News", stories(7, 6, 5))), reading("b.txt", ("Events", stories(8, 6, 3))))
    for _ in range(4):
        ledger.read_all(reading("a.txt", ("News", stories(7, 5))), reading("b.txt", ("Events", stories(8, 3))))
    assert retracted(ledger) == {TITLES[6]}


def test_a_document_that_is_no_longer_there_takes_nothing_with_it():
    ledger = Ledger()
    mine, theirs = reading("a.txt", ("News", stories(7, 6, 5))), reading("b.txt", ("Events", stories(8, 3)))
    ledger.read_all(mine, theirs)
    for _ in range(4):
        ledger.read_all(mine)
    assert retracted(ledger) == set()


def test_the_oldest_item_that_leaves_a_listing_sorted_by_title_is_not_retracted():
    def by_title(*numbers):
        return sorted(stories(*numbers), key=lambda each: each.item.title)

    ledger = Ledger()
    for newest in (7, 8, 9, 10):
        for _ in range(3):
            ledger.read(*by_title(*range(newest, newest - 6, -1)))
    assert retracted(ledger) == set()
    for _ in range(3):
        ledger.read(*by_title(10, 9, 8, 6, 5))
    assert retracted(ledger) == {TITLES[7]}


def test_an_old_item_that_is_no_longer_pinned_to_the_top_is_not_retracted():
    ledger = known(story(1), *stories(8, 7, 6, 5))
    for _ in range(3):
        changes = ledger.read(*stories(9, 8, 7, 6, 5))
    assert changes.retracted == ()
    assert ledger.entry(TITLES[1]).retracted is None


def test_an_item_that_scrolled_off_before_a_listing_was_reversed_is_not_retracted():
    ledger = known(*stories(5, 4, 3, 2), story(1, day=2))
    ledger.read(*stories(6, 5, 4, 3, 2))
    for _ in range(3):
        assert ledger.read(*stories(2, 3, 4, 5, 6)).retracted == ()
