"""Bodies of responses: read whole, as framed and coded, and within the limits."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import Iterator

import pytest

from tests.kit.asking import PAGE, body, fault, reason
from tests.kit.fake_origin import FaultServer, Request, answer, chunked


@pytest.mark.parametrize(
    "said",
    [
        answer(PAGE),
        b"HTTP/1.1 200 OK\r\n\r\n" + PAGE,
        b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE,
        chunked(PAGE[:5], PAGE[5:], b""),
        chunked(*(PAGE[n : n + 1] for n in range(len(PAGE))), b""),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb;name=value\r\n" + PAGE + b"\r\n0\r\nA: b\r\n\r\n",
        answer(PAGE, 200, "Content-Encoding: identity"),
        answer(gzip.compress(PAGE), 200, "Content-Encoding: gzip"),
        answer(gzip.compress(PAGE), 200, "Content-Encoding: X-GZIP"),
        answer(gzip.compress(PAGE[:4]) + gzip.compress(PAGE[4:]), 200, "Content-Encoding: gzip"),
        answer(gzip.compress(PAGE) + bytes(100), 200, "Content-Encoding: gzip"),
        answer(PAGE, 200, f"Content-Length: {len(PAGE)}"),
        b"HTTP/1.1 100 Continue\r\n\r\n" + answer(PAGE),
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n" + answer(PAGE),
    ],
    ids=[
        "length",
        "close",
        "old",
        "chunks",
        "small-chunks",
        "chunk-extras",
        "identity",
        "gzip",
        "x-gzip",
        "members",
        "padded",
        "length-twice",
        "continue",
        "interim",
    ],
)
def test_a_whole_body_is_read(said):
    assert body(said) == PAGE


@pytest.mark.parametrize(
    "said",
    [
        answer(PAGE, length=len(PAGE) + 1),
        chunked(PAGE),
        chunked(PAGE, b"")[:-5],
        chunked(PAGE)[:-6],
        answer(gzip.compress(PAGE)[:-1], 200, "Content-Encoding: gzip"),
        answer(gzip.compress(PAGE)[:-12], 200, "Content-Encoding: gzip"),
        answer(gzip.compress(PAGE) + gzip.compress(PAGE)[:-9], 200, "Content-Encoding: gzip"),
        answer(b"", 200, "Content-Encoding: gzip"),
    ],
    ids=[
        "length",
        "no-last-chunk",
        "cut-at-last",
        "cut-chunk",
        "no-size",
        "cut-gzip",
        "cut-member",
        "no-gzip",
    ],
)
def test_a_body_that_is_cut_short_is_no_document(said):
    assert reason(said) == "truncated"


@pytest.mark.parametrize("cut", range(1, len(answer(PAGE))), ids=str)
def test_no_prefix_of_an_answer_is_a_document(cut):
    assert reason(answer(PAGE)[:-cut]) in ("truncated", "protocol")


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("Content-Encoding: br", "encoding"),
        ("Content-Encoding: deflate", "encoding"),
        ("Content-Encoding: gzip, gzip", "encoding"),
        ("Content-Encoding: gzip\r\nContent-Encoding: gzip", "encoding"),
        ("Content-Encoding: gzip", "encoding"),
        ("Transfer-Encoding: gzip, chunked", "encoding"),
        ("Transfer-Encoding: identity", "encoding"),
        ("Content-Length: 4", "protocol"),
        ("Content-Length: -1", "protocol"),
        ("Content-Length: eleven", "protocol"),
    ],
)
def test_what_was_not_offered_is_not_taken(field, expected):
    assert reason(answer(PAGE, 200, field)) == expected


@pytest.mark.parametrize("length", ["-1", "+11", "1_1", "eleven", "", "11 11"], ids=ascii)
def test_a_content_length_that_is_not_a_number_is_a_fault(length):
    said = f"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n".encode() + PAGE
    assert reason(said) == "protocol"


@pytest.mark.parametrize("size", [b"-1", b"-b", b"zz", b"", b"b b", b"f" * 70_000], ids=ascii)
def test_a_chunk_of_an_impossible_size_is_a_fault(size):
    said = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + size + b"\r\n" + PAGE + b"\r\n0\r\n\r\n"
    assert reason(said) in ("truncated", "protocol")


@pytest.mark.parametrize("spell", [answer, lambda page: chunked(page, b"")], ids=["length", "chunks"])
def test_a_body_may_be_as_large_as_the_limit_and_no_larger(spell):
    assert body(spell(PAGE), max_bytes=len(PAGE)) == PAGE
    assert reason(spell(PAGE), max_bytes=len(PAGE) - 1) == "too_large"


def test_a_body_that_says_it_is_too_large_is_not_waited_for():
    with FaultServer({}) as server:

        def announce(request: Request) -> Iterator[bytes]:
            yield answer(length=1001)
            yield from server.stall(request)

        server.scripts["/"] = announce
        assert fault(server.url(), max_bytes=1000).reason == "too_large"


def test_a_body_that_does_not_end_is_given_up():
    def endless(_: Request) -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\n\r\n"
        while True:
            yield bytes(4096)

    assert reason(endless, max_bytes=100_000) == "too_large"


@pytest.mark.parametrize(
    ("start", "again"),
    [
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
        (chunked(PAGE, b"")[:-2], b"A: b\r\n"),
    ],
    ids=["continue", "interim", "trailers"],
)
def test_an_answer_whose_head_or_tail_does_not_end_is_given_up(start, again):
    def endless(_: Request) -> Iterator[bytes]:
        yield start
        while True:
            yield again * 100

    assert reason(endless, max_bytes=1000) == "too_large"


def bomb(mebibytes: int) -> bytes:
    press = zlib.compressobj(9, wbits=31)
    return b"".join(press.compress(bytes(1 << 20)) for _ in range(mebibytes)) + press.flush()


def test_gzip_is_capped_as_it_inflates():
    said = answer(bomb(64), 200, "Content-Encoding: gzip")
    tracemalloc.start()
    try:
        assert reason(said, max_bytes=1 << 20) == "too_large"
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


def test_what_inflates_too_much_is_refused_below_the_limit_too():
    assert reason(answer(bomb(2), 200, "Content-Encoding: gzip")) == "too_large"
    assert len(body(answer(bomb(1), 200, "Content-Encoding: gzip"))) == 1 << 20


def test_an_ordinary_document_may_be_large_and_compressed():
    page = b"".join(b"<li>%d</li>" % n for n in range(200_000))
    assert body(answer(gzip.compress(page, 1), 200, "Content-Encoding: gzip")) == page
