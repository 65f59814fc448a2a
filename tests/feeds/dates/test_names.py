"""Names of months and weekdays: those of each language, and of no other."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest
from babel import Locale
from babel.dates import format_date
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.dates.names import flatten, fold, guess_language, short_order
from feeds.dates.parsing import parse_date
from feeds.model import When

# fmt: off
LANGUAGES = (
    "en", "de", "fr", "es", "it", "pt", "nl", "pl", "cs", "ru", "uk", "fi", "hu", "tr", "el", "he", "ar",
    "hi", "ja", "zh", "ko", "vi", "lt", "lv", "ca",
)
# fmt: on


@settings(max_examples=40, deadline=None)
@given(day=st.dates(dt.date(1970, 1, 1), dt.date(2199, 12, 31)))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_day_survives_being_written_in_every_language(language: str, day: dt.date) -> None:
    for width in ("full", "long", "medium"):
        text = format_date(day, format=width, locale=language)
        when = parse_date(text, languages=(language,))
        assert when == When(day), text


def test_months_are_a_languages_own_whichever_was_read_before() -> None:
    assert Locale.parse("he").months["stand-alone"]["wide"][3] == "מרץ"
    assert Locale.parse("ja").months["stand-alone"]["wide"][3] != ""
    assert parse_date("5 במרץ 2024", languages=("ja",)) is None


def test_a_language_that_does_not_exist_is_read_as_english() -> None:
    assert parse_date("12 August 2021", languages=("xx-klingon",)) == When(dt.date(2021, 8, 12))


@pytest.mark.parametrize(
    ("names", "language"),
    [
        ({"mars": 3, "février": 1}, "fr"),
        ({"mars": 3, "februari": 1}, "sv"),
        ({"listopada": 2, "grudnia": 1}, "pl"),
        ({"Декабрь": 1, "марта": 2}, "ru"),
        ({"lorem": 4}, None),
    ],
)
def test_the_months_of_a_text_tell_its_language(names: dict[str, int], language: str | None) -> None:
    assert guess_language(Counter(names)) == language


@pytest.mark.parametrize(
    ("tag", "order"),
    [("en-US", "mdy"), ("en-GB", "dmy"), ("de", "dmy"), ("ja", "ymd"), ("hu", "ymd"), ("xx", None)],
)
def test_a_language_has_an_order_for_numeric_dates(tag: str, order: str | None) -> None:
    assert short_order(tag) == order


@given(text=st.text())
def test_flat_text_keeps_every_index(text: str) -> None:
    assert len(flatten(text)) == len(text)


def test_folding_ignores_case_accents_dots_and_the_script_of_digits() -> None:
    assert fold("FÉVR.") == fold("fevr")
    assert fold("Aralık") == fold("ARALIK")
    assert flatten("１２ ٣") == "12 3"
