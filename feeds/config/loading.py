"""config.toml → `Config`, or every problem of it at once, each by its dotted key."""

from __future__ import annotations

import glob
import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import PrivateAttr, ValidationError, field_validator
from pydantic_core import PydanticCustomError

from feeds import model
from feeds.config.problems import Place, dotted, owner, schema_mistakes, suggestion, twins
from feeds.config.source import Gate, Group, Limits, Manner, Select, Source, Table
from feeds.config.types import (
    BaseUrl,
    Flag,
    FreeSlug,
    Interval,
    Language,
    Slug,
    StoreUrl,
    Text,
    Url,
    Zone,
    number,
)
from feeds.errors import ConfigError
from feeds.redaction import redact
from feeds.unicode import normalise

__all__ = ["CategoryRule", "Config", "Gate", "Limits", "Selection", "Server", "Source", "load"]


class CategoryRule(Table):
    """What is to be done with one category: other spellings, another title or slug, or its end."""

    name: Text
    aliases: tuple[Text, ...] = ()
    title: Text | None = None
    slug: FreeSlug | None = None
    renamed_from: tuple[Slug, ...] = ()
    retired: Flag = False


class Selection(Table):
    """A feed for a partner: any of each kind named, all of the kinds that are named."""

    slug: FreeSlug
    title: Text
    categories: tuple[Text, ...] = ()
    sections: tuple[Text, ...] = ()
    sources: tuple[Slug, ...] = ()


class Server(Table):
    """Where the web server listens, and with how many processes."""

    host: Text = "127.0.0.1"
    port: Annotated[int, number(1, 65535)] = 8000
    workers: Annotated[int, number(1, 64)] = 2


class Config(Table):
    """The whole of config.toml; every source complete with what it inherits."""

    INHERITED: ClassVar = ("interval", "timezone", "language", "day_first")
    MERGED: ClassVar = ("limits", "gate")

    title: Text
    base_url: BaseUrl
    id: Text | None = None
    description: Text | None = None
    author: Text | None = None
    language: Language = "en"
    timezone: Zone = "UTC"
    interval: Interval = timedelta(minutes=15)
    day_first: Flag | None = None
    entries: Annotated[int, number(1, 1000)] = 50
    archive_size: Annotated[int, number(1, 1000)] = 100
    deltas: Flag = True
    store: StoreUrl = "sqlite:///data/tidings.db"
    hubs: tuple[Url, ...] = ()
    limits: Limits = Limits()
    gate: Gate = Gate()
    server: Server = Server()
    groups: tuple[Group, ...] = ()
    sources: tuple[Source, ...]
    categories: tuple[CategoryRule, ...] = ()
    selections: tuple[Selection, ...] = ()
    _folder: Path = PrivateAttr(default_factory=Path)

    @field_validator("sources")
    @classmethod
    def _one_source(cls, sources: tuple[Source, ...]) -> tuple[Source, ...]:
        if (
            not sources
        ):  # not min_length: that counts the good ones and would be a second complaint about a bad one
            raise PydanticCustomError("too_short", "")
        return sources

    def model_post_init(self, context: Mapping[str, Any] | None) -> None:
        self._folder = Path(os.path.abspath((context or {}).get("folder", ".")))
        # A frozen model says no to its own methods too; nobody has seen it yet.
        self.__dict__["sources"] = tuple(self._complete(source) for source in self.sources)
        if self.store.startswith("sqlite:///"):
            self.__dict__["store"] = "sqlite:///" + str(self._folder / self.store.removeprefix("sqlite:///"))

    def _complete(self, source: Source) -> Source:
        group = next((group for group in self.groups if group.name == source.group), None)
        tellers = [each for each in (group, source) if each is not None]
        values = {name: getattr(self, name) for name in (*self.INHERITED, *self.MERGED)}
        for teller in tellers:
            for name in teller.model_fields_set & Manner.model_fields.keys():
                said = getattr(teller, name)
                if name in self.MERGED:
                    parts = {part: getattr(said, part) for part in said.model_fields_set}
                    said = values[name].model_copy(update=parts)
                values[name] = said
        values["paths"] = tuple(map(self._absolute, source.paths))
        values["path"] = source.path and self._absolute(source.path)
        return source.model_copy(update=values)

    def _absolute(self, path: str) -> str:
        folder = str(self._folder)
        return os.path.join(glob.escape(folder) if glob.has_magic(path) else folder, path)

    @property
    def folder(self) -> Path:
        """The folder that the configuration file lies in."""
        return self._folder

    @property
    def site(self) -> model.Site:
        return model.Site(
            title=self.title,
            base_url=self.base_url,
            language=self.language,
            author=self.author,
            description=self.description,
            hubs=self.hubs,
            id=self.id,
        )


_TABLES: Mapping[str, type[Table]] = {
    "": Config,
    "sources": Source,
    "groups": Group,
    "categories": CategoryRule,
    "selections": Selection,
    "server": Server,
    "limits": Limits,
    "gate": Gate,
    "select": Select,
}
_EXAMPLE = (
    'title = "…", base_url = "http://127.0.0.1:8000", [[sources]], name = "newsroom", path = "sources/*.txt"'
)


def load(path: str | os.PathLike[str]) -> Config:
    """Read a configuration file whole; say everything that is wrong with it in one ConfigError."""
    data = _read(Path(path))
    problems: list[str] = []
    try:
        config = Config.model_validate(data, context={"folder": Path(path).parent})
        problems += _unselected(config)
    except ValidationError as error:
        problems += schema_mistakes(error, data, _TABLES)
    problems += [*_contradictions(data), *_misfits(data)]
    if problems:
        raise ConfigError(os.fspath(path), tuple(problems))
    return config


def _read(path: Path) -> dict[str, Any]:
    document = ""
    try:
        # Editors of Windows start a file with a byte order mark, which TOML forbids.
        document = path.read_text(encoding="utf-8-sig")
        return tomllib.loads(document)
    except FileNotFoundError:
        problem = f"there is no such file; these five lines make one: {_EXAMPLE}"
    except OSError as error:
        problem = f"cannot be read: {error.strerror}"
    except UnicodeDecodeError as error:
        problem = f"is not UTF-8 at byte {error.start + 1}"
    except tomllib.TOMLDecodeError as error:
        message, _, place = str(error).rpartition(" (at ")
        last = f"line {len(document.splitlines())}, at the end"
        problem = f"{last if 'end' in place else place[:-1]}: {message[:1].lower()}{message[1:]}"
    raise ConfigError(os.fspath(path), (problem,))


def _contradictions(data: Mapping[str, Any]) -> Iterator[str]:
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


def _unknown(place: Place, name: str, what: str, known: Sequence[tuple[Place, str]]) -> Iterator[str]:
    names = [name for _, name in known]
    if name not in names:
        yield f'{dotted(place)}: there is no {what} "{redact(name)}"{suggestion(name, names)}'


def _unselected(config: Config) -> Iterator[str]:
    for index, source in enumerate(config.sources):
        if source.parser == "html" and source.select is None:
            yield f'sources[{index}].select: is missing; parser = "html" reads by it (in "{source.name}")'


def _misfits(data: Mapping[str, Any]) -> Iterator[str]:
    """What one table asks for and cannot have."""
    for table in ("groups", "sources"):
        for index, row in enumerate(_rows(data, table)):
            place, parser = (table, index), row.get("parser", "html")
            if "select" in row and parser != "html":
                whose = owner((*place, "parser"), data)
                yield f'{dotted(place)}.parser: "{parser}" does not read by select{whose}'
            if table == "sources" and "next" in row and not {"url", "urls"} & row.keys():
                yield f"{dotted(place)}.next: is for pages that have a url{owner((*place, 'next'), data)}"


def _texts(data: Mapping[str, Any], table: str, key: str) -> Iterator[tuple[Place, str]]:
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
