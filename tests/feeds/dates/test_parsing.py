"""Dates: which texts are read as one, and which are not."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest
from babel.dates import format_date
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.dates.parsing import Edge, find_date, instant, parse_date, resolve, split_date
from feeds.model import Item, Listing, Precision, Section, When

UTC = dt.UTC


def read(text: str, language: str = "en", day_first: bool | None = None) -> str | None:
    when = parse_date(text, languages=(language,), day_first=day_first)
    return None if when is None else when.isoformat()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12 August 2021", "2021-08-12"),
        ("August 12, 2021", "2021-08-12"),
        ("Aug. 12, 2021", "2021-08-12"),
        ("Sept. 2, 2022", "2022-09-02"),
        ("12.8.2021", "2021-08-12"),
        ("12. 8. 2021", "2021-08-12"),
        ("2021-08-12", "2021-08-12"),
        ("2021/8/12", "2021-08-12"),
        ("12th August 2021", "2021-08-12"),
        ("the 1st of March, 2022", "2022-03-01"),
        ("Thursday, 12 August 2021", "2021-08-12"),
        ("Thu Aug 12 09:30:00 2021", "2021-08-12T09:30:00"),
        ("12-Aug-2021", "2021-08-12"),
        ("27-Feb-15", "2015-02-27"),
        ("15 Mar 24", "2024-03-15"),
        ("Feb 27, '99", "1999-02-27"),
        ("4/14/15", "2015-04-14"),
        ("14-VI-2023", "2023-06-14"),
        ("9. XII. 2023", "2023-12-09"),
        ("Published on 12 August 2021", "2021-08-12"),
        ("2016.03.18 UP", "2016-03-18"),
        ("12\xa0August\xa02021", "2021-08-12"),
    ],
    ids=lambda value: value,
)
def test_a_date_in_english_or_in_numbers_is_read(text: str, expected: str) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("de", "12. März 2024", "2024-03-12"),
        ("de", "Do., 12. Sept. 2024", "2024-09-12"),
        ("fr", "1er août 2023", "2023-08-01"),
        ("fr", "1ER AOUT 2023", "2023-08-01"),
        ("fr", "mar. 12 mars 2024", "2024-03-12"),
        ("es", "5 de marzo de 2024", "2024-03-05"),
        ("pt-BR", "5 de março de 2024", "2024-03-05"),
        ("ca", "5 de març de 2024", "2024-03-05"),
        ("ca", "25 d'abril de 2024", "2024-04-25"),
        ("ru", "5 марта 2024 г.", "2024-03-05"),
        ("ru", "март 5, 2024", "2024-03-05"),
        ("pl", "5 marca 2024", "2024-03-05"),
        ("fi", "5. elokuuta 2024", "2024-08-05"),
        ("hu", "2024. március 5.", "2024-03-05"),
        ("zh-TW", "113-05-20", "2024-05-20"),
        ("lt", "2024 m. kovo 5 d.", "2024-03-05"),
        ("lv", "2024. gada 5. marts", "2024-03-05"),
        ("tr", "5 ARALIK 2024 Perşembe", "2024-12-05"),
        ("el", "5 Μαρτίου 2024", "2024-03-05"),
        ("he", "5 במרץ 2024", "2024-03-05"),
        ("ar", "٥ مارس ٢٠٢٤", "2024-03-05"),
        ("hi", "१२ अगस्त २०२१", "2021-08-12"),
        ("th", "12 สิงหาคม 2564", "2021-08-12"),
        ("vi", "ngày 5 tháng 3 năm 2024", "2024-03-05"),
        ("ja", "2024年3月5日(火)", "2024-03-05"),
        ("ja", "令和6年3月5日", "2024-03-05"),
        ("ja", "16.03.18", "2016-03-18"),
        ("zh", "2024年3月5日", "2024-03-05"),
        ("zh", "２０２４年３月５日", "2024-03-05"),
        ("ko", "2024년 3월 5일", "2024-03-05"),
        ("ko", "2024. 3. 5.", "2024-03-05"),
        ("fr", "12 August 2021", "2021-08-12"),
    ],
)
def test_month_names_are_understood_in_the_given_language_and_in_english(
    language: str, text: str, expected: str
) -> None:
    assert read(text, language) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "12 August 2021, 09:30", "2021-08-12T09:30:00"),
        ("en", "09:30, 12 August 2021", "2021-08-12T09:30:00"),
        ("en", "2021-08-12T09:30:00Z", "2021-08-12T09:30:00+00:00"),
        ("en", "20210812T093000Z", "2021-08-12T09:30:00+00:00"),
        ("en", "2021-08-12T09:30-05:00", "2021-08-12T09:30:00-05:00"),
        ("en", "2021-08-12 09:30:00.123+0530", "2021-08-12T09:30:00+05:30"),
        ("en", "Thu, 12 Aug 2021 09:30:00 +0200", "2021-08-12T09:30:00+02:00"),
        ("en", "12 August 2021 at 09:30 CET", "2021-08-12T09:30:00+01:00"),
        ("en", "12 August 2021 9:30 UTC+2", "2021-08-12T09:30:00+02:00"),
        ("en", "May 5, 2024 at 12:10 a.m.", "2024-05-05T00:10:00"),
        ("en", "May 5, 2024 12:10pm - 7:00pm", "2024-05-05T12:10:00"),
        ("en", "May 5, 2024, 9 pm", "2024-05-05T21:00:00"),
        ("en", "14 May 2024 - 7.00 pm", "2024-05-14T19:00:00"),
        ("de", "12. August 2021 um 14:05 Uhr", "2021-08-12T14:05:00"),
        ("fr", "12 mars 2024 à 9h30", "2024-03-12T09:30:00"),
        ("fi", "12.8.2021 klo 9.30", "2021-08-12T09:30:00"),
        ("hu", "2021.08.12. 9:30", "2021-08-12T09:30:00"),
        ("ja", "2024年3月5日 午後3:05", "2024-03-05T15:05:00"),
    ],
)
def test_a_time_is_read_with_its_offset_where_it_says_one(language: str, text: str, expected: str) -> None:
    assert read(text, language) == expected


@pytest.mark.parametrize("zone", ["IST", "CST", "EST", "BST"])
def test_a_zone_name_that_several_zones_share_leaves_the_time_local(zone: str) -> None:
    assert read(f"12 August 2021 09:30 {zone}") == "2021-08-12T09:30:00"


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "2 - 5 May 2006", "2006-05-02"),
        ("en", "28 February - 2 March 2006", "2006-02-28"),
        ("en", "30 December 2005 - 3 January 2006", "2005-12-30"),
        ("en", "Fri, Mar 21 - Sun, Mar 23, 2025", "2025-03-21"),
        ("en", "April 7-9, 2024", "2024-04-07"),
        ("en", "2024-03-05/2024-03-08", "2024-03-05"),
        ("en", "08/12 - 08/14/2021", "2021-08-12"),
        ("de", "12.-14.08.2021", "2021-08-12"),
        ("de", "12.08. - 14.08.2021", "2021-08-12"),
        ("de", "vom 2. bis 5. Mai 2006", "2006-05-02"),
        ("fr", "du 2 au 5 mai 2006", "2006-05-02"),
        ("es", "del 2 al 5 de mayo de 2006", "2006-05-02"),
        ("en", "28 December - 3 January 2006", None),
    ],
)
def test_a_range_gives_its_start_and_nothing_where_the_start_has_no_year(
    language: str, text: str, expected: str | None
) -> None:
    assert read(text, language) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "12", "May", "Tuesday", "2024", "May 2024", "12 August", "Fall 2024", "March-April 2024",
        "TBD 2024", "yesterday", "4 hours ago", "31 February 2021", "29/02/2023", "12 August 1816",
        "12 August 2999", "20210812", "6 March 12:30", "Sat 6 March, 10 am", "10.03", "3-1",
        "May 3–July 14", "May 3 – July 14", "4 May 10–12", "Sat 4 May 10/12",
        "phone 202-225-2472", "192.168.10.12", "MAY12000", "Chapter 12 August rain in 2021", "ISO 2021 12",
        "© Provincial Archive 2021", "12 August 2021" + " " * 64 + ".",
        "The committee of the upper valley met on 12 August 2021",
    ],
)  # fmt: skip
def test_what_lacks_a_day_a_month_or_a_year_is_no_date(text: str) -> None:
    assert read(text) is None


def test_numbers_follow_the_order_that_is_given() -> None:
    assert read("12/08/2021", day_first=True) == "2021-08-12"
    assert read("12/08/2021", day_first=False) == "2021-12-08"


def test_numbers_without_an_order_are_unknown_unless_only_one_is_possible() -> None:
    assert read("12/08/2021") is None
    assert read("25/08/2021") == "2021-08-25"
    assert read("08/25/2021") == "2021-08-25"
    assert read("08/08/2021") == "2021-08-08"


def test_numbers_in_another_language_than_english_follow_its_order() -> None:
    assert read("12/08/2021", "fr") == "2021-08-12"
    assert read("12/08/2021", "en-GB") == "2021-08-12"
    assert read("12/08/2021", "en-US") == "2021-12-08"


def listing(*dates: str | None, language: str | None = None) -> Listing:
    items = tuple(Item(line=place, title="t", date=date) for place, date in enumerate(dates, 1))
    return Listing("d", (Section(None, 1, items),), language=language)


def resolved(*dates: str | None, language: str = "en", day_first: bool | None = None) -> list[str | None]:
    whens = resolve(listing(*dates), language=language, day_first=day_first)
    return [when and when.isoformat() for when in whens]


def test_one_unambiguous_sibling_decides_the_order_of_a_listing() -> None:
    assert resolved("12/08/2021", None, "25/08/2021") == ["2021-08-12", None, "2021-08-25"]
    assert resolved("03.10.16", "03.14.16") == ["2016-03-10", "2016-03-14"]


def test_contradicting_siblings_decide_nothing() -> None:
    assert resolved("12/08/2021", "25/08/2021", "08/25/2021") == [None, "2021-08-25", "2021-08-25"]


def test_the_configured_order_outweighs_the_siblings() -> None:
    assert resolved("12/08/2021", "08/25/2021", day_first=True) == ["2021-08-12", "2021-08-25"]


def test_a_listing_is_read_in_its_own_language_first() -> None:
    whens = resolve(listing("12 mars 2024", "12/08/2024", language="fr"), language="en", day_first=None)
    assert [when and when.day for when in whens] == [dt.date(2024, 3, 12), dt.date(2024, 8, 12)]


# fmt: off
PIECES = (
    "12", "8", "31", "2021", "99", "May", "mars", "/", ".", "-", ",", ":", "年", "月", "T", "pm", "٢", " ",
)
# fmt: on


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=80) | st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_a_text_of_any_kind_raises_nothing_and_gives_no_digit_that_it_does_not_have(text: str) -> None:
    when = parse_date(text, languages=("fr",))
    if when is not None:
        digits = "".join(str(int(char)) if char.isdecimal() else " " for char in text)
        numbers = [int(number) for number in digits.split()]
        compact = re.search(r"\d{8}T", text) is not None
        assert compact or any(number % 100 == when.day.year % 100 for number in numbers), text
        assert compact or when.day.day in numbers, text


@settings(max_examples=60, deadline=None)
@given(
    day=st.dates(dt.date(1970, 1, 1), dt.date(2199, 12, 31)),
    words=st.sampled_from(["A title", "Plan 2030: part 2"]),
)
def test_a_date_is_split_off_either_end_of_a_line(day: dt.date, words: str) -> None:
    written = format_date(day, format="long", locale="en")
    front, back = split_date(f"{written} – {words}"), split_date(f"{words} ({written})")
    assert front == Edge(written, words, " – ", at_start=True)
    assert back == Edge(written, words, " (", at_start=False)


def test_a_line_without_a_date_at_its_ends_is_not_split() -> None:
    assert split_date("On 12 August 2021 the gates opened early") is None
    assert split_date("Plan 2030") is None
    assert find_date("On 12 August 2021 the gates opened early") == "12 August 2021"


def test_a_whole_day_is_noon_in_the_sources_zone() -> None:
    assert instant(When(dt.date(2021, 8, 12)), ZoneInfo("Asia/Tokyo")) == dt.datetime(2021, 8, 12, 3, tzinfo=UTC)
    assert When(dt.date(2021, 8, 12)).precision is Precision.DAY


def test_an_offset_in_the_text_outweighs_the_sources_zone() -> None:
    when = parse_date("2021-08-12T09:30:00+02:00")
    assert when is not None
    assert instant(when, ZoneInfo("Asia/Tokyo")) == dt.datetime(2021, 8, 12, 7, 30, tzinfo=UTC)


def test_a_time_that_the_clocks_skip_moves_forward_by_the_gap() -> None:
    when = When(dt.date(2024, 3, 31), dt.time(2, 30))
    assert instant(when, ZoneInfo("Europe/Berlin")) == dt.datetime(2024, 3, 31, 1, 30, tzinfo=UTC)


def test_a_time_that_the_clocks_repeat_is_the_first_of_the_two() -> None:
    when = When(dt.date(2024, 10, 27), dt.time(2, 30))
    assert instant(when, ZoneInfo("Europe/Berlin")) == dt.datetime(2024, 10, 27, 0, 30, tzinfo=UTC)


ZONES = ["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "UTC"]


@settings(max_examples=200, deadline=None)
@given(
    day=st.dates(dt.date(2000, 1, 1), dt.date(2039, 12, 31)),
    minute=st.integers(0, 24 * 60 - 1),
    name=st.sampled_from(ZONES),
)
def test_a_local_time_is_the_first_instant_that_clocks_show_it_or_is_moved_past_the_gap(
    day: dt.date, minute: int, name: str
) -> None:
    zone, time = ZoneInfo(name), dt.time(minute // 60, minute % 60)
    local = dt.datetime.combine(day, time)
    found = instant(When(day, time), zone)
    near = [local.replace(tzinfo=zone) + dt.timedelta(days=days) for days in (-2, 2)]
    readings = {local.replace(tzinfo=UTC) - (moment.utcoffset() or dt.timedelta()) for moment in near}
    shown = [moment for moment in readings if moment.astimezone(zone).replace(tzinfo=None) == local]
    assert found == (min(shown) if shown else max(readings))
