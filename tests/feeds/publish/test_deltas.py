"""Deltas over a real store: applied to what a reader holds they give what it would have got whole."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import feedparser
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.publish.deltas import KEPT
from feeds.store import Delta, Store, migrate
from tests.feeds.publish.test_publisher import BASE, NOON, Newsroom, config, entry

PATH = "feeds/all.json"


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Newsroom]:
    url = f"sqlite:///{tmp_path}/tidings.db"
    migrate(url)
    store = Store(url)
    yield Newsroom(store, config())
    store.close()


def etag(newsroom: Newsroom, path: str = PATH) -> str:
    published = newsroom.published(path)
    assert published is not None
    return published.etag


def delta(newsroom: Newsroom, base: str, path: str = PATH) -> Delta | None:
    with newsroom.store.read() as view:
        return view.delta(path, base, etag(newsroom, path))


def titles(found: Delta | None) -> list[str]:
    assert found is not None
    return [item["title"] for item in json.loads(found.body)["items"]]


def filled(newsroom: Newsroom, count: int = 20) -> str:
    newsroom.refresh(*(entry(number) for number in range(count)))
    return etag(newsroom)


def test_a_delta_holds_what_is_new_and_what_was_edited(newsroom: Newsroom) -> None:
    base = filled(newsroom)
    newsroom.refresh(entry(20), entry(3, title="Edited"))
    assert titles(delta(newsroom, base)) == ["Story 20", "Edited"]


def test_every_kept_version_has_its_own_delta_to_the_newest(newsroom: Newsroom) -> None:
    bases = [filled(newsroom)]
    for number in range(20, 23):
        newsroom.refresh(entry(number))
        bases.append(etag(newsroom))
    found = [titles(delta(newsroom, base)) for base in bases[:-1]]
    assert found == [["Story 22", "Story 21", "Story 20"], ["Story 22", "Story 21"], ["Story 22"]]
    assert delta(newsroom, bases[-1]) is None


def test_a_name_that_changed_makes_its_entries_new(newsroom: Newsroom) -> None:
    """No entry was touched, but what stands in the document for some of them differs."""
    newsroom.refresh(*(entry(n) for n in range(20)), entry(20, label="Events", category="events"))
    base = etag(newsroom)
    newsroom.config = config(categories=[{"name": "Events", "title": "What is on"}])
    newsroom.refresh(everything=True)
    assert titles(delta(newsroom, base)) == ["Story 20"]


def test_what_was_retracted_is_a_tombstone_in_atom_and_nothing_in_rss(newsroom: Newsroom) -> None:
    filled(newsroom, 30)
    gone = NOON + dt.timedelta(days=2)
    newsroom.refresh(entry(1, retracted=gone, updated=gone), before=(entry(1),))
    paths = ("feeds/all.atom", "feeds/all.rss", PATH)
    bases = {path: etag(newsroom, path) for path in paths}
    newsroom.refresh(entry(2, retracted=gone, updated=gone), before=(entry(2),))
    atom, rss, of_json = (delta(newsroom, bases[path], path) for path in paths)
    assert atom is not None
    assert rss is not None
    assert of_json is not None
    assert atom.body.count(b"<at:deleted-entry") == 1
    assert entry(2).id.encode() in atom.body
    assert feedparser.parse(atom.body).entries == feedparser.parse(rss.body).entries == []
    assert [each["id"] for each in json.loads(of_json.body)["_tidings"]["deleted"]] == [entry(2).id]


@pytest.mark.parametrize("format", ["atom", "rss"])
def test_a_delta_is_a_whole_document_about_the_same_feed(newsroom: Newsroom, format: str) -> None:
    newsroom.config = config(entries=20, archive_size=5)
    filled(newsroom, 30)
    path = f"feeds/all.{format}"
    base = etag(newsroom, path)
    newsroom.refresh(entry(30))
    published, found = newsroom.published(path), delta(newsroom, base, path)
    assert published is not None
    assert found is not None
    full, part = feedparser.parse(published.body), feedparser.parse(found.body)
    assert not part.bozo
    assert part.entries == full.entries[:1]
    archives = [link for link in full.feed.links if link.rel == "prev-archive"]
    assert len(archives) == 1
    assert part.feed == full.feed | {"links": [link for link in full.feed.links if link not in archives]}
    assert gzip.decompress(found.codings["gzip"]) == found.body


def test_the_last_versions_are_led_from_and_no_others(newsroom: Newsroom) -> None:
    bases = [filled(newsroom, 50)]
    for number in range(50, 60):
        newsroom.refresh(entry(number))
        bases.append(etag(newsroom))
    assert [base for base in bases if delta(newsroom, base)] == bases[-1 - KEPT : -1]


def test_half_of_a_document_is_not_worth_a_delta(newsroom: Newsroom) -> None:
    base = filled(newsroom, 4)
    newsroom.refresh(*(entry(number) for number in range(4, 8)))
    assert delta(newsroom, base) is None
    base = etag(newsroom)
    newsroom.refresh(entry(8))
    assert titles(delta(newsroom, base)) == ["Story 8"]


def test_a_document_that_becomes_what_it_was_leads_to_itself_from_between_only(newsroom: Newsroom) -> None:
    first = filled(newsroom)
    newsroom.refresh(entry(3, title="Edited"))
    between = etag(newsroom)
    newsroom.refresh(entry(3))
    assert etag(newsroom) == first
    assert delta(newsroom, first) is None
    assert titles(delta(newsroom, between)) == ["Story 3"]


def test_archive_pages_and_the_list_of_feeds_have_no_versions(newsroom: Newsroom) -> None:
    newsroom.config = config(entries=2, archive_size=2)
    filled(newsroom)
    newsroom.refresh(entry(20, label="Events", category="events"))
    with newsroom.store.read() as view:
        kept = [path for path in view.paths() if view.versions(path)]
        assert sorted(kept) == sorted(path for path in view.paths() if "archive" not in path and "opml" not in path)


def test_after_a_time_without_deltas_nothing_leads_from_before_it(newsroom: Newsroom) -> None:
    before = filled(newsroom)
    newsroom.config = config(deltas=False)
    newsroom.refresh(entry(20))
    between = etag(newsroom)
    newsroom.config = config()
    newsroom.refresh(entry(21))
    assert delta(newsroom, before) is None
    assert delta(newsroom, between) is None
    base = etag(newsroom)
    newsroom.refresh(entry(22))
    assert titles(delta(newsroom, base)) == ["Story 22"]


def items(body: bytes) -> dict[str, Mapping[str, Any]]:
    return {item["id"]: item for item in json.loads(body)["items"]}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.lists(st.tuples(st.integers(10, 30), st.sampled_from("abc"), st.booleans()), min_size=1, max_size=3),
        min_size=1,
        max_size=6,
    )
)
def test_a_reader_that_applies_a_delta_has_everything_that_is_current(
    tmp_path_factory: pytest.TempPathFactory, steps: list[list[tuple[int, str, bool]]]
) -> None:
    url = f"sqlite:///{tmp_path_factory.mktemp('store')}/tidings.db"
    migrate(url)
    store = Store(url)
    newsroom = Newsroom(store, config(entries=15))
    known = {number: entry(number) for number in range(20)}
    newsroom.refresh(*known.values())
    held = {}
    for step in steps:
        published = newsroom.published(PATH)
        assert published is not None
        held[published.etag] = items(published.body)
        after = {
            n: entry(n, title=title, retracted=NOON if gone else None, updated=NOON + n * dt.timedelta(days=1))
            for n, title, gone in step
        }
        newsroom.refresh(*after.values(), before=tuple(known[n] for n in after if n in known))
        known |= after
        current = newsroom.published(PATH)
        assert current is not None
        for base, had in held.items():
            if found := delta(newsroom, base):
                whole, new = items(current.body), items(found.body)
                assert {id: item for id, item in whole.items() if had.get(id) != item} == new
                gone = {each["id"] for each in json.loads(found.body)["_tidings"].get("deleted", ())}
                assert gone <= {each.id for each in known.values() if each.retracted}
                assert json.loads(found.body)["feed_url"] == f"{BASE}/{PATH}"
    store.close()
