"""Listings as text: every document under data/text is read as the expected items next to it."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.config import Source
from feeds.dates.parsing import resolve
from feeds.errors import ParseError
from feeds.model import Document, Listing
from feeds.parsers import parse
from tests.kit.paths import DATA, ROOT, SHARED

TEXTS = DATA / "text"
SOURCE = Source(name="listing", path="listing.txt")
FIELDS = ("number", "credit", "label", "title", "date", "summary", "link")
PAIRS = sorted(path.stem for path in TEXTS.glob("*.json"))


def read(body: bytes) -> Listing:
    return parse(Document("listing.txt", body), SOURCE)


def sections(listing: Listing) -> list[dict[str, Any]]:
    """Return what was read in the form of the expected files: dates in ISO 8601, without unknown fields."""
    whens = iter(resolve(listing, language=SOURCE.language, day_first=None))
    found = []
    for section in listing.sections:
        items = []
        for item in section.items:
            when = next(whens)
            values = {name: getattr(item, name) for name in FIELDS} | {"date": when and when.isoformat()}
            items.append({name: value for name, value in values.items() if value is not None})
        found.append({"heading": section.heading, "items": items})
    return found


@pytest.mark.parametrize("name", PAIRS)
def test_a_listing_is_read_field_for_field(name: str) -> None:
    expected = json.loads((TEXTS / f"{name}.json").read_text("utf-8"))
    listing = read((TEXTS / f"{name}.txt").read_bytes())
    found, wanted = sections(listing), expected.get("sections")
    if wanted is None:
        found = [item for section in found for item in section["items"]]
        wanted = expected["items"]
        if fields := expected.get("fields"):
            found = [{name: value for name, value in item.items() if name in fields} for item in found]
    assert found == wanted
    assert listing.complete is expected.get("complete", True)
    assert [problem.line for problem in listing.problems] == expected.get("problems", [])
    if "language" in expected:
        assert listing.language == expected["language"]


@pytest.mark.parametrize("name", PAIRS)
def test_expected_items_have_a_document(name: str) -> None:
    assert (TEXTS / f"{name}.txt").exists()


def test_the_shared_listings_are_read_field_for_field() -> None:
    path = SHARED / "corpus" / "seeds.expected.json"
    if not path.exists():
        pytest.skip("the shared listings are not on this machine")
    documents = {name: value for name, value in json.loads(path.read_text("utf-8")).items() if name[0] != "_"}
    assert documents
    for name, expected in documents.items():
        for section in expected["sections"]:
            section["items"] = [{key: value for key, value in item.items() if value} for item in section["items"]]
        assert sections(read((SHARED / "seeds" / name).read_bytes())) == expected["sections"]


@pytest.mark.parametrize(
    ("name", "items", "undated", "labelled"),
    [("newsroom", 10, 1, 9), ("notices", 9, 1, 9), ("projects", 8, 0, 0)],
)
def test_the_listings_served_out_of_the_box_are_read_whole(name: str, items: int, undated: int, labelled: int) -> None:
    listing = read((ROOT / "sources" / f"{name}.txt").read_bytes())
    found = listing.items
    assert (
        len(found),
        sum(not item.date for item in found),
        sum(item.label is not None for item in found),
    ) == (
        items,
        undated,
        labelled,
    )
    assert all(item.title for item in found)
    assert listing.complete
    assert not listing.problems


def body(name: str) -> str:
    return (TEXTS / f"{name}.txt").read_text("utf-8")


@pytest.mark.parametrize("ending", ["\r\n", "\r", "\u2028"])
@pytest.mark.parametrize("name", ["outline_labels", "outline_wrapped"])
def test_line_endings_do_not_matter(name: str, ending: str) -> None:
    assert sections(read(body(name).replace("\n", ending).encode())) == sections(read(body(name).encode()))


@pytest.mark.parametrize("name", ["outline_labels", "outline_wrapped", "days_below_years", "hours_ago_in_spanish"])
def test_no_break_spaces_are_read_as_spaces(name: str) -> None:
    assert sections(read(body(name).replace(" ", "\xa0").encode())) == sections(read(body(name).encode()))


def test_each_field_knows_its_line() -> None:
    item = read(body("outline_labels").encode()).items[3]
    assert item.line == 26
    assert item.lines == {"credit": 26, "label": 28, "title": 30, "date": 32, "summary": 34}


@pytest.mark.parametrize(
    ("tail", "complete"),
    [
        ("", True),
        ("\n  7.", False),
        ("\n  7. Notice\n", False),
        ("\n  7. Notice\n\n    Lamps", True),
    ],
    ids=["whole", "a number", "a label", "a title"],
)
def test_a_listing_that_ends_within_an_item_is_not_complete(tail: str, complete: bool) -> None:
    assert read((body("outline_labels") + tail).encode()).complete is complete


def test_a_summary_that_stops_in_mid_sentence_among_whole_ones_is_not_complete() -> None:
    text = "".join(f"{n}. Title {n}\n\n   {n} May 2025\n\n   A whole sentence.\n\n" for n in range(1, 6))
    assert read(text.encode()).complete
    assert read(text.rstrip().encode()).complete
    assert not read(text.rstrip().removesuffix("sentence.").encode()).complete


@pytest.mark.parametrize(
    "ends",
    [
        ("since 12 May 2019.", "on 3 March 2011.", "on 4 June 2001."),
        ("52 years ago.", "11 weeks ago.", "5 years ago."),
    ],
)
def test_sentences_that_end_with_a_date_are_summaries(ends: tuple[str, ...]) -> None:
    items = "".join(
        f"  {n}. {title}\n\n    The works begin on Monday. Nothing like it was seen {end}\n\n"
        for n, (title, end) in enumerate(zip(("A bridge opens", "A ferry stops", "A mill turns"), ends, strict=True), 1)
    )
    listing = read(f"News\n\n{items}".encode())
    assert [(item.number, item.title, item.date) for item in listing.items] == [
        (1, "A bridge opens", None),
        (2, "A ferry stops", None),
        (3, "A mill turns", None),
    ]
    assert all((item.summary or "").endswith(end) for item, end in zip(listing.items, ends, strict=True))


def test_a_year_in_a_link_is_not_the_date_of_an_undated_item() -> None:
    days = ("14 January 2026", None, "9 January 2026", "8 January 2026")
    items = "".join(
        f"  {n}. Title of {word}\n\n" + (f"    {day}\n\n" if day else "") + f"    http://www.example.org/2026/{n}\n\n"
        for n, (word, day) in enumerate(zip(("ferries", "mills", "weirs", "locks"), days, strict=True), 1)
    )
    listing = read(f"News\n\n{items}".encode())
    assert [(item.number, item.date) for item in listing.items] == list(enumerate(days, 1))


def test_a_date_within_a_sentence_is_not_the_date_of_an_item() -> None:
    items = [
        ("Where we store your data", "All data is stored on the island."),
        ("How long we store your data", "Nothing is kept for more than six years."),
        ("When this page was changed", "This page was last changed on 25 May 2023."),
    ]
    text = "".join(f"{n}. {title}\n\n   {text}\n\n" for n, (title, text) in enumerate(items, 1))
    assert [(item.title, item.date, item.summary) for item in read(text.encode()).items] == [
        (title, None, text) for title, text in items
    ]


def test_a_day_without_a_year_in_one_of_many_titles_stays_in_it() -> None:
    titles = ["Lamp oil is back", "Spring break: 11 to 15 March", "Pier closed", "New stove in the hut"]
    text = "Notices\n\n" + "".join(f"  - {title}\n" for title in titles)
    assert [item.title for item in read(text.encode()).items] == titles


def test_a_number_with_nothing_after_it_is_a_problem_and_not_an_item() -> None:
    listing = read((body("outline_labels") + "\n  7.\n").encode())
    assert len(listing.items) == 6
    assert [problem.line for problem in listing.problems] == [49]


def test_a_listing_may_end_in_the_beginning_of_a_date() -> None:
    whole = body("outline_wrapped")
    cut = whole[: whole.index("28.") + len("28.")]
    assert [item.title for item in read(cut.encode()).items][-1] == "Ein Kompass ohne Norden"


def test_a_wide_gap_is_read_in_linear_time() -> None:
    started = time.process_time()
    read(b"Weir" + b" " * 60_000 + b"repaired\n")
    assert time.process_time() - started < 3


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=300) | st.text(alphabet="1. •-\n\tAb", max_size=200))
def test_every_text_is_read_or_refused(text: str) -> None:
    if not text.strip():
        return
    try:
        listing = read(text.encode("utf-8", "replace"))
    except ParseError:
        return
    assert all(item.line >= 1 for item in listing.items)
