"""An Outcome says what is held, and in which document of a source with several."""

from __future__ import annotations

import datetime as dt

import pytest

from feeds.changes import Changes, Held
from feeds.config import Source
from feeds.model import Document, Outcome, Status
from feeds.refresh.outcome import outcome_of
from feeds.refresh.reading import SourceReading

NOW = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)
ACCEPT = "; run `tidings accept news` if this is right"


def outcome(source: Source, documents: list[str], held: list[Held]) -> Outcome:
    read = SourceReading(documents=tuple(Document(name, b"") for name in documents))
    return outcome_of(source, read, Changes(source.name, held=tuple(held)), NOW)


def refused(document: str, message: str = "no items were found in it") -> Held:
    return Held(document, "zero_items", message)


FILES = Source(name="news", path="*.txt")


def test_the_only_document_of_a_source_is_not_named():
    found = outcome(FILES, ["a.txt"], [refused("a.txt")])
    assert (found.status, found.reason, found.message) == (
        Status.HELD,
        "zero_items",
        f"no items were found in it{ACCEPT}",
    )


def test_a_held_document_among_others_is_named():
    found = outcome(FILES, ["a.txt", "b.txt", "c.txt"], [refused("b.txt")])
    assert found.message == f"b.txt: no items were found in it{ACCEPT}"


@pytest.mark.parametrize(
    ("several", "more"), [(3, ""), (4, "; and 1 more document"), (40, "; and 37 more documents")], ids=str
)
def test_of_many_held_documents_the_first_few_are_named(several, more):
    names = [f"{number:02}.txt" for number in range(several)]
    found = outcome(FILES, names, [refused(name, f"broken like {name}") for name in names])
    first = "; ".join(f"{name}: broken like {name}" for name in names[:3])
    assert found.message == first + more + ACCEPT


def test_several_findings_in_one_document_are_told_together():
    held = [Held("a.txt", "unlike", f"item {number} is a placeholder", whole=False) for number in (1, 2)]
    found = outcome(FILES, ["a.txt", "b.txt"], held)
    assert (found.status, found.message) == (
        Status.UNCHANGED,
        "a.txt: item 1 is a placeholder; item 2 is a placeholder",
    )


def test_a_refused_document_is_named_before_one_that_is_held_in_part():
    part = Held("a.txt", "flapping", "“Ferry” was edited 9 times without a pause", whole=False)
    found = outcome(FILES, ["a.txt", "b.txt"], [part, refused("b.txt")])
    assert found.reason == "zero_items"
    assert found.message == f"b.txt: no items were found in it; a.txt: {part.message}{ACCEPT}"


def test_addresses_are_named_without_their_secrets():
    pages = ["https://example.org/news?key=one", "https://example.org/news?key=two"]
    source = Source(name="news", urls=tuple(pages))
    found = outcome(source, pages, [refused(pages[1])])
    assert found.message == f"https://example.org/news (news 2): no items were found in it{ACCEPT}"
