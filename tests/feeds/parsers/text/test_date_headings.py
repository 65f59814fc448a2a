"""Dates that the heading above them completes, and headings that complete nothing."""

from __future__ import annotations

import pytest

from feeds.parsers.text.cleanup.date_headings import complete_dates
from feeds.parsers.text.rows import rows


def completed(text: str, language: str = "en") -> list[str]:
    return [row.text for row in complete_dates(rows(text), (language, "en"))]


@pytest.mark.parametrize(
    ("text", "language", "date"),
    [
        ("May 2024\n\nSat 4\nPlant swap", "en", "Sat 4 May 2024"),
        ("MAY 2024\n\n4th\nPlant swap", "en", "4th MAY 2024"),
        ("May 2024\n\n4 May\nPlant swap", "en", "4 May 2024"),
        ("2024\n\nMay 4\nPlant swap", "en", "May 4 2024"),
        ("2024\n\nMay\n\n4\nPlant swap", "en", "4 May 2024"),
        ("2024\n\n12/25\nPlant swap", "en", "12/25/2024"),
        ("Mai 2024\n\nSa. 4.\nPflanzentausch", "de", "Sa. 4. Mai 2024"),
        ("2024\n\n4. Mai\nPflanzentausch", "de", "4. Mai 2024"),
        ("Mai 2024\n\nsamedi 4\nTroc de plantes", "fr", "samedi 4 Mai 2024"),
        ("2024年5月\n\n4日\n苗木交換会", "ja", "2024年5月 4日"),
        ("2024年\n\n5月4日\n苗木交換会", "ja", "2024年5月4日"),
    ],
)
def test_a_day_below_its_month_or_year_becomes_a_whole_date(text: str, language: str, date: str) -> None:
    assert completed(text, language)[-2] == date


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("2024\n2023\n2022\n\n4 May\nPlant swap", "4 May"),
        ("May 2024\nApril 2024\n\nSat 4\nPlant swap", "Sat 4"),
        ("May 2024\n\n28 April\nSpring clean", "28 April"),
        ("May 2024\n\n1\nPlant swap\n\n2\nSpring clean", "2"),
        ("2024\n\n4\nPlant swap", "4"),
        ("May 2024\n\n4 pm\nPlant swap", "4 pm"),
        ("May 2024\n\n14:30\nPlant swap", "14:30"),
        ("May\n\nSat 4\nPlant swap", "Sat 4"),
        ("Plant swap\n\nSat 4\n\nMay 2024", "Sat 4"),
        ("In 2024 we met often\n\n4 May\nPlant swap", "4 May"),
        ("2024\n\nPlant swap on 4 May\n6 May 2024", "Plant swap on 4 May"),
    ],
    ids=[
        "a menu of years",
        "a menu of months",
        "a day of another month",
        "item numbers",
        "no month",
        "a time of day",
        "a time in digits",
        "no year",
        "a heading below",
        "no heading",
        "a title",
    ],
)
def test_nothing_else_is_completed(text: str, row: str) -> None:
    assert row in completed(text)


def test_lines_that_begin_with_a_day_are_completed_together() -> None:
    text = "2024\n\nMar 12 New library card\nFeb 20 Reading room closed"
    assert completed(text)[1:] == ["Mar 12 2024 – New library card", "Feb 20 2024 – Reading room closed"]
    alone = "2024\n\nMar 12 was a good day\nThe reading room is closed"
    assert completed(alone)[1:] == ["Mar 12 was a good day", "The reading room is closed"]
