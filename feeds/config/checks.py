"""Checks that need more than one table: names that are taken twice, or that nothing has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from feeds.config.problems import KeyPath, dotted, owner, suggestion, twins
from feeds.config.tables import Config
from feeds.redaction import redact
from feeds.unicode import normalise


def contradictions(data: Mapping[str, Any]) -> Iterator[str]:
    """What two tables say against each other; each key is read only where it has the right type."""
    names = list(_texts(data, "sources", "name"))
    yield from twins("name", names)
    groups = list(_texts(data, "groups", "name"))
    yield from twins("name", groups)
    for place, name in _texts(data, "sources", "group"):
        yield from _unknown(place, name, "group", groups)
    yield from twins("slug", [*_texts(data, "categories", "slug"), *_texts(data, "selections", "slug")])
    spellings = [*_texts(data, "categories", "name"), *_texts(data, "categories", "aliases")]
    yield from twins("name or alias", sorted((place, normalise.key(label)) for place, label in spellings))
    for place, name in _texts(data, "selections", "sources"):
        yield from _unknown(place, name, "source", names)


def _unknown(place: KeyPath, name: str, what: str, known: Sequence[tuple[KeyPath, str]]) -> Iterator[str]:
    names = [name for _, name in known]
    if name not in names:
        yield f'{dotted(place)}: there is no {what} "{redact(name)}"{suggestion(name, names)}'


def unselected(config: Config) -> Iterator[str]:
    for index, source in enumerate(config.sources):
        if source.parser == "html" and source.select is None:
            yield f'sources[{index}].select: is missing; parser = "html" reads by it (in "{source.name}")'


def misfits(data: Mapping[str, Any]) -> Iterator[str]:
    """What one table asks for and cannot have."""
    for table in ("groups", "sources"):
        for index, row in enumerate(_rows(data, table)):
            place, parser = (table, index), row.get("parser", "html")
            if "select" in row and parser != "html":
                whose = owner((*place, "parser"), data)
                yield f'{dotted(place)}.parser: "{parser}" does not read by select{whose}'
            if table == "sources" and "next" in row and not {"url", "urls"} & row.keys():
                yield f"{dotted(place)}.next: is for pages that have a url{owner((*place, 'next'), data)}"


def _texts(data: Mapping[str, Any], table: str, key: str) -> Iterator[tuple[KeyPath, str]]:
    for index, row in enumerate(_rows(data, table)):
        value = row.get(key)
        if isinstance(value, str):
            yield (table, index, key), value
        elif isinstance(value, list):
            for place, each in enumerate(value):
                if isinstance(each, str):
                    yield (table, index, key, place), each


def _rows(data: Mapping[str, Any], table: str) -> list[Mapping[str, Any]]:
    rows = data.get(table)
    return [row if isinstance(row, dict) else {} for row in rows] if isinstance(rows, list) else []
