"""Listings in languages that the configuration does not name."""

from __future__ import annotations

import pytest

from feeds.config import Source
from feeds.dates.parsing import resolve
from feeds.model import Document
from feeds.parsers import parse
from feeds.parsers.language_detection import language_of

SOURCE = Source(name="news", url="https://h.example/news")
ROWS = {
    "de": [
        ("Die Brücke am Markt ist wieder offen", "4. März 2026"),
        ("Neue Öffnungszeiten im Hallenbad", "27. Dezember 2025"),
        ("Der Stadtrat tagt am Donnerstag", "gestern"),
        ("Die Mülltonnen werden später geleert", "05.01.2026"),
    ],
    "fr": [
        ("Le pont du marché est de nouveau ouvert", "4 mars 2026"),
        ("La piscine change ses horaires", "27 déc. 2025"),
        ("Le conseil se réunit ce jeudi", "hier"),
        ("La collecte des déchets est retardée", "05/01/2026"),
    ],
    "ja": [
        ("市場の橋がふたたび開通しました", "2026年3月4日"),
        ("プールの営業時間が変わります", "2025年12月27日"),
        ("議会は木曜日に開かれます", "昨日"),
        ("ごみの収集が遅れています", "令和8年1月5日"),
    ],
}
DAYS = ["2026-03-04", "2025-12-27", None, "2026-01-05"]


def page(rows: list[tuple[str, str]], attribute: str) -> str:
    items = (f'<li><h3><a href="/{n}">{title}</a></h3><p>{date}</p></li>' for n, (title, date) in enumerate(rows))
    return f"<html{attribute}><body><ul>{''.join(items)}</ul></body></html>"


def outline(rows: list[tuple[str, str]]) -> str:
    return "".join(f"{n}. {title}\n\n   {date}\n\n" for n, (title, date) in enumerate(rows, start=1))


def days(body: str, media_type: str) -> list[str | None]:
    listing = parse(Document("https://h.example/news", body.encode(), media_type), SOURCE)
    whens = resolve(listing, language=SOURCE.language, day_first=None)
    return [when and when.isoformat() for when in whens]


@pytest.mark.parametrize("language", ROWS)
@pytest.mark.parametrize("declared", [True, False], ids=["declared", "not declared"])
def test_a_page_gets_its_dates_in_its_own_language(language: str, declared: bool) -> None:
    assert days(page(ROWS[language], f' lang="{language}"' if declared else ""), "text/html") == DAYS


@pytest.mark.parametrize("language", ROWS)
def test_a_text_gets_its_dates_in_its_own_language(language: str) -> None:
    assert days(outline(ROWS[language]), "text/plain") == DAYS


def test_yesterday_is_a_date_if_the_page_has_it_in_a_time_element() -> None:
    rows = [(title, f'<time datetime="2026-02-0{n}">gestern</time>') for n, (title, _) in enumerate(ROWS["de"], 1)]
    assert days(page(rows, ""), "text/html") == ["2026-02-01", "2026-02-02", "2026-02-03", "2026-02-04"]


@pytest.mark.parametrize(
    ("date", "language"),
    [
        ("Rabu, 8 Mei 2024", "id"),
        ("woensdag 8 mei 2024", "nl"),
        ("Thứ tư, 08/05/2024", "vi"),
        ("8. května 2024", "cs"),
        ("hace 4 horas", "es"),
        ("vor 4 Stunden", "de"),
        ("4 hours ago", None),
        ("Wednesday, 08/05/2024", None),
        ("lorem 4 ipsum", None),
    ],
)
def test_weekdays_months_and_hours_ago_show_the_language(date: str, language: str | None) -> None:
    assert language_of(f"Lorem\n{date}\n\nIpsum\n{date}\n", "en") == language


def test_months_above_days_show_the_language() -> None:
    assert language_of("květen 2024\n\n14. 5.  Lorem\n", "en") == "cs"
    assert language_of("2024\n\n12. März\nLorem\n", "en") == "de"
