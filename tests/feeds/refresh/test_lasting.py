"""A fault of a source is reported for as long as it lasts, and no longer."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import pytest

from feeds.errors import FetchError
from feeds.fetch import http
from feeds.fetch import source as fetch
from feeds.model import Document, Outcome, Status, Validators
from service.monitoring import status
from tests.kit import stories
from tests.kit.asking import options
from tests.kit.fake_origin import FaultServer, Request, answer
from tests.kit.site import Site, configure

HOUR, DAY = 3600.0, 86_400.0
PAGES = {"next": "rel=next", "allow_private": True, "interval": "1m"}


def reading(folder: Path, **source: object) -> Site:
    """Return a site with one source that is read through the real fetcher."""
    asking = partial(fetch.fetch, options=options())
    return Site(configure(folder, {"name": "news", "interval": "1m"} | source), fetch=asking)


def write(site: Site, path: Path, body: bytes, *, ago: float = 60.0) -> None:
    path.write_bytes(body)
    moment = site.clock.at.timestamp() - ago
    os.utime(path, (moment, moment))


def look(site: Site, seconds: float = 60.0) -> Outcome:
    """Return the next Outcome after this many seconds."""
    outcomes = site.tick(seconds)
    for _ in range(200):
        if outcomes:
            return outcomes[0]
        outcomes = site.tick(0.1)
    raise AssertionError("nothing was read")


def state(site: Site) -> str:
    with site.store.read() as view:
        return status.read_status(view, site.config).state


def incidents(site: Site) -> list[tuple[str | None, bool]]:
    with site.store.read() as view:
        return [(each.reason, each.ended is None) for each in view.incidents()]


def conditional(body: bytes, tag: str) -> partial[tuple[bytes]]:
    """Return a script of an origin that answers 304 to requests with the tag."""

    def script(request: Request) -> tuple[bytes]:
        known = request.fields.get("if-none-match") == tag
        return (answer(b"" if known else body, 304 if known else 200, f"ETag: {tag}"),)

    return partial(script)


def page(first: int, following: str = "") -> bytes:
    items = "".join(
        f'<li><a href="/{n}">{stories.title(n)}</a> <time>{n} March 2021</time><p>{stories.summary(n)}</p></li>'
        for n in range(first, first - 4, -1)
    )
    link = f'<a rel="next" href="{following}">Older</a>' if following else ""
    return f"<html><body><h1>News</h1><ul>{items}</ul>{link}</body></html>".encode()


@pytest.mark.parametrize(
    ("second", "reason"),
    [(answer(b"", 500), "status"), (answer(b"\0\1\2" * 400, 200, 'ETag: "x"'), "not_text")],
    ids=["cannot be had", "cannot be read"],
)
def test_a_page_after_an_unchanged_one(tmp_path: Path, second: bytes, reason: str) -> None:
    scripts = {"/": conditional(page(8, "/2"), '"a"'), "/2": conditional(page(4), '"b"')}
    with FaultServer(scripts) as server, reading(tmp_path, url=server.url(), **PAGES) as site:
        assert look(site).added == 8
        server.scripts["/"] = conditional(page(9, "/2"), '"c"')
        server.scripts["/2"] = second
        for _ in range(4):
            outcome = look(site, DAY / 2)
            assert (outcome.status, outcome.reason) == (Status.FAILED, reason)
        site.restart()
        assert look(site, DAY / 2).status is Status.FAILED
        server.scripts["/2"] = conditional(page(4), '"b"')
        assert look(site, DAY).reason is None
        assert incidents(site) == [(reason, False)]


def test_an_origin_whose_validators_lie_sends_the_whole_once_a_day(tmp_path: Path) -> None:
    scripts = {"/": conditional(page(8), '"never changed"')}
    with FaultServer(scripts) as server, reading(tmp_path, url=server.url(), allow_private=True) as site:
        assert look(site).added == 4
        server.scripts["/"] = conditional(page(9), '"never changed"')
        added = [look(site, HOUR).added for _ in range(25)]
        assert sum(added) == added[-1] + added[-2] == 1
        assert all("if-none-match" in request.fields for request in server.requests[1:23])


def test_a_file_that_is_written_without_end(tmp_path: Path) -> None:
    path = tmp_path / "news.txt"
    with reading(tmp_path, path=str(path)) as site:
        write(site, path, stories.listing(9))
        assert look(site).status is Status.CHANGED
        found = []
        for _ in range(100):
            write(site, path, stories.listing(10), ago=-0.2)
            found += site.tick(1.0)
        assert {(each.status, each.reason) for each in found} == {
            (Status.UNCHANGED, "unstable"),
            (Status.FAILED, "unstable"),
        }
        assert state(site) == "failing"
        assert incidents(site) == [("unstable", True)]
        assert look(site).added == 1
        assert (state(site), incidents(site)) == ("ok", [("unstable", False)])


def test_a_file_that_was_always_being_written_has_not_been_read_yet(tmp_path: Path) -> None:
    path = tmp_path / "news.txt"
    with reading(tmp_path, path=str(path)) as site:
        for _ in range(10):
            write(site, path, stories.listing(9), ago=-0.2)
            site.tick(1.0)
            assert (state(site), incidents(site)) == ("waiting", [])
        assert look(site).added == stories.WINDOW


def test_a_file_that_is_being_written_neither_ends_nor_begins_an_incident(tmp_path: Path) -> None:
    path = tmp_path / "news.txt"
    with reading(tmp_path, path=str(path)) as site:
        write(site, path, stories.listing(9))
        look(site)
        for body in (b"Sorry. Nothing is here today.\n", b"Sorry. Nothing is here tonight.\n"):
            write(site, path, body)
            assert look(site).reason == "zero_items"
            write(site, path, body, ago=-59.8)
            assert look(site).reason == "unstable"
            assert (state(site), incidents(site)) == ("held", [("zero_items", True)])
            assert look(site, 2.0).reason == "zero_items"
        with site.store.write() as transaction:
            transaction.accept("news", site.clock.at.replace(microsecond=0))
        write(site, path, b"Sorry.\n", ago=-0.8)
        assert look(site, 1.0).reason == "unstable"
        assert look(site, 2.0).reason is None
        assert (state(site), incidents(site)) == ("ok", [("zero_items", False)])


@pytest.mark.parametrize("paths", [["*.txt"], ["a.txt"], ["a.txt", "b.txt"], ["*/a.txt", "b.txt"]], ids=str)
def test_a_file_or_a_pattern_that_no_longer_matches(tmp_path: Path, paths: list[str]) -> None:
    (tmp_path / "in").mkdir()
    first = tmp_path / ("in/a.txt" if "*/a.txt" in paths else "a.txt")
    with reading(tmp_path, paths=[str(tmp_path / each) for each in paths]) as site:
        if len(paths) > 1:
            write(site, tmp_path / "b.txt", stories.listing(30))
        write(site, first, stories.listing(9))
        look(site)
        tags = site.tags()
        first.unlink()
        for number in range(4):
            outcome = look(site)
            assert (outcome.status, outcome.reason) == (Status.FAILED, "missing")
            if number == 1:
                site.restart()
        assert site.tags() == tags
        write(site, first, stories.listing(9))
        assert look(site).reason is None
        assert incidents(site) == [("missing", False)]


def test_a_folder_that_cannot_be_listed_is_not_empty(tmp_path: Path) -> None:
    (tmp_path / "in" / "sub").mkdir(parents=True)
    with reading(tmp_path, path=str(tmp_path / "in" / "**" / "*.txt")) as site:
        for number, name in enumerate(("a.txt", "sub/b.txt")):
            write(site, tmp_path / "in" / name, stories.listing(9 + 10 * number))
        assert look(site).added == 2 * stories.WINDOW
        (tmp_path / "in" / "sub").rename(tmp_path / "sub")
        # A link to itself cannot be listed, not even by root.
        (tmp_path / "in" / "sub").symlink_to(tmp_path / "in" / "sub")
        for _ in range(3):
            outcome = look(site)
            assert (outcome.status, outcome.reason) == (Status.FAILED, "unreadable")
            assert str(tmp_path / "in" / "sub" / "b.txt") in (outcome.message or "")
        write(site, tmp_path / "in" / "a.txt", stories.listing(10))
        assert look(site).added == 1
        (tmp_path / "in" / "sub").unlink()
        (tmp_path / "sub").rename(tmp_path / "in" / "sub")
        assert look(site).reason is None
        assert incidents(site) == [("unreadable", False)]


def test_a_hold_stays_while_its_document_cannot_be_fetched(tmp_path: Path) -> None:
    with Site(configure(tmp_path)) as site:
        site.says["news"] = stories.listing(20)
        site.tick()
        # Most items are gone: three readings have to show that; failed readings do not count.
        few = Document("news", stories.listing(20, window=2) + stories.listing(13, window=1)[15:])
        fault = FetchError("unreadable", "news: permission denied")
        reasons = []
        for said in (few, fault, few, fault, few):
            site.says["news"] = said
            reasons.append(site.tick()[0].reason)
        assert reasons == ["drop", "unreadable", "drop", "unreadable", None]
        assert state(site) == "ok"
        assert [ended for _, ended in incidents(site)] == [False, False]


def test_a_document_that_is_gone_from_a_folder_is_forgotten(tmp_path: Path) -> None:
    with reading(tmp_path, path=str(tmp_path / "*.txt")) as site:
        for number in range(5):
            write(site, tmp_path / f"{number}.txt", stories.listing(10 * number + 9))
            assert look(site).reason is None
            (tmp_path / f"{number - 1}.txt").unlink(missing_ok=True)
        look(site)
        with site.store.read() as view:
            assert view.documents("news").keys() == {"4.txt"}
        assert look(site).documents == 1


def test_a_permanent_redirect_is_logged_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    from service.refresher.http_client import _log_moves

    moved = {
        "/": answer(b"", 301, "Location: /new?key=secret"),
        "/new?key=secret": answer(b"", 308, "Location: /newer"),
        "/newer": answer(b"", 302, "Location: /today"),
        "/today": answer(page(8)),
    }
    asked = options(moved=_log_moves())
    with FaultServer(moved) as server:
        for _ in range(3):
            http.conditional_get(server.url(), Validators(), options=asked)
        server.scripts["/"] = answer(b"", 307, "Location: /today")
        http.conditional_get(server.url(), Validators(), options=asked)
        server.scripts["/"] = answer(b"", 301, "Location: /today")
        http.conditional_get(server.url(), Validators(), options=asked)
        expected = [(server.url(), server.url(path)) for path in ("/newer", "/today")]
    assert {record.message for record in caplog.records} == {"moved_permanently"}
    assert [(record.url, record.to) for record in caplog.records] == expected
