"""The whole configuration as checked data, one class a table."""

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
        if not sources:  # not min_length: that counts the good ones and would be a second complaint about a bad one
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
            for name in teller.model_fields_set & SourceSettings.model_fields.keys():
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
