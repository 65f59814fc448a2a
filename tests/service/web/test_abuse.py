"""Requests that no browser sends, to the server as it is shipped: one answer at most, and no server error."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.kit import stories
from tests.kit.clients import ask, request, statuses
from tests.kit.serving import serving

CONFIG = """\
title = "Harbour"
base_url = "http://127.0.0.1:8000"
[[sources]]
name = "news"
path = "news.txt"
"""
# Requests for another document are hidden behind, or within, what is sent.
GET, POST = b"GET /feeds/all.atom HTTP/1.1\r\nHost: a\r\n", b"POST /feeds/all.atom HTTP/1.1\r\nHost: a\r\n"
HIDDEN = b"GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
LAST = b"\r\n0\r\n\r\n"
PATIENCE = 1.0
READERS = 4

REFUSED = {400, 405, 431, 501}
# What is sent, and the statuses of which its one answer has to have one; 0 stands for no answer.
SENT: dict[str, tuple[bytes, set[int]]] = {
    "a length and chunks": (POST + b"Content-Length: 4\r\n" + CHUNKED + LAST + HIDDEN, REFUSED),
    "a length and chunks to be got": (GET + b"Content-Length: 4\r\n" + CHUNKED + LAST + HIDDEN, {400}),
    "chunks and a length": (GET + CHUNKED + b"Content-Length: 40\r\n" + LAST + HIDDEN, {400}),
    "chunks": (GET + CHUNKED + b"\r\n5\r\nhello" + LAST + HIDDEN, {400}),
    "a coding and chunks": (POST + b"Transfer-Encoding: gzip, chunked\r\n" + LAST + HIDDEN, {400}),
    "chunks twice": (POST + CHUNKED + CHUNKED + LAST + HIDDEN, {400}),
    "two lengths": (GET + b"Content-Length: 4\r\nContent-Length: 40\r\n\r\nabcd" + HIDDEN, REFUSED),
    "a list of lengths": (GET + b"Content-Length: 4, 40\r\n\r\nabcd" + HIDDEN, REFUSED),
    "a signed length": (GET + b"Content-Length: +4\r\n\r\nabcd" + HIDDEN, REFUSED),
    "an endless length": (GET + b"Content-Length: 99999999999999999999999\r\n\r\n", REFUSED),
    "one length twice": (GET + b"Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd" + HIDDEN, {200}),
    "a request as a body": (GET + b"Content-Length: %d\r\n\r\n" % len(HIDDEN) + HIDDEN * 2, {200}),
    "a body that never comes": (POST + b"Content-Length: 100\r\n\r\n" + HIDDEN, {405}),
    "a body to be got of HEAD": (
        request("/feeds/all.atom", "Content-Length: 4", method="HEAD") + b"abcd" + HIDDEN,
        {200},
    ),
    "an unknown coding": (GET + b"Transfer-Encoding: xchunked\r\n" + LAST + HIDDEN, REFUSED),
    "a blank before the colon": (GET + b"Transfer-Encoding : chunked\r\n" + LAST + HIDDEN, REFUSED),
    "two codings": (GET + CHUNKED + b"Transfer-Encoding: identity\r\n" + LAST + HIDDEN, REFUSED),
    "chunks of HTTP/1.0": (b"GET / HTTP/1.0\r\n" + CHUNKED + LAST + HIDDEN, REFUSED),
    "a chunk beyond all numbers": (POST + CHUNKED + b"\r\nFFFFFFFFFFFFFFFFF\r\n", REFUSED),
    "a folded field": (GET + b"X: a\r\n b\r\n\r\n", REFUSED),
    "a NUL": (GET + b"X: a\0b\r\n\r\n", REFUSED),
    "a lonely CR": (GET + b"X: a\rb\r\n\r\n", REFUSED),
    "no Host": (b"GET /feeds/all.atom HTTP/1.1\r\n\r\n", {400}),
    "no Host in HTTP/1.0": (b"GET /feeds/all.atom HTTP/1.0\r\n\r\n", {200}),
    "two Hosts": (GET + b"Host: b\r\n\r\n" + HIDDEN, {400}),
    "a Host that is a list": (b"GET /feeds/all.atom HTTP/1.1\r\nHost: a, b\r\n\r\n", {400}),
    # RFC 9112 §2.2 allows for it; what follows a body is not read here either.
    "lonely LFs": (b"GET /feeds/all.atom HTTP/1.1\nHost: a\n\n", {200}),
    "lonely LFs and a body": (
        b"POST /feeds/all.atom HTTP/1.1\nHost: a\nContent-Length: 4\n\nabcd" + HIDDEN,
        {405},
    ),
    "HTTP/0.9": (b"GET /\r\n", REFUSED),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", REFUSED | {0}),
    "HTTP/9.9": (b"GET / HTTP/9.9\r\nHost: a\r\n\r\n", REFUSED | {0}),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"a" * 200, REFUSED | {0}),
    "noise": (bytes(range(256)) * 4, REFUSED | {0}),
    "CONNECT": (b"CONNECT evil.example:80 HTTP/1.1\r\nHost: a\r\n\r\n", REFUSED | {404}),
    "TRACE": (request(method="TRACE"), REFUSED),
    "BREW": (request(method="BREW"), REFUSED),
    "another site": (request("http://evil.example/feeds/all.atom"), {200, 400, 404}),
    "a field of 100 kB": (GET + b"X: " + b"a" * 100_000 + b"\r\n\r\n", REFUSED),
    "a path of 100 kB": (request("/" + "a" * 100_000), REFUSED | {414}),
    "3,000 fields": (GET + b"".join(b"X%d: a\r\n" % n for n in range(3000)) + b"\r\n", REFUSED),
    "3,000 tags": (GET + b"If-None-Match: " + b'"a", ' * 3000 + b"\r\n\r\n", REFUSED | {200}),
    "a date without end": (request("/feeds/all.atom", "If-Modified-Since: " + "9" * 5000), {200}),
    "a range": (request("/feeds/all.atom", "Range: bytes=0-0,-1"), {200}),
    "a range of millions": (request("/feeds/all.atom", "Range: bytes=" + "0-," * 5000), REFUSED | {200}),
    "a question that nobody asked": (request("/feeds/all.atom?utm_source=a&b"), {200}),
    "a lower-case method": (request(method="get") + HIDDEN, {405}),
    "an upgrade": (request("/feeds/all.atom", "Connection: Upgrade", "Upgrade: h2c"), {200}),
    "a body to be awaited": (POST + b"Expect: 100-continue\r\nContent-Length: 5\r\n\r\nhello", REFUSED),
    **{
        path[:40]: (request(path), {301, 400, 404})
        for path in (
            "/..%2f..%2fetc/passwd",
            "/static/../../config.toml",
            "/feeds/..%5c..%00x",
            "/feeds/a%0d%0aSet-Cookie:%20a=b",
            "//evil.example/",
            "/%ff%fe",
            "/feeds/all.atom;x",
            "/feeds/" + "a" * 8000,
            "/feeds/all/archive/" + "9" * 40 + ".atom",
            "/entries/00000000-0000-0000-0000-000000000000",
        )
    },
}


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What everything was answered, all of it sent at once."""
    folder: Path = tmp_path_factory.mktemp("abuse")
    (folder / "config.toml").write_text(CONFIG)
    (folder / "news.txt").write_bytes(stories.listing(10))
    os.utime(folder / "news.txt", (1, 1))
    with serving(folder) as (port, process), ThreadPoolExecutor(len(SENT)) as pool:
        told = pool.map(lambda case: ask(port, case[0], patience=PATIENCE), SENT.values())
        found = dict(zip(SENT, told, strict=True))
        found[""] = ask(port, request("/feeds/all.atom", "Connection: close"))
        found |= _ended(port, process)
    return found


def _ended(port: int, process: subprocess.Popen[str]) -> dict[str, bytes]:
    """What readers are answered while the server is told to end."""

    def read_on(number: int) -> list[bytes]:
        told = []
        with contextlib.suppress(OSError):
            while process.poll() is None:
                told.append(ask(port, request("/feeds/all.atom", "Connection: close"), patience=PATIENCE))
        return told

    with ThreadPoolExecutor(READERS) as pool:
        readers = [pool.submit(read_on, number) for number in range(READERS)]
        time.sleep(0.3)
        process.terminate()
        told = [answer for reader in readers for answer in reader.result()]
    return {f"ending {number}": answer for number, answer in enumerate(told)}


@pytest.mark.parametrize("name", SENT)
def test_it_is_answered_once_and_by_no_server_error(answers: dict[str, bytes], name: str) -> None:
    found = statuses(answers[name]) or [0]
    assert len(found) == 1, "what stood in a body was taken for a request"
    assert found[0] in SENT[name][1]
    assert b"evil.example" not in answers[name]
    assert b"Set-Cookie" not in answers[name]


def test_a_range_and_a_query_get_the_whole_document(answers: dict[str, bytes]) -> None:
    body = answers[""].partition(b"\r\n\r\n")[2]
    for name in ("a range", "a question that nobody asked"):
        assert answers[name].endswith(body)
        assert b"accept-ranges" not in answers[name].lower()


def test_while_the_server_ends_an_answer_is_whole_or_there_is_none(answers: dict[str, bytes]) -> None:
    found = [answer for name, answer in answers.items() if name.startswith("ending") and answer]
    assert len(found) > READERS
    assert {len(answer) for answer in found} == {len(answers[""])}


def test_after_all_that_a_reader_is_answered(answers: dict[str, bytes]) -> None:
    assert statuses(answers[""]) == [200]
