"""Most items edited at once: a redesign, next to the broken page that looks most like it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from tests.kit.listings import SUMMARIES, TITLES, Line, known, line, refused, stories, story, titles


def linked(*numbers, to="https://harbour.example/{}"):
    return [story(n, link=to.format(n)) for n in numbers]


@pytest.mark.parametrize(
    "renewed",
    [
        lambda n: {"link": f"https://port.example/node/{n * 7}"},
        lambda n: {"summary": f"{SUMMARIES[11 - n]} And more of it."},
        lambda n: {"title": TITLES[n].upper(), "link": f"https://port.example/{n}"},
    ],
    ids=["addresses", "summaries", "addresses-and-capitals"],
)
def test_a_redesign_edits_the_items_once_it_stays_so(renewed):
    ledger = known(*linked(8, 7, 6, 5, 4))
    before = set(ledger.ids.values())
    after = [story(n, link=f"https://harbour.example/{n}")(**renewed(n)) for n in (8, 7, 6, 5, 4)]
    for _ in range(2):
        reason, message = refused(ledger.read(*after))
        assert reason == "mass_change"
        assert message == "5 of 5 items would be edited at once; it has to stay so for a while"
    changes = ledger.read(*after)
    assert (len(changes.edited), len(changes.added), changes.held) == (5, 0, ())
    assert set(ledger.ids.values()) == before


def test_news_does_not_make_a_redesign_wait_longer():
    ledger = known(*linked(6, 5, 4, 3))
    moved = "https://port.example/{}"
    for newest in (6, 7):
        assert refused(ledger.read(*linked(*range(newest, 2, -1), to=moved)))[0] == "mass_change"
    changes = ledger.read(*linked(8, 7, 6, 5, 4, 3, to=moved))
    assert (len(changes.added), len(changes.edited)) == (2, 4)


@pytest.mark.parametrize(
    "broken",
    [
        lambda n: {"link": f"https://harbour.example/{n % 6 + 3}"},
        lambda n: {"summary": SUMMARIES[n % 6 + 3]},
        lambda n: {"link": f"https://harbour.example/{n % 2}.html"},
        lambda n: {"day": n + 1},
        lambda n: {"title": f"{n}.30 o'clock {TITLES[n]}"},
    ],
    ids=["neighbours-links", "neighbours-summaries", "two-links", "days", "titles"],
)
def test_mass_edits_that_are_not_a_redesign_are_refused_however_often_they_are_seen(broken):
    lines = linked(8, 7, 6, 5, 4, 3)
    ledger = known(*lines)
    for _ in range(5):
        reason, _ = refused(ledger.read(*(each(**broken(8 - i)) for i, each in enumerate(lines))))
        assert reason == "mass_change"


def test_titles_that_all_changed_are_edited_once_that_has_lasted():
    ledger = known(*linked(8, 7, 6, 5, 4))
    before = set(ledger.ids.values())
    after = [each(title=f"{each.item.title} | City news") for each in linked(8, 7, 6, 5, 4)]
    for _ in range(11):
        assert refused(ledger.read(*after)) == ("mass_change", "5 of 5 items would be edited at once")
    changes = ledger.read(*after)
    assert (len(changes.edited), len(changes.added), changes.held) == (5, 0, ())
    assert set(ledger.ids.values()) == before


def test_days_that_all_moved_are_accepted_once_that_has_lasted():
    ledger = known(*linked(8, 7, 6, 5, 4))
    after = [each(day=n - 1) for n, each in zip((8, 7, 6, 5, 4), linked(8, 7, 6, 5, 4), strict=True)]
    for _ in range(11):
        assert refused(ledger.read(*after))[0] == "mass_change"
    changes = ledger.read(*linked(9), *after)
    assert (len(changes.edited), len(changes.added), changes.held) == (5, 1, ())


def test_titles_in_capitals_are_not_counters():
    ledger = known(*linked(8, 7, 6, 5, 4))
    after = [each(title=each.item.title.upper()) for each in linked(8, 7, 6, 5, 4)]
    assert [len(ledger.read(*after).edited) for _ in range(3)] == [0, 0, 5]


@pytest.mark.parametrize("name", ["day", "summary", "link"])
def test_a_field_that_all_items_lost_is_accepted_once_that_has_lasted_and_kept_by_all(name):
    lines = linked(8, 7, 6, 5, 4)
    ledger = known(*lines)
    before = dict(ledger.memory.entries)
    for _ in range(11):
        assert refused(ledger.read(*(each(**{name: None}) for each in lines)))[0] == "fields_lost"
    assert len(ledger.read(*linked(9), *(each(**{name: None}) for each in lines)).added) == 1
    assert ledger.read(*linked(9), *lines).held == ()
    assert before.items() <= ledger.memory.entries.items()


def test_if_hardly_any_item_has_a_summary_none_is_removed():
    ledger = known(story(8), *(each(summary=None) for each in linked(7, 6, 5, 4)))
    assert ledger.read(*(each(summary=None) for each in (story(8), *linked(7, 6, 5, 4)))).edited == ()
    assert ledger.entry(TITLES[8]).summary == SUMMARIES[8]


@pytest.mark.parametrize(
    ("bare", "changed"),
    [
        (True, lambda n, title: {"day": n + 1}),
        (False, lambda n, title: {"title": f"Now: {title}", "link": f"https://port.example/{n}"}),
        (False, lambda n, title: {"title": f"Now: {title}", "summary": SUMMARIES[11 - n]}),
    ],
    ids=["days", "titles-and-addresses", "titles-and-summaries"],
)
def test_tidings_accept_lets_a_change_of_all_items_pass_and_keeps_their_ids(bare, changed):
    numbers = (8, 7, 6, 5, 4, 3)
    lines = [line(TITLES[n], day=n) for n in numbers] if bare else linked(*numbers)
    ledger = known(*lines)
    before = set(ledger.ids.values())
    after = [each(**changed(n, each.item.title)) for n, each in zip(numbers, lines, strict=True)]
    assert refused(ledger.read(*after))[0] == "mass_change"
    changes = ledger.read(*after, accepted=True)
    assert (len(changes.edited), len(changes.added)) == (6, 0)
    assert set(ledger.ids.values()) == before


def test_one_value_for_several_items_is_a_template_without_data():
    lines = stories(9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
    again = [each(day=20) if i in (2, 4, 6, 8) else each for i, each in enumerate(lines)]
    assert refused(known(*lines).read(*again)) == (
        "mass_change",
        "4 items would be edited to have the same published (2026-01-21)",
    )


def test_times_that_all_dates_gain_are_not_mass_edits():
    lines = stories(6, 5, 4, 3, 2)
    timed = [Line(each.item, replace(each.when, time=dt.time(9 + i, 30))) for i, each in enumerate(lines)]
    assert known(*lines).read(*timed).held == ()


def test_one_time_that_all_dates_gain_is_a_clock():
    lines = stories(6, 5, 4, 3, 2)
    timed = [Line(each.item, replace(each.when, time=dt.time(9, 30))) for each in lines]
    assert refused(known(*lines).read(*timed)) == (
        "mass_change",
        "5 items would be edited to have the same time (T09:30:00)",
    )


def test_edits_and_unknown_items_among_the_known_count_together():
    lines = [line(TITLES[n], day=n) for n in (9, 8, 7, 6, 5, 4, 3, 2)]
    ledger = known(*lines)
    half = [each(title=f"{each.item.title} (updated)") for each in lines[1:5]]
    others = [line(SUMMARIES[n], day=n) for n in (4, 3, 2)]
    assert refused(ledger.read(*others, lines[0], *half)) == (
        "mass_change",
        "4 of 8 items would be edited at once, and 3 are new among them",
    )


def test_one_day_for_all_is_never_accepted_but_does_not_hold_news_for_ever():
    lines = linked(8, 7, 6, 5, 4)
    ledger = known(*lines)
    before = dict(ledger.memory.entries)
    moved = [each(day=10) for each in lines]
    for _ in range(11):
        assert refused(ledger.read(*moved))[0] == "mass_change"
    assert titles(ledger.read(*linked(11), *moved).added) == [TITLES[11]]
    assert ledger.read(*linked(11), *moved).held == ()
    assert before.items() <= ledger.memory.entries.items()


def test_a_counter_that_is_added_to_every_summary_is_accepted_once_whatever_it_counts():
    def counted(*numbers, views):
        return [each(summary=f"{each.item.summary} {views + n} views") for n, each in enumerate(linked(*numbers))]

    ledger = known(*linked(8, 7, 6, 5, 4))
    for views in (10, 20):
        assert refused(ledger.read(*counted(8, 7, 6, 5, 4, views=views)))[0] == "mass_change"
    assert len(ledger.read(*counted(8, 7, 6, 5, 4, views=30)).edited) == 5
    changes = ledger.read(*counted(9, 8, 7, 6, 5, 4, views=40))
    assert (len(changes.added), len(changes.edited)) == (1, 0)


def test_a_session_in_every_link_is_not_an_edit_and_holds_no_news():
    def visited(*numbers, session):
        return linked(*numbers, to=f"https://harbour.example/{{}}?page=1&visit={session}")

    ledger = known(*linked(8, 7, 6, 5, 4, to="https://harbour.example/{}?page=1"))
    assert ledger.read(*visited(8, 7, 6, 5, 4, session="3f9")).entries == ()
    changes = ledger.read(*visited(9, 8, 7, 6, 5, 4, session="7ab"))
    assert (titles(changes.added), changes.edited, changes.held) == ([TITLES[9]], (), ())
