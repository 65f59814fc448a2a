"""Which differences are edits, and the entry after them."""

from __future__ import annotations

import datetime as dt
import unicodedata

import pytest

from feeds.ledger.state import Rules
from feeds.model import Precision, When
from tests.kit.listings import HOUR, START, SUMMARIES, TITLES, Ledger, reading, reasons, stories, story

WAS = story(5, label="Harbour", credit="© Tom Okafor 2025", link="http://www.example.org/5")


def after(edit, *, was=WAS):
    """Return the entry before and after its item was edited, and the changes."""
    ledger = Ledger()
    ledger.read(*stories(7, 6), was, *stories(4, 3))
    id = ledger.ids[was.item.title]
    before = ledger.memory.entries[id]
    changes = ledger.read(*stories(7, 6), edit, *stories(4, 3))
    return before, ledger.memory.entries[id], changes


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", "Buoys that no longer call home"),
        ("summary", "The makers say sorry."),
        ("summary", None),
        ("credit", "© Ada Finch 2025"),
        ("link", "http://www.example.org/five"),
    ],
)
def test_an_edit_that_a_reader_would_notice_moves_updated(name, value):
    before, entry, changes = after(WAS(**{name: value}))
    assert getattr(entry, name) == value
    assert entry.updated == START + HOUR
    (revision,) = changes.revisions
    assert revision.fields == {name: (getattr(before, name), value)}
    assert (revision.entry, revision.at) == (entry.id, START + HOUR)
    assert [edited.id for edited in changes.edited] == [entry.id]


def test_a_moved_date_is_an_edit():
    _, entry, changes = after(WAS(day=6))
    assert entry.published == dt.datetime(2026, 1, 7, 12, 0, 1, tzinfo=dt.UTC)
    assert changes.revisions[0].fields == {"published": ("2026-01-06", "2026-01-07")}


@pytest.mark.parametrize(
    "edit",
    [
        WAS(title="Buoys  that call\u00a0home"),
        WAS(summary=SUMMARIES[5].replace(" ", "  ")),
        WAS(label="HARBOUR"),
        WAS(number=3),
        WAS(link="http://www.example.org/5?utm_source=list"),
        WAS(link="http://www.example.org/5#comments"),
    ],
    ids=["spacing-of-title", "spacing-of-summary", "case-of-label", "number", "tracking", "anchor"],
)
def test_a_change_that_a_reader_would_not_notice_changes_nothing(edit):
    before, entry, changes = after(edit)
    assert entry == before
    assert changes.entries == changes.revisions == ()


def test_the_unicode_form_of_a_text_is_not_an_edit():
    was = WAS(title="Café Söl calls home")
    before, entry, changes = after(was(title=unicodedata.normalize("NFD", was.item.title)), was=was)
    assert entry == before
    assert changes.entries == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [("label", "Events"), ("link", "https://example.org/5/"), ("credit", "© Tom Okafor 2026")],
)
def test_a_label_a_tidied_link_and_the_year_of_a_credit_change_silently(name, value):
    before, entry, changes = after(WAS(**{name: value}))
    assert getattr(entry, name) == value
    assert entry.updated == before.updated
    assert changes.updated_silently == (entry,)
    assert changes.edited == changes.revisions == ()


@pytest.mark.parametrize("name", ["day", "link", "label"])
def test_a_date_a_link_and_a_label_that_are_no_longer_printed_were_not_taken_back(name):
    before, entry, changes = after(WAS(**{name: None}))
    assert entry == before
    assert changes.entries == ()


def test_the_same_words_in_other_fields_are_not_an_edit():
    was = WAS(label=None, title="Open evenings", summary="The gauge house is open", day=None)
    before, entry, _ = after(was(label="Open evenings", title="The gauge house is open", summary=None), was=was)
    assert (entry.title, entry.updated) == (before.title, before.updated)


def test_a_date_that_becomes_known_dates_the_entry():
    before, entry, _ = after(WAS, was=WAS(day=None))
    assert before.published is before.precision is None
    assert entry.published == dt.datetime(2026, 1, 6, 12, tzinfo=dt.UTC)
    assert entry.precision is Precision.DAY


def test_a_time_is_kept_to_the_minute():
    when = When(dt.date(2026, 1, 6), dt.time(9, 30), dt.timedelta(hours=2))
    _, entry, _ = after(WAS(day=when))
    assert (entry.published, entry.precision) == (
        dt.datetime(2026, 1, 6, 7, 30, tzinfo=dt.UTC),
        Precision.TIME,
    )


def test_the_time_of_a_day_that_was_known_dates_the_entry_without_being_announced():
    when = When(dt.date(2026, 1, 6), dt.time(9, 30), dt.timedelta(hours=2))
    before, entry, changes = after(WAS(day=when), was=WAS(day=5))
    assert before.published == dt.datetime(2026, 1, 6, 12, tzinfo=dt.UTC)
    assert entry.published == dt.datetime(2026, 1, 6, 7, 30, tzinfo=dt.UTC)
    assert (entry.updated, changes.edited) == (before.updated, ())


def test_a_time_that_is_no_longer_printed_was_not_taken_back():
    when = When(dt.date(2026, 1, 6), dt.time(9, 30), dt.timedelta(hours=2))
    before, entry, _ = after(WAS(day=5), was=WAS(day=when))
    assert (entry.published, entry.precision, entry.updated) == (
        dt.datetime(2026, 1, 6, 7, 30, tzinfo=dt.UTC),
        Precision.TIME,
        before.updated,
    )


def test_the_same_instant_in_another_zone_is_not_an_edit():
    was = When(dt.date(2026, 1, 6), dt.time(0, 30), dt.timedelta(hours=2))
    when = When(dt.date(2026, 1, 5), dt.time(22, 30), dt.timedelta(0))
    before, entry, changes = after(WAS(day=when), was=WAS(day=was))
    assert (entry.published, entry.updated, changes.revisions) == (before.published, before.updated, ())


def test_entries_of_one_day_have_instants_of_their_own_in_the_order_of_the_listing():
    ledger = Ledger()
    day = [story(n, day=5) for n in (5, 4, 3)]
    ledger.read(*day)
    published = [ledger.entry(TITLES[n]).published for n in (5, 4, 3)]
    noon = dt.datetime(2026, 1, 6, 12, tzinfo=dt.UTC)
    assert published == [noon + dt.timedelta(seconds=n) for n in (2, 1, 0)]
    ledger.read(story(6, day=5), *day)
    assert ledger.entry(TITLES[6]).published == noon + dt.timedelta(seconds=3)


def test_an_entry_without_a_date_has_none_and_stands_between_its_neighbours():
    ledger = Ledger()
    ledger.read(story(5), story(4, day=None), story(3))
    newer, undated, older = (ledger.entry(TITLES[n]) for n in (5, 4, 3))
    assert undated.published is None
    assert newer.rank > undated.rank > older.rank


def test_entries_that_are_updated_together_have_instants_of_their_own():
    ledger = Ledger()
    lines = stories(7, 6, 5, 4, 3)
    ledger.read(*lines)
    ledger.read(*(each(summary="Now corrected.") for each in lines[:2]), *lines[2:])
    updated = [ledger.entry(TITLES[n]).updated for n in (7, 6)]
    assert updated == [START + HOUR, START + HOUR - dt.timedelta(seconds=1)]


def test_a_date_far_ahead_counts_as_unknown_and_is_reported():
    ledger = Ledger()
    changes = ledger.read(story(5, day=200), *stories(4, 3))
    assert ledger.entry(TITLES[5]).published is None
    assert [problem.message for problem in changes.problems] == [
        "2026-07-20 lies in the future; the date counts as unknown"
    ]
    assert ledger.read(story(5, day=200), *stories(4, 3)).entries == ()


class TestFlapping:
    rules = Rules(edits=3, quiet=dt.timedelta(days=1))

    def page(self, count):
        return [story(9, summary=f"{SUMMARIES[9]} Read by {count} people."), *stories(8, 7, 6, 5, 4)]

    def flap(self, times):
        ledger = Ledger(self.rules)
        return ledger, [ledger.read(*self.page(count)) for count in range(times)]

    def test_a_counter_is_announced_a_few_times_and_then_held(self):
        ledger, readings = self.flap(8)
        assert [len(changes.edited) for changes in readings] == [0, 1, 1, 1, 0, 0, 0, 0]
        assert reasons(readings[-1]) == ["flapping"]
        assert readings[-1].held[0].message == (
            "“Old piles, new benches” was edited 7 times without a pause; it is kept as it was"
        )
        assert "Read by 3 people" in ledger.entry(TITLES[9]).summary

    def test_the_held_edit_is_published_after_a_pause(self):
        ledger, _ = self.flap(8)
        ledger.now += dt.timedelta(days=1)
        changes = ledger.read(*self.page(7))
        assert len(changes.edited) == 1
        assert "Read by 7 people" in ledger.entry(TITLES[9]).summary
        assert ledger.read(*self.page(7)).entries == ()

    def test_held_edits_are_published_with_the_next_edit_after_a_pause(self):
        ledger, _ = self.flap(8)
        ledger.now += dt.timedelta(days=1)
        first, *rest = self.page(7)
        changes = ledger.read(first(title="Old piles, better benches"), *rest)
        (entry,) = changes.edited
        assert entry.title == "Old piles, better benches"
        assert "Read by 7 people" in entry.summary

    def test_edits_with_pauses_are_never_held(self):
        ledger = Ledger(self.rules)
        for count in range(8):
            assert ledger.read(*self.page(count)).held == ()
            ledger.now += dt.timedelta(days=1)


# An entry that appears in another document.

RENAMED = "Old piles, new benches and a roof"


def test_a_file_that_is_renamed_while_an_item_is_edited_loses_no_edit():
    ledger = Ledger()
    ledger.read_all(reading("a.txt", ("News", stories(9, 8, 7, 6))))
    before = ledger.ids[TITLES[9]]
    changes = ledger.read_all(reading("b.txt", ("News", [story(9, title=RENAMED), *stories(8, 7, 6)])))
    assert [entry.title for entry in changes.edited] == [RENAMED]
    assert ledger.ids[RENAMED] == before


@pytest.mark.parametrize("order", ["ab", "ba"])
def test_an_item_that_moves_to_another_document_is_edited_as_it_reads_there(order):
    ledger, names = Ledger(), dict(zip("xy", order, strict=True))
    ledger.read_all(
        reading(names["x"], ("News", stories(9, 8, 7, 6))), reading(names["y"], ("Works", stories(5, 4, 3)))
    )
    changes = ledger.read_all(
        reading(names["x"], ("News", stories(8, 7, 6))),
        reading(names["y"], ("Works", [story(9, title=RENAMED), *stories(5, 4, 3)])),
    )
    assert [entry.title for entry in changes.edited] == [RENAMED]
    assert changes.added == ()


def test_another_document_that_words_a_listed_item_differently_edits_nothing():
    ledger = Ledger()
    ledger.read_all(reading("a", ("News", stories(9, 8, 7, 6))), reading("b", ("Works", stories(5, 4, 3))))
    changes = ledger.read_all(
        reading("a", ("News", stories(9, 8, 7, 6))),
        reading("b", ("Works", [story(9, title=RENAMED), *stories(5, 4, 3)])),
    )
    assert changes.edited == changes.added == ()


def test_an_older_page_that_shows_less_of_a_summary_edits_nothing():
    ledger, short = Ledger(), SUMMARIES[6][:30] + "…"
    ledger.read_all(reading("a", ("News", stories(9, 8, 7, 6))), reading("b", ("News", stories(5, 4, 3))))
    changes = ledger.read_all(
        reading("a", ("News", stories(10, 9, 8, 7))),
        reading("b", ("News", [story(6, summary=short), *stories(5, 4)])),
    )
    assert changes.edited == ()
    assert ledger.entry(TITLES[6]).summary == SUMMARIES[6]


@pytest.mark.parametrize(
    ("first", "second"),
    [(30, 50), (50, 30), (None, 30), (30, None)],
    ids=["longer", "shorter", "cut", "whole"],
)
def test_a_summary_that_is_cut_elsewhere_is_not_an_edit_and_the_longer_one_stays(first, second):
    def teaser(length):
        return SUMMARIES[5] if length is None else f"{SUMMARIES[5][:length].strip()} …"

    before, entry, changes = after(WAS(summary=teaser(second)), was=WAS(summary=teaser(first)))
    assert (changes.edited, changes.added) == ((), ())
    assert entry.updated == before.updated
    assert entry.summary == max(teaser(first), teaser(second), key=len)


def test_a_session_in_an_address_is_not_an_edit():
    was = WAS(link="https://example.org/5?PHPSESSID=1f3")
    before, entry, changes = after(WAS(link="https://example.org/5?PHPSESSID=9ac"), was=was)
    assert changes.entries == ()
    assert entry == before
