"""The catalogue: which feeds exist, at which slugs, and which entries each holds."""

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


class StoredEntries:
    """A store, and the catalogue of the entries in it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.entries = 0
        self.now = NOW

    def add(self, *labels: str, heading: str | None = "News and events", source: str = "newsroom") -> None:
        """Store one entry for each label, under one heading."""
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

    def build(self, config: Config) -> Catalogue:
        """Build the catalogue a day later, and register what has changed."""
        self.now += dt.timedelta(days=1)
        with self.store.write() as transaction:
            catalogue = build_catalogue(transaction, config, now=self.now)
            for row in catalogue.changed:
                transaction.register(row)
            assert build_catalogue(transaction, config, now=self.now).changed == ()
        return catalogue

    def rows(self) -> dict[str, RegisteredFeed]:
        with self.store.read() as view:
            return {row.slug: row for row in view.feeds()}


@pytest.fixture
def stored(tmp_path: Path) -> Iterator[StoredEntries]:
    url = f"sqlite:///{tmp_path}/tidings.db"
    migrate(url)
    store = Store(url)
    yield StoredEntries(store)
    store.close()


def slugs(catalogue: Catalogue) -> list[str]:
    return [feed.slug for feed in catalogue.feeds]


def titles(catalogue: Catalogue) -> dict[str, str]:
    return {feed.slug: feed.title for feed in catalogue.feeds}


def test_an_empty_store_has_the_feed_of_everything(stored: StoredEntries) -> None:
    assert slugs(stored.build(config())) == ["all"]


def test_categories_sections_and_sources_have_plain_slugs(stored: StoredEntries) -> None:
    stored.add("Our impact, their voices", "Press release", "Webinars")
    assert slugs(stored.build(config())) == [
        "all",
        "our-impact-their-voices",
        "press-release",
        "webinars",
        "news-and-events",
        "newsroom",
    ]


def test_two_spellings_are_one_category_called_as_most_entries_call_it(stored: StoredEntries) -> None:
    stored.add("Our impact, their voices", "Our impact, Their voices", "Our Impact, Their Voices!")
    stored.add("Our impact, Their voices")
    assert titles(stored.build(config()))["our-impact-their-voices"] == "Our impact, Their voices"


def test_a_title_changes_only_for_a_spelling_that_more_entries_have(stored: StoredEntries) -> None:
    stored.add("Press release")
    first = stored.build(config())
    stored.add("PRESS RELEASE")
    equal = stored.build(config())
    stored.add("PRESS RELEASE")
    more = stored.build(config())
    assert [titles(each)["press-release"] for each in (first, equal, more)] == [
        "Press release",
        "Press release",
        "PRESS RELEASE",
    ]
    assert [each.only_new for each in (first, equal, more)] == [True, True, False]


def test_a_heading_without_entries_makes_no_feed(stored: StoredEntries) -> None:
    stored.apply(headings={"media contact": "Media contact"})
    stored.add("Webinars")
    assert "media-contact" not in slugs(stored.build(config()))


@pytest.mark.parametrize("kind", [FeedKind.CATEGORY, FeedKind.SECTION, FeedKind.SOURCE])
def test_a_feed_stays_when_its_entries_are_gone(stored: StoredEntries, kind: FeedKind) -> None:
    stored.add("Webinars")
    before = stored.build(config())
    with stored.store.read() as view:
        entry = view.entries(Scope(), limit=1)[0]
    stored.apply(replace(entry, retracted=NOW))
    after = stored.build(config(sources=[{"name": "other", "path": "b.txt"}]))
    assert {feed for feed in before.feeds if feed.kind is kind} <= set(after.feeds)


def test_a_registered_slug_is_kept(stored: StoredEntries) -> None:
    stored.add("Webinars", heading="News")
    stored.build(config())
    stored.add("News", heading="Webinars", source="press-release")
    stored.add("Press release", "All")
    catalogue = stored.build(config())
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


def test_slugs_go_to_what_the_operator_named_then_categories_sections_sources(stored: StoredEntries) -> None:
    stored.add("Newsroom", "Partner", "Other", heading="Newsroom")
    rules = [{"name": "Other", "slug": "other-things"}]
    chosen = config(selections=[{"slug": "partner", "title": "P"}], categories=rules)
    assert {(feed.slug, feed.kind) for feed in stored.build(chosen).feeds} == {
        ("all", "all"),
        ("partner", "selection"),
        ("partner-category", "category"),
        ("other-things", "category"),
        ("newsroom", "category"),
        ("newsroom-section", "section"),
        ("newsroom-source", "source"),
    }


def test_two_labels_of_one_slug_are_two_feeds(stored: StoredEntries) -> None:
    stored.add("M\u00fcnchen", "Munchen", "Mu\u0144chen")
    catalogue = stored.build(config())
    found = {feed.slug for feed in catalogue.feeds if feed.kind is FeedKind.CATEGORY}
    assert len(found) == 3
    assert {"munchen", "munchen-category"} < found
    assert stored.build(config()).feeds == catalogue.feeds


def test_aliases_are_one_category_with_the_name_that_the_operator_gave(stored: StoredEntries) -> None:
    stored.add("Media release", "News Release", "Press Release", "Other")
    merged = config(categories=[RULE])
    catalogue = stored.build(merged)
    (feed,) = (feed for feed in catalogue.feeds if feed.slug == "press-release")
    assert feed.title == "Press release"
    assert scope(feed, merged).categories == ("press release", "media release", "news release")
    with stored.store.read() as view:
        assert view.count(scope(feed, merged)) == 3
    term = Term("press-release", "Press release")
    assert {key: catalogue.categories.get(key) for key in ("press release", "news release")} == {
        "press release": term,
        "news release": term,
    }


def test_the_slug_of_what_became_an_alias_moves_and_comes_back(stored: StoredEntries) -> None:
    stored.add("Media release", "Press release")
    stored.build(config())
    merged = stored.build(config(categories=[RULE]))
    assert "media-release" not in slugs(merged)
    assert not merged.only_new
    assert stored.rows()["media-release"].moved == "press-release"
    assert {"media-release", "press-release"} <= set(slugs(stored.build(config())))
    assert stored.rows()["media-release"].moved is None


def test_a_configured_slug_moves_the_old_one(stored: StoredEntries) -> None:
    stored.add("Press release")
    stored.build(config())
    catalogue = stored.build(config(categories=[{"name": "Press release", "slug": "press"}]))
    assert "press" in slugs(catalogue)
    assert stored.rows()["press-release"].moved == "press"
    assert not catalogue.only_new


def test_a_renamed_category_redirects_from_slugs_that_were_never_seen_here(stored: StoredEntries) -> None:
    stored.add("Press release")
    stored.build(config(categories=[{"name": "Press release", "renamed_from": ["releases"]}]))
    assert (stored.rows()["releases"].moved, stored.rows()["releases"].retired) == ("press-release", False)


def test_a_category_that_was_renamed_at_its_source_moves_with_its_feed(stored: StoredEntries) -> None:
    stored.add("Releases")
    stored.build(config())
    stored.add("Press release")
    rule = {"name": "Press release", "aliases": ["Releases"], "renamed_from": ["releases"]}
    catalogue = stored.build(config(categories=[rule]))
    assert stored.rows()["releases"].moved == "press-release"
    assert [feed.slug for feed in catalogue.feeds if feed.kind is FeedKind.CATEGORY] == ["press-release"]


def test_the_feed_of_everything_cannot_be_renamed_away(stored: StoredEntries) -> None:
    catalogue = stored.build(config(categories=[{"name": "Press release", "renamed_from": ["all"]}]))
    assert slugs(catalogue) == ["all", "press-release"]


@pytest.mark.parametrize("seen", [True, False], ids=["with entries", "never seen"])
def test_a_retired_category_has_ended(stored: StoredEntries, seen: bool) -> None:
    if seen:
        stored.add("Press release")
        stored.build(config())
    catalogue = stored.build(config(categories=[RULE | {"retired": True, "renamed_from": ["releases"]}]))
    assert "press-release" not in slugs(catalogue)
    ended = {slug: (row.retired, row.moved) for slug, row in stored.rows().items() if row.retired}
    assert ended == {"press-release": (True, None), "releases": (True, None)}


def sources(*, only_configured_labels: bool = True) -> list[dict[str, object]]:
    quiet = {"name": "tags", "path": "*.xml", "only_configured_labels": only_configured_labels}
    return [quiet, {"name": "newsroom", "path": "*.txt"}]


def categories(catalogue: Catalogue) -> list[str]:
    return [feed.slug for feed in catalogue.feeds if feed.kind is FeedKind.CATEGORY]


def test_of_a_source_with_only_configured_labels_labels_without_a_rule_get_no_feed(stored: StoredEntries) -> None:
    stored.add("Oak", "Elm", "News release", source="tags")
    stored.add("Webinars", source="newsroom")
    catalogue = stored.build(config(sources=sources(), categories=[RULE]))
    assert categories(catalogue) == ["press-release", "webinars"]
    assert {"tags", "newsroom", "news-and-events"} <= set(slugs(catalogue))
    assert "elm" not in catalogue.categories
    assert stored.rows().keys() >= {"press-release"}
    assert "elm" not in stored.rows()


def test_a_label_that_an_ordinary_source_uses_too_has_a_feed_with_the_entries_of_both(stored: StoredEntries) -> None:
    stored.add("Oak", "Elm", source="tags")
    stored.add("Oak", source="newsroom")
    chosen = config(sources=sources())
    catalogue = stored.build(chosen)
    assert categories(catalogue) == ["oak"]
    with stored.store.read() as view:
        assert view.count(catalogue.scopes["oak"]) == 2


def test_a_label_of_a_source_that_is_no_longer_configured_keeps_its_feed(stored: StoredEntries) -> None:
    stored.add("Oak", source="former")
    assert categories(stored.build(config(sources=sources()))) == ["oak"]


def test_switching_to_configured_labels_ends_feeds_and_switching_back_revives_them(stored: StoredEntries) -> None:
    stored.add("Oak", "Elm", source="tags")
    stored.build(config(sources=sources(only_configured_labels=False)))
    since = stored.rows()["elm"].since
    quiet = stored.build(config(sources=sources(), categories=[{"name": "Oak"}]))
    assert (categories(quiet), quiet.only_new) == (["oak"], False)
    assert (stored.rows()["elm"].retired, stored.rows()["elm"].moved) == (True, None)
    with stored.store.read() as view:
        (elm,) = view.entries(Scope(categories=("elm",)), limit=1)
    stored.apply(replace(elm, retracted=NOW))
    assert categories(stored.build(config(sources=sources(), categories=[{"name": "Oak"}]))) == ["oak"]
    assert categories(stored.build(config(sources=sources(only_configured_labels=False)))) == ["elm", "oak"]
    assert (stored.rows()["elm"].retired, stored.rows()["elm"].since) == (False, since)


def test_a_selection_that_is_no_longer_configured_has_ended(stored: StoredEntries) -> None:
    stored.build(config(selections=[{"slug": "partner", "title": "Partner"}]))
    assert slugs(stored.build(config())) == ["all"]
    assert stored.rows()["partner"].retired


def test_a_category_with_a_rule_exists_before_its_first_entry(stored: StoredEntries) -> None:
    assert slugs(stored.build(config(categories=[RULE]))) == ["all", "press-release"]


def test_a_selection_means_a_category_with_all_its_spellings(stored: StoredEntries) -> None:
    partner = {
        "slug": "partner",
        "title": "Partner",
        "categories": ["Media Release", "Webinars"],
        "sections": ["News & Events"],
        "sources": ["newsroom"],
    }
    chosen = config(selections=[partner], categories=[RULE])
    (feed,) = (feed for feed in stored.build(chosen).feeds if feed.slug == "partner")
    assert scope(feed, chosen) == Scope(
        categories=("press release", "media release", "news release", "webinars"),
        sections=("news events",),
        sources=("newsroom",),
    )


def test_a_feed_exists_since_it_was_first_seen(stored: StoredEntries) -> None:
    stored.add("Webinars")
    stored.build(config())
    stored.add("Press release")
    since = {feed.slug: feed.since for feed in stored.build(config()).feeds}
    assert since["webinars"] == NOW + dt.timedelta(days=1)
    assert since["press-release"] == NOW + dt.timedelta(days=2)


def test_an_entry_affects_the_feeds_that_hold_it_and_those_that_are_new(stored: StoredEntries) -> None:
    stored.add("Webinars", "Press release")
    chosen = config(selections=[{"slug": "partner", "title": "P", "categories": ["webinars"]}])
    stored.build(chosen)
    with stored.store.read() as view:
        entry = view.entries(Scope(categories=("webinars",)), limit=1)[0]
    affected = {feed.slug for feed in stored.build(chosen).affected_by([entry])}
    assert affected == {"all", "partner", "webinars", "news-and-events", "newsroom"}
    assert stored.build(chosen).affected_by([]) == ()
    stored.add("Events")
    assert {feed.slug for feed in stored.build(chosen).affected_by([])} == {"events"}
