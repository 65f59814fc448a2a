"""Checks that concern several tables or keys: duplicate names, references to nothing, keys that exclude others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from feeds.config.problems import KeyPath, dotted, duplicates, in_table, suggestion
from feeds.config.tables import Config
from feeds.config.types import RESERVED_SLUG
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
    former = list(_texts(data, "categories", "renamed_from"))
    yield from duplicates("former slug", former)
    yield from _reused(former, data)
    spellings = [*_texts(data, "categories", "name"), *_texts(data, "categories", "aliases")]
    yield from duplicates("name or alias", sorted((place, normalise.key(label)) for place, label in spellings))
    for place, name in _texts(data, "selections", "sources"):
        yield from _unknown_reference(place, name, "source", names)


def _reused(former: Sequence[tuple[KeyPath, str]], data: Mapping[str, Any]) -> Iterator[str]:
    """Yield the former slugs that cannot redirect, because a feed has them now."""
    current = {slug: place for place, slug in _texts(data, "selections", "slug")}
    for index, row in enumerate(_rows(data, "categories")):
        key = "slug" if "slug" in row else "name"
        if isinstance(text := row.get(key), str):
            # A category without a slug of its own has that of its name.
            slug = text if key == "slug" else normalise.slug(text)
            current.setdefault(slug, ("categories", index, key))
    for place, slug in former:
        if slug == RESERVED_SLUG:
            yield f'{dotted(place)}: "{slug}" is taken by the feed of all entries'
        elif slug in current:
            remedy = "remove it here, or give that feed another slug"
            yield f'{dotted(place)}: "{redact(slug)}" is the slug of {dotted(current[slug])}; {remedy}'


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
