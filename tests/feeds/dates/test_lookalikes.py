"""Texts that look like dates and are not, and texts that only begin like one."""

from __future__ import annotations

import pytest

from feeds.dates.lookalikes import edit_distance, find_lookalike, is_lookalike


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("31 February 2026", "en"),
        ("29 February 2025", "en"),
        ("0 May 2026", "en"),
        ("May 32nd, 2026", "en"),
        ("31-Jun-2026", "en"),
        ("13th Mrach 2026", "en"),
        ("Feburary 3, 2026", "en"),
        ("12 0ctober 2026", "en"),
        ("5 Otc 2026", "en"),
        ("12 October 20266", "en"),
        ("2026-13-12", "en"),
        ("2026-04-31", "en"),
        ("31/11/2026", "en"),
        ("32.01.2026", "de"),
        ("31. Septmber 2026", "de"),
        ("30. Februar 2026", "de"),
        ("31 septembre 2026", "fr"),
        ("4 jullet 2026", "fr"),
        ("30 de febrero de 2026", "es"),
        ("8 de ocutbre de 2026", "es"),
        ("31 aprile 2026", "it"),
        ("13 wrzesnai 2026", "pl"),
        ("31 сентября 2026", "ru"),
        ("2026年2月30日", "ja"),
        ("2026年13月12日", "zh"),
    ],
)
def test_impossible_and_misspelt_dates_are_found(text: str, language: str) -> None:
    assert is_lookalike(text, (language,))
    assert is_lookalike(f"({text})", (language,))


@pytest.mark.parametrize(
    "text",
    [
        "To be announced",
        "Date to be confirmed",
        "the date is still to be decided",
        "TBA",
        "t.b.c.",
        "Date and time TBD",
        "Date pending",
        "Date to be announced soon",
        "Date not yet fixed",
        "Fecha aún por confirmar",
        "Datum nog niet bekend",
        "Ещё уточняется",
        "Datum folgt",
        "Termin wird noch bekannt gegeben",
        "Der Termin steht noch nicht fest",
        "date à confirmer",
        "Fecha por confirmar",
        "data da definire",
        "Data a confirmar",
        "datum volgt",
        "data do ustalenia",
        "Дата уточняется",
        "日程未定",
        "待定",
        "추후 공지",
    ],
)
def test_phrases_for_a_date_that_is_not_set_are_found(text: str) -> None:
    assert is_lookalike(text, ("en",))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("29 February 2024", "en"),
        ("12 March 2026", "en"),
        ("12/08/2026", "en"),
        ("12.13.2026", "en"),
        ("5. Mai 2026", "de"),
        ("28 December–2 January 2026", "en"),
        ("12 Summer 2026", "en"),
        ("12 Monday 2026", "en"),
        ("12 members 2026", "en"),
        ("31 February", "en"),
        ("Version 26.13.40", "en"),
        ("555-1234-567", "en"),
        ("192.168.2026.1", "en"),
        ("folgt", "de"),
        ("Open", "en"),
        ("The date is to be confirmed by the council", "en"),
        ("To be announced winners celebrate", "en"),
        ("Undated letters found", "en"),
        ("31 February 2026 or 3 March 2026", "en"),
    ],
)
def test_dates_and_other_texts_are_not_look_alikes(text: str, language: str) -> None:
    assert find_lookalike(text, (language,)) is None


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("31 September 2026: the day that never was", "31 September 2026"),
        ("2026-09-31 Ferry timetable", "2026-09-31"),
        ("Ferry timetable,2026-09-31,Harbour", "2026-09-31"),
        ("Harbour | to be confirmed | Ferry timetable", "to be confirmed"),
        ("Date: to be confirmed", "to be confirmed"),
        ("TBA – Ferry timetable", "TBA"),
    ],
)
def test_a_part_of_a_line_is_found_and_is_not_the_whole_line(text: str, part: str) -> None:
    found = find_lookalike(text, ("en",))
    assert found is not None
    assert (found.text, text[found.start : found.end]) == (part, part)
    assert not is_lookalike(text, ("en",))


def test_a_misspelt_month_counts_in_the_languages_in_use_only() -> None:
    assert is_lookalike("8 Heinkäuu 2026", ("fi",))
    assert not is_lookalike("8 Heinkäuu 2026", ("de",))
    assert is_lookalike("8 Juyl 2026", ("de",))


@pytest.mark.parametrize(
    ("first", "second", "distance"),
    [("march", "march", 0), ("mrach", "march", 1), ("marh", "march", 1), ("marrch", "march", 1), ("mercy", "march", 2)],
)
def test_a_swap_is_one_edit(first: str, second: str, distance: int) -> None:
    assert edit_distance(first, second) == edit_distance(second, first) == distance
