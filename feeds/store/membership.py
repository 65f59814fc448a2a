"""Index of the entries of each scope, in feed order: the newest entries of a scope are one index range.

A retracted entry belongs to no scope. The number of entries is stored with each scope, so that the cost of a
refresh does not grow with the history.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from feeds.model import Entry, FeedKind, Scope
from feeds.store.schema import labels, memberships, position, scopes
from feeds.store.sql import chunks, ignore_known

ScopeKey = tuple[str, str]
EntryPosition = tuple[int, str]

_ALL: ScopeKey = (FeedKind.ALL.value, "")


def page(connection: sa.Connection, scope: Scope, *, limit: int, offset: int) -> list[str]:
    """Return the ids of a scope's entries, newest first, ties by id."""
    kinds = _scope_ids(connection, scope)
    driver, others = kinds[0], kinds[1:]
    if len(driver) == 1:
        return [entry for _, entry in _positions(connection, driver[0], others, limit=limit, offset=offset)]
    merged: set[EntryPosition] = set()
    for scope_id in driver:
        merged.update(_positions(connection, scope_id, others, limit=limit + offset, offset=0))
    return [entry for _, entry in sorted(merged)[offset : offset + limit]]


def count(connection: sa.Connection, scope: Scope) -> int:
    """Return the number of entries in a scope."""
    kinds = _scope_ids(connection, scope)
    if len(kinds) == 1 and len(kinds[0]) == 1:
        return int(connection.scalar(sa.select(scopes.c.entries).where(scopes.c.id == kinds[0][0])) or 0)
    members = sa.select(memberships.c.position, memberships.c.entry).distinct()
    members = members.where(memberships.c.scope.in_(kinds[0]), *_also_in(kinds[1:]))
    return int(connection.scalar(sa.select(sa.func.count()).select_from(members.subquery())) or 0)


def categories_outside(connection: sa.Connection, sources: Iterable[str]) -> set[str]:
    """Return the keys of the categories that an entry of any source except these belongs to."""
    of_scope, of_source = memberships.alias(), memberships.alias()
    ordinary = sa.select(scopes.c.id).where(
        scopes.c.kind == FeedKind.SOURCE.value, scopes.c.key.not_in(sorted(sources))
    )
    listed = sa.exists().where(
        of_scope.c.scope == scopes.c.id,
        of_source.c.position == of_scope.c.position,
        of_source.c.entry == of_scope.c.entry,
        of_source.c.scope.in_(ordinary),
    )
    query = sa.select(scopes.c.key).where(scopes.c.kind == FeedKind.CATEGORY.value, scopes.c.entries > 0, listed)
    return set(connection.scalars(query))


def holds(scope: Scope, entry: Entry) -> bool:
    """Whether the scope covers the entry, retracted or not."""
    return (
        (not scope.categories or entry.category in scope.categories)
        and (not scope.sections or not set(scope.sections).isdisjoint(entry.sections))
        and (not scope.sources or not set(scope.sources).isdisjoint(entry.sources))
    )


def update_memberships(connection: sa.Connection, before: Mapping[str, Entry], after: Iterable[Entry]) -> None:
    """Update memberships, sizes and label spellings from the entries as stored before to those as stored after."""
    removed: list[tuple[ScopeKey, Entry]] = []
    added: list[tuple[ScopeKey, Entry]] = []
    spellings: Counter[tuple[str, str]] = Counter()
    for entry in after:
        old = before.get(entry.id)
        old_keys = {(key, old.rank) for key in _scopes_of(old)} if old else set()
        new_keys = {(key, entry.rank) for key in _scopes_of(entry)}
        removed += ((key, old) for key, _ in old_keys - new_keys if old)
        added += ((key, entry) for key, _ in new_keys - old_keys)
        spellings.subtract(_spelling(old) if old else ())
        spellings.update(_spelling(entry))
    ids = _ids_of(connection, {key for key, _ in removed + added})
    if removed:
        connection.execute(_REMOVE, [{"s": ids[k], "p": position(e.rank), "e": e.id} for k, e in removed])
    if added:
        rows = [{"scope": ids[k], "position": position(e.rank), "entry": e.id} for k, e in added]
        connection.execute(sa.insert(memberships), rows)
    sizes = Counter(ids[key] for key, _ in added)
    sizes.subtract(ids[key] for key, _ in removed)
    _update_counts(connection, sizes, spellings)


_REMOVE = sa.delete(memberships).where(
    memberships.c.scope == sa.bindparam("s"),
    memberships.c.position == sa.bindparam("p"),
    memberships.c.entry == sa.bindparam("e"),
)
_RESIZE = (
    sa.update(scopes).where(scopes.c.id == sa.bindparam("s")).values(entries=scopes.c.entries + sa.bindparam("change"))
)
_COUNT_SPELLING = (
    sa.update(labels)
    .where(labels.c.category == sa.bindparam("c"), labels.c.label == sa.bindparam("l"))
    .values(entries=labels.c.entries + sa.bindparam("change"))
)


def _update_counts(connection: sa.Connection, sizes: Counter[int], spellings: Counter[tuple[str, str]]) -> None:
    resized = [{"s": scope, "change": change} for scope, change in sorted(sizes.items()) if change]
    if resized:
        connection.execute(_RESIZE, resized)
    respelt = [{"c": c, "l": label, "change": change} for (c, label), change in sorted(spellings.items()) if change]
    if respelt:
        new = [{"category": each["c"], "label": each["l"], "entries": 0} for each in respelt]
        ignore_known(connection, labels, new)
        connection.execute(_COUNT_SPELLING, respelt)
        connection.execute(sa.delete(labels).where(labels.c.entries == 0))


def _scopes_of(entry: Entry) -> set[ScopeKey]:
    if entry.retracted is not None:
        return set()
    category = {(FeedKind.CATEGORY.value, entry.category)} if entry.category is not None else set()
    sections = {(FeedKind.SECTION.value, section) for section in entry.sections}
    sources = {(FeedKind.SOURCE.value, source) for source in entry.sources}
    return {_ALL} | category | sections | sources


def _spelling(entry: Entry) -> tuple[tuple[str, str], ...]:
    if entry.retracted is not None or entry.category is None or entry.label is None:
        return ()
    return ((entry.category, entry.label),)


def _ids_of(connection: sa.Connection, keys: set[ScopeKey]) -> dict[ScopeKey, int]:
    found = _known_ids(connection, keys)
    new = sorted(keys - found.keys())
    if new:
        ignore_known(connection, scopes, [{"kind": kind, "key": key, "entries": 0} for kind, key in new])
        found |= _known_ids(connection, new)
    return found


def _known_ids(connection: sa.Connection, keys: Iterable[ScopeKey]) -> dict[ScopeKey, int]:
    found: dict[ScopeKey, int] = {}
    for some in chunks(keys):
        wanted = sa.tuple_(scopes.c.kind, scopes.c.key).in_(some)
        for row in connection.execute(sa.select(scopes).where(wanted)):
            found[row.kind, row.key] = row.id
    return found


def _scope_ids(connection: sa.Connection, scope: Scope) -> list[list[int]]:
    """Return the ids of the scopes of each named kind, the smallest kind first.

    The first is read in order; in the others each entry is only looked up.
    """
    named = {
        FeedKind.CATEGORY.value: scope.categories,
        FeedKind.SECTION.value: scope.sections,
        FeedKind.SOURCE.value: scope.sources,
    }
    kinds = [(kind, keys) for kind, keys in named.items() if keys] or [(_ALL[0], (_ALL[1],))]
    sized = []
    for kind, keys in kinds:
        query = sa.select(scopes.c.id, scopes.c.entries).where(scopes.c.kind == kind, scopes.c.key.in_(keys))
        rows = connection.execute(query).all()
        sized.append((sum(row.entries for row in rows), sorted(row.id for row in rows)))
    return [ids for _, ids in sorted(sized)]


def _positions(
    connection: sa.Connection, scope_id: int, others: list[list[int]], *, limit: int, offset: int
) -> list[EntryPosition]:
    query = (
        sa.select(memberships.c.position, memberships.c.entry)
        .where(memberships.c.scope == scope_id, *_also_in(others))
        .order_by(memberships.c.position, memberships.c.entry)
        .limit(limit)
        .offset(offset)
    )
    return [(row.position, row.entry) for row in connection.execute(query)]


def _also_in(others: list[list[int]]) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    for ids in others:
        other = memberships.alias()
        same = (other.c.position == memberships.c.position, other.c.entry == memberships.c.entry)
        conditions.append(sa.exists().where(other.c.scope.in_(ids), *same))
    return conditions
