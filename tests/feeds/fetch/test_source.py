"""Documents of a source with several patterns, addresses or pages."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from feeds.config import Source
from feeds.errors import FetchError
from feeds.fetch import files
from feeds.fetch.pagination import next_page
from feeds.fetch.rate_limit import HostRateLimiter
from feeds.fetch.source import Fetched, fetch
from feeds.model import Document, Validators
from tests.kit.asking import options
from tests.kit.fake_origin import FaultServer, answer

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def page(number: int, *, last: int = 9, link: str = "") -> bytes:
    following = link or f"/news?page={number + 1}#list"
    more = f'<a class="next" rel="next" href="{following}">Older</a>' if number < last else ""
    return answer(f"<h1>Page {number}</h1>{more}".encode(), 200, "Content-Type: text/html", f'ETag: "{number}"')


def pages(last: int) -> dict[str, bytes]:
    return {f"/news?page={number}": page(number, last=last) for number in range(1, last + 1)}


def source(**given: Any) -> Source:
    return Source.model_validate({"name": "news", "allow_private": True} | given)


def get(asked: Source, validators: dict[str, Validators] | None = None) -> Fetched:
    return fetch(asked, validators or {}, NOW, options=options())


def names(fetched: Fetched | Iterable[Any]) -> list[str]:
    return [document.name for document in getattr(fetched, "documents", fetched)]


def written(folder: Path, *names: str) -> None:
    for file in names:
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.fsencode(file))
        os.utime(path, (1, 1))


def test_several_patterns_give_all_their_files_by_names_in_the_folder_above_them(tmp_path: Path) -> None:
    written(tmp_path, "a/1.txt", "a/2.md", "b/c/1.txt", "d.txt")
    several = [f"{tmp_path}/a/*.txt", f"{tmp_path}/b/**/*.txt", f"{tmp_path}/d.txt", f"{tmp_path}/*/1.txt"]
    fetched = get(source(paths=several))
    assert names(fetched) == ["a/1.txt", "b/c/1.txt", "d.txt"]
    assert [document.body for document in fetched.documents] == [b"a/1.txt", b"b/c/1.txt", b"d.txt"]


def test_a_pattern_that_matches_nothing_is_a_fault_beside_the_others(tmp_path: Path) -> None:
    written(tmp_path, "a/1.txt")
    fetched = get(source(paths=[f"{tmp_path}/a/*.txt", f"{tmp_path}/b*/*.txt"]))
    assert names(fetched) == ["a/1.txt"]
    assert [(fault.document, fault.error.reason) for fault in fetched.faults] == [(f"{tmp_path}/b*/*.txt", "missing")]


def test_files_of_several_patterns_are_not_opened_when_they_are_as_they_were(tmp_path: Path) -> None:
    written(tmp_path, "a/1.txt", "b/1.txt")
    both = source(paths=[f"{tmp_path}/a/*.txt", f"{tmp_path}/b/*.txt"])
    first = get(both)
    again = get(both, {document.name: document.validators for document in first.documents})
    assert (again.documents, again.unchanged) == ((), {"a/1.txt", "b/1.txt"})


def test_several_addresses_are_several_documents() -> None:
    scripts = {"/a": answer(b"A", 200, "Cache-Control: max-age=600"), "/b": answer(b"B", 304)}
    with FaultServer(scripts) as server:
        urls = [server.url("/a"), server.url("/b"), server.url("/c")]
        fetched = get(source(urls=urls), {server.url("/b"): Validators('"b"')})
    assert names(fetched) == [urls[0]]
    assert fetched.unchanged == {urls[1]}
    assert [(fault.document, fault.error.reason) for fault in fetched.faults] == [(urls[2], "missing")]
    assert fetched.freshness_lifetime is None


def test_it_is_pointless_to_ask_again_while_it_is_for_every_address() -> None:
    scripts = {f"/{age}": answer(b"x", 200, f"Cache-Control: max-age={age}") for age in (600, 60)}
    with FaultServer(scripts) as server:
        assert get(source(urls=[server.url("/600"), server.url("/60")])).freshness_lifetime == 60


def test_where_nothing_can_be_had_the_one_that_asks_for_most_patience_is_heard() -> None:
    scripts = {"/b": answer(b"", 503, "Retry-After: 120"), "/c": answer(b"", 429, "Retry-After: 20")}
    with FaultServer(scripts) as server, pytest.raises(FetchError) as caught:
        get(source(urls=[server.url("/a"), server.url("/b"), server.url("/c")]))
    assert caught.value.retry_after == 120


def test_a_failure_is_reported_before_an_address_that_was_not_requested() -> None:
    limiter = HostRateLimiter(monotonic=lambda: 0.0, sleep=lambda seconds: None)
    limiter.block("localhost", 600)
    with FaultServer({"/a": answer(b"", 404)}) as server:
        asked = source(urls=["http://localhost:9/", server.url("/a")])
        with pytest.raises(FetchError) as caught:
            fetch(asked, {}, NOW, options=options(rate_limiter=limiter))
    assert caught.value.reason == "missing"


def test_patterns_that_match_nothing_at_all_are_a_fault(tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="no file matches"):
        get(source(paths=[f"{tmp_path}/a/*.txt", f"{tmp_path}/b/*.txt"]))


@pytest.mark.parametrize("selector", ["a.next", "rel=next"])
@pytest.mark.parametrize(("last", "most", "read"), [(3, 5, 3), (9, 5, 5), (9, 1, 1), (1, 5, 1)])
def test_pages_are_followed_up_to_the_last_or_a_limit(selector: str, last: int, most: int, read: int) -> None:
    with FaultServer(pages(last)) as server:
        fetched = get(source(url=server.url("/news?page=1"), next=selector, pages=most))
        assert names(fetched) == [server.url(f"/news?page={number}") for number in range(1, read + 1)]


def test_without_a_word_about_it_no_page_is_followed() -> None:
    with FaultServer(pages(3)) as server:
        assert len(get(source(url=server.url("/news?page=1"))).documents) == 1


def test_pages_that_lead_in_a_circle_are_read_once() -> None:
    scripts = {"/a": page(1, link="/b"), "/b": page(2, link="/a")}
    with FaultServer(scripts) as server:
        assert len(get(source(url=server.url("/a"), next="a.next")).documents) == 2


def test_a_first_page_that_is_as_it_was_says_so_of_those_behind_it() -> None:
    with FaultServer(pages(3)) as server:
        asked = source(url=server.url("/news?page=1"), next="a.next")
        kept = {document.name: document.validators for document in get(asked).documents}
        server.scripts[asked.url or ""] = b""
        server.scripts["/news?page=1"] = answer(b"", 304)
        server.requests.clear()
        again = get(asked, kept)
        assert server.paths() == ["/news?page=1"]
    assert (again.documents, again.unchanged, again.faults) == ((), set(kept), ())


def test_pages_behind_one_that_fails_are_not_taken_for_gone() -> None:
    with FaultServer(pages(4)) as server:
        asked = source(url=server.url("/news?page=1"), next="a.next")
        kept = {document.name: document.validators for document in get(asked).documents}
        server.scripts["/news?page=3"] = answer(b"", 500)
        again = get(asked, kept)
        assert names(again) == [server.url("/news?page=1"), server.url("/news?page=2")]
        assert [fault.document for fault in again.faults] == [server.url("/news?page=3")]
        assert again.unchanged == {server.url("/news?page=4")}


def test_a_next_page_on_another_site_is_not_asked_for() -> None:
    with FaultServer(pages(3)) as other:
        with FaultServer({"/": page(1, link=other.url("/news?page=1"))}) as server:
            fetched = get(source(url=server.url("/"), next="a.next"))
            assert names(fetched) == [server.url("/")]
            assert [fault.error.reason for fault in fetched.faults] == ["ssrf_blocked"]
        assert other.requests == []


@pytest.mark.parametrize(
    ("body", "following"),
    [
        ('<a rel="nofollow next" href="?page=2">', "https://h.example/news?page=2"),
        ('<base href="/archive/"><a rel="next" href="2">', "https://h.example/archive/2"),
        ('<link rel="next" href="https://h.example/2#top">', "https://h.example/2"),
        (
            '<?xml version="1.0"?><feed><link rel="next" href="/feed?page=2"/></feed>',
            "https://h.example/feed?page=2",
        ),
        ('<a rel="next">', None),
        ('<a rel="next" href="javascript:more()">', None),
        ("<div>" * 1000 + '<a rel="next" href="2">', None),
        ("", None),
    ],
    ids=["among others", "base", "head", "a feed", "no address", "a script", "too deep", "empty"],
)
def test_the_next_page_is_where_the_page_says(body: str, following: str | None) -> None:
    document = Document("https://h.example/news", body.encode(), "text/html")
    assert next_page(document, '[rel~="next"]') == following


def test_documents_have_the_language_that_their_source_configures(tmp_path: Path) -> None:
    written(tmp_path, "a.txt")
    [from_file] = get(source(path=str(tmp_path / "a.txt"), language="cs")).documents
    with FaultServer({"/": answer(b"News")}) as server:
        [from_address] = get(source(url=server.url("/"), language="pl")).documents
    assert (from_file.language, from_address.language) == ("cs", "pl")


def test_a_file_whose_name_cannot_be_shown_is_a_fault_of_that_file_only(tmp_path: Path) -> None:
    written(tmp_path, "good.txt", "two\nlines.txt", os.fsdecode(b"M\xe4rz.txt"))
    fetched = get(source(path=str(tmp_path / "*.txt")))
    assert names(fetched) == ["good.txt"]
    assert [(fault.document, fault.error.reason, str(fault.error)) for fault in fetched.faults] == [
        (r"M\xe4rz.txt", "unreadable", rf"{tmp_path}/M\xe4rz.txt: its name is not UTF-8; rename the file"),
        (
            r"two\nlines.txt",
            "unreadable",
            rf"{tmp_path}/two\nlines.txt: its name has a control character; rename the file",
        ),
    ]


def test_a_known_file_with_such_a_name_is_a_fault_though_it_is_unchanged(tmp_path: Path) -> None:
    written(tmp_path, "good.txt", "two\nlines.txt")
    known = {name: Validators(tag) for name, tag in files.find(str(tmp_path / "*.txt"))[1]}
    fetched = get(source(path=str(tmp_path / "*.txt")), known)
    assert fetched.unchanged == {"good.txt"}
    assert [fault.document for fault in fetched.faults] == [r"two\nlines.txt"]


@pytest.mark.parametrize("paths", [["in/*.txt"], ["in/*.txt", "other/*.txt"]], ids=["one", "two"])
def test_a_source_may_leave_out_links_out_of_its_folder(tmp_path: Path, paths: list[str]) -> None:
    written(tmp_path, "in/1.txt", "other/2.txt", "secret/3.txt")
    (tmp_path / "in" / "link.txt").symlink_to("../secret/3.txt")
    patterns = [str(tmp_path / path) for path in paths]
    read = {name.rpartition("/")[2] for name in names(get(source(paths=patterns)))}
    strict = {name.rpartition("/")[2] for name in names(get(source(paths=patterns, follow_links=False)))}
    assert read - strict == {"link.txt"}
    assert "1.txt" in strict
