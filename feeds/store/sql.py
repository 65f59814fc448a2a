"""Upserts that SQLite and PostgreSQL share, and long lists in chunks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

T = TypeVar("T")

# Far below the limit of variables in one statement on either database.
_CHUNK = 500

Rows = Iterable[Mapping[str, Any]]


def upsert(connection: sa.Connection, table: sa.Table, rows: Rows) -> None:
    """Insert rows, or overwrite those with the same primary key."""
    _run(connection, _overwriting(connection.dialect.name, table), rows)


def ignore_known(connection: sa.Connection, table: sa.Table, rows: Rows) -> None:
    """Insert rows, and leave those with a known key as they are."""
    _run(connection, _insert(connection.dialect.name, table).on_conflict_do_nothing(), rows)


def chunks(values: Iterable[T]) -> Iterator[list[T]]:
    """Yield the values in lists that are short enough for one statement."""
    rest = iter(values)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk


@cache
def _overwriting(dialect: str, table: sa.Table) -> sa.Insert:
    statement = _insert(dialect, table)
    key = [column.name for column in table.primary_key]
    others = {column.name: statement.excluded[column.name] for column in table.c if not column.primary_key}
    return statement.on_conflict_do_update(index_elements=key, set_=others)


def _insert(dialect: str, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def _run(connection: sa.Connection, statement: sa.Insert, rows: Rows) -> None:
    values = list(rows)
    if values:
        connection.execute(statement, values)
