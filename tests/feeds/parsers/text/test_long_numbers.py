"""Item numbers of four digits and more, and numbers and years at the beginning of a line that are not item numbers."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from feeds.config import Source
from feeds.model import Document, Item
from feeds.parsers import parse
from feeds.parsers.text.cleanup.long_numbers import mark_long_numbers
from feeds.parsers.text.rows import rows

NAMES = ("mill", "kiln", "barn", "pump", "shed")


def items(text: str) -> Sequence[Item]:
    return parse(Document("x.txt", text.encode()), Source(name="x", path="x.txt")).items


def numbered(text: str) -> list[int]:
    """Return the numbers of the rows of a text that are item numbers."""
    found = mark_long_numbers(rows(text), ("en",))
    return [row.number for row in found if row.number is not None]


def listing(heads: Sequence[str]) -> str:
    parts = [
        f"{head} Permit for the {name}\n\n    {28 - n} May 2026\n\n    The {name} may be built as planned.\n"
        for n, (head, name) in enumerate(zip(heads, NAMES, strict=True))
    ]
    return "\n".join(["Permits\n", *parts])


@pytest.mark.parametrize(
    ("heads", "first", "step"),
    [
        (["998.", "999.", "1000.", "1001.", "1002."], 998, 1),
        (["1001.", "1000.", "999.", "998.", "997."], 1001, -1),
        (["31406)", "31407)", "31408)", "31409)", "31410)"], 31406, 1),
        (["(100001)", "(100000)", "(99999)", "(99998)", "(99997)"], 100001, -1),
        (["#1000.", "#999.", "#998.", "#997.", "#996."], 1000, -1),
        (["1,001.", "1,000.", "999.", "998.", "997."], 1001, -1),
        (["12.345)", "12.346)", "12.347)", "12.348)", "12.349)"], 12345, 1),
        (["4009、", "4008、", "4007、", "4006、", "4005、"], 4009, -1),
        (["2101.", "2100.", "2099.", "2098.", "2097."], 2101, -1),
        (["2021.", "2022.", "2023.", "2024.", "2025."], 2021, 1),
        (["7900.", "7700.", "7200.", "6100.", "5900."], 7900, None),
    ],
)
def test_numbers_of_any_length_begin_items(heads: Sequence[str], first: int, step: int | None) -> None:
    found = items(listing(heads))
    assert [item.title for item in found] == [f"Permit for the {name}" for name in NAMES]
    assert all(item.date and item.summary for item in found)
    numbers = [item.number for item in found]
    assert numbers[0] == first
    if step:
        assert numbers == list(range(first, first + step * len(NAMES), step))


@pytest.mark.parametrize(
    "text",
    [
        "The kiln cost\n1500. The council paid for\n1200. A loan covers the rest.",
        "1000. Baum gepflanzt\n\n5000. Besucherin begrüßt",
        "2024. The kiln is lit\n\n2 May 2024\n\n2023. The barn opens\n\n3 May 2023\n\n2022. The pump\n\n4 May 2022",
        "1912. The kiln is lit\n\n1911. The barn opens\n\n1910. The pump runs",
        "2026. The kiln\n\n1 May 2025\n\n2021. The barn\n\n1 May 2020\n\n2001. The pump\n\n1 May 2002",
        "2026. The kiln\n\n1 May 2025\n\n2025. The barn\n\n1 May 2020",
        "20260501. The kiln\n\n20260502. The barn\n\n20260503. The pump",
    ],
    ids=["prose", "ordinals", "years of the dates", "years alone", "years with gaps", "two years", "compact dates"],
)
def test_other_numbers_stay_in_the_text(text: str) -> None:
    assert numbered(text) == []
    assert mark_long_numbers(rows(text), ("en",)) == rows(text)


def test_a_year_within_a_numbered_list_stays_in_the_text() -> None:
    assert numbered("1. The kiln\n\n2024. A good year\n\n2. The barn") == [1, 2]


def test_eight_digits_that_are_no_date_are_a_number() -> None:
    assert numbered("20269901. The kiln\n\n20269902. The barn") == [20269901, 20269902]
