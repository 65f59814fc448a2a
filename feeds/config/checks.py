"""Checks that concern several tables or keys: duplicate names, references to nothing, keys that exclude others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from feeds.config.problems import KeyPath, dotted, duplicates, in_table, suggestion
from feeds.config.tables import Config
from feeds.redaction import redact
from feeds.unicode import normalise


def contradictions(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield the contradictions between tables; values of a wrong type are skipped, as they are reported already."""
    names = list(_texts(data, "sources", "name"))
    yield from duplicates("name", names)
    groups = list(_texts(data, "groups", "name"))
    yield from duplicates("name", groups)
    for place, name in _texts(data, "sources", "group"):
        yield from _unknown_reference(place, name, "group", groups)
    yield from duplicates("slug", [*_texts(data, "categories", "slug"), *_texts(data, "selections", "slug")])
    spellings = [*_texts(data, "categories", "name"), *_texts(data, "categories", "aliases")]
    yield from duplicates("name or alias", sorted((place, normalise.key(label)) for place, label in spellings))
    for place, name in _texts(data, "selections", "sources"):
        yield from _unknown_reference(place, name, "source", names)


def _unknown_reference(place: KeyPath, name: str, what: str, known: Sequence[tuple[KeyPath, str]]) -> Iterator[str]:
    names = [name for _, name in known]
    if name not in names:
        yield f'{dotted(place)}: there is no {what} "{redact(name)}"{suggestion(name, names)}'


def missing_selectors(config: Config) -> Iterator[str]:
    """Yield the sources that need selectors and have none."""
    for index, source in enumerate(config.sources):
        if source.parser == "html" and source.select is None:
            yield f'sources[{index}].select: is missing; parser = "html" needs it (in "{source.name}")'


def unusable_keys(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield the keys of a table that another key of it makes useless."""
    for table in ("groups", "sources"):
        for index, row in enumerate(_rows(data, table)):
            place, parser = (table, index), row.get("parser", "html")
            if "select" in row and parser != "html":
                where = in_table((*place, "parser"), data)
                yield f'{dotted(place)}.parser: "{parser}" does not use select{where}'
            if table == "sources" and "next" in row and not {"url", "urls"} & row.keys():
                yield f"{dotted(place)}.next: is for pages that have a url{in_table((*place, 'next'), data)}"


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
