"""The whole configuration as checked data, one class for each table."""

from __future__ import annotations

import glob
import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import PrivateAttr, field_validator
from pydantic_core import PydanticCustomError

from feeds import model
from feeds.config.source import Gate, Group, Limits, Source, SourceSettings, Table
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


class CategoryRule(Table):
    """Rules for one category: further spellings, another title or slug, or its retirement."""

    name: Text
    aliases: tuple[Text, ...] = ()
    title: Text | None = None
    slug: FreeSlug | None = None
    renamed_from: tuple[Slug, ...] = ()
    retired: Flag = False


class Selection(Table):
    """A feed for a partner: entries with any of the names of each kind that is given."""

    slug: FreeSlug
    title: Text
    categories: tuple[Text, ...] = ()
    sections: tuple[Text, ...] = ()
    sources: tuple[Slug, ...] = ()


class Server(Table):
    """The address and the number of processes of the web server."""

    host: Text = "127.0.0.1"
    port: Annotated[int, number(1, 65535)] = 8000
    workers: Annotated[int, number(1, 64)] = 2


class Config(Table):
    """The whole of config.toml; every source includes the settings that it inherits."""

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
    show_credit: Flag = True
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
        if not sources:  # not min_length, which counts valid sources only and would report an invalid one twice
            raise PydanticCustomError("too_short", "")
        return sources

    def model_post_init(self, context: Mapping[str, Any] | None) -> None:
        self._folder = Path(os.path.abspath((context or {}).get("folder", ".")))
        # A frozen model refuses assignments of its own methods too; nothing has read it yet.
        self.__dict__["sources"] = tuple(self._complete(source) for source in self.sources)
        if self.store.startswith("sqlite:///"):
            self.__dict__["store"] = "sqlite:///" + str(self._folder / self.store.removeprefix("sqlite:///"))

    def _complete(self, source: Source) -> Source:
        group = next((group for group in self.groups if group.name == source.group), None)
        levels = [each for each in (group, source) if each is not None]
        values = {name: getattr(self, name) for name in (*self.INHERITED, *self.MERGED)}
        for level in levels:
            for name in level.model_fields_set & SourceSettings.model_fields.keys():
                value = getattr(level, name)
                if name in self.MERGED:
                    parts = {part: getattr(value, part) for part in value.model_fields_set}
                    value = values[name].model_copy(update=parts)
                values[name] = value
        values["paths"] = tuple(map(self._absolute, source.paths))
        values["path"] = source.path and self._absolute(source.path)
        return source.model_copy(update=values)

    def _absolute(self, path: str) -> str:
        folder = str(self._folder)
        return os.path.join(glob.escape(folder) if glob.has_magic(path) else folder, path)

    @property
    def folder(self) -> Path:
        """The folder of the configuration file."""
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
            show_credit=self.show_credit,
        )
