"""The stores that a test runs on: SQLite always, PostgreSQL where TIDINGS_TEST_POSTGRES gives a URL."""

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
    """Gives the URL of another empty database at each call; what a server holds is dropped at the end."""
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
    """An SQLite store that holds nothing, to be copied: it is the same every time, and takes a while."""
    path = tmp_path_factory.mktemp("migrated") / "tidings.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def store_url(new_url, migrated_file) -> str:
    """The URL of a store that is up to date and holds nothing."""
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
