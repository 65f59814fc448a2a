"""Header fields: freshness, Retry-After, validators and media types, well formed or not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from urllib3 import HTTPHeaderDict

from feeds.fetch import headers
from feeds.model import Validators

NOON = "Sun, 06 Nov 1994 12:00:00 GMT"
DAY = 86_400


def said(**lines: str) -> HTTPHeaderDict:
    return HTTPHeaderDict({name.replace("_", "-"): value for name, value in lines.items()})


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        (" 120 ", 120),
        ("86400", DAY),
        ("86401", DAY),
        ("9" * 5000, DAY),
        ("Sun, 06 Nov 1994 12:02:00 GMT", 120),
        ("Sunday, 06-Nov-94 12:02:00 GMT", 120),
        ("Sun Nov  6 12:02:00 1994", 120),
        ("Sun, 06 Nov 1994 14:02:00 +0200", 120),
        ("Fri, 31 Dec 9999 23:59:59 GMT", DAY),
        (NOON, 0),
        ("Sun, 06 Nov 1994 11:59:59 GMT", None),
        ("-1", None),
        ("1.5", None),
        ("+5", None),
        ("５", None),
        ("soon", None),
        ("", None),
        ("Sun, 99 Nov 1994 12:02:00 GMT", None),
        ("Sun, 06 Nov 99999 12:02:00 GMT", None),
    ],
    ids=lambda value: str(value)[:40],
)
def test_retry_after_is_a_span_or_a_date_counted_from_the_answers_own(value, seconds):
    assert headers.retry_after(said(Retry_After=value, Date=NOON)) == seconds


@pytest.mark.parametrize("date", [{}, {"Date": "today"}], ids=["none", "garbage"])
def test_a_date_to_retry_after_says_nothing_without_the_date_of_the_answer(date):
    assert headers.retry_after(said(Retry_After="Sun, 06 Nov 1994 12:02:00 GMT", **date)) is None


def test_without_retry_after_there_is_no_wait():
    assert headers.retry_after(said()) is None


@pytest.mark.parametrize(
    ("control", "seconds"),
    [
        ("max-age=600", 600),
        ('public, MAX-AGE="600"', 600),
        ("max-age = 600", 600),
        ("s-maxage=5, max-age=600", 600),
        ("x-max-age=5", None),
        ('private="max-age=5", max-age=600', 600),
        ("max-age=31536000, immutable", DAY),
        ("max-age=0, must-revalidate", 0),
        ("max-age=-1", None),
        ("max-age=", None),
        ("max-age=600, no-cache", 0),
        ("No-Store", 0),
        ('no-cache="Set-Cookie", max-age=600', 600),
        ("public", None),
        ("", None),
        (",;=,=;", None),
    ],
)
def test_freshness_is_what_cache_control_says(control, seconds):
    assert headers.freshness_lifetime(said(Cache_Control=control)) == seconds


@pytest.mark.parametrize(
    ("lines", "seconds"),
    [
        ({"Cache_Control": "max-age=600", "Age": "200"}, 400),
        ({"Cache_Control": "max-age=600", "Age": "700"}, 0),
        ({"Cache_Control": "max-age=600", "Age": "old"}, 600),
        ({"Expires": "Sun, 06 Nov 1994 12:05:00 GMT", "Date": NOON}, 300),
        ({"Expires": "Sun, 06 Nov 1994 12:05:00 GMT", "Date": NOON, "Age": "100"}, 200),
        ({"Expires": "Sun, 06 Nov 1994 12:05:00 GMT", "Date": NOON, "Cache_Control": "max-age=60"}, 60),
        ({"Expires": "Sun, 06 Nov 1994 11:00:00 GMT", "Date": NOON}, 0),
        ({"Expires": "0", "Date": NOON}, 0),
        ({"Date": NOON}, None),
    ],
    ids=["age", "too-old", "bad-age", "expires", "expires-age", "control-wins", "expired", "zero", "nothing"],
)
def test_freshness_counts_age_and_falls_back_on_expires(lines, seconds):
    assert headers.freshness_lifetime(said(**lines)) == seconds


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ('"a"', '"a"'),
        ('W/"a b"', 'W/"a b"'),
        ("unquoted", "unquoted"),
        ('"\xe9"', '"\xe9"'),
        ("", None),
        ('"a\r\n b"', None),
        ('"a\x00"', None),
        ("a" * 1024, "a" * 1024),
        ("a" * 1025, None),
    ],
    ids=lambda value: ascii(value)[:20],
)
def test_validators_are_kept_where_they_can_be_sent_back(value, kept):
    assert headers.validators(said(ETag=value, Last_Modified=value)) == Validators(kept, kept)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("text/html", ("text/html", None)),
        ('Text/Plain; Charset="UTF-8"', ("text/plain", "utf-8")),
        ("text/html;charset=iso-8859-1;x=y", ("text/html", "iso-8859-1")),
        ("application/rss+xml; a=b", ("application/rss+xml", None)),
        ("html", (None, None)),
        ("; charset=utf-8", (None, None)),
        ("", (None, None)),
    ],
)
def test_the_media_type_is_read_or_unknown(value, expected):
    assert headers.media_type(said(Content_Type=value)) == expected


@given(st.text(st.characters(max_codepoint=255), max_size=80))
def test_nothing_that_a_field_can_hold_is_an_error(value):
    lines = said(Retry_After=value, Cache_Control=value, Expires=value, Age=value, Date=value)
    assert headers.retry_after(lines) in (None, *range(DAY + 1))
    assert headers.freshness_lifetime(lines) in (None, *range(DAY + 1))
    headers.media_type(said(Content_Type=value))
    headers.validators(said(ETag=value))
