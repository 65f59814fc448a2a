"""Listings in which one date is mistyped or not set yet: its item stays, without a date, and a problem is reported."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from feeds.config import Source
from feeds.dates.parsing import resolve
from feeds.model import Document, Listing
from feeds.parsers import parse

TITLES = ("Quay wall repaired", "New pilot boat arrives", "Harbour office moves", "Fog signal tested")
PROSE = (
    "Divers worked on it for a month.",
    "She is faster than the old one.",
    "It will be next to the lock.",
    "It was heard across the bay.",
)
DAYS = ("28 May 2026", "17 May 2026", "5 May 2026", "3 May 2026")
TOPICS = ("Works", "Boats", "Works", "Boats")


def read(text: str, language: str = "en") -> Listing:
    return parse(Document("x.txt", text.encode()), Source(name="x", path="x.txt", language=language))


def blocks(days: Sequence[str], form: str = "{title}\n\n{day}\n\n{prose}\n\n", head: str = "Harbour news\n\n") -> str:
    rows = zip(TITLES, days, PROSE, TOPICS, range(1, 5), strict=True)
    return head + "".join(form.format(title=t, day=d, prose=p, topic=o, n=n) for t, d, p, o, n in rows)


def with_second(day: str) -> tuple[str, ...]:
    return (DAYS[0], day, *DAYS[2:])


def dates(listing: Listing, language: str = "en") -> list[str | None]:
    return [when and when.isoformat() for when in resolve(listing, language=language, day_first=None)]


LAYOUTS = {
    "blocks": "{title}\n\n{day}\n\n{prose}\n\n",
    "date first": "{day}\n\n{title}\n\n{prose}\n\n",
    "without blank lines": "{title}\n{day}\n{prose}\n\n",
    "a name before the date": "{title}\n\nPosted: {day}\n\n{prose}\n\n",
    "label and date": "{topic} | {day}\n\n{title}\n\n{prose}\n\n",
    "numbered": "{n}. {title}\n\n{day}\n\n{prose}\n\n",
    "outline": "  {n}. {topic}\n\n     {title}\n\n     {day}\n\n     {prose}\n\n",
    "bullets": "- {day} – {title}\n",
    "one line": "{title} ({day})\n",
    "table": "{day} | {title} | {topic}\n",
    "key and value": "Title: {title}\nDate: {day}\nCategory: {topic}\n\n",
    "Markdown": "## {title}\n\n*{day}*\n\n{prose}\n\n",
}


@pytest.mark.parametrize("day", ["31 June 2026", "13th Mrach 2026", "2026-13-12", "to be confirmed"])
@pytest.mark.parametrize("form", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_the_item_stays_without_a_date(form: str, day: str) -> None:
    text = blocks(with_second(day), form)
    listing = read(text)
    assert [item.title for item in listing.items] == list(TITLES)
    assert dates(listing) == ["2026-05-28", None, "2026-05-05", "2026-05-03"]
    assert day in (listing.items[1].date or "")
    if "{prose}" in form:
        assert [item.summary for item in listing.items] == list(PROSE)
    line = next(number for number, row in enumerate(text.split("\n"), 1) if day in row)
    [problem] = listing.problems
    assert (problem.line, repr(day) in problem.message) == (line, True)
    assert "looks like a date but is not one" in problem.message


@pytest.mark.parametrize("place", range(4))
def test_any_item_may_be_the_one(place: int) -> None:
    days = [*DAYS]
    days[place] = "31 April 2026"
    listing = read(blocks(days))
    assert [item.title for item in listing.items] == list(TITLES)
    assert [date is None for date in dates(listing)] == [index == place for index in range(4)]


def test_words_before_the_date_may_be_part_of_its_line() -> None:
    listing = read(blocks([f"Posted on {day}" for day in with_second("31 June 2026")]))
    assert [item.title for item in listing.items] == list(TITLES)
    assert dates(listing)[1] is None


def test_several_may_be_mistyped_or_not_set() -> None:
    listing = read(blocks(("TBC", DAYS[1], "Date to be announced", DAYS[3])))
    assert [item.title for item in listing.items] == list(TITLES)
    assert [problem.line for problem in listing.problems] == [5, 17]


def test_the_language_of_the_other_dates_counts() -> None:
    listing = read(blocks(("28. Oktober 2026", "17. Okotber 2026", "31. September 2026", "3. Juli 2026")))
    assert [item.title for item in listing.items] == list(TITLES)
    assert dates(listing, "de") == ["2026-10-28", None, None, "2026-07-03"]


def test_weekday_and_time_belong_to_the_date() -> None:
    days = ("Thu, 28 May 2026, 14:30", "Sun, 31 June 2026, 14:30", "Tue, 5 May 2026, 10:00", "Sun, 3 May 2026, 9:00")
    listing = read(blocks(days))
    assert [item.date for item in listing.items] == list(days)
    assert dates(listing)[1] is None


@pytest.mark.parametrize(
    "title", ["To be announced", "31 June 2026", "31 June 2026: the day that never was", "TBA – the new pilot boat"]
)
def test_a_title_with_a_date_of_its_own_stays_a_title(title: str) -> None:
    for form in (LAYOUTS["blocks"], LAYOUTS["one line"]):
        listing = read(blocks(DAYS, form).replace(TITLES[1], title))
        assert [item.title for item in listing.items] == [TITLES[0], title, *TITLES[2:]]
        assert None not in dates(listing)


@pytest.mark.parametrize(
    "prose",
    ["The day is to be confirmed by the council.", "It will leave the yard on 31 June 2026.", "Crew: to be confirmed"],
)
def test_prose_stays_in_the_summary(prose: str) -> None:
    listing = read(blocks(DAYS).replace(PROSE[1], prose))
    assert [item.summary for item in listing.items] == [PROSE[0], prose, *PROSE[2:]]
    assert not listing.problems


def test_a_line_of_digits_that_was_read_as_text_is_reported_too() -> None:
    text = blocks(DAYS).replace(TITLES[1], "31 June 2026")
    assert [(problem.line, "read as text" in problem.message) for problem in read(text).problems] == [(9, True)]
    assert not read(blocks(DAYS).replace(TITLES[1], "To be announced")).problems


def test_a_day_that_the_text_names_is_not_lost() -> None:
    listing = read(blocks(with_second("2026-02-30")).replace(PROSE[0], "Built on 2000-01-01 and 2000-01-02."))
    assert listing.items[0].summary == "Built on 2000-01-01 and 2000-01-02."
    assert listing.items[1].date == "2026-02-30"


def test_lines_are_counted_where_links_are_wrapped() -> None:
    text = blocks(with_second("31 June 2026"), "## [{title}](https://x.example/{n})\n\n{day}\n\n{prose}\n\n")
    text = text.replace("Quay wall", "Quay\nwall")
    listing = read(text)
    assert [item.title for item in listing.items] == list(TITLES)
    assert [problem.line for problem in listing.problems] == [text.split("\n").index("31 June 2026") + 1]


def test_no_date_is_lost_for_a_phrase_above_it() -> None:
    listing = read(blocks(with_second(f"To be announced\n\n{DAYS[1]}")))
    assert dates(listing) == ["2026-05-28", "2026-05-17", "2026-05-05", "2026-05-03"]


def test_one_look_alike_may_be_a_date_and_another_a_title() -> None:
    listing = read(blocks(with_second("31 June 2026")).replace(TITLES[3], "To be announced"))
    assert [item.title for item in listing.items] == [*TITLES[:3], "To be announced"]
    assert dates(listing) == ["2026-05-28", None, "2026-05-05", "2026-05-03"]


def test_without_other_dates_nothing_changes() -> None:
    form = "  {n}. {topic}\n\n     {title}\n\n     {prose}\n\n"
    listing = read(blocks(DAYS, form).replace(PROSE[1], f"31 June 2026\n\n     {PROSE[1]}"))
    assert [item.title for item in listing.items] == list(TITLES)
    assert [item.date for item in listing.items] == [None] * 4
    assert listing.items[1].summary == f"31 June 2026\n\n{PROSE[1]}"
