"""Each way in which a page breaks, next to the normal page that looks most like it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feeds.ledger.state import Rules
from feeds.plausibility.reading_diff import Thresholds
from feeds.unicode import mojibake
from tests.kit.listings import (
    SUMMARIES,
    TITLES,
    Ledger,
    known,
    line,
    reading,
    reasons,
    refused,
    stories,
    story,
    titles,
)

# Nothing there.


def test_no_items_where_there_were_some_are_refused():
    assert refused(known(*stories(3, 2, 1)).read()) == (
        "zero_items",
        "no items where there were 3 (allow_empty = true makes it legal)",
    )


def test_an_empty_listing_can_be_declared_legal():
    changes = known(*stories(3, 2, 1), rules=Rules(limits=Thresholds(allow_empty=True))).read()
    assert changes.held == changes.entries == ()


def test_a_document_that_never_had_an_item_is_refused_until_that_is_accepted():
    assert refused(Ledger().read()) == (
        "zero_items",
        "no items were found in it (allow_empty = true makes it legal)",
    )
    assert Ledger(Rules(limits=Thresholds(allow_empty=True))).read().held == ()
    assert Ledger().read(accepted=True).held == ()


def test_an_accepted_empty_document_is_not_refused_again():
    ledger = known(*stories(3, 2, 1))
    for _ in range(3):
        assert ledger.read(accepted=True).held == ()
    assert ledger.read().held == ()


# Cut off.


def test_a_document_that_ends_within_a_known_item_is_refused():
    ledger = known(*stories(6, 5, 4, 3, 2, 1))
    cut = story(4, summary=SUMMARIES[4][:20])
    assert refused(ledger.read(*stories(6, 5), cut)) == (
        "truncated",
        "the document ends in the middle of item 3; 3 known items below are missing",
    )


def test_a_document_that_ends_within_an_item_that_stands_further_up_is_refused():
    ledger = Ledger()
    ledger.read_all(reading("a.txt", ("News", stories(6, 5, 4)), ("Events", stories(6, 3, 2))))
    cut = reading("a.txt", ("News", stories(6, 5, 4)), ("Events", [story(6, summary=None)]))
    assert refused(ledger.read_all(cut))[0] == "truncated"


def test_a_document_that_the_parser_saw_cut_is_refused():
    ledger = known(*stories(6, 5, 4, 3, 2, 1))
    cut = story(5, summary="The ferry is being")
    assert refused(ledger.read(story(6), cut, complete=False))[0] == "truncated"


def test_a_document_that_ends_after_a_whole_item_is_only_shorter():
    ledger = known(*stories(6, 5, 4, 3, 2, 1))
    changes = ledger.read(*stories(6, 5), complete=False)
    assert changes.held == changes.entries == ()


def test_a_page_that_stays_open_after_a_whole_item_is_only_shorter():
    ledger = known(*stories(6, 5, 4, 3, 2, 1))
    for _ in range(2):
        assert refused(ledger.read(*stories(6, 5), complete=False, closed=False)) == (
            "truncated",
            "the document was not closed; 0 of 2 items would change, 4 known ones are missing",
        )
    changes = ledger.read(*stories(6, 5), complete=False, closed=False)
    assert changes.held == changes.entries == ()


def test_a_shorter_document_whose_remaining_items_changed_is_held():
    ledger = known(*stories(6, 5, 4, 3, 2, 1))
    shorter = [*stories(6, 5), story(4, summary="Read more"), story(3)]
    assert refused(ledger.read(*shorter)) == (
        "truncated",
        "the document seems to be cut off; 1 of 4 items would change, 2 known ones are missing",
    )
    assert ledger.read(*stories(6, 5, 4, 3, 2, 1)).entries == ()


def test_the_last_item_cut_is_kept_as_it_was_while_the_others_are_read():
    ledger = known(*stories(4, 3, 2, 1))
    changes = ledger.read(story(9), *stories(4, 3, 2), story(1, summary=SUMMARIES[1][:20]))
    assert titles(changes.added) == [TITLES[9]]
    assert changes.edited == ()
    assert reasons(changes) == ["truncated"]
    assert changes.held[0].message == (
        "item 5, “Apprentices at the boatyard”, the last one, is only the beginning of what it was"
    )
    assert ledger.entry(TITLES[1]).summary == SUMMARIES[1]


def test_the_last_item_without_its_last_full_stop_is_kept_as_it_was():
    ledger = known(*stories(4, 3, 2), story(1, title="It floats.", summary=None))
    changes = ledger.read(*stories(4, 3, 2), story(1, title="It floats", summary=None))
    assert (changes.edited, reasons(changes)) == ((), ["truncated"])


def test_a_shortened_last_item_is_accepted_when_it_stays_so():
    ledger = known(*stories(4, 3, 2, 1))
    shorter = [*stories(4, 3, 2), story(1, summary=SUMMARIES[1][:20])]
    assert [reasons(ledger.read(*shorter)) for _ in range(3)] == [["truncated"], ["truncated"], []]
    assert ledger.entry(TITLES[1]).summary == SUMMARIES[1][:20]


def test_a_first_reading_that_is_cut_publishes_all_but_its_last_item():
    changes = Ledger().read(*stories(4, 3, 2), complete=False)
    assert titles(changes.added) == [TITLES[3], TITLES[4]]
    assert reasons(changes) == ["truncated"]


def test_a_first_page_that_was_not_closed_has_to_stay_so():
    ledger = Ledger()
    for _ in range(2):
        assert refused(ledger.read(*stories(4, 3, 2), complete=False, closed=False)) == (
            "truncated",
            "the document was not closed; 3 of 3 items would change, 0 known ones are missing",
        )
    changes = ledger.read(*stories(4, 3, 2), complete=False, closed=False)
    assert titles(changes.added) == [TITLES[3], TITLES[4]]
    assert reasons(changes) == ["truncated"]


def test_other_things_up_to_where_a_page_was_cut_are_refused():
    ledger = known(*stories(4, 3, 2, 1))
    changes = ledger.read(story(9), *stories(4, 3, 2), complete=False, closed=False)
    assert refused(changes) == (
        "truncated",
        "the document was not closed; 1 of 4 items would change, 1 known ones are missing",
    )
    assert titles(ledger.read(story(9), *stories(4, 3, 2)).added) == [TITLES[9]]


def test_a_listing_that_grows_at_the_old_end_waits_for_its_last_item():
    ledger = known(*stories(6, 5, 4, 3))
    changes = ledger.read(*stories(6, 5, 4, 3, 2, 1))
    assert (titles(changes.added), reasons(changes)) == ([TITLES[2]], ["truncated"])


def test_a_page_that_is_made_longer_is_published_whole_in_the_end():
    ledger = known(*stories(9, 8, 7, 6, 5, 4))
    longer = stories(9, 8, 7, 6, 5, 4, 3, 2)
    for _ in range(3):
        changes = ledger.read(*longer)
    assert changes.held == ()
    assert len(ledger.ids) == 8


def test_an_item_that_fills_the_window_after_a_retraction_is_published_at_once():
    ledger = known(*stories(6, 5, 4, 3))
    changes = ledger.read(*stories(6, 5, 3, 2))
    assert titles(changes.added) == [TITLES[2]]
    assert changes.held == ()


def test_the_end_is_where_news_stands_in_a_listing_with_the_oldest_first():
    ledger = known(*stories(1, 2, 3, 4))
    changes = ledger.read(*stories(2, 3, 4, 5))
    assert titles(changes.added) == [TITLES[5]]
    assert changes.held == changes.retracted == ()


# A hole.


def read_numbered(ledger, *pairs):
    document = reading("a.txt", ("News", [story(n) for _, n in pairs]))
    section = document.listing.sections[0]
    items = tuple(replace(item, number=number) for item, (number, _) in zip(section.items, pairs, strict=True))
    return ledger.read_all(
        replace(document, listing=replace(document.listing, sections=(replace(section, items=items),)))
    )


def test_a_hole_in_the_numbers_is_refused():
    ledger = known(*stories(5, 4, 3, 2))
    assert refused(read_numbered(ledger, (1, 5), (2, 4), (4, 2))) == (
        "gap",
        "the numbering goes from 2 to 4: an item was not read",
    )


def test_a_missing_beginning_is_refused():
    ledger = known(*stories(5, 4, 3, 2))
    assert refused(read_numbered(ledger, (3, 3), (4, 2)))[1] == ("the numbering goes from 0 to 3: an item was not read")


@pytest.mark.parametrize(
    "numbers",
    [(11, 12, 13, 14), (1, 2, 1, 2), (None, None, None, None), (1, 2, None, 4), (17, 9, 31, 2)],
    ids=["second-page", "restarted", "unnumbered", "one-unread", "names"],
)
def test_numbers_that_run_on_or_prove_nothing_pass(numbers):
    ledger = Ledger()
    for shown in ((5, 4, 3, 2), (6, 5, 4, 3)):
        changes = read_numbered(ledger, *zip(numbers, shown, strict=True))
        assert changes.held == ()


def test_a_listing_that_always_had_a_hole_may_have_one():
    ledger = Ledger()
    for shown in ((5, 4, 3, 2), (6, 5, 4, 3)):
        assert read_numbered(ledger, *zip((1, 2, 3, 5), shown, strict=True)).held == ()


def test_holes_do_not_count_where_numbers_are_said_not_to():
    ledger = known(*stories(5, 4, 3, 2), rules=Rules(limits=Thresholds(numbered=False)))
    assert read_numbered(ledger, (1, 5), (2, 4), (4, 2)).held == ()


# Fields.


@pytest.mark.parametrize("name", ["day", "summary", "link"])
def test_a_field_that_all_had_and_none_has_is_refused(name):
    lines = [story(n, link=f"https://example.org/{n}") for n in (6, 5, 4, 3)]
    ledger = known(*lines)
    reason, message = refused(ledger.read(*(each(**{name: None}) for each in lines)))
    name = "date" if name == "day" else name
    assert (reason, message) == ("fields_lost", f"0 of 4 items have a {name}; 4 of 4 had one")


def test_a_field_that_one_has_lost_is_not():
    lines = stories(6, 5, 4, 3)
    assert known(*lines).read(lines[0], lines[1](summary=None, day=None), *lines[2:]).held == ()


def test_items_that_all_say_the_same_are_refused():
    ledger = known(*stories(6, 5, 4, 3))
    same = [line("Our newsroom", day=20 + n, summary=SUMMARIES[n]) for n in range(4)]
    assert refused(ledger.read(*same))[0] == "fields_lost"
    again = [story(n, title="Our newsroom") for n in (6, 5, 4, 3)]
    assert refused(ledger.read(*again)) == (
        "fields_lost",
        "all 4 items have the same title (Our newsroom)",
    )


def test_items_that_all_gain_a_summary_are_edited():
    bare = [line(TITLES[n], day=n) for n in (6, 5, 4, 3)]
    changes = known(*bare).read(*stories(6, 5, 4, 3))
    assert (len(changes.edited), changes.held) == (4, ())


# Other things in their places.


def test_unknown_items_no_newer_than_the_known_are_refused():
    ledger = known(*stories(11, 10, 9, 8))
    changes = ledger.read(story(11), *stories(4, 3, 2, 1))
    assert refused(changes) == ("mass_change", "4 of 5 items are new and no newer than the 4 known")


def test_an_unrelated_page_is_refused_however_often_it_is_seen():
    ledger = known(*stories(9, 8, 7, 6))
    ledger.read(*stories(11, 10, 9, 8))
    for _ in range(15):
        reason, message = refused(ledger.read(*stories(4, 3, 2, 1)))
        assert (reason, message) == ("mass_change", "none of the 6 known items is there, but 4 others")


def test_the_right_page_is_accepted_in_the_end_if_the_first_reading_was_of_another():
    ledger = known(*stories(11, 10, 9, 8))
    for _ in range(11):
        assert refused(ledger.read(*stories(4, 3, 2, 1)))[0] == "mass_change"
    assert titles(ledger.read(*stories(4, 3, 2, 1)).added) == [TITLES[2], TITLES[3], TITLES[4]]


def test_after_an_outage_a_listing_may_be_all_new():
    ledger = known(*stories(3, 2, 1, 0))
    changes = ledger.read(*stories(9, 8, 7, 6))
    assert titles(changes.added) == [TITLES[7], TITLES[8], TITLES[9]]
    assert reasons(changes) == ["truncated"]
    ledger.read(*stories(9, 8, 7, 6))
    assert titles(ledger.read(*stories(9, 8, 7, 6)).added) == [TITLES[6]]
    assert len(ledger.ids) == 8


def test_an_undated_listing_that_is_all_new_has_to_stay_so():
    undated = [line(title) for title in TITLES]
    ledger = known(*undated[:4])
    assert [reasons(ledger.read(*undated[6:10])) for _ in range(2)] == [["mass_change"]] * 2
    ledger.read(*undated[6:10])
    assert set(TITLES[6:9]) <= set(ledger.ids)


def test_an_undated_page_without_its_heading_does_not_pass_by_staying():
    undated = [line(title) for title in TITLES]
    ledger = known(*undated[:4])
    for _ in range(4):
        assert refused(ledger.read_all(reading("a.txt", ("Sign in", undated[6:10]))))[0] == "mass_change"


def test_a_year_that_begins_with_one_item_is_accepted_once_it_stays_so():
    ledger = known(*(each(label="Notices") for each in stories(9, 8, 7, 6, 5, 4)))
    for _ in range(2):
        assert refused(ledger.read(story(10, label="Notices"))) == (
            "mass_change",
            "none of the 6 known items is there, but 1 others",
        )
    begun = story(11, label="Notices"), story(10, label="Notices")
    assert titles(ledger.read(*begun).added) == [TITLES[10], TITLES[11]]
    assert all(entry.retracted is None for entry in ledger.memory.entries.values())


def test_a_year_that_goes_on_with_one_item_is_not_held_again_for_another_reason():
    ledger = known(*(each(label="Notices") for each in stories(9, 8, 7, 6, 5, 4)))
    for _ in range(2):
        ledger.read(story(10, label="Notices"))
    assert titles(ledger.read(story(10, label="Notices")).added) == [TITLES[10]]


def test_news_under_another_heading_in_the_place_of_all_that_was_known_has_to_last():
    ledger = known(*stories(5, 4, 3, 2))
    status = reading("a.txt", ("Service status", stories(11, 10, 9, 8)))
    for _ in range(11):
        assert refused(ledger.read_all(status)) == (
            "mass_change",
            "none of the 4 known items is there, but 4 others",
        )
    assert len(ledger.read_all(status).added) == 3


@pytest.mark.parametrize("fields", [{"label": "Sorry"}, {"label": None}, {"summary": None}])
def test_a_lone_item_unlike_all_that_it_replaces_is_refused_however_often_it_is_seen(fields):
    ledger = known(*(each(label="Notices") for each in stories(9, 8, 7, 6, 5, 4)))
    for _ in range(15):
        assert refused(ledger.read(story(10, label="Notices")(**fields)))[0] == "mass_change"


def test_a_copy_from_before_is_refused_until_it_has_lasted():
    ledger = known(*stories(7, 6, 5, 4, 3))
    ledger.read(*stories(9, 8, 7, 6, 5))
    for _ in range(2):
        ledger.read(*stories(9, 8, 7, 6, 5))
    for _ in range(11):
        assert refused(ledger.read(*stories(7, 6, 5, 4, 3))) == (
            "mass_change",
            "the newest 2 items are missing, and 2 older ones are back",
        )
    assert ledger.read(*stories(7, 6, 5, 4, 3)).held == ()


def test_the_right_page_is_accepted_at_once_when_it_is_back_after_another_one():
    ledger = known(*stories(5, 4, 3, 2))
    for _ in range(4):
        ledger.read(*stories(11, 10, 9, 8))
    assert ledger.read(*stories(5, 4, 3, 2)).held == ()


def test_an_older_item_fills_the_place_of_the_newest_that_was_withdrawn():
    ledger = known(*stories(7, 6, 5, 4, 3))
    for _ in range(3):
        ledger.read(*stories(8, 7, 6, 5, 4))
    for _ in range(3):
        changes = ledger.read(*stories(7, 6, 5, 4, 3))
        assert changes.held == ()
    assert titles(changes.retracted) == [TITLES[8]]


def test_another_documents_listing_is_refused():
    ledger = Ledger()
    mine, theirs = reading("a.txt", ("News", stories(9, 6, 3, 1))), stories(9, 8, 7, 5, 4)
    ledger.read_all(mine, reading("b.txt", ("Events", theirs)))
    changes = ledger.read_all(reading("a.txt", ("Events", theirs)), reading("b.txt", ("Events", theirs)))
    (held,) = changes.held
    assert (held.document, held.reason) == ("a.txt", "mass_change")
    assert held.message == "4 of 5 items are those of another document, 3 known ones are missing"


def test_an_article_of_another_document_may_be_taken_over():
    ledger = Ledger()
    theirs = reading("b.txt", ("Events", stories(9, 8, 7, 5)))
    ledger.read_all(reading("a.txt", ("News", stories(6, 4, 3, 1))), theirs)
    changes = ledger.read_all(reading("a.txt", ("News", stories(8, 6, 4, 3))), theirs)
    assert (changes.held, changes.added) == ((), ())


def test_edits_of_most_items_at_once_are_refused():
    lines = stories(6, 5, 4, 3, 2, 1)
    changes = known(*lines).read(*(each(day=each.when.day.day) for each in lines))
    assert refused(changes) == ("mass_change", "6 of 6 items would be edited at once")


def test_a_busy_day_may_fill_a_listing():
    ledger = known(*stories(5, 4, 3, 2))
    today = [story(n, day=9) for n in (11, 10, 9, 8)]
    assert len(ledger.read(*today).added) == 3
    ledger.read(*today)
    assert len(ledger.read(*today).added) == 1


def test_a_busy_day_that_had_begun_has_to_stay_so():
    ledger = known(*stories(5, 4, 3, 2))
    today = [story(n, day=5) for n in (11, 10, 9, 8)]
    for _ in range(2):
        assert refused(ledger.read(*today)) == (
            "mass_change",
            "4 of 4 items are new, but of the last known day",
        )
    assert len(ledger.read(*today).added) == 3


def test_a_page_that_shows_more_old_items_is_accepted_once_it_stays_so():
    ledger = known(*stories(11, 10, 9, 8))
    for _ in range(2):
        assert refused(ledger.read(*stories(*range(11, 1, -1))))[1] == (
            "6 of 10 items are new and no newer than the 4 known"
        )
    changes = ledger.read(*stories(*range(11, 1, -1)))
    assert (len(changes.added), reasons(changes)) == (5, ["truncated"])


def test_three_edits_at_once_are_normal():
    lines = stories(6, 5, 4, 3)
    changes = known(*lines).read(lines[0], *(each(summary="Corrected. " + each.item.summary) for each in lines[1:]))
    assert (len(changes.edited), changes.held) == (3, ())


@pytest.mark.parametrize("before", [(3,), (3, 2), (3, 2, 1)], ids=["one", "two", "three"])
def test_small_listings_may_turn_over(before):
    changes = known(*stories(*before)).read(*stories(9, 8, 7))
    assert {TITLES[9], TITLES[8]} <= set(titles(changes.added))


# Letters.


@pytest.mark.parametrize(
    "harm",
    [
        lambda text: text.encode().decode("cp1252", "replace"),
        lambda text: text.encode().decode("latin-1"),
        lambda text: text.encode("ascii", "replace").decode(),
        lambda text: text.encode("ascii", "ignore").decode(),
    ],
    ids=["cp1252", "latin-1", "question-marks", "dropped"],
)
def test_an_edit_that_only_damages_letters_is_refused(harm):
    lines = [story(5, title="Brød fra Åsgård sølges nå"), *stories(4, 3, 2)]
    changes = known(*lines).read(lines[0](title=harm(lines[0].item.title)), *lines[1:])
    assert refused(changes)[0] == "encoding"


def test_a_new_item_whose_letters_are_damaged_is_refused():
    assert refused(known(*stories(4, 3, 2, 1)).read(story(9, title="CafÃ© on the quay"), *stories(4, 3, 2)))[0] == (
        "encoding"
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Мост закрыт до пятницы", "Паром ходит до субботы"),
        ("Паромм ходит до щсубботы", "Паром ходит до субботы"),
        ("渡し船は金曜まで運休", "渡し船は土曜から再開"),
        ("العبارة متوقفة حتى الجمعة", "العبارة تعمل من السبت"),
        ("Ny færge – nu også søndag", "Ny færge nu også søndag"),
        ("The “chain” ferry rests", "The chain ferry rests"),
        ("Über die Weser", "Ueber die Weser"),
        ("Où aller cet été", "Où aller cet été ?"),
        ("Kommt die neue Fähre?", "Kommt die neue Fähre"),
        ("Die neueFähre", "Die neue Fähre"),
    ],
    ids=[
        "rewritten",
        "letters-removed",
        "japanese",
        "arabic",
        "dash-removed",
        "quotes-removed",
        "spelt-out",
        "asked",
        "asked-no-more",
        "space",
    ],
)
def test_a_rewritten_title_is_not_damaged_in_any_script(old, new):
    assert not mojibake.is_damaged_copy(old, new)
    lines = [story(5, title=old), *stories(4, 3, 2)]
    assert titles(known(*lines).read(lines[0](title=new), *lines[1:]).edited) == [new]


@pytest.mark.parametrize("codec", ["cp1251", "koi8-r", "mac-roman", "cp437"])
def test_utf_8_read_in_any_encoding_is_damaged(codec):
    old = "Мост закрыт до пятницы"
    assert mojibake.is_damaged_copy(old, old.encode().decode(codec, "replace"))
    assert mojibake.is_damaged_copy("Brød fra Åsgård", "Brød fra Åsgård".encode().decode(codec, "replace"))


def test_a_legacy_encoding_read_as_western_is_damaged():
    assert mojibake.is_damaged_copy("Мост закрыт", "Мост закрыт".encode("cp1251").decode("cp1252", "replace"))


REPLACED = "F\ufffdhrung {} über die Brücke"


def test_items_with_replaced_letters_are_held_alone_and_accepted_once_they_stay_so():
    old = [story(number, title=f"Führung {number} über die Brücke") for number in range(9, 0, -1)]
    damaged = [line(title=REPLACED.format(9 - index)) for index, line in enumerate(old[:3])]
    new = [story(11), story(10, title=REPLACED.format(10))]
    ledger = known(*old)
    first = ledger.read(*new, *damaged, *old[3:])
    assert (titles(first.added), first.edited) == ([TITLES[11]], ())
    assert [(held.reason, held.whole) for held in first.held] == [("encoding", False)] * 4
    second, third = (ledger.read(*new, *damaged, *old[3:]) for _ in range(2))
    assert (second.added, second.edited) == ((), ())
    assert (titles(third.added), len(third.edited)) == ([REPLACED.format(10)], 3)


def test_a_document_whose_items_mostly_lost_letters_is_refused():
    old = [story(number, title=f"Führung {number} über die Brücke") for number in range(9, 0, -1)]
    ledger = known(*old)
    damaged = [line(title=REPLACED.format(9 - index)) for index, line in enumerate(old)]
    assert [refused(ledger.read(*damaged))[0] for _ in range(6)] == ["encoding"] * 6


def test_one_item_that_was_written_damaged_is_published_once_it_stays_so():
    lines = [story(9, title="The harbourâ€™s new crane"), *stories(4, 3, 2)]
    ledger = known(*stories(4, 3, 2, 1))
    assert [refused(ledger.read(*lines))[0] for _ in range(2)] == ["encoding"] * 2
    assert titles(ledger.read(*lines).added) == ["The harbourâ€™s new crane"]


def test_letters_that_all_items_lost_are_refused_however_often_it_is_seen():
    lines = [story(n, title=f"Brød nr. {n}", credit=f"© Ærø {n}") for n in (8, 7, 6, 5)]
    ledger = known(*lines)
    harmed = [each(title=f"Br\ufffdd nr. {8 - i}", credit=None) for i, each in enumerate(lines)]
    assert [refused(ledger.read(*harmed))[0] for _ in range(5)] == ["encoding"] * 5


def test_a_corrected_accent_is_an_edit():
    lines = [story(5, title="Café on the quay"), *stories(4, 3, 2)]
    changes = known(*lines).read(lines[0](title="Cafè on the quay"), *lines[1:])
    assert titles(changes.edited) == ["Cafè on the quay"]


@pytest.mark.parametrize(("old", "new"), [("Cafe on the quay", "Café on the quay"), ("?We wait?", "“We wait”")])
def test_letters_may_be_put_right_where_there_were_none(old, new):
    lines = [story(5, title=old), *stories(4, 3, 2)]
    assert titles(known(*lines).read(lines[0](title=new), *lines[1:]).edited) == [new]


def test_a_document_that_ends_within_an_item_of_another_label_is_refused():
    lines = [story(n, label="Harbour") for n in (5, 4, 3, 2)]
    cut = lines[1](label="Events", summary=SUMMARIES[4][:20])
    assert refused(known(*lines).read(lines[0], cut))[0] == "truncated"


def test_a_new_item_that_a_document_ends_with_early_waits_though_it_is_the_newest():
    changes = known(*stories(8, 7, 6, 5, 4)).read(story(8), story(9, summary=SUMMARIES[9][:20]))
    assert changes.added == ()
    assert "truncated" in reasons(changes)


def test_a_last_item_that_is_edited_waits_while_all_below_it_is_missing():
    ledger = known(*stories(8, 7, 6, 5, 4))
    cut = story(7, title="Herons, seals and mussels", summary=SUMMARIES[7][:9])
    assert ledger.read(story(8), cut).edited == ()
    assert titles(ledger.read(story(8), story(7, title="Herons, seals and mussels"), *stories(6, 5)).edited) == [
        "Herons, seals and mussels"
    ]


def test_known_items_whose_letters_are_damaged_are_refused_however_long():
    lines = [story(5, title="Brød fra Åsgård sølges nå"), *stories(4, 3, 2)]
    ledger = known(*lines)
    for _ in range(5):
        assert refused(ledger.read(lines[0](title="Br?d fra ?sg?rd s?lges n?"), *lines[1:]))[0] == "encoding"


def test_a_document_that_ends_within_a_link_is_refused():
    lines = [story(n, link=f"http://www.example.org/{n}") for n in (5, 4, 3, 2)]
    cut = lines[1](link=None, summary=f"{SUMMARIES[4]}\n\nhttp://")
    assert refused(known(*lines).read(lines[0], cut))[0] == "truncated"


def test_one_item_that_was_held_back_does_not_turn_a_listing_round():
    bare = [line(TITLES[n]) for n in range(12)]
    ledger = known(*bare[:4])
    waits = [reasons(ledger.read(*bare[:5])) for _ in range(3)]
    assert waits == [["truncated"], ["truncated"], []]
    changes = ledger.read(*bare[5:9], bare[0])
    assert changes.held == ()
    assert len(changes.added) == 4


def test_a_last_item_that_is_the_beginning_of_another_documents_item_is_held():
    ledger = Ledger()
    other = reading("b.txt", ("Works", stories(9, 8, 7, 6)))
    ledger.read_all(reading("a.txt", ("News", stories(5, 4, 3, 2))), other)
    cut = story(9, summary=SUMMARIES[9][:20])
    changes = ledger.read_all(reading("a.txt", ("News", [*stories(5, 4, 3), cut])), other)
    assert reasons(changes) == ["truncated"]
    assert changes.edited == ()


def test_a_credit_that_is_damaged_and_read_as_a_label_is_refused():
    lines = [story(5, credit="© Ida Marsh"), *stories(4, 3, 2)]
    changes = known(*lines).read(lines[0](credit=None, label="Â© Ida Marsh"), *lines[1:])
    assert refused(changes)[0] == "encoding"


def test_one_accent_less_is_an_edit_where_other_items_keep_theirs():
    lines = [story(5, title="Café on the quay"), story(4, title="Brød fra Åsgård"), *stories(3, 2)]
    changes = known(*lines).read(lines[0](title="Cafe on the quay"), *lines[1:])
    assert titles(changes.edited) == ["Cafe on the quay"]


def test_a_first_reading_whose_letters_are_damaged_waits_for_a_better_one():
    ledger = Ledger()
    lines = [line(title, day=n) for n, title in enumerate(("Brød fra Åsgård", "Måger på molen", "Færgen sejler"))]
    harmed = [each(title=each.item.title.encode().decode("cp1252")) for each in lines]
    assert refused(ledger.read(*harmed)) == ("encoding", "the letters of 3 of 3 items are damaged")
    assert len(ledger.read(*lines).added) == 3


def test_a_letter_that_one_title_lost_and_others_show_is_a_slip_once_it_stays_so():
    lines = [
        story(5, title="Flutsperre zum Frühjahr"),
        story(4, title="Neue Kräne für den Kai"),
        *stories(3, 2),
    ]
    ledger = known(*lines)
    slip = [lines[0](title="Flutsperre zum Frhjahr"), *lines[1:]]
    for _ in range(2):
        assert refused(ledger.read(*slip))[0] == "encoding"
    assert titles(ledger.read(*slip).edited) == ["Flutsperre zum Frhjahr"]


def test_a_new_item_that_begins_with_a_question_mark_waits():
    ledger = known(*stories(5, 4, 3, 2))
    changes = ledger.read(story(9, summary="?We have waited long for this ? and it shows?"), *stories(5, 4, 3))
    assert [(held.reason, held.whole) for held in changes.held] == [("encoding", False)]
    assert changes.added == ()


def test_damaged_letters_may_be_repaired():
    lines = [story(5, title="CafÃ© on the quay"), *stories(4, 3, 2)]
    assert titles(known(*lines).read(lines[0](title="Café on the quay"), *lines[1:]).edited) == ["Café on the quay"]


@pytest.mark.parametrize(
    "text",
    ["Ærøskøbing", "naïve “café” – no", "€ 5,–", "Größe", "हेलम", "“Ça va”", "Año"],
)
def test_normal_text_is_not_damaged(text):
    assert not mojibake.is_damaged(text)
    assert mojibake.is_damaged(text.encode().decode("cp1252", "replace"))


# Some of it.


def test_when_most_items_are_gone_at_once_new_ones_pass_and_removals_wait():
    ledger = known(*stories(9, 8, 7, 6, 5, 4, 3))
    changes = ledger.read(*stories(10, 9, 3))
    assert titles(changes.added) == [TITLES[10]]
    (held,) = changes.held
    assert (held.reason, held.whole) == ("drop", False)
    assert held.message == "5 of 7 known items are missing, 3 are there; what is new was published"
    assert all(not row.missing for row in ledger.memory.rows.values())


def test_absences_of_most_items_count_once_three_readings_had_the_same():
    ledger = known(*stories(9, 8, 7, 6, 5, 4, 3))
    held = [reasons(ledger.read(*stories(9, 3))) for _ in range(3)]
    assert held == [["drop"], ["drop"], []]


def test_a_drop_is_counted_among_the_items_before_the_last_that_stays():
    ledger = known(*stories(11, 10, 9, 8, 7, 6, 5, 4))
    assert reasons(ledger.read(*stories(11, 6))) == ["drop"]


def test_a_listing_that_shrinks_at_its_old_end_retracts_nothing():
    ledger = known(*stories(9, 8, 7, 6, 5, 4, 3))
    for _ in range(4):
        changes = ledger.read(*stories(9, 8, 7))
        assert (changes.held, changes.retracted) == ((), ())
    assert len(ledger.ids) == 7


def test_a_notice_among_the_items_waits():
    lines = [story(n, label="Harbour") for n in (6, 5, 4, 3)]
    ledger = known(*lines)
    changes = ledger.read(line("Something went wrong", summary="Please try again later."), *lines)
    assert changes.added == ()
    assert reasons(changes) == ["unlike"]
    assert changes.held[0].message == "item 1, “Something went wrong”, has no label and no date unlike the others"


@pytest.mark.parametrize("title", ["{{ item.title }}", "${title}", "[object Object]", "undefined", "null"])
def test_a_title_that_a_template_did_not_fill_in_waits_for_one(title):
    ledger = known(*stories(5, 4, 3, 2))
    for _ in range(5):
        changes = ledger.read(story(6, title=title), *stories(5), story(4, title=title), *stories(3, 2))
        assert (changes.entries, reasons(changes)) == ((), ["unlike", "unlike"])
    changes = ledger.read(*stories(6, 5, 4, 3, 2))
    assert (titles(changes.added), changes.edited, changes.held) == ([TITLES[6]], (), ())


def test_a_new_item_that_lacks_one_field_is_not_held():
    lines = [story(n, label="Harbour") for n in (6, 5, 4, 3)]
    for name in ("label", "day", "summary"):
        new = story(9, label="Harbour")(**{name: None})
        assert titles(known(*lines).read(new, *lines).added) == [TITLES[9]]


def test_a_held_item_is_published_after_readings_in_a_row_though_others_change():
    lines = [story(n, label="Harbour") for n in (6, 5, 4, 3)]
    bare = line("Closed on Monday")
    ledger = known(*lines)
    assert titles(ledger.read(bare, *lines).added) == []
    assert titles(ledger.read(bare, story(8, label="Events"), *lines).added) == [TITLES[8]]
    assert titles(ledger.read(bare, story(8, label="Events"), *lines).added) == ["Closed on Monday"]


def test_a_listing_that_is_listed_twice_announces_nothing():
    lines = stories(6, 5, 4, 3)
    ledger = known(*lines)
    twice = reading("a.txt", ("News", lines), ("News", lines))
    assert ledger.read_all(twice).entries == ()
    bare = [line(title, day=n) for n, title in enumerate(TITLES[:4])]
    ledger = known(*bare)
    changes = ledger.read_all(reading("a.txt", ("News", bare), ("News", bare)))
    assert changes.added == ()


def test_a_listing_of_titles_that_is_listed_twice_under_one_heading_is_never_accepted():
    bare = [line(title, day=n) for n, title in enumerate(TITLES[:6])]
    ledger = known(*bare)
    for _ in range(5):
        assert refused(ledger.read(*bare, *bare)) == (
            "mass_change",
            "6 of 12 items say what another one says, word for word",
        )


# Clocks.


def test_counters_in_every_item_are_held_at_once():
    def counted(times):
        return [story(n, summary=f"{SUMMARIES[n]} Read {times + n} times.") for n in (6, 5, 4, 3)]

    ledger = known(*counted(100))
    changes = ledger.read(story(9), *counted(200))
    assert titles(changes.added) == [TITLES[9]]
    assert changes.edited == ()
    assert reasons(changes) == ["flapping"] * 4


def labelled(label, *numbers):
    return [story(n, label=label(n)) for n in numbers]


def test_labels_that_all_change_at_once_wait_until_they_have_stayed_so_while_news_passes():
    ledger = known(*labelled(lambda n: "Press release", 7, 6, 5, 4, 3))
    for _ in range(2):
        changes = ledger.read(*labelled(lambda n: "Media release", 8, 7, 6, 5, 4, 3))
        assert reasons(changes) == ["mass_change"]
        assert {entry.category for entry in ledger.memory.entries.values()} == {"press release", None}
    assert ledger.read(*labelled(lambda n: "Media release", 8, 7, 6, 5, 4, 3)).held == ()
    assert {entry.category for entry in ledger.memory.entries.values()} == {"media release"}


def test_a_counter_in_the_place_of_the_labels_makes_no_categories():
    ledger = known(*labelled(lambda n: "Press release", 7, 6, 5, 4, 3))
    for at in range(5):
        ledger.read(*labelled(lambda n, at=at: str(100 * n + at), 8, 7, 6, 5, 4, 3))
    assert {entry.category for entry in ledger.memory.entries.values()} == {"press release", None}


def test_one_label_that_is_renamed_among_others_is_accepted_at_once():
    ledger = known(*labelled(lambda n: ("Events", "Notices")[n % 2], 8, 7, 6, 5, 4, 3, 2, 1))
    changes = ledger.read(*labelled(lambda n: ("Dates", "Notices")[n % 2], 8, 7, 6, 5, 4, 3, 2, 1))
    assert changes.held == ()
    assert ledger.entry(TITLES[8]).category == "dates"


def test_tidings_accept_lets_a_refused_reading_pass_once():
    ledger = known(*stories(11, 10, 9, 8))
    assert len(ledger.read(*stories(4, 3, 2, 1), accepted=True).added) == 4
    assert refused(ledger.read(story(9), *stories(7, 6, 5, 0)))[0] == "mass_change"
