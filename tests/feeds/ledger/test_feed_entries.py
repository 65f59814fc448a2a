"""Entries read from other feeds: their ids, and how they are matched."""

from __future__ import annotations

import datetime as dt

from feeds.changes import Changes
from feeds.config import Source
from feeds.dates.parsing import resolve
from feeds.ledger import reconcile
from feeds.ledger.state import Reading, Rules
from feeds.model import Document, Entry
from feeds.parsers import parse
from tests.kit.simulation.memory import Memory

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
FEED = '<feed xmlns="http://www.w3.org/2005/Atom"><title>{title}</title><id>{id}</id>{entries}</feed>'
CRANE = {
    "id": "tag:h.example,2026:crane",
    "title": "The crane is lifted",
    "date": "2026-02-01",
    "summary": "At noon.",
}
FERRY = {
    "id": "tag:h.example,2026:ferry",
    "title": "A ferry to Werder",
    "date": "2026-01-20",
    "summary": "From April.",
}


def atom(*entries: dict[str, str], title: str = "Harbour", id: str = "tag:h.example,2026:feed") -> str:
    frame = (
        "<entry><id>{id}</id><title>{title}</title><published>{date}T08:00:00Z</published>"
        "<summary>{summary}</summary></entry>"
    )
    return FEED.format(title=title, id=id, entries="".join(frame.format(**entry) for entry in entries))


def read(memory: Memory, body: str, *, source: str = "harbour", day: int = 0) -> Changes:
    document = Document(f"https://{source}.example/", body.encode())
    listing = parse(document, Source(name=source, url=document.name))
    reading = Reading(listing, resolve(listing, language="en", day_first=None))
    now = NOON + day * DAY
    known = memory.known(source, reconcile.blocking_keys(reading), now - 60 * DAY)
    changes = reconcile.reconcile([reading], known, Rules(), now=now)
    memory.apply(changes)
    return changes


def called(memory: Memory, iri: str) -> Entry:
    [entry] = [entry for entry in memory.entries.values() if entry.iri == iri]
    return entry


def test_an_entry_keeps_the_id_that_it_had_and_names_its_feed() -> None:
    memory = Memory()
    read(memory, atom(CRANE, FERRY))
    crane = called(memory, CRANE["id"])
    assert crane.title == "The crane is lifted"
    assert crane.id.startswith("urn:uuid:")
    assert crane.source_feed is not None
    assert (crane.source_feed.title, crane.source_feed.id) == ("Harbour", "tag:h.example,2026:feed")


def test_an_entry_with_an_origins_id_is_matched_whatever_is_edited() -> None:
    memory = Memory()
    read(memory, atom(CRANE, FERRY))
    before = called(memory, CRANE["id"])
    other = CRANE | {
        "title": "Nothing of this was said before",
        "date": "2026-02-20",
        "summary": "Not at all.",
    }
    changes = read(memory, atom(other, FERRY), day=1)
    assert [entry.id for entry in changes.edited] == [before.id]
    assert changes.added == ()


def test_entries_that_change_places_and_titles_follow_their_ids() -> None:
    memory = Memory()
    read(memory, atom(CRANE, FERRY))
    before = {iri: called(memory, iri).id for iri in (CRANE["id"], FERRY["id"])}
    read(memory, atom(FERRY | {"id": CRANE["id"]}, CRANE | {"id": FERRY["id"]}), day=1)
    assert called(memory, CRANE["id"]).title == FERRY["title"]
    assert {iri: called(memory, iri).id for iri in before} == before


def test_a_new_id_under_an_old_title_is_a_new_entry() -> None:
    memory = Memory()
    read(memory, atom(CRANE, FERRY))
    again = CRANE | {"id": "tag:h.example,2026:crane-2", "date": "2026-02-27", "summary": "Once more."}
    changes = read(memory, atom(again, CRANE, FERRY), day=1)
    assert [entry.iri for entry in changes.added] == [again["id"]]
    assert changes.edited == ()


def test_one_id_in_two_feeds_is_one_entry_of_the_first() -> None:
    memory = Memory()
    read(memory, atom(CRANE, FERRY))
    read(
        memory,
        atom(CRANE | {"title": "Crane lifted", "summary": "x"}, title="Planet"),
        source="planet",
        day=1,
    )
    assert len(memory.entries) == 2
    crane = called(memory, CRANE["id"])
    assert crane.sources == ("harbour", "planet")
    assert crane.source_feed is not None
    assert crane.source_feed.title == "Harbour"


def test_an_entry_that_a_page_had_first_keeps_our_id() -> None:
    memory = Memory()
    read(memory, "1. Notices\n\nThe crane is lifted\n\n1 February 2026\n\nAt noon.\n", source="page")
    [known] = memory.entries.values()
    read(memory, atom(CRANE), day=1)
    [entry] = memory.entries.values()
    assert (entry.iri, entry.source_feed) == (known.id, None)
    read(memory, atom(CRANE | {"title": "Quite another title", "date": "2026-02-03", "summary": "-"}), day=2)
    assert list(memory.entries) == [known.id]


def test_an_id_that_two_entries_have_is_the_id_of_neither() -> None:
    memory = Memory()
    read(memory, atom(CRANE, FERRY | {"id": CRANE["id"]}))
    assert {entry.iri for entry in memory.entries.values()} == set(memory.entries)
    assert len(memory.entries) == 2


def test_two_stores_give_the_items_of_a_feed_the_same_ids() -> None:
    one, other = Memory(), Memory()
    read(one, atom(CRANE, FERRY))
    read(other, atom(CRANE | {"title": "Edited since", "date": "2026-02-02"}, FERRY), source="planet", day=3)
    assert one.entries.keys() == other.entries.keys()
