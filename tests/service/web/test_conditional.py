"""The decision, row by row. Expected values are RFC 9110's, not the program's."""

from __future__ import annotations

import datetime as dt
import gzip
from dataclasses import fields
from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.model import Representation
from service.web import conditional
from service.web.conditional import document, evaluate, page
from service.web.request_headers import RequestHeaders, http_date

CHANGED = dt.datetime(2026, 11, 6, 8, 49, 37, tzinfo=dt.UTC)
BODY = b"<feed/>" * 200
ETAG = "0123456789abcdef0123456789abcdef"
ATOM = Representation(
    path="feeds/all.atom",
    media_type="application/atom+xml",
    body=BODY,
    etag=ETAG,
    last_modified=CHANGED,
    max_age=900,
    links='<https://example.org/feeds/all.atom>; rel="self"',
    codings={"gzip": gzip.compress(BODY, mtime=0), "br": b"pretend this is brotli"},
)
FEED = document(ATOM)
CODED = {"identity": ETAG, "gzip": f"{ETAG}-gzip", "br": f"{ETAG}-br"}


def status(method: str = "GET", **fields: str) -> int:
    return evaluate(FEED, method, RequestHeaders(**fields)).status


def headers(answer: conditional.PreparedResponse) -> dict[str, str]:
    assert len({name for name, _ in answer.headers}) == len(answer.headers)
    return dict(answer.headers)


@pytest.mark.parametrize("coding", CODED)
@pytest.mark.parametrize(
    "field",
    [
        pytest.param('"{}"', id="exact"),
        pytest.param('W/"{}"', id="weak"),
        pytest.param('"nope", "{}"', id="list"),
        pytest.param('W/"nope",W/"{}","also"', id="list without blanks"),
        pytest.param('"nope","{}"', id="two field lines, joined by the server"),
        pytest.param('"a,b", "{}"', id="after a tag that holds a comma"),
        pytest.param('"{}-gzip"', id="Apache's suffix"),
        pytest.param('"{}--gzip"', id="Jetty's suffix"),
        pytest.param("{}", id="quotes lost"),
        pytest.param('"W/{}"', id="a weak tag quoted again"),
        pytest.param('\\"{}\\"', id="escaped quotes"),
    ],
)
def test_a_reader_that_names_this_version_in_any_coding_gets_304(field: str, coding: str) -> None:
    assert status(if_none_match=field.format(CODED[coding])) == HTTPStatus.NOT_MODIFIED


@pytest.mark.parametrize(
    "field",
    [
        pytest.param('"nope"', id="another"),
        pytest.param("", id="empty"),
        pytest.param(f'"{ETAG[:-1]}"', id="shortened"),
        pytest.param(f'"{ETAG}X"', id="lengthened"),
        pytest.param('"nope-gzip"', id="another with a suffix"),
        pytest.param(f'"{ETAG}-zip"', id="a suffix that is no coding"),
        pytest.param(f'"a,{ETAG},b"', id="one tag that contains ours"),
        pytest.param('"' * 8000, id="quotes"),
        pytest.param(",".join(f'"{n}"' for n in range(500)), id="many others"),
    ],
)
def test_a_reader_that_names_another_version_gets_200_whatever_date_it_sends(field: str) -> None:
    assert status(if_none_match=field) == HTTPStatus.OK
    later = "Thu, 31 Dec 2099 23:59:59 GMT"
    assert status(if_none_match=field, if_modified_since=later) == HTTPStatus.OK


def test_a_field_that_is_longer_than_any_readers_counts_as_no_match() -> None:
    assert status(if_none_match='"nope",' * 2000 + f'"{ETAG}"') == HTTPStatus.OK


def test_a_star_matches_whatever_there_is() -> None:
    assert status(if_none_match="*") == HTTPStatus.NOT_MODIFIED


def test_a_matching_tag_outweighs_an_old_date() -> None:
    old = "Sat, 01 Jan 2000 00:00:00 GMT"
    assert status(if_none_match=f'"{ETAG}"', if_modified_since=old) == HTTPStatus.NOT_MODIFIED


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        pytest.param("Fri, 06 Nov 2026 08:49:37 GMT", 304, id="the same"),
        pytest.param("Friday, 06-Nov-26 08:49:37 GMT", 304, id="the same in RFC 850 form"),
        pytest.param("Fri Nov  6 08:49:37 2026", 304, id="the same in asctime form"),
        pytest.param("Fri, 06 Nov 2026 08:50:00 GMT", 304, id="later"),
        pytest.param("Thu, 31 Dec 2099 23:59:59 GMT", 304, id="in the future"),
        pytest.param("Fri, 06 Nov 2026 08:49:36 GMT", 200, id="a second earlier"),
        pytest.param("Mon, 01 Jan 1800 00:00:00 GMT", 200, id="Nextcloud's"),
        pytest.param("2099-11-01", 200, id="ISO 8601"),
        pytest.param("2099-11-01T00:00:00Z", 200, id="RFC 3339"),
        pytest.param("Thu, 31 Dec 2099 23:59:59 +0000", 200, id="a zone that is not GMT"),
        pytest.param("Thu, 31 Dec 2099 23:59:59 GMT,Thu, 31 Dec 2099 23:59:59 GMT", 200, id="two"),
        pytest.param("Fri, 31 Dec 99999 23:59:59 GMT", 200, id="a year of five digits"),
        pytest.param("Wed, 31 Feb 2099 23:59:59 GMT", 200, id="a day that is not"),
        pytest.param("Thu, 31 Dec 2099 24:59:59 GMT", 200, id="an hour that is not"),
        pytest.param("Thu, 00 Jan 0001 00:00:00 GMT", 200, id="day nought"),
        pytest.param("yesterday at noon", 200, id="nonsense"),
        pytest.param("", 200, id="empty"),
    ],
)
def test_a_date_counts_only_if_it_is_an_http_date_and_not_before_the_last_change(field: str, expected: int) -> None:
    assert status(if_modified_since=field) == expected
    assert status("HEAD", if_modified_since=field) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param({"if_match": '"nope"'}, 412, id="another tag"),
        pytest.param({"if_match": f'"nope", "{ETAG}"'}, 200, id="a list with ours"),
        pytest.param({"if_match": "*"}, 200, id="star"),
        pytest.param({"if_match": f'W/"{ETAG}"'}, 412, id="a weak tag, compared strongly"),
        pytest.param({"if_match": f'"{ETAG}-gzip"', "accept_encoding": "gzip"}, 200, id="the coding's own"),
        pytest.param({"if_match": f'"{ETAG}-gzip"'}, 412, id="the tag of another coding"),
        pytest.param({"if_match": '"nope"', "if_none_match": "*"}, 412, id="before If-None-Match"),
        pytest.param({"if_unmodified_since": "Fri, 06 Nov 2026 08:49:37 GMT"}, 200, id="unmodified since"),
        pytest.param({"if_unmodified_since": "Fri, 06 Nov 2026 08:49:36 GMT"}, 412, id="modified since"),
        pytest.param({"if_unmodified_since": "then"}, 200, id="unmodified since nonsense"),
        pytest.param(
            {"if_match": "*", "if_unmodified_since": "Fri, 06 Nov 2026 08:49:36 GMT"},
            200,
            id="If-Match silences If-Unmodified-Since",
        ),
    ],
)
def test_a_precondition_that_fails_is_412(fields: dict[str, str], expected: int) -> None:
    assert status(**fields) == expected


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW", "get", ""])
def test_only_get_and_head_are_answered(method: str) -> None:
    refusal = conditional.answer(FEED, method, RequestHeaders(if_none_match="*"))
    assert refusal.status == "405 Method Not Allowed"
    assert headers(refusal)["Allow"] == "GET, HEAD, OPTIONS"
    assert "max-age=" in headers(refusal)["Cache-Control"]


@pytest.mark.parametrize("coding", CODED)
def test_a_200_says_everything_about_its_bytes(coding: str) -> None:
    full = conditional.answer(FEED, "GET", RequestHeaders(accept_encoding=coding))
    said = headers(full)
    body = b"".join(full.body)
    assert body == {"identity": BODY, **ATOM.codings}[coding]
    assert said.pop("Content-Encoding", "identity") == coding
    assert said == {
        "Content-Type": "application/atom+xml; charset=utf-8",
        "Content-Length": str(len(body)),
        "ETag": f'"{CODED[coding]}"',
        "Last-Modified": "Fri, 06 Nov 2026 08:49:37 GMT",
        "Vary": "Accept-Encoding",
        "Cache-Control": "max-age=900, stale-while-revalidate=900, stale-if-error=604800",
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": "ETag, Last-Modified, Link, Retry-After",
        "Link": '<https://example.org/feeds/all.atom>; rel="self"',
        "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }


@pytest.mark.parametrize("asked", CODED)
@pytest.mark.parametrize("held", CODED)
def test_a_304_carries_the_tag_that_the_200_would_and_no_word_about_a_body(asked: str, held: str) -> None:
    conditions = RequestHeaders(accept_encoding=asked, if_none_match=f'"{CODED[held]}"')
    unchanged = conditional.answer(FEED, "GET", conditions)
    full = headers(conditional.answer(FEED, "GET", RequestHeaders(accept_encoding=asked)))
    said = headers(unchanged)
    assert unchanged.body == []
    assert said.keys() == {
        "ETag",
        "Last-Modified",
        "Vary",
        "Cache-Control",
        "Access-Control-Allow-Origin",
        "Access-Control-Expose-Headers",
    }
    assert said.items() <= full.items()


@pytest.mark.parametrize(
    ("media_type", "expected"),
    [
        ("application/rss+xml", "application/rss+xml; charset=utf-8"),
        ("text/x-opml", "text/x-opml; charset=utf-8"),
        ("application/feed+json", "application/feed+json"),
    ],
)
def test_only_a_type_that_knows_a_charset_gets_one(media_type: str, expected: str) -> None:
    resource = document(Representation("x", media_type, b"x", ETAG, CHANGED, 60))
    assert headers(resource.ok["identity"])["Content-Type"] == expected


def test_a_document_without_links_has_no_link_field() -> None:
    assert "Link" not in headers(document(Representation("x", "a/b", b"x", ETAG, CHANGED, 60)).ok["identity"])


def test_a_page_has_a_strong_tag_of_its_bytes_and_no_date() -> None:
    one, same, other = page(b"<p>one"), page(b"<p>one"), page(b"<p>other")
    assert one.etag == same.etag != other.etag
    assert "Last-Modified" not in headers(one.ok["identity"])
    since = RequestHeaders(if_modified_since="Thu, 31 Dec 2099 23:59:59 GMT")
    assert evaluate(one, "GET", since).status == HTTPStatus.OK


@pytest.mark.parametrize(("max_age", "expected"), [(None, "no-cache"), (60, "max-age=60, stale-if-error=604800")])
def test_a_page_says_how_long_it_is_fresh(max_age: int | None, expected: str) -> None:
    assert headers(page(b"x", max_age=max_age).ok["identity"])["Cache-Control"] == expected


@pytest.mark.parametrize(
    ("code", "freshness"),
    [
        (HTTPStatus.MOVED_PERMANENTLY, "max-age=86400"),
        (HTTPStatus.NOT_FOUND, "max-age=60"),
        (HTTPStatus.GONE, "max-age=86400"),
        (HTTPStatus.PRECONDITION_FAILED, "no-store"),
        (HTTPStatus.INTERNAL_SERVER_ERROR, "no-store"),
        (HTTPStatus.SERVICE_UNAVAILABLE, "no-store"),
    ],
)
def test_every_refusal_is_one_line_of_text_that_says_how_long_it_holds(code: HTTPStatus, freshness: str) -> None:
    refusal = conditional.error_response(code)
    said = headers(refusal)
    assert refusal.status == f"{code.value} {code.phrase}"
    assert refusal.body == [f"{code.phrase}\n".encode()]
    assert said["Content-Type"] == "text/plain; charset=utf-8"
    assert said["Content-Length"] == str(len(code.phrase) + 1)
    assert said["Cache-Control"] == freshness
    assert said["Vary"] == "Accept-Encoding"
    assert said["Access-Control-Allow-Origin"] == "*"
    assert ("Retry-After" in said) == (code == HTTPStatus.SERVICE_UNAVAILABLE)


def test_a_preflight_allows_a_partners_page_to_ask_conditionally() -> None:
    said = headers(conditional.options(preflight=True))
    allowed = said["Access-Control-Allow-Headers"].split(", ")
    assert {"If-None-Match", "If-Modified-Since", "A-IM"} <= set(allowed)
    assert said["Access-Control-Allow-Origin"] == "*"
    assert int(said["Access-Control-Max-Age"]) > 0
    assert "Content-Length" not in said


def test_other_questions_for_options_get_no_preflight_fields() -> None:
    said = headers(conditional.options(preflight=False))
    assert said["Allow"] == "GET, HEAD, OPTIONS"
    assert "Access-Control-Allow-Headers" not in said


@given(st.integers(0, 3_124_137_599))
def test_the_three_forms_of_a_date_are_the_same_instant(second: int) -> None:
    moment = dt.datetime.fromtimestamp(second, dt.UTC)
    forms = ("%a, %d %b %Y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y")
    assert [http_date(moment.strftime(form)) for form in forms] == [moment] * 2
    if moment.year >= 2000:
        assert http_date(moment.strftime("%A, %d-%b-%y %H:%M:%S GMT")) == moment


@given(st.text(max_size=80))
def test_no_text_breaks_the_decision(text: str) -> None:
    for field in fields(RequestHeaders):
        assert evaluate(FEED, "GET", RequestHeaders(**{field.name: text})).status in (200, 304, 412)
