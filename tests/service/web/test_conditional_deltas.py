"""When a request is answered with a delta, row by row (RFC 3229), and what is said with it."""

from __future__ import annotations

import gzip
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.store import Delta
from service.web import conditional
from service.web.conditional import document, evaluate
from service.web.request_headers import RequestHeaders
from tests.service.web.test_conditional import ATOM, ETAG

OLDER, OLDEST = "00000000000000000000000000000001", "00000000000000000000000000000002"
NEW = b"<feed>new</feed>" * 9
DELTAS = {OLDER: Delta(ETAG, NEW, {"gzip": gzip.compress(NEW, mtime=0)}), OLDEST: Delta(ETAG, b"<feed/>")}
GROWN = document(ATOM, bases=frozenset({*DELTAS, "f" * 32}), delta=DELTAS.get)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param({"if_none_match": f'"{OLDER}"', "a_im": "feed"}, 226, id="an older version"),
        pytest.param({"if_none_match": f'W/"{OLDER}-gzip"', "a_im": "feed"}, 226, id="mangled"),
        pytest.param({"if_none_match": f'"nope", "{OLDER}"', "a_im": "feed"}, 226, id="in a list"),
        pytest.param({"if_none_match": f'"{OLDER}"', "a_im": "vcdiff, FEED;q=0.1"}, 226, id="among others"),
        pytest.param({"if_none_match": f'"{OLDER}"', "a_im": "feed;q=0"}, 200, id="feed not acceptable"),
        pytest.param({"if_none_match": f'"{OLDER}"', "a_im": "vcdiff, gzip"}, 200, id="other manipulations"),
        pytest.param({"if_none_match": f'"{OLDER}"'}, 200, id="without A-IM"),
        pytest.param({"a_im": "feed"}, 200, id="without a version"),
        pytest.param({"if_none_match": '"nope"', "a_im": "feed"}, 200, id="an unknown version"),
        pytest.param({"if_none_match": f'"{"f" * 32}"', "a_im": "feed"}, 200, id="replaced meanwhile"),
        pytest.param({"if_none_match": f'"{ETAG}"', "a_im": "feed"}, 304, id="this version"),
        pytest.param({"if_none_match": f'"{OLDER}", "{ETAG}-br"', "a_im": "feed"}, 304, id="both versions"),
        pytest.param({"if_none_match": "*", "a_im": "feed"}, 304, id="any version"),
        pytest.param({"if_modified_since": "Fri, 06 Nov 2026 08:49:36 GMT", "a_im": "feed"}, 200, id="an older date"),
        pytest.param({"if_modified_since": "Fri, 06 Nov 2026 08:49:37 GMT", "a_im": "feed"}, 304, id="this date"),
        pytest.param({"if_none_match": f'"{OLDER}"', "a_im": "feed", "if_match": '"nope"'}, 412, id="If-Match"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_delta_is_for_who_asks_for_one_and_names_a_version_that_it_leads_from(
    method: str, fields: dict[str, str], expected: int
) -> None:
    assert evaluate(GROWN, method, RequestHeaders(**fields)).status == expected
    assert conditional.answer(GROWN, method, RequestHeaders(**fields)).status.startswith(str(expected))


@pytest.mark.parametrize(("asked", "coding"), [("gzip", "gzip"), ("br, gzip;q=0.5", "gzip"), ("", "identity")])
def test_a_226_is_not_kept_and_says_where_it_leads_from_and_to(asked: str, coding: str) -> None:
    conditions = RequestHeaders(accept_encoding=asked, if_none_match=f'W/"{OLDER}-gzip"', a_im="feed")
    part = conditional.answer(GROWN, "GET", conditions)
    said = dict(part.headers)
    body = b"".join(part.body)
    assert (gzip.decompress(body) if coding == "gzip" else body) == NEW
    full = dict(conditional.answer(GROWN, "GET", RequestHeaders(accept_encoding=coding)).headers)
    assert said.pop("IM") == "feed"
    assert said.pop("Delta-Base") == f'"{OLDER}-gzip"'
    assert said == full | {
        "Content-Length": str(len(body)),
        "Cache-Control": "no-store",
        "Vary": "Accept-Encoding, A-IM, If-None-Match",
    }


# The Accept fields that two libraries and a browser send.
FEEDPARSER = (
    "application/atom+xml,application/rdf+xml,application/rss+xml,application/x-netcdf,"
    "application/xml;q=0.9,text/xml;q=0.2,*/*;q=0.1"
)
READER = "application/feed+json,application/json;q=0.9,application/atom+xml,application/rss+xml,*/*;q=0.1"


@pytest.mark.parametrize(
    ("accept", "agent", "expected"),
    [
        pytest.param(FEEDPARSER, "rss2email/3.14", None, id="a program that names itself"),
        pytest.param(FEEDPARSER, "feedparser/6.0.10", None, id="a program that the library names"),
        pytest.param(FEEDPARSER, "Mozilla/5.0", None, id="a program that names another"),
        pytest.param(READER, "python-reader/3.26", "feed", id="a program that chose to"),
        pytest.param(None, "newsboat/2.21.0", "feed", id="a program that accepts anything"),
    ],
)
def test_a_field_that_a_library_sends_unasked_is_not_its_programs_word(
    accept: str | None, agent: str, expected: str | None
) -> None:
    sent = {"HTTP_A_IM": "feed", "HTTP_ACCEPT": accept, "HTTP_USER_AGENT": agent}
    assert RequestHeaders.of({name: value for name, value in sent.items() if value}).a_im == expected


@given(st.text(max_size=80))
def test_no_text_breaks_the_decision(text: str) -> None:
    for field in fields(RequestHeaders):
        conditions = RequestHeaders(**{"if_none_match": f'"{OLDER}"', "a_im": "feed", field.name: text})
        assert evaluate(GROWN, "GET", conditions).status in (200, 226, 304, 412)
