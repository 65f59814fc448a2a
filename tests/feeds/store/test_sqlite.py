"""What is particular to SQLite: its file, its settings, its errors, its plans."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Thread

import pytest
import sqlalchemy as sa

from feeds.errors import StoreCorrupt, StoreError
from feeds.model import Scope
from feeds.store import Store
from feeds.store.engine import explained, parse_url
from tests.kit.stored import NOON, appearance, apply, entry, urn


@pytest.fixture
def file(tmp_path, migrated_file):
    return Path(shutil.copy(migrated_file, tmp_path / "tidings.db"))


@pytest.fixture
def sqlite_url(file):
    return f"sqlite:///{file}"


def test_a_database_locked_for_too_long_is_named(sqlite_url, file, monkeypatch):
    monkeypatch.setattr("feeds.store.engine._BUSY_TIMEOUT", 0.05)
    store = Store(sqlite_url)
    with closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match=f"^{file}: locked by another process"):
            apply(store, added=(entry(1),))
    apply(store, added=(entry(1),))
    store.close()


@pytest.mark.parametrize(
    ("mode", "pragma", "message"),
    [("rw", "max_page_count = 1", "the disk is full"), ("ro", "user_version", "cannot be written")],
    ids=["full", "read-only"],
)
def test_what_the_disk_refuses_is_explained_in_one_line(sqlite_url, file, mode, pragma, message):
    with closing(sqlite3.connect(f"file:{file}?mode={mode}", uri=True)) as connection:
        connection.execute(f"PRAGMA {pragma}")
        with pytest.raises(StoreError, match=f"^{file}: {message}[^\n]*$"), explained(parse_url(sqlite_url)):
            connection.executemany("INSERT INTO headings VALUES (?, ?)", [(str(n), "x" * 999) for n in range(99)])


def test_a_page_damaged_since_it_was_written_is_found_before_the_first_write(sqlite_url, file):
    store = Store(sqlite_url)
    apply(store, added=tuple(entry(n, summary="x" * 500) for n in range(300)))
    store.close()
    content = bytearray(file.read_bytes())
    last = len(content) - 4096
    content[last:] = b"\xa5" * 4096
    file.write_bytes(content)
    with pytest.raises(StoreCorrupt, match="restore a backup"):
        Store(sqlite_url)


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 5000)],
)
def test_every_writing_connection_is_durable_and_patient(sqlite_url, pragma, value):
    store = Store(sqlite_url)
    seen = []

    def look(connection):
        seen.append(connection.exec_driver_sql(f"PRAGMA {pragma}").scalar_one())

    sa.event.listen(sa.Engine, "commit", look)
    try:
        apply(store, added=(entry(1),))
    finally:
        sa.event.remove(sa.Engine, "commit", look)
        store.close()
    assert seen == [value]


def test_a_closed_store_leaves_its_file_and_the_writers_lock_behind(sqlite_url, file):
    store = Store(sqlite_url)
    apply(store, added=(entry(1),))
    store.close()
    assert sorted(path.name for path in file.parent.iterdir()) == [file.name, f"{file.name}-turn"]


@pytest.mark.parametrize(
    "read",
    [
        pytest.param(lambda view: view.entry(urn(1)), id="entry"),
        pytest.param(lambda view: view.entries(Scope(("city",)), limit=50), id="category"),
        pytest.param(lambda view: view.entries(Scope(("city", "arts"), ("latest",)), limit=50), id="selection"),
        pytest.param(lambda view: view.count(Scope(("city",))), id="count"),
        pytest.param(lambda view: view.changed(after=5, limit=10), id="changed"),
        pytest.param(lambda view: view.known("newsroom", ["k"], since=NOON, last_on_day=[NOON]), id="known"),
        pytest.param(lambda view: view.known("newsroom", ["k"], documents=["a.txt"]), id="known in documents"),
        pytest.param(lambda view: view.revisions(urn(1)), id="revisions"),
        pytest.param(lambda view: view.representation("feeds/all.atom"), id="representation"),
        pytest.param(lambda view: view.representations(after=1), id="new representations"),
        pytest.param(lambda view: view.documents("newsroom"), id="documents"),
    ],
)
def test_no_read_goes_through_the_whole_history_or_sorts_it(sqlite_url, file, read):
    store = Store(sqlite_url)
    apply(
        store,
        added=tuple(entry(n, category="city", sections=("latest",)) for n in range(60)),
        keys={urn(1): ("k",)},
        appearances=(appearance(1),),
    )
    asked = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        asked.append((statement, parameters))

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        with store.read() as view:
            read(view)
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
        store.close()
    with closing(sqlite3.connect(file)) as connection:
        plans = [
            row[3]
            for statement, parameters in asked
            if statement.startswith("SELECT")
            for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
    assert plans
    assert [step for step in plans if step.startswith("SCAN") or "TEMP B-TREE" in step] == []


def test_a_backup_is_a_store_and_takes_the_place_of_the_last_one(sqlite_url, tmp_path):
    store, target = Store(sqlite_url), tmp_path / "backup" / "tidings.db"
    target.parent.mkdir()
    for number in (1, 2):
        apply(store, added=(entry(number),))
        store.backup(target)
    store.close()
    copy = Store(f"sqlite:///{target}", read_only=True)
    with copy.read() as view:
        assert view.count(Scope()) == 2
    copy.close()
    assert [path.name for path in target.parent.iterdir()] == [target.name]


def test_a_backup_that_cannot_be_written_is_explained(sqlite_url, tmp_path):
    store = Store(sqlite_url)
    target = tmp_path / "tidings.db" / "backup.db"
    with pytest.raises(StoreError, match=f"^{target}: the backup cannot be written"):
        store.backup(target)
    store.close()


def test_two_processes_may_write_and_wait_for_their_turn(sqlite_url):
    first, second = Store(sqlite_url), Store(sqlite_url)
    done = []

    def write(store: Store, number: int) -> None:
        with store.write() as transaction:
            transaction.ensure_sources([f"source-{number}"], NOON)
            done.append(number)

    with first.write():
        waiting = Thread(target=write, args=(second, 1))
        waiting.start()
        waiting.join(0.2)
        assert done == []
    waiting.join(5)
    assert done == [1]
    first.close()
    second.close()
