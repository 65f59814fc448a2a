"""Parsing apart: the same listings, and an end to what would not end by itself."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from feeds.config import Source
from feeds.errors import ParseError
from feeds.model import Document, Listing
from feeds.parsers import parse
from service.refresher.parser_process import ParserLimits, ParsingProcess
from tests.kit import stories

SOURCE = Source(name="news", path="news.txt")
NEWS = Document("news.txt", stories.listing(40, window=40))
# Stands in for a parser: it ends, hangs, takes memory or spends time as the document says.
STUB = """
import os, sys, time
from multiprocessing.connection import Connection
from feeds import parsers
from service.refresher import parser_process

def parse(document, source):
    exec(document.body.decode())
    return parsers.Listing(document.name)

parsers.parse = parse
parser_process.main()
"""


@pytest.fixture
def apart() -> Iterator[ParsingProcess]:
    made = ParsingProcess(ParserLimits(small=0))
    yield made
    made.close()


@pytest.fixture
def stub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ParsingProcess]:
    (tmp_path / "parsing_stub.py").write_text(STUB)
    monkeypatch.syspath_prepend(tmp_path)
    made = ParsingProcess(ParserLimits(seconds=1, memory=1 << 29, small=0), module="parsing_stub")
    yield made
    made.close()


def reason(made: ParsingProcess, code: str) -> str:
    with pytest.raises(ParseError) as caught:
        made.parse(Document("bad", code.encode()), SOURCE)
    return caught.value.reason


def test_a_listing_is_the_same_as_parsed_here(apart: ParsingProcess) -> None:
    assert apart.parse(NEWS, SOURCE) == parse(NEWS, SOURCE)
    assert len(apart.parse(NEWS, SOURCE).items) == 40


def test_a_refusal_is_the_same_as_of_a_parser_here(apart: ParsingProcess) -> None:
    assert reason(apart, "  ") == "empty"
    assert apart.parse(NEWS, SOURCE).items


def test_what_is_small_starts_no_process() -> None:
    made = ParsingProcess(ParserLimits(small=len(NEWS.body)))
    assert len(made.parse(NEWS, SOURCE).items) == 40
    assert made.process is None


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("time.sleep(60)", "timeout"),
        ("bytearray(1 << 30)", "too_large"),
        ("os.abort()", "crashed"),
        ("[][0]", "crashed"),
    ],
    ids=["hangs", "swells", "aborts", "mistake"],
)
def test_a_parser_that_goes_wrong_is_ended_and_the_next_document_is_read(
    stub: ParsingProcess, code: str, expected: str
) -> None:
    assert reason(stub, code) == expected
    assert stub.parse(Document("good", b"pass"), SOURCE) == Listing("good")


def test_what_documents_leave_behind_does_not_take_the_memory_of_the_others(stub: ParsingProcess) -> None:
    stub.parse(Document("a", b"parsers.kept = bytearray(256 << 20)"), SOURCE)
    assert reason(stub, "bytearray(256 << 20)") == "too_large"
    assert stub.parse(Document("b", b"bytearray(256 << 20)"), SOURCE) == Listing("b")


def test_one_process_reads_one_document_after_the_other_and_if_killed_costs_one(stub: ParsingProcess) -> None:
    stub.parse(Document("a", b"pass"), SOURCE)
    process = stub.process
    stub.parse(Document("b", b"pass"), SOURCE)
    assert stub.process is process is not None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert reason(stub, "pass") == "crashed"
    assert stub.parse(Document("c", b"pass"), SOURCE) == Listing("c")


def test_it_ends_when_nobody_asks_any_more(stub: ParsingProcess) -> None:
    stub.parse(Document("a", b"pass"), SOURCE)
    process, stub.process = stub.process, None
    assert process is not None
    stub.close()
    assert process.wait(10) == 0
