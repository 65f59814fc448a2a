"""A store that is damaged, emptied or another program's; its backups; and that ids outlive all of it."""

from __future__ import annotations

import datetime as dt
import logging
import os
import shutil
import sqlite3
from contextlib import closing

import pytest

from feeds.config import Config
from feeds.errors import StoreCorrupt, StoreError, StoreForeign
from feeds.model import Scope
from feeds.store import Store, migrate
from feeds.store.recovery import BACKUPS_KEPT, DAMAGED_KEPT, back_up, backup_due, recover
from service.refresher import scheduler
from service.refresher.maintenance import HOUR as UPKEEP
from service.refresher.maintenance import Maintenance
from service.refresher.setup import open_store
from tests.kit import stories
from tests.kit.site import Site, configure
from tests.kit.stored import DAY, HOUR, NOON, SECOND, apply, entry

STORIES = (
    ("Press release", "A bridge is closed", "13 August 2021", "Its cables are being replaced."),
    ("Press release", "New rules for boats", "12 August 2021", "They protect those who work at sea."),
    ("Webinars", "A series on soil", "11 August 2021", "Four evenings with those who till it."),
    ("Tenders", "Paint for two lighthouses", "2 July 2021", "Offers are taken until autumn."),
)


def listing(*stories):
    items = (f"  {number}. " + "\n\n    ".join(story) for number, story in enumerate(stories, 1))
    return "News\n\n" + "\n\n".join(items) + "\n"


@pytest.fixture
def folder(tmp_path, migrated_file):
    shutil.copy(migrated_file, tmp_path / "tidings.db")
    return tmp_path


@pytest.fixture
def url(folder):
    return f"sqlite:///{folder / 'tidings.db'}"


def fill(url, *numbers):
    store = Store(url)
    apply(store, added=tuple(entry(number, summary="x" * 400) for number in numbers))
    store.close()


def titles(url):
    store = Store(url, read_only=True)
    with store.read() as view:
        found = {each.title for each in view.entries(Scope(), limit=1000)}
    store.close()
    return found


def backed_up(url, now):
    store = Store(url)
    try:
        return back_up(store, url, now)
    finally:
        store.close()


def names(folder, pattern):
    return sorted(path.name for path in folder.glob(pattern))


def overwrite_the_header(path):
    with path.open("r+b") as file:
        file.write(b"\xa5" * 100)


def damage_a_page(path):
    with path.open("r+b") as file:
        file.seek(5 * 4096)
        file.write(b"\xa5" * 4096)


def cut_in_half(path):
    os.truncate(path, path.stat().st_size // 8192 * 4096)


def forget_whose_it_is(path):
    with path.open("r+b") as file:
        file.seek(68)
        file.write(b"\0\0\0\0")


def empty(path):
    os.truncate(path, 0)


DAMAGES = [overwrite_the_header, damage_a_page, cut_in_half, forget_whose_it_is, empty]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_store_is_set_aside_and_its_backup_restored(url, folder, damage, caplog):
    fill(url, *range(100))
    backed_up(url, NOON)
    fill(url, 200)
    damage(folder / "tidings.db")
    damaged = (folder / "tidings.db").read_bytes()
    open_store(url).close()
    assert titles(url) == {f"Story {number}" for number in range(100)}
    [aside] = folder.glob("tidings.db.corrupt-*Z")
    assert aside.read_bytes() == damaged
    [record] = [each for each in caplog.records if each.message == "store_recovered"]
    assert record.levelno == logging.CRITICAL
    assert record.restored == str(folder / "backups" / "tidings-20260301T120000Z.db")


def test_no_page_is_overwritten_unnoticed_and_every_id_comes_back(url, folder):
    fill(url, *range(12))
    backed_up(url, NOON)
    before, whole = kept(url), (folder / "tidings.db").read_bytes()
    assert len(before) == 10
    for start in range(0, len(whole), 4096):
        page = bytes(byte ^ 0xA5 for byte in whole[start : start + 4096])
        (folder / "tidings.db").write_bytes(whole[:start] + page + whole[start + 4096 :])
        open_store(url).close()
        assert kept(url) == before, start // 4096


@pytest.mark.parametrize(
    ("text", "flipped"),
    [(b"<title>Story 3 of", b"<title>Story 2 of"), ("“quoted”".encode(), b"\xe2\x80\x9cquoted\xe2\x00\x9d")],
    ids=["published bytes", "text"],
)
def test_a_flipped_bit_within_a_text_is_seen_by_the_text(folder, text, flipped, caplog):
    with Site(configure(folder)) as site:
        site.says["news"] = stories.listing(5) + "  9. Events\n\n    A “quoted” word\n\n    1 May 2021\n".encode()
        site.tick()
    before = kept(site.config.store)
    backed_up(site.config.store, NOON)
    whole = (folder / "tidings.db").read_bytes()
    assert text in whole
    (folder / "tidings.db").write_bytes(whole.replace(text, flipped))
    open_store(site.config.store).close()
    assert kept(site.config.store) == before
    assert [record.message for record in caplog.records][-1] == "store_recovered"


@pytest.mark.parametrize("damage", DAMAGES[:-1])
def test_without_a_backup_a_new_store_takes_its_place(url, folder, damage, caplog):
    fill(url, *range(100))
    damage(folder / "tidings.db")
    open_store(url).close()
    assert titles(url) == set()
    assert len(names(folder, "tidings.db.corrupt-*Z")) == 1
    assert "sources are read anew" in caplog.text or "sources are read anew" in str(caplog.records[-1].restored)


def test_a_damaged_backup_is_passed_over(url, folder):
    fill(url, 1)
    backed_up(url, NOON)
    fill(url, *range(2, 100))
    damage_a_page(backed_up(url, NOON + DAY))
    overwrite_the_header(backed_up(url, NOON + 2 * DAY))
    overwrite_the_header(folder / "tidings.db")
    open_store(url).close()
    assert titles(url) == {"Story 1"}


def test_a_recovery_that_was_cut_short_is_ended_by_the_next_start(url, folder):
    fill(url, 1)
    backup = backed_up(url, NOON)
    shutil.copyfile(backup, folder / "tidings.db.restoring")
    (folder / "tidings.db").rename(folder / "tidings.db.corrupt-20260301T120000Z")
    open_store(url).close()
    assert titles(url) == {"Story 1"}


def test_the_last_few_damaged_stores_are_kept(url, folder):
    for day in range(DAMAGED_KEPT + 2):
        migrate(url)
        (folder / "tidings.db-wal").write_bytes(b"log")
        recover(url, NOON + day * DAY)
    kept = [f"tidings.db.corrupt-2026030{day}T120000Z" for day in (3, 4, 5)]
    assert names(folder, "*.corrupt-*") == sorted(kept + [f"{name}-wal" for name in kept])


def test_another_programs_database_is_left_as_it_is(tmp_path):
    path = tmp_path / "tidings.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE recipes (title TEXT)")
    before = path.read_bytes()
    with pytest.raises(StoreForeign):
        open_store(f"sqlite:///{path}")
    assert path.read_bytes() == before
    assert names(tmp_path, "*") == ["tidings.db"]


def test_a_store_that_was_never_there_is_made_and_not_restored(tmp_path):
    url = f"sqlite:///{tmp_path}/data/tidings.db"
    open_store(url).close()
    assert titles(url) == set()


def test_a_backup_is_made_once_a_day_and_a_week_of_them_is_kept(url, folder):
    made = []
    for hours in range(0, 24 * 10, 6):
        now = NOON + hours * HOUR
        if backup_due(url, now):
            made.append(backed_up(url, now).name)
    assert made[:2] == ["tidings-20260301T120000Z.db", "tidings-20260302T120000Z.db"]
    assert len(made) == 10
    assert names(folder / "backups", "*") == made[-BACKUPS_KEPT:]


def test_a_backup_of_the_future_does_not_keep_others_from_being_made(url):
    backed_up(url, NOON + 9 * DAY)
    assert backup_due(url, NOON)
    backed_up(url, NOON)
    assert not backup_due(url, NOON + 10 * DAY - SECOND)


def test_before_a_migration_the_store_is_backed_up(url, folder):
    fill(url, 1)
    with closing(sqlite3.connect(folder / "tidings.db")) as connection:
        connection.execute("UPDATE tidings_version SET version_num = '0000'")
        connection.commit()
    before = (folder / "tidings.db").read_bytes()
    with pytest.raises(StoreError, match="no release of Tidings wrote this"):
        migrate(url)
    assert (folder / "tidings.db").read_bytes() == before
    with closing(sqlite3.connect(folder / "backups" / "tidings-schema-0000.db")) as copy:
        assert copy.execute("SELECT title FROM entries").fetchall() == [("Story 1",)]


def test_the_log_is_emptied_every_hour_and_a_backup_written(url, folder):
    clock = [0.0]
    store = Store(url)
    upkeep = Maintenance(store, url, lambda: clock[0])
    apply(store, added=(entry(1),))
    log = folder / "tidings.db-wal"
    upkeep.tick(NOON)
    assert log.stat().st_size > 0
    clock[0] = UPKEEP
    upkeep.tick(NOON)
    assert log.stat().st_size == 0
    upkeep._pool.shutdown()
    store.close()
    assert names(folder / "backups", "*") == ["tidings-20260301T120000Z.db"]


def test_a_backup_that_meets_damage_has_the_store_opened_anew(url, folder):
    fill(url, *range(100))
    clock = [0.0]
    store = Store(url)
    damage_a_page(folder / "tidings.db")
    upkeep = Maintenance(store, url, lambda: clock[0])
    clock[0] = UPKEEP
    upkeep.tick(NOON)
    upkeep._pool.shutdown()
    with pytest.raises(StoreCorrupt):
        upkeep.tick(NOON)
    upkeep.tick(NOON)
    store.close()
    assert names(folder / "backups", "*.db") == []


def test_what_is_emptied_while_its_log_is_not_counts_as_damaged(url, folder):
    fill(url, 1)
    store = Store(url)
    apply(store, added=(entry(2),))
    os.truncate(folder / "tidings.db", 0)
    open_store(url).close()
    store.close()
    assert titles(url) == set()
    assert names(folder, "tidings.db.corrupt-*Z-wal") != []


@pytest.fixture
def config(tmp_path):
    (tmp_path / "s.txt").write_text(listing(*STORIES[1:]))
    os.utime(tmp_path / "s.txt", (1, 1))
    return Config.model_validate(
        {
            "title": "T",
            "base_url": "https://news.example",
            "store": f"sqlite:///{tmp_path}/data/tidings.db",
            "sources": [{"name": "news", "path": str(tmp_path / "s.txt")}],
        }
    )


def kept(url):
    store = Store(url, read_only=True)
    with store.read() as view:
        found = {each.title: (each.id, each.published) for each in view.entries(Scope(), limit=10)}
    store.close()
    return found


def ids(config):
    list(scheduler.once(config, ["news"]))
    store = Store(config.store, read_only=True)
    with store.read() as view:
        found = {each.title: each.id for each in view.entries(Scope(), limit=10)}
    store.close()
    return found


def test_a_store_rebuilt_from_its_sources_has_the_ids_that_it_had(config, tmp_path):
    before = ids(config)
    assert len(before) == 3
    overwrite_the_header(tmp_path / "data" / "tidings.db")
    assert ids(config) == before


def test_a_restored_store_has_the_ids_of_what_its_sources_have_forgotten_too(config, tmp_path):
    before = ids(config)
    backed_up(config.store, dt.datetime.now(dt.UTC))
    (tmp_path / "s.txt").write_text(listing(*STORIES[:3]))
    later = ids(config)
    assert later.keys() == {title for _, title, *_ in STORIES}
    overwrite_the_header(tmp_path / "data" / "tidings.db")
    assert ids(config) == later
    assert later.items() >= before.items()


@pytest.mark.parametrize("folder_too", [False, True], ids=["the file", "its folder"])
def test_a_store_that_was_deleted_under_its_refresher_is_written_anew(tmp_path, folder_too, caplog):
    (tmp_path / "data").mkdir()
    with Site(configure(tmp_path / "data")) as site:
        site.says["news"] = listing(*STORIES[1:]).encode()
        site.tick()
        before = kept(site.config.store)
        if folder_too:
            shutil.rmtree(tmp_path / "data")
        else:
            for path in (tmp_path / "data").glob("tidings.db*"):
                path.unlink()
        assert site.tick() == []
        assert site.refresher.damaged
        site.restart()
        assert kept(site.config.store) == before
        site.says["news"] = listing(*STORIES).encode()
        assert site.tick()[0].added == 1
    assert [record.message for record in caplog.records if record.levelno == logging.CRITICAL] == ["store_lost"]


def test_a_store_that_another_took_the_place_of_is_left_to_it(url, folder, tmp_path):
    with Site(configure(folder)) as site:
        fill(url, 1)
        (folder / "other").mkdir()
        shutil.copy(folder / "tidings.db", folder / "other" / "tidings.db")
        fill(f"sqlite:///{folder}/other/tidings.db", 2)
        for end in ("-wal", "-shm"):
            (folder / f"tidings.db{end}").unlink()
        (folder / "other" / "tidings.db").replace(folder / "tidings.db")
        site.says["news"] = listing(*STORIES).encode()
        assert site.tick() == []
        assert site.refresher.damaged
    assert "Story 2" in titles(url)


def test_what_is_damaged_while_it_is_read_is_no_business_of_a_reader(url, folder):
    fill(url, *range(100))
    overwrite_the_header(folder / "tidings.db")
    with pytest.raises(StoreCorrupt):
        Store(url, read_only=True)
    assert names(folder, "*") == ["tidings.db", "tidings.db-turn"]
