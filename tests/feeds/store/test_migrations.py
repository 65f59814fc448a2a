"""A store is made by its migrations, and refused where it is not this program's."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory

import feeds
from feeds.errors import StoreCorrupt, StoreError, StoreNewer
from feeds.store import Store, migrate
from feeds.store.schema import VERSION, VERSION_TABLE, metadata

ROOT = Path(feeds.__file__).parents[1]


def shape(url):
    """Every table as the database itself describes it."""
    engine = sa.create_engine(url)
    inspector = sa.inspect(engine)
    tables = {}
    for table in set(inspector.get_table_names()) - {VERSION_TABLE}:
        tables[table] = (
            [(c["name"], str(c["type"]), c["nullable"]) for c in inspector.get_columns(table)],
            inspector.get_pk_constraint(table)["constrained_columns"],
            sorted((k["constrained_columns"], k["referred_table"]) for k in inspector.get_foreign_keys(table)),
            sorted((k["name"], k["column_names"]) for k in inspector.get_unique_constraints(table)),
            sorted(
                (i["name"], i["column_names"], str(sorted(i["dialect_options"]))) for i in inspector.get_indexes(table)
            ),
        )
    engine.dispose()
    return tables


def path_of(url):
    return Path(sa.make_url(url).database)


def sqlite_url(path):
    return f"sqlite:///{path}"


def statements(url):
    with closing(sqlite3.connect(path_of(url))) as connection:
        query = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"
        return {name: " ".join(sql.split()) for name, sql in connection.execute(query) if name != VERSION_TABLE}


def python(program, *arguments):
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_migrating_an_empty_database_gives_the_tables_of_the_schema(new_url):
    migrated, created = new_url(), new_url()
    migrate(migrated)
    engine = sa.create_engine(created)
    metadata.create_all(engine)
    engine.dispose()
    assert shape(migrated) == shape(created)
    assert shape(migrated).keys() == set(metadata.tables)


def test_sqlite_statements_agree_to_the_letter(tmp_path):
    migrated, created = sqlite_url(tmp_path / "migrated.db"), sqlite_url(tmp_path / "created.db")
    migrate(migrated)
    engine = sa.create_engine(created)
    metadata.create_all(engine)
    engine.dispose()
    assert statements(migrated) == statements(created)


def test_the_newest_migration_is_the_version_that_readers_ask_for():
    config = Config()
    config.set_main_option("script_location", "feeds.store:migrations")
    assert ScriptDirectory.from_config(config).get_heads() == [VERSION]


def test_migrating_again_changes_nothing(new_url):
    url = new_url()
    migrate(url)
    before = shape(url)
    migrate(url)
    assert shape(url) == before
    Store(url).close()


def test_processes_that_migrate_at_once_all_find_the_store_ready(new_url):
    url = new_url()
    program = "import sys; from feeds.store import migrate; migrate(sys.argv[1])"
    running = [python(program, url) for _ in range(3)]
    assert [process.communicate()[1] for process in running] == ["", "", ""]
    Store(url).close()


def test_reading_does_not_import_alembic(store_url):
    program = (
        "import sys; from feeds.store import Store; store = Store(sys.argv[1], read_only=True)\n"
        "with store.read() as view: view.generation()\n"
        "store.close(); sys.exit('alembic' in sys.modules)"
    )
    process = python(program, store_url)
    assert process.communicate() == ("", "")
    assert process.returncode == 0


@pytest.mark.parametrize("read_only", [True, False])
def test_a_store_that_is_not_there_says_what_to_run(new_url, read_only):
    with pytest.raises(StoreError, match="`tidings refresh` or `tidings serve`"):
        Store(new_url(), read_only=read_only)


def test_looking_for_a_store_that_is_not_there_creates_nothing(tmp_path):
    path = tmp_path / "data" / "tidings.db"
    with pytest.raises(StoreError):
        Store(sqlite_url(path))
    assert not path.parent.exists()


def test_the_folder_of_the_store_is_created(tmp_path):
    url = sqlite_url(tmp_path / "a #1 folder, 100%" / "data" / "tidings.db")
    migrate(url)
    Store(url).close()
    assert path_of(url).is_file()


def test_a_folder_that_cannot_be_created_is_named(tmp_path):
    (tmp_path / "data").write_text("in the way")
    with pytest.raises(StoreError, match=f"{tmp_path / 'data'}: the store's folder cannot be created"):
        migrate(sqlite_url(tmp_path / "data" / "tidings.db"))


def with_version(url, version):
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE {VERSION_TABLE} SET version_num = '{version}'")
    engine.dispose()


@pytest.mark.parametrize("open_store", [migrate, Store], ids=["migrate", "open"])
def test_a_newer_schema_is_refused_and_both_versions_are_named(store_url, open_store):
    with_version(store_url, "9999")
    before = shape(store_url)
    with pytest.raises(StoreNewer, match=f"schema 9999, this one knows {VERSION}"):
        open_store(store_url)
    assert shape(store_url) == before


def test_an_older_schema_asks_for_the_migration(store_url):
    with_version(store_url, "0000")
    with pytest.raises(StoreError, match=f"schema 0000 is older than {VERSION}; run `tidings refresh`"):
        Store(store_url, read_only=True)


def test_a_store_of_the_first_schema_keeps_what_it_holds(store_url):
    engine = sa.create_engine(store_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE believed")
        connection.exec_driver_sql("INSERT INTO headings VALUES ('news', 'News')")
    engine.dispose()
    with_version(store_url, "0001")
    migrate_and_open(store_url)
    store = Store(store_url)
    with store.write() as transaction:
        transaction.save_accepted("newsroom", {"a.txt": b"News"})
    with store.read() as view:
        assert view.headings() == {"news": "News"}
        assert view.accepted_body("newsroom", "a.txt") == b"News"
    store.close()


def migrate_and_open(url):
    migrate(url)
    Store(url).close()


def a_text_file(path):
    path.write_bytes(b"Dear editor,\n" * 500)


def a_database_of_another_program(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE recipes (title TEXT)")


def a_damaged_store(path):
    migrate(sqlite_url(path))
    content = bytearray(path.read_bytes())
    for page in range(1, len(content) // 4096, 3):
        content[page * 4096 : page * 4096 + 64] = b"\xa5" * 64
    path.write_bytes(content)


@pytest.mark.parametrize("make", [a_text_file, a_database_of_another_program, a_damaged_store])
def test_what_is_no_whole_store_is_refused_and_left_as_it_is(tmp_path, make):
    path = tmp_path / "tidings.db"
    make(path)
    before = path.read_bytes()
    with pytest.raises(StoreCorrupt, match=str(path)):
        migrate_and_open(sqlite_url(path))
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("data/tidings.db", "not a database URL"),
        ("mysql://localhost/tidings", "mysql is not supported"),
        ("sqlite://", "SQLite needs a file"),
        ("sqlite:///:memory:", "SQLite needs a file"),
    ],
)
def test_a_url_that_names_no_store_is_explained(url, message):
    with pytest.raises(StoreError, match=message):
        migrate(url)


def test_a_server_that_does_not_answer_is_explained_without_its_password():
    with pytest.raises(StoreError, match=r"^postgresql\+psycopg://tidings:\*\*\*@127\.0\.0\.1:1/none: ") as caught:
        Store("postgresql+psycopg://tidings:secret@127.0.0.1:1/none?application_name=secret")
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)
