"""The main path on a real store: documents in, entries, feeds and an Outcome out, in one transaction."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import time

import pytest

from feeds.config import Config
from feeds.fetch import files
from feeds.fetch.http import Options
from feeds.fetch.source import fetch
from feeds.model import Scope, Status
from feeds.refresh.pipeline import RefreshContext, refresh
from feeds.store import Store, migrate

START = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)
QUARTER = dt.timedelta(minutes=15)

STORIES = {
    9: ("Herons counted again", "Volunteers counted herons, seals and one very lost flamingo."),
    8: ("Mussels guard a bridge", "Living reefs slow the current that used to dig the piers out."),
    7: ("Buoys that call home", "Two drifted in the storm, both were back in place before noon."),
    6: ("Where should the slipway go?", "Letters are read until the end of the year, in the hall."),
    5: ("Cable turned end for end", "Cyclists are taken across by the work boat until then."),
    4: ("Tide gauge readings online", "A century of paper rolls became data for everyone."),
}


def page(*numbers, heading="News", stories=STORIES):
    items = (
        f"  {place}. Press release\n\n    {stories[n][0]}\n\n    {n} February 2026\n\n    {stories[n][1]}\n"
        for place, n in enumerate(numbers, start=1)
    )
    return f"{heading}\n\n\n" + "\n".join(items)


class Site:
    """A folder of documents, a store, and a refresh every quarter of an hour."""

    def __init__(self, folder, *, base_url="http://127.0.0.1:8000", name="newsroom"):
        self.folder = folder
        (folder / "sources").mkdir(exist_ok=True)
        url = f"sqlite:///{folder / 'tidings.db'}"
        migrate(url)
        self.store = Store(url)
        self.now = START
        self.configure(base_url=base_url, name=name)

    def configure(self, **values):
        name, base_url = values.get("name", "newsroom"), values.get("base_url", "http://127.0.0.1:8000")
        source = {"name": name, "path": "sources/*.txt", "interval": "15m"}
        self.config = Config.model_validate(
            {"title": "News", "base_url": base_url, "sources": [source]}, context={"folder": self.folder}
        )
        self.desk = RefreshContext(self.store, self.config, lambda source, outcome, failures: outcome.at + QUARTER)

    def write(self, text, name="a.txt"):
        path = self.folder / "sources" / name
        path.write_text(text, encoding="utf-8")
        # A file that was modified just now may still be being written, so it gets an older time.
        moment = (self.now - 10 * files.MIN_AGE).timestamp()
        os.utime(path, (moment, moment))

    def refresh(self, text=None):
        """Write a document, if one is given, and refresh the source."""
        if text is not None:
            self.write(text)
        (source,) = self.config.sources
        with self.store.write() as transaction:
            transaction.ensure_sources([source.name], self.now)
            (claim,) = transaction.claim(self.now, "test", QUARTER, 1, names=[source.name])
        outcome = refresh(source, self.desk, claim, fetch=self.fetch, now=self.now)
        self.now += QUARTER
        return outcome

    def fetch(self, source, remembered, now):
        return fetch(source, remembered, now, options=Options(agent="test", monotonic=time.monotonic))

    def published(self, path="feeds/all.atom"):
        with self.store.read() as view:
            found = view.representation(path)
        return None if found is None else found.body.decode()

    def everything(self):
        with self.store.read() as view:
            found = [each for _, each in view.representations() if not each.path.startswith("status")]
        return {each.path: (each.etag, each.last_modified) for each in found}

    def entries(self):
        with self.store.read() as view:
            return {entry.title: entry for entry in view.entries(Scope(), limit=100)}


@pytest.fixture
def site(tmp_path):
    site = Site(tmp_path)
    yield site
    site.store.close()


def ids(site):
    return {title: entry.id for title, entry in site.entries().items()}


def test_a_first_reading_publishes_every_feed_in_every_format(site):
    outcome = site.refresh(page(9, 8, 7))
    assert (outcome.status, outcome.added, outcome.items) == (Status.CHANGED, 3, 3)
    for slug in ("all", "news", "press-release"):
        for name in ("atom", "rss", "json"):
            assert "Herons counted again" in site.published(f"feeds/{slug}.{name}"), (slug, name)


def test_an_entry_has_one_id_in_atom_rss_and_json(site):
    site.refresh(page(9, 8, 7))
    found = {
        "atom": re.findall(r"<entry>.*?<id>(.*?)</id>", site.published("feeds/all.atom"), re.S),
        "rss": re.findall(r"<guid[^>]*>(.*?)</guid>", site.published("feeds/all.rss")),
        "json": [item["id"] for item in json.loads(site.published("feeds/all.json"))["items"]],
        "store": [site.entries()[STORIES[n][0]].id for n in (9, 8, 7)],
    }
    assert found["atom"] == found["rss"] == found["json"] == found["store"]


def test_reading_the_same_again_changes_no_byte(site):
    site.refresh(page(9, 8, 7))
    before = site.everything()
    whole = page(9, 8, 7)
    for text in (None, None, whole.replace("\n", "\r\n"), whole.replace("release", "RELEASE")):
        outcome = site.refresh(text)
        assert (outcome.status, outcome.reason) == (Status.UNCHANGED, None)
        assert site.everything() == before


def test_an_edit_keeps_the_id_and_changes_what_it_touches(site):
    site.refresh(page(9, 8, 7))
    before, feed = ids(site), site.published()
    outcome = site.refresh(page(9, 8, 7, stories=STORIES | {8: ("Mussels hold a bridge", STORIES[8][1])}))
    assert (outcome.edited, outcome.added) == (1, 0)
    assert ids(site)["Mussels hold a bridge"] == before["Mussels guard a bridge"]
    assert site.published() != feed


def test_a_retraction_is_decided_though_the_document_stays_as_it_is(site):
    site.refresh(page(9, 8, 7, 6))
    id = ids(site)["Mussels guard a bridge"]
    outcomes = [site.refresh(page(9, 7, 6)), site.refresh(), site.refresh(), site.refresh()]
    assert [outcome.retracted for outcome in outcomes] == [0, 0, 1, 0]
    assert "Mussels guard a bridge" not in site.entries()
    feed = site.published()
    assert f'<at:deleted-entry ref="{id}"' in feed
    assert "Mussels guard a bridge" not in re.sub(r"(?s)<at:deleted-entry.*?</at:deleted-entry>", "", feed)
    assert id not in site.published("feeds/all.rss")
    assert id not in {item["id"] for item in json.loads(site.published("feeds/all.json"))["items"]}


def test_an_item_that_comes_back_has_its_old_id_and_date(site):
    site.refresh(page(9, 8, 7, 6))
    before = site.entries()["Mussels guard a bridge"]
    site.refresh(page(9, 7, 6))
    site.refresh()
    site.refresh()
    outcome = site.refresh(page(9, 8, 7, 6))
    entry = site.entries()["Mussels guard a bridge"]
    assert (entry.id, entry.published, entry.updated) == (before.id, before.published, before.updated)
    assert outcome.status is Status.CHANGED
    assert "deleted-entry" not in site.published()


def test_items_that_scroll_off_stay_and_items_that_another_document_lists_are_not_retracted(site):
    site.write(page(9, 8, 7), "a.txt")
    site.write(page(8, 6, 5, heading="Works"), "b.txt")
    site.refresh()
    # b.txt is not even read again while a.txt loses an item that both list.
    site.write(page(9, 7), "a.txt")
    assert [site.refresh().retracted for _ in range(4)] == [0, 0, 0, 0]
    assert site.entries()["Mussels guard a bridge"].sections == ("works",)


@pytest.mark.parametrize(
    ("broken", "status", "reason"),
    [
        ("", Status.FAILED, "empty"),
        ("503 Service Unavailable\n", Status.HELD, "zero_items"),
        (page(9, 8, 7, 6)[:260], Status.HELD, "truncated"),
        (page(9, 8, 7, 6).replace(page(9, 8)[len(page(9)) :], ""), Status.HELD, "gap"),
        ("\x00\x01\x02" * 400, Status.FAILED, "not_text"),
    ],
    ids=["empty", "error-page", "cut", "hole", "binary"],
)
def test_a_broken_page_changes_nothing_and_says_why(site, broken, status, reason):
    site.refresh(page(9, 8, 7, 6))
    before = site.everything()
    for _ in range(4):
        outcome = site.refresh(broken)
        assert (outcome.status, outcome.reason) == (status, reason)
        assert site.everything() == before
    assert site.refresh(page(9, 8, 7, 6)).status is Status.UNCHANGED
    assert site.everything() == before


def test_a_refusal_names_the_command_that_lets_the_next_reading_pass(site):
    site.refresh(page(9, 8, 7, 6))
    other = page(5, 4, stories=STORIES | {5: ("Fog", "Thick."), 4: ("Ice", "Thin.")})
    outcome = site.refresh(other)
    assert outcome.status is Status.HELD
    assert "tidings accept newsroom" in outcome.message
    with site.store.write() as transaction:
        transaction.accept("newsroom", site.now)
    assert site.refresh().added == 2
    assert {"Fog", "Ice"} <= set(site.entries())


def test_holds_are_counted_over_readings(site):
    site.refresh(page(9, 8, 7, 6))
    longer = page(9, 8, 7, 6, 5, 4)
    outcomes = [site.refresh(longer)] + [site.refresh() for _ in range(3)]
    assert [outcome.added for outcome in outcomes] == [1, 0, 1, 0]
    assert [outcome.reason for outcome in outcomes] == ["truncated", "truncated", None, None]


NUMBERED = """Press

No. 12/2026
New boat for the northern isle
16 February 2026

No. 11/2026
Old lighthouse opens its doors
9 February 2026

No. 10/2026
Cable ship ties up for repairs
2 February 2026
"""


def test_a_prefix_of_the_last_document_that_reads_like_another_list_is_not_news(site):
    site.refresh(NUMBERED)
    before = site.everything()
    for lines in (4, 8, 5, 9):
        outcome = site.refresh("".join(NUMBERED.splitlines(keepends=True)[:lines]))
        assert outcome.reason in ("truncated", "zero_items")
        assert site.everything() == before
    assert site.refresh(NUMBERED).reason is None
    assert site.everything() == before


def test_a_prefix_that_reads_differently_is_not_accepted_however_long_it_lasts(site):
    site.refresh(NUMBERED)
    before = site.everything()
    cut = NUMBERED[: NUMBERED.index("No. 11")]
    assert {site.refresh(cut).reason for _ in range(20)} == {"truncated"}
    assert site.everything() == before


def test_an_editor_may_take_a_sentence_off_the_end(site):
    site.refresh(page(9, 8, 7, 6).rstrip() + " It is warm there.")
    shorter = page(9, 8, 7, 6).rstrip()
    assert [site.refresh(shorter).reason for _ in range(3)] == ["truncated", "truncated", None]
    assert site.entries()[STORIES[6][0]].summary == STORIES[6][1]


def test_a_listing_that_only_lost_its_oldest_items_is_not_cut(site):
    site.refresh(page(9, 8, 7, 6, 5, 4))
    before = site.everything()
    shorter = page(9, 8, 7, 6, 5)
    assert page(9, 8, 7, 6, 5, 4).startswith(shorter)
    assert {site.refresh(shorter).reason for _ in range(4)} == {None}
    assert site.everything() == before


def test_another_address_another_name_and_another_file_change_no_id(site, tmp_path):
    site.refresh(page(9, 8, 7, 6))
    before = ids(site)
    site.configure(base_url="https://news.example.org/tidings", name="harbour")
    os.rename(tmp_path / "sources" / "a.txt", tmp_path / "sources" / "b.txt")
    outcome = site.refresh()
    assert (outcome.added, outcome.edited, outcome.retracted) == (0, 0, 0)
    assert ids(site) == before


def test_the_same_documents_into_another_store_give_the_same_bytes(tmp_path):
    found = []
    for number, name in enumerate(("newsroom", "harbour")):
        folder = tmp_path / str(number)
        folder.mkdir()
        site = Site(folder, name=name)
        for text in (page(7, 6, 5), page(8, 7, 6, 5), page(9, 8, 7, 5)):
            site.refresh(text)
        found.append([site.published(f"feeds/all.{suffix}") for suffix in ("atom", "rss", "json")])
        site.store.close()
    assert found[0] == found[1]
    assert all("Herons counted again" in feed for feed in found[0])
