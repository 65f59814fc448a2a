"""The catalogue: which feeds exist, at which slugs for ever, and which entries each holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from feeds.changes import Changes
from feeds.config import Config
from feeds.model import Entry, FeedKind, Scope, Term
from feeds.publish.catalogue import Catalogue, build_catalogue, scope
from feeds.store import RegisteredFeed, Store, migrate
from feeds.unicode import normalise

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
RULE = {"name": "Press release", "aliases": ["Media release", "News release"]}


def config(**values: object) -> Config:
    settings = {
        "title": "Example",
        "base_url": "https://news.example",
        "sources": [{"name": "newsroom", "path": "*.txt"}],
    }
    return Config.model_validate(settings | values)


class Shelf:
    """A store, and the catalogue of what was put into it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.entries = 0
        self.now = NOW

    def put(self, *labels: str, heading: str | None = "News and events", source: str = "newsroom") -> None:
        """Keep one entry for each label, below one heading."""
        several = []
        for label in labels:
            self.entries += 1
            several.append(
                Entry(
                    id=f"urn:uuid:00000000-0000-4000-8000-{self.entries:012d}",
                    title="A story",
                    first_seen=NOW,
                    updated=NOW,
                    rank=NOW,
                    label=label,
                    category=normalise.key(label),
                    sections=(normalise.key(heading),) if heading else (),
                    sources=(source,),
                )
            )
        self.apply(*several, headings={normalise.key(heading): heading} if heading else {})

    def apply(self, *entries: Entry, headings: dict[str, str] | None = None) -> None:
        with self.store.write() as transaction:
            transaction.apply(Changes("newsroom", updated_silently=entries, headings=headings or {}))

    def take(self, config: Config) -> Catalogue:
        """Take stock a day later, and register what is new."""
        self.now += dt.timedelta(days=1)
        with self.store.write() as transaction:
            catalogue = build_catalogue(transaction, config, now=self.now)
            for row in catalogue.news:
                transaction.register(row)
            assert build_catalogue(transaction, config, now=self.now).news == ()
        return catalogue

    def rows(self) -> dict[str, RegisteredFeed]:
        with self.store.read() as view:
            return {row.slug: row for row in view.feeds()}


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    url = f"sqlite:///{tmp_path}/tidings.db"
    migrate(url)
    store = Store(url)
    yield Shelf(store)
    store.close()


def slugs(catalogue: Catalogue) -> list[str]:
    return [feed.slug for feed in catalogue.feeds]


def titles(catalogue: Catalogue) -> dict[str, str]:
    return {feed.slug: feed.title for feed in catalogue.feeds}


def test_an_empty_store_has_the_feed_of_everything(shelf: Shelf) -> None:
    assert slugs(shelf.take(config())) == ["all"]


def test_categories_sections_and_sources_have_plain_slugs(shelf: Shelf) -> None:
    shelf.put("Our impact, their voices", "Press release", "Webinars")
    assert slugs(shelf.take(config())) == [
        "all",
        "our-impact-their-voices",
        "press-release",
        "webinars",
        "news-and-events",
        "newsroom",
    ]


def test_two_spellings_are_one_category_called_as_most_entries_call_it(shelf: Shelf) -> None:
    shelf.put("Our impact, their voices", "Our impact, Their voices", "Our Impact, Their Voices!")
    shelf.put("Our impact, Their voices")
    assert titles(shelf.take(config()))["our-impact-their-voices"] == "Our impact, Their voices"


def test_a_title_changes_only_for_a_spelling_that_more_entries_have(shelf: Shelf) -> None:
    shelf.put("Press release")
    first = shelf.take(config())
    shelf.put("PRESS RELEASE")
    equal = shelf.take(config())
    shelf.put("PRESS RELEASE")
    more = shelf.take(config())
    assert [titles(each)["press-release"] for each in (first, equal, more)] == [
        "Press release",
        "Press release",
        "PRESS RELEASE",
    ]
    assert [each.settled for each in (first, equal, more)] == [True, True, False]


def test_a_heading_without_entries_makes_no_feed(shelf: Shelf) -> None:
    shelf.apply(headings={"media contact": "Media contact"})
    shelf.put("Webinars")
    assert "media-contact" not in slugs(shelf.take(config()))


@pytest.mark.parametrize("kind", [FeedKind.CATEGORY, FeedKind.SECTION, FeedKind.SOURCE])
def test_a_feed_stays_when_its_entries_are_gone(shelf: Shelf, kind: FeedKind) -> None:
    shelf.put("Webinars")
    before = shelf.take(config())
    with shelf.store.read() as view:
        entry = view.entries(Scope(), limit=1)[0]
    shelf.apply(replace(entry, retracted=NOW))
    after = shelf.take(config(sources=[{"name": "other", "path": "b.txt"}]))
    assert {feed for feed in before.feeds if feed.kind is kind} <= set(after.feeds)


def test_a_slug_once_given_out_is_kept(shelf: Shelf) -> None:
    shelf.put("Webinars", heading="News")
    shelf.take(config())
    shelf.put("News", heading="Webinars", source="press-release")
    shelf.put("Press release", "All")
    catalogue = shelf.take(config())
    assert {(feed.slug, feed.kind, feed.key) for feed in catalogue.feeds} == {
        ("all", "all", ""),
        ("all-category", "category", "all"),
        ("webinars", "category", "webinars"),
        ("webinars-section", "section", "webinars"),
        ("news", "section", "news"),
        ("news-category", "category", "news"),
        ("news-and-events", "section", "news and events"),
        ("press-release", "category", "press release"),
        ("newsroom", "source", "newsroom"),
    }


def test_what_the_operator_named_comes_first_then_categories_sections_sources(shelf: Shelf) -> None:
    shelf.put("Newsroom", "Partner", "Other", heading="Newsroom")
    rules = [{"name": "Other", "slug": "other-things"}]
    chosen = config(selections=[{"slug": "partner", "title": "P"}], categories=rules)
    assert {(feed.slug, feed.kind) for feed in shelf.take(chosen).feeds} == {
        ("all", "all"),
        ("partner", "selection"),
        ("partner-category", "category"),
        ("other-things", "category"),
        ("newsroom", "category"),
        ("newsroom-section", "section"),
        ("newsroom-source", "source"),
    }


def test_two_labels_of_one_slug_are_two_feeds(shelf: Shelf) -> None:
    shelf.put("M\u00fcnchen", "Munchen", "Mu\u0144chen")
    catalogue = shelf.take(config())
    found = {feed.slug for feed in catalogue.feeds if feed.kind is FeedKind.CATEGORY}
    assert len(found) == 3
    assert {"munchen", "munchen-category"} < found
    assert shelf.take(config()).feeds == catalogue.feeds


def test_aliases_are_one_category_with_the_name_that_the_operator_gave(shelf: Shelf) -> None:
    shelf.put("Media release", "News Release", "Press Release", "Other")
    merged = config(categories=[RULE])
    catalogue = shelf.take(merged)
    (feed,) = (feed for feed in catalogue.feeds if feed.slug == "press-release")
    assert feed.title == "Press release"
    assert scope(feed, merged).categories == ("press release", "media release", "news release")
    with shelf.store.read() as view:
        assert view.count(scope(feed, merged)) == 3
    term = Term("press-release", "Press release")
    assert {key: catalogue.categories.get(key) for key in ("press release", "news release")} == {
        "press release": term,
        "news release": term,
    }


def test_the_slug_of_what_became_an_alias_moves_and_comes_back(shelf: Shelf) -> None:
    shelf.put("Media release", "Press release")
    shelf.take(config())
    merged = shelf.take(config(categories=[RULE]))
    assert "media-release" not in slugs(merged)
    assert not merged.settled
    assert shelf.rows()["media-release"].moved == "press-release"
    assert {"media-release", "press-release"} <= set(slugs(shelf.take(config())))
    assert shelf.rows()["media-release"].moved is None


def test_a_configured_slug_moves_the_old_one(shelf: Shelf) -> None:
    shelf.put("Press release")
    shelf.take(config())
    catalogue = shelf.take(config(categories=[{"name": "Press release", "slug": "press"}]))
    assert "press" in slugs(catalogue)
    assert shelf.rows()["press-release"].moved == "press"
    assert not catalogue.settled


def test_a_renamed_category_redirects_from_slugs_that_were_never_seen_here(shelf: Shelf) -> None:
    shelf.put("Press release")
    shelf.take(config(categories=[{"name": "Press release", "renamed_from": ["releases"]}]))
    assert (shelf.rows()["releases"].moved, shelf.rows()["releases"].retired) == ("press-release", False)


def test_a_category_that_was_renamed_at_its_source_moves_with_its_feed(shelf: Shelf) -> None:
    shelf.put("Releases")
    shelf.take(config())
    shelf.put("Press release")
    rule = {"name": "Press release", "aliases": ["Releases"], "renamed_from": ["releases"]}
    catalogue = shelf.take(config(categories=[rule]))
    assert shelf.rows()["releases"].moved == "press-release"
    assert [feed.slug for feed in catalogue.feeds if feed.kind is FeedKind.CATEGORY] == ["press-release"]


def test_the_feed_of_everything_cannot_be_renamed_away(shelf: Shelf) -> None:
    catalogue = shelf.take(config(categories=[{"name": "Press release", "renamed_from": ["all"]}]))
    assert slugs(catalogue) == ["all", "press-release"]


@pytest.mark.parametrize("seen", [True, False], ids=["with entries", "never seen"])
def test_a_retired_category_has_ended(shelf: Shelf, seen: bool) -> None:
    if seen:
        shelf.put("Press release")
        shelf.take(config())
    catalogue = shelf.take(config(categories=[RULE | {"retired": True, "renamed_from": ["releases"]}]))
    assert "press-release" not in slugs(catalogue)
    ended = {slug: (row.retired, row.moved) for slug, row in shelf.rows().items() if row.retired}
    assert ended == {"press-release": (True, None), "releases": (True, None)}


def test_a_selection_that_is_no_longer_configured_has_ended(shelf: Shelf) -> None:
    shelf.take(config(selections=[{"slug": "partner", "title": "Partner"}]))
    assert slugs(shelf.take(config())) == ["all"]
    assert shelf.rows()["partner"].retired


def test_a_category_with_a_rule_exists_before_its_first_entry(shelf: Shelf) -> None:
    assert slugs(shelf.take(config(categories=[RULE]))) == ["all", "press-release"]


def test_a_selection_means_a_category_with_all_its_spellings(shelf: Shelf) -> None:
    partner = {
        "slug": "partner",
        "title": "Partner",
        "categories": ["Media Release", "Webinars"],
        "sections": ["News & Events"],
        "sources": ["newsroom"],
    }
    chosen = config(selections=[partner], categories=[RULE])
    (feed,) = (feed for feed in shelf.take(chosen).feeds if feed.slug == "partner")
    assert scope(feed, chosen) == Scope(
        categories=("press release", "media release", "news release", "webinars"),
        sections=("news events",),
        sources=("newsroom",),
    )


def test_a_feed_came_to_exist_when_it_was_first_seen(shelf: Shelf) -> None:
    shelf.put("Webinars")
    shelf.take(config())
    shelf.put("Press release")
    since = {feed.slug: feed.since for feed in shelf.take(config()).feeds}
    assert since["webinars"] == NOW + dt.timedelta(days=1)
    assert since["press-release"] == NOW + dt.timedelta(days=2)


def test_an_entry_touches_the_feeds_that_hold_it_and_those_that_are_new(shelf: Shelf) -> None:
    shelf.put("Webinars", "Press release")
    chosen = config(selections=[{"slug": "partner", "title": "P", "categories": ["webinars"]}])
    shelf.take(chosen)
    with shelf.store.read() as view:
        entry = view.entries(Scope(categories=("webinars",)), limit=1)[0]
    touched = {feed.slug for feed in shelf.take(chosen).touched([entry])}
    assert touched == {"all", "partner", "webinars", "news-and-events", "newsroom"}
    assert shelf.take(chosen).touched([]) == ()
    shelf.put("Events")
    assert {feed.slug for feed in shelf.take(chosen).touched([])} == {"events"}
