"""Fixtures of stores: SQLite always, PostgreSQL too if TIDINGS_TEST_POSTGRES has a URL."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from feeds.store import Store, migrate

POSTGRES = os.environ.get("TIDINGS_TEST_POSTGRES", "")
STORES = ["sqlite", *([pytest.param("postgres", marks=pytest.mark.postgres)] if POSTGRES else [])]


@pytest.fixture(params=STORES)
def new_url(request, tmp_path) -> Iterator[Callable[[], str]]:
    """A function that returns the URL of a new empty database; schemas on a server are dropped at the end."""
    names: list[str] = []

    def sqlite() -> str:
        names.append(f"store{len(names)}.db")
        return f"sqlite:///{tmp_path / names[-1]}"

    def postgres() -> str:
        names.append(f"tidings_test_{uuid.uuid4().hex}")
        _administer(f"CREATE SCHEMA {names[-1]}")
        url = sa.make_url(POSTGRES).update_query_dict({"options": f"-csearch_path={names[-1]}"})
        return url.render_as_string(hide_password=False)

    if request.param == "sqlite":
        yield sqlite
    else:
        yield postgres
        for name in names:
            _administer(f"DROP SCHEMA {name} CASCADE")


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory) -> Path:
    """An empty SQLite store, to be copied: it is always the same, and slow to make."""
    path = tmp_path_factory.mktemp("migrated") / "tidings.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def store_url(new_url, migrated_file) -> str:
    """The URL of an empty store with the current schema."""
    url = new_url()
    if url.startswith("sqlite:///"):
        shutil.copy(migrated_file, url.removeprefix("sqlite:///"))
    else:
        migrate(url)
    return url


@pytest.fixture
def store(store_url) -> Iterator[Store]:
    store = Store(store_url)
    yield store
    store.close()


def _administer(statement: str) -> None:
    engine = sa.create_engine(POSTGRES)
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()
