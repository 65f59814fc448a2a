"""What the ledger is told of what it knows."""

from __future__ import annotations

import datetime as dt

from feeds.model import Item, When
from tests.kit.stored import DAY, HOUR, NOON, SECOND, appearance, apply, entry, urn


def test_an_appearance_is_read_as_it_was_written(store):
    item = Item(7, 3, "Ada", "City", "Title", "1 March", "Text\n\nMore", "https://example.org/", {"title": 8})
    for when in (
        When(NOON.date()),
        When(NOON.date(), dt.time(9, 30)),
        When(NOON.date(), dt.time(9, 30, 15), dt.timedelta(hours=-3, minutes=-30)),
        When(NOON.date(), dt.time(0), dt.timedelta(0)),
        None,
    ):
        seen = appearance(1, section="latest", item=item, when=when, missing=2, gone=True, edits=3, edited=NOON)
        apply(store, added=(entry(1),), appearances=(seen,))
        with store.read() as view:
            assert view.known("newsroom", ()).appearances == (seen,)


def test_known_are_the_sources_own_appearances_and_where_else_their_entries_stand(store):
    own, elsewhere = appearance(1), appearance(1, source="archive", document="b.html")
    apply(store, added=(entry(1), entry(2)), appearances=(own,))
    apply(store, "archive", appearances=(elsewhere, appearance(2, source="archive")))
    with store.read() as view:
        known = view.known("newsroom", ())
    assert known.source == "newsroom"
    assert known.entries == {urn(1): entry(1, change=1)}
    assert known.appearances == (own,)
    assert known.elsewhere == (elsewhere,)


def test_an_entry_is_found_by_any_key_that_it_ever_had(store):
    apply(
        store,
        added=(entry(1), entry(2), entry(3)),
        keys={urn(1): ("title:old", "link:x"), urn(3): ("other",)},
    )
    apply(store, edited=(entry(1),), keys={urn(1): ("title:new", "link:x"), urn(2): ("title:new",)})
    with store.read() as view:
        assert set(view.known("newsroom", ["title:old"]).entries) == {urn(1)}
        assert set(view.known("newsroom", ["title:new", "nobody's"]).entries) == {urn(1), urn(2)}
        assert view.known("newsroom", ["TITLE:OLD"]).entries == {}


def test_more_keys_than_one_statement_can_name_find_their_entries(store):
    numbers = range(1, 1301)
    apply(store, added=tuple(map(entry, numbers)), keys={urn(n): (f"title:{n}",) for n in numbers})
    with store.read() as view:
        assert len(view.known("newsroom", [f"title:{n}" for n in numbers]).entries) == 1300


def test_appearances_long_gone_are_not_known(store):
    rows = (
        appearance(1, gone=True, last_seen=NOON - 30 * DAY),
        appearance(2, gone=True, last_seen=NOON - DAY),
        appearance(3, last_seen=NOON - 30 * DAY),
    )
    apply(store, added=(entry(1), entry(2), entry(3)), appearances=rows)
    with store.read() as view:
        assert view.known("newsroom", (), since=NOON - DAY).appearances == rows[1:]
        assert view.known("newsroom", ()).appearances == rows


def test_of_documents_that_were_not_read_only_what_shares_a_key_is_known(store):
    read = appearance(1, document="a.txt")
    moved = appearance(2, document="b.txt")
    apply(
        store,
        added=(entry(1), entry(2), entry(3)),
        appearances=(read, moved, appearance(3, document="b.txt")),
        keys={urn(2): ("title:2",)},
    )
    with store.read() as view:
        known = view.known("newsroom", ["title:2"], documents=["a.txt"])
    assert known.appearances == (read, moved)
    assert set(known.entries) == {urn(1), urn(2)}


def test_the_latest_instant_after_a_noon_is_known_over_the_whole_store(store):
    ranks = [NOON, NOON + 5 * SECOND, NOON + HOUR, NOON + DAY - SECOND]
    apply(store, "archive", added=tuple(entry(n, rank=rank) for n, rank in enumerate(ranks)))
    with store.read() as view:
        known = view.known("newsroom", (), last_on_day=[NOON, NOON + DAY])
    assert known.last_on_day == {NOON: NOON + 5 * SECOND}
