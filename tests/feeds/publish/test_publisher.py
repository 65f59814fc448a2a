"""Publication over a real store: only what differs, compressed, with validators that only move forward."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import brotli
import feedparser
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.changes import Changes
from feeds.config import Config
from feeds.model import Entry, Precision, Representation
from feeds.publish.publisher import publish
from feeds.store import Store, migrate

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
BASE = "https://news.example"


def config(**values: object) -> Config:
    settings = {"title": "Example", "base_url": BASE, "sources": [{"name": "desk", "path": "*.txt"}]}
    return Config.model_validate(settings | values)


def entry(number: int, **values: object) -> Entry:
    at = NOON + dt.timedelta(hours=number)
    fields = {
        "id": f"urn:uuid:00000000-0000-4000-8000-{number:012d}",
        "title": f"Story {number}",
        "first_seen": at,
        "updated": at,
        "rank": at,
        "published": at,
        "precision": Precision.TIME,
        "label": "Press release",
        "category": "press release",
        "sections": ("news",),
        "sources": ("desk",),
    }
    return Entry(**fields | values)


class Newsroom:
    """A store that is refreshed by hand, and what was published in it."""

    def __init__(self, store: Store, config: Config) -> None:
        self.store = store
        self.config = config
        self.now = NOON + dt.timedelta(days=90)

    def refresh(self, *entries: Entry, before: tuple[Entry, ...] = (), everything: bool = False) -> set[str]:
        """Keep the entries, publish, and return the paths that were written."""
        self.now += dt.timedelta(minutes=15)
        with self.store.write() as transaction:
            changes = Changes("desk", updated_silently=entries, headings={"news": "News"})
            kept = transaction.apply(changes)
            changed = None if everything else (*kept, *before)
            published = publish(transaction, self.config, changed, now=self.now)
            transaction.publish(published)
        return {each.path for each in published}

    def published(self, path: str) -> Representation | None:
        with self.store.read() as view:
            return view.representation(path)

    def items(self, path: str) -> list[str]:
        """The titles of a JSON feed's items."""
        representation = self.published(path)
        assert representation is not None
        return [item["title"] for item in json.loads(representation.body)["items"]]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    url = f"sqlite:///{tmp_path}/tidings.db"
    migrate(url)
    store = Store(url)
    yield store
    store.close()


@pytest.fixture
def newsroom(store: Store) -> Newsroom:
    return Newsroom(store, config())


def test_an_empty_store_publishes_an_empty_valid_feed_of_everything_and_the_list(newsroom: Newsroom) -> None:
    assert newsroom.refresh() == {"feeds.opml", "feeds/all.atom", "feeds/all.rss", "feeds/all.json"}
    assert newsroom.items("feeds/all.json") == []


def test_an_entry_is_published_in_every_feed_that_holds_it(newsroom: Newsroom) -> None:
    written = newsroom.refresh(entry(1))
    slugs = ("all", "press-release", "news", "desk")
    assert written == {"feeds.opml"} | {f"feeds/{s}.{f}" for s in slugs for f in ("atom", "rss", "json")}


def test_nothing_new_writes_nothing(newsroom: Newsroom) -> None:
    newsroom.refresh(entry(1), entry(2))
    assert newsroom.refresh() == set()
    assert newsroom.refresh(entry(1), everything=True) == set()


def test_an_edit_writes_only_the_feeds_that_hold_the_entry(newsroom: Newsroom) -> None:
    newsroom.refresh(entry(1), entry(2, label="Events", category="events"))
    written = newsroom.refresh(entry(1, title="Edited"), before=(entry(1),))
    assert {path.partition(".")[0] for path in written} == {
        "feeds/all",
        "feeds/press-release",
        "feeds/news",
        "feeds/desk",
    }


def test_an_entry_that_changes_its_category_leaves_the_old_feed(newsroom: Newsroom) -> None:
    newsroom.refresh(entry(1), entry(2))
    newsroom.refresh(entry(1, label="Events", category="events"), before=(entry(1),))
    assert newsroom.items("feeds/press-release.json") == ["Story 2"]
    assert newsroom.items("feeds/events.json") == ["Story 1"]


def test_a_category_whose_last_entry_left_keeps_an_empty_feed_and_its_date(newsroom: Newsroom) -> None:
    newsroom.refresh(entry(1))
    gone = NOON + dt.timedelta(days=2)
    newsroom.refresh(entry(1, retracted=gone, updated=gone), before=(entry(1),))
    representation = newsroom.published("feeds/press-release.atom")
    assert representation is not None
    feed = feedparser.parse(representation.body)
    assert feed.entries == []
    assert feed.feed.updated == gone.isoformat()
    assert b"<at:deleted-entry" in representation.body


def test_a_tombstone_goes_when_something_happened_thirty_days_later(newsroom: Newsroom) -> None:
    newsroom.refresh(entry(1), entry(2))
    gone = NOON + dt.timedelta(days=2)
    newsroom.refresh(entry(1, retracted=gone, updated=gone), before=(entry(1),))
    for days, there in ((32, True), (33, False)):
        newsroom.refresh(entry(days * 24))
        representation = newsroom.published("feeds/all.atom")
        assert representation is not None
        assert (b"deleted-entry" in representation.body) is there


def test_last_modified_moves_with_the_bytes_and_strictly_forward(newsroom: Newsroom) -> None:
    newsroom.refresh(entry(1))
    first = newsroom.published("feeds/all.rss")
    newsroom.refresh()
    assert newsroom.published("feeds/all.rss") == first
    newsroom.now -= dt.timedelta(hours=1)
    newsroom.refresh(entry(2))
    second = newsroom.published("feeds/all.rss")
    assert first is not None
    assert second is not None
    assert second.last_modified == first.last_modified + dt.timedelta(seconds=1)
    assert second.etag != first.etag


def test_the_codings_hold_the_same_bytes_and_only_where_they_are_smaller(newsroom: Newsroom) -> None:
    newsroom.refresh(*(entry(number) for number in range(20)))
    for path in ("feeds/all.atom", "feeds/all.rss", "feeds/all.json", "feeds.opml"):
        published = newsroom.published(path)
        assert published is not None
        assert gzip.decompress(published.codings["gzip"]) == published.body
        assert brotli.decompress(published.codings["br"]) == published.body
        assert all(len(body) < len(published.body) for body in published.codings.values())


def test_the_link_field_says_what_the_document_says(store: Store) -> None:
    newsroom = Newsroom(store, config(hubs=["https://hub.example/"]))
    newsroom.refresh(entry(1))
    published = newsroom.published("feeds/all.atom")
    assert published is not None
    assert published.links == (
        f'<{BASE}/feeds/all.atom>; rel="self"; type="application/atom+xml", '
        '<https://hub.example/>; rel="hub", '
        f'<{BASE}/feeds/all>; rel="alternate"; type="text/html", '
        f'<{BASE}/feeds/all.rss>; rel="alternate"; type="application/rss+xml", '
        f'<{BASE}/feeds/all.json>; rel="alternate"; type="application/feed+json"'
    )


@pytest.mark.parametrize(
    ("interval", "minutes"),
    [("90s", 1), ("20m", 20), ("2h", 60)],
    ids=["whole minutes", "the interval", "an hour at most"],
)
def test_max_age_and_ttl_are_the_interval_of_the_source(store: Store, interval: str, minutes: int) -> None:
    newsroom = Newsroom(store, config(interval=interval))
    newsroom.refresh(entry(1))
    published = newsroom.published("feeds/all.rss")
    assert published is not None
    assert published.max_age == minutes * 60
    assert f"<ttl>{minutes}</ttl>".encode() in published.body


def test_a_feed_is_as_fresh_as_the_busiest_source_that_feeds_it(store: Store) -> None:
    sources = [
        {"name": "slow", "path": "a.txt", "interval": "30m"},
        {"name": "desk", "path": "b.txt", "interval": "5m"},
    ]
    newsroom = Newsroom(store, config(sources=sources))
    newsroom.refresh(entry(1, sources=("slow",)), entry(2, label="Events", category="events"))
    ages = {path: newsroom.published(path) for path in ("feeds/press-release.json", "feeds/events.json")}
    assert [published and published.max_age for published in ages.values()] == [1800, 300]


def test_a_new_interval_keeps_the_validators_of_bytes_that_do_not_say_it(newsroom: Newsroom) -> None:
    newsroom.refresh(entry(1))
    before = newsroom.published("feeds/all.atom")
    newsroom.config = config(interval="5m")
    newsroom.refresh(everything=True)
    after = newsroom.published("feeds/all.atom")
    assert before is not None
    assert after is not None
    assert (after.etag, after.last_modified) == (before.etag, before.last_modified)
    assert (before.max_age, after.max_age) == (900, 300)


def test_switching_credits_off_changes_the_content_and_no_date_or_id(newsroom: Newsroom) -> None:
    newsroom.refresh(entry(1, summary="One.", credit="\u00a9 Vera"), entry(2, summary="Two."))

    def items() -> list[tuple[str, str, str]]:
        published = newsroom.published("feeds/all.json")
        assert published is not None
        found = json.loads(published.body)["items"]
        return [(item["id"], item["date_modified"], item["content_text"]) for item in found]

    shown = items()
    newsroom.config = config(show_credit=False)
    newsroom.refresh(everything=True)
    hidden = items()
    assert [text for _, _, text in shown] == ["Two.", "One.\n\n\u00a9 Vera"]
    assert [text for _, _, text in hidden] == ["Two.", "One."]
    assert [each[:2] for each in hidden] == [each[:2] for each in shown]


def test_a_changed_spelling_of_most_entries_renames_the_feed_everywhere(newsroom: Newsroom) -> None:
    newsroom.refresh(entry(1), entry(2, label="Events", category="events"))
    written = newsroom.refresh(*(entry(number, label="Press Release") for number in (3, 4)))
    assert "feeds.opml" in written
    published = newsroom.published("feeds/all.json")
    assert published is not None
    tags = [item["tags"] for item in json.loads(published.body)["items"]]
    assert tags == [["Press Release"], ["Press Release"], ["Events"], ["Press Release"]]


def test_what_moved_or_ended_is_withdrawn(newsroom: Newsroom) -> None:
    newsroom.config = config(selections=[{"slug": "partner", "title": "Partner"}])
    newsroom.refresh(entry(1))
    newsroom.config = config(categories=[{"name": "Press release", "slug": "press"}])
    newsroom.refresh(everything=True)
    with newsroom.store.read() as view:
        slugs = {path.split("/")[1].partition(".")[0] for path in view.paths() if "/" in path}
    assert slugs == {"all", "press", "news", "desk"}


def walk(newsroom: Newsroom, slug: str) -> list[list[str]]:
    """The titles of a feed's documents, from the current one back along `next_url`."""
    url: str | None = f"{BASE}/feeds/{slug}.json"
    documents = []
    while url:
        published = newsroom.published(url.removeprefix(BASE + "/"))
        assert published is not None
        document = json.loads(published.body)
        assert document["feed_url"] == url
        documents.append([item["title"] for item in document["items"]])
        url = document.get("next_url")
    return documents


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.lists(st.tuples(st.integers(1, 30), st.booleans()), min_size=1, max_size=8), max_size=6),
    st.integers(1, 5),
    st.integers(1, 5),
)
def test_every_entry_stands_in_exactly_one_document(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[list[tuple[int, bool]]],
    window: int,
    size: int,
) -> None:
    url = f"sqlite:///{tmp_path_factory.mktemp('store')}/tidings.db"
    migrate(url)
    store = Store(url)
    newsroom = Newsroom(store, config(entries=window, archive_size=size))
    known: dict[int, Entry] = {}
    newsroom.refresh()
    for step in steps:
        before = tuple(known[number] for number, _ in step if number in known)
        after = {n: entry(n, retracted=NOON if gone else None) for n, gone in step}
        known |= after
        newsroom.refresh(*after.values(), before=before)
        live = [f"Story {n}" for n in sorted(known, reverse=True) if known[n].retracted is None]
        documents = walk(newsroom, "all")
        assert [title for document in documents for title in document] == live
        assert len(documents[0]) == min(window, len(live))
        assert all(len(document) == size for document in documents[2:])
        with store.read() as view:
            pages = [path for path in view.paths() if path.startswith("feeds/all/archive/")]
        assert len(pages) == 3 * (len(documents) - 1)
    assert newsroom.refresh(everything=True) == set()
    store.close()


def test_a_new_entry_leaves_full_pages_as_they_are(store: Store) -> None:
    newsroom = Newsroom(store, config(entries=2, archive_size=2))
    newsroom.refresh(*(entry(number) for number in range(6)))
    frozen = newsroom.published("feeds/all/archive/1.atom")
    written = newsroom.refresh(entry(6))
    assert {path for path in written if "all/archive" in path and path.endswith("atom")} == {
        "feeds/all/archive/2.atom",
        "feeds/all/archive/3.atom",
    }
    assert newsroom.published("feeds/all/archive/1.atom") == frozen
