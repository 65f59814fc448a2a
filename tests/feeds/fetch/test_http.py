"""HTTP requests: their fields, which responses are documents, redirects, robots.txt and rate limits."""

from __future__ import annotations

import time

import pytest

from feeds.fetch.http import Unmodified, conditional_get
from feeds.fetch.rate_limit import HostRateLimiter
from feeds.fetch.robots import RobotsCache
from feeds.model import Document, Validators
from tests.kit.asking import AGENT, NONE, PAGE, fault, options
from tests.kit.fake_origin import FaultServer, answer


def test_a_document_has_what_the_origin_said_about_it():
    fields = (
        "Content-Type: Text/HTML; charset=ISO-8859-1",
        'ETag: W/"a b"',
        "Last-Modified: some time ago",
        "Cache-Control: public, max-age=600",
    )
    with FaultServer({"/news?page=1": answer(PAGE, 200, *fields)}) as server:
        url = server.url("/news?page=1")
        assert conditional_get(url, NONE, options=options()) == Document(
            name=url,
            body=PAGE,
            media_type="text/html",
            charset="iso-8859-1",
            base=url,
            validators=Validators('W/"a b"', "some time ago"),
            freshness_lifetime=600,
        )


def test_what_the_origin_does_not_say_is_unknown():
    with FaultServer({"/": answer(PAGE)}) as server:
        document = conditional_get(server.url(), NONE, options=options())
        assert document == Document(server.url(), PAGE, base=server.url())


def test_a_request_says_who_asks_and_nothing_of_before(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    scripts = {"/": answer(b"", 302, "Location: /b", "Set-Cookie: a=b"), "/b": answer(PAGE)}
    with FaultServer(scripts) as server:
        conditional_get(server.url(), NONE, options=options())
        assert server.paths() == ["/", "/b"]
        for request in server.requests:
            assert request.method == "GET"
            assert dict(request.fields) == {
                "host": f"127.0.0.1:{server.port}",
                "user-agent": AGENT,
                "accept": "text/html, application/xhtml+xml, text/plain;q=0.9, */*;q=0.5",
                "accept-encoding": "gzip",
                "connection": "close",
            }


def test_validators_are_sent_back_as_they_came_and_to_where_redirects_lead():
    moved = answer(b"", 301, "Location: /new")
    with FaultServer({"/": moved, "/new": answer(b"", 304)}) as server:
        kept = Validators('W/"\xe9"', "Tue, 01 Jan 2030 00:00:00 GMT")
        assert conditional_get(server.url(), kept, options=options()) == Unmodified(kept)
        for request in server.requests:
            assert request.fields["if-none-match"] == 'W/"\xe9"'
            assert request.fields["if-modified-since"] == "Tue, 01 Jan 2030 00:00:00 GMT"


def test_a_304_renews_the_validators_that_it_names():
    said = answer(b"", 304, 'ETag: "new"', "Cache-Control: max-age=60")
    with FaultServer({"/": said}) as server:
        result = conditional_get(server.url(), Validators('"old"', "then"), options=options())
    assert result == Unmodified(Validators('"new"', "then"), freshness_lifetime=60)


def test_a_304_with_a_body_is_a_304():
    with FaultServer({"/": answer(PAGE, 304)}) as server:
        assert conditional_get(server.url(), Validators("x"), options=options()) == Unmodified(Validators("x"))


def test_a_304_that_nobody_asked_for_is_a_fault():
    with FaultServer({"/": answer(b"", 304)}) as server:
        assert fault(server.url()).reason == "status"
        assert "if-none-match" not in server.requests[0].fields


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (101, "status"),
        (204, "status"),
        (206, "status"),
        (300, "status"),
        (401, "status"),
        (403, "status"),
        (404, "missing"),
        (410, "gone"),
        (429, "retry_later"),
        (500, "status"),
        (503, "status"),
        (599, "status"),
    ],
    ids=str,
)
def test_every_other_status_is_a_fault_that_names_it(status, expected):
    with FaultServer({"/a?secret": answer(PAGE, status)}) as server:
        error = fault(server.url("/a?secret"))
    assert (error.reason, error.retry_after) == (expected, None)
    assert str(status) in str(error)
    assert "secret" not in str(error)


@pytest.mark.parametrize("status", [429, 503], ids=str)
def test_an_origin_that_names_a_time_is_left_alone_until_then(status):
    with FaultServer({"/": answer(b"", status, "Retry-After: 120")}) as server:
        error = fault(server.url())
    assert (error.reason, error.retry_after) == ("retry_later", 120)


def test_a_challenge_page_is_named():
    with FaultServer({"/": answer(PAGE, 403, "cf-mitigated: challenge")}) as server:
        assert "challenge" in str(fault(server.url()))


def chain(length: int) -> dict[str, bytes]:
    scripts = {f"/{n}": answer(b"", 302, f"Location: /{n + 1}") for n in range(length)}
    return scripts | {f"/{length}": answer(PAGE)}


def test_five_redirects_are_followed():
    with FaultServer(chain(5)) as server:
        document = conditional_get(server.url("/0"), NONE, options=options())
    assert (document.name, document.base) == (server.url("/0"), server.url("/5"))


def test_a_sixth_redirect_is_not_followed():
    with FaultServer(chain(6)) as server:
        assert fault(server.url("/0")).reason == "redirects"
        assert len(server.requests) == 6


def test_redirects_share_one_deadline():
    ticks = iter(range(10_000))
    with FaultServer(chain(5)) as server:
        # Each look at this clock costs a second: one answer is had in time, six are not.
        clocked = {"monotonic": lambda: float(next(ticks)), "timeout": 20.0}
        assert fault(server.url("/0"), **clocked).reason == "timeout"
        assert conditional_get(server.url("/5"), NONE, options=options(**clocked)).body == PAGE


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308], ids=str)
@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("b", "/a/b"),
        ("/b?c=d#e", "/b?c=d"),
        ("?q", "/a/?q"),
        ("/é b".encode().decode("latin-1"), "/%C3%A9%20b"),
        ("/%C3%A9%2f", "/%C3%A9%2f"),
        ("/b\\c", "/b%5Cc"),
    ],
    ids=["relative", "fragment", "query", "unescaped", "escaped", "backslash"],
)
def test_a_redirect_is_followed_to_where_it_points(status, location, path):
    with FaultServer({"/a/": answer(b"", status, f"Location: {location}"), path: answer(PAGE)}) as server:
        assert conditional_get(server.url("/a/"), NONE, options=options()).base == server.url(path)


@pytest.mark.parametrize(
    "scripts",
    [
        {"/": answer(b"", 302, "Location: /")},
        {"/": answer(b"", 302, "Location: /b"), "/b": answer(b"", 302, "Location: /#top")},
        {"/": answer(b"", 302)},
        {"/": answer(b"", 302, "Location: ")},
        {"/": answer(b"", 302, "Location: http://[::1")},
    ],
    ids=["itself", "back", "nowhere", "empty", "malformed"],
)
def test_redirects_that_lead_nowhere_end(scripts):
    with FaultServer(scripts) as server:
        assert fault(server.url()).reason == "redirects"
        assert len(server.requests) == len(scripts)


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://user@127.0.0.1/",
        "http://127.0.0.1:1/",
        "http://127.0.0.2/",
        "//169.254.169.254/latest/meta-data/",
    ],
)
def test_a_redirect_is_judged_like_the_first_address(location):
    with FaultServer({"/": answer(b"", 302, f"Location: {location}")}) as server:
        assert fault(server.url()).reason == "ssrf_blocked"
        assert server.paths() == ["/"]


def test_an_address_on_loopback_is_not_asked_unless_the_configuration_opens_it():
    with FaultServer({"/": answer(PAGE)}) as server:
        assert fault(server.url(), allow_private=False).reason == "ssrf_blocked"
        assert server.requests == []


ASKED = b"User-agent: *\nDisallow: /private"


def test_what_robots_txt_refuses_is_not_asked_for():
    scripts = {"/robots.txt": answer(ASKED), "/private": answer(PAGE), "/public": answer(PAGE)}
    with FaultServer(scripts) as server:
        heeding = {"robots_cache": RobotsCache(monotonic=time.monotonic)}
        assert fault(server.url("/private"), **heeding).reason == "robots"
        assert conditional_get(server.url("/public"), NONE, options=options(**heeding)).body == PAGE
        assert server.paths() == ["/robots.txt", "/public"]


def test_what_robots_txt_refuses_is_not_reached_by_a_redirect():
    scripts = {"/robots.txt": answer(ASKED), "/": answer(b"", 302, "Location: /private/a")}
    with FaultServer(scripts) as server:
        assert fault(server.url(), robots_cache=RobotsCache(monotonic=time.monotonic)).reason == "robots"
        assert server.paths() == ["/robots.txt", "/"]


def test_robots_txt_is_asked_for_again_after_a_day():
    clock = [0.0]
    cache = RobotsCache(monotonic=lambda: clock[0])
    with FaultServer({"/robots.txt": answer(b""), "/": answer(PAGE)}) as server:
        for clock[0] in (0.0, 86_399.0, 86_400.0):
            conditional_get(server.url(), NONE, options=options(robots_cache=cache))
        assert server.paths() == ["/robots.txt", "/", "/", "/robots.txt", "/"]


@pytest.mark.parametrize(
    "said",
    [answer(b"", 404), answer(b"", 403), answer(PAGE), answer(b"", 302, "Location: /robots.txt")],
    ids=["missing", "forbidden", "a-page", "a-loop"],
)
def test_an_origin_without_robots_txt_may_be_read(said):
    with FaultServer({"/robots.txt": said, "/": answer(PAGE)}) as server:
        cache = RobotsCache(monotonic=time.monotonic)
        assert conditional_get(server.url(), NONE, options=options(robots_cache=cache)).body == PAGE


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (answer(b"", 500), "status"),
        (answer(b"", 429), "retry_later"),
        (b"", "reset"),
        (answer(b"", 302, "Location: http://10.0.0.1/robots.txt"), "ssrf_blocked"),
    ],
    ids=["500", "429", "reset", "private"],
)
def test_a_robots_txt_that_fails_refuses_and_is_asked_for_again(said, expected):
    with FaultServer({"/robots.txt": said, "/": answer(PAGE)}) as server:
        cache = RobotsCache(monotonic=time.monotonic)
        error = fault(server.url(), robots_cache=cache)
        assert error.reason == expected
        assert "/robots.txt" in str(error)
        server.scripts["/robots.txt"] = answer(b"")
        assert conditional_get(server.url(), NONE, options=options(robots_cache=cache)).body == PAGE


def test_requests_to_one_host_are_kept_apart():
    slept: list[float] = []
    limiter = HostRateLimiter(monotonic=lambda: 0.0, sleep=slept.append)
    with FaultServer({"/": answer(PAGE)}) as server:
        for _ in range(3):
            conditional_get(server.url(), NONE, options=options(rate_limiter=limiter))
    assert slept == [1.0, 2.0]


def test_a_host_that_asked_for_rest_is_not_asked_on_behalf_of_another_source():
    limiter = HostRateLimiter(monotonic=lambda: 0.0, sleep=lambda seconds: None)
    with FaultServer({"/a": answer(b"", 503, "Retry-After: 300"), "/b": answer(PAGE)}) as server:
        assert fault(server.url("/a"), rate_limiter=limiter).retry_after == 300
        error = fault(server.url("/b"), rate_limiter=limiter)
        assert (error.reason, error.retry_after) == ("retry_later", 300)
        assert server.paths() == ["/a"]
