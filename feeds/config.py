"""config.toml → `Config`, or every problem of it at once, each by its dotted key."""

from __future__ import annotations

import glob
import os
import tomllib
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from feeds import model, text
from feeds.errors import ConfigError
from feeds.mistakes import Place, dotted, schema_mistakes, suggestion, twins
from feeds.values import (
    BaseUrl,
    Flag,
    FreeSlug,
    Interval,
    Language,
    ParserName,
    Patience,
    Slug,
    StoreUrl,
    Text,
    Url,
    Zone,
    number,
    share,
)


class Table(BaseModel):
    """A table of config.toml: what is not known is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Limits(Table):
    """What one reading of one source may cost."""

    max_bytes: Annotated[int, number(1, 1 << 30)] = 10 << 20
    max_items: Annotated[int, number(1, 1_000_000)] = 10_000
    max_documents: Annotated[int, number(1, 1_000_000)] = 10_000
    timeout: Patience = timedelta(seconds=30)


class Gate(Table):
    """When a reading of one source stops being believed; shares are of the items of one document.

    `patience` is how many readings in a row an item has to be missing from the middle before it is retracted,
    `edits` how often an entry may be edited without a week's pause.
    """

    patience: Annotated[int, number(1, 1000)] = 3
    edits: Annotated[int, number(1, 1000)] = 8
    missing: Annotated[float, share()] = 0.5
    new: Annotated[float, share()] = 0.5
    edited: Annotated[float, share()] = 0.5
    numbered: Flag = True


class Source(Table):
    """A place that documents come from. What it leaves out, the top of the file says.

    `path` is a file, a folder or a pattern, absolute after loading; in a pattern the folder of the
    configuration file is escaped.
    """

    name: Slug
    title: Text | None = None
    path: Text | None = None
    url: Annotated[Url | None, Field(validate_default=True)] = None
    interval: Interval = timedelta(minutes=15)
    timezone: Zone = "UTC"
    language: Language = "en"
    day_first: Flag | None = None
    parser: ParserName | None = None
    allow_empty: Flag = False
    allow_private: Flag = False
    limits: Limits = Limits()
    gate: Gate = Gate()

    @field_validator("url")
    @classmethod
    def _one_place(cls, url: str | None, info: ValidationInfo) -> str | None:
        if "path" in info.data and (info.data["path"] is None) == (url is None):
            raise ValueError("is missing; give path or url" if url is None else "cannot stand beside path")
        return url


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

    title: Text
    base_url: BaseUrl
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
        given = source.model_fields_set
        values = {name: getattr(self, name) for name in self.INHERITED if name not in given}
        for table in ("limits", "gate"):
            own = getattr(source, table)
            said = {name: getattr(own, name) for name in own.model_fields_set}
            values[table] = getattr(self, table).model_copy(update=said)
        if source.path is not None:
            folder = str(self._folder)
            folder = glob.escape(folder) if glob.has_magic(source.path) else folder
            values["path"] = os.path.join(folder, source.path)
        return source.model_copy(update=values)

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
        )


_TABLES: Mapping[str, type[Table]] = {
    "": Config,
    "sources": Source,
    "categories": CategoryRule,
    "selections": Selection,
    "server": Server,
    "limits": Limits,
    "gate": Gate,
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
    except ValidationError as error:
        problems += schema_mistakes(error, data, _TABLES)
    problems += _contradictions(data)
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
    yield from twins("slug", [*_texts(data, "categories", "slug"), *_texts(data, "selections", "slug")])
    spellings = [*_texts(data, "categories", "name"), *_texts(data, "categories", "aliases")]
    yield from twins("name or alias", sorted((place, text.key(label)) for place, label in spellings))
    known = [name for _, name in names]
    for place, name in _texts(data, "selections", "sources"):
        if name not in known:
            yield f'{dotted(place)}: there is no source "{name}"{suggestion(name, known)}'


def _texts(data: Mapping[str, Any], table: str, key: str) -> Iterator[tuple[Place, str]]:
    rows = data.get(table)
    for index, row in enumerate(rows if isinstance(rows, list) else ()):
        value = row.get(key) if isinstance(row, dict) else None
        if isinstance(value, str):
            yield (table, index, key), value
        elif isinstance(value, list):
            for place, each in enumerate(value):
                if isinstance(each, str):
                    yield (table, index, key, place), each
