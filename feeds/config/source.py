"""The tables of config.toml that say where documents come from, and how they are read.

What is said of a source stands before what its group says, and that before what the top of the file says.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from feeds.config.types import (
    FilePath,
    Flag,
    Interval,
    Language,
    NextPage,
    ParserName,
    Patience,
    Selector,
    Slug,
    Text,
    Url,
    Zone,
    number,
    share,
)

_SEVERAL = {"path": "paths", "url": "urls"}


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


class Select(Table):
    """Where the items of a page stand, and within an item its fields, as CSS selectors."""

    item: Selector
    title: Selector | None = None
    link: Selector | None = None
    date: Selector | None = None
    label: Selector | None = None
    summary: Selector | None = None
    credit: Selector | None = None


class SourceSettings(Table):
    """How documents are read: what a source says for itself, and a group for many."""

    interval: Interval = timedelta(minutes=15)
    timezone: Zone = "UTC"
    language: Language = "en"
    day_first: Flag | None = None
    parser: ParserName | None = None
    next: NextPage | None = None
    pages: Annotated[int, number(1, 100)] = 5
    allow_empty: Flag = False
    allow_private: Flag = False
    select: Select | None = None
    limits: Limits = Limits()
    gate: Gate = Gate()


class Group(SourceSettings):
    """What many sources have in common; a source that names it need not say it."""

    name: Slug


class Source(SourceSettings):
    """A place that documents come from. What it leaves out, its group or the top of the file says.

    A path is a file, a folder or a pattern, absolute after loading; in a pattern the folder of the
    configuration file is escaped.
    """

    name: Slug
    title: Text | None = None
    group: Slug | None = None
    path: FilePath | None = None
    paths: tuple[FilePath, ...] = ()
    urls: tuple[Url, ...] = ()
    url: Annotated[Url | None, Field(validate_default=True)] = None

    @model_validator(mode="before")
    @classmethod
    def _several(cls, data: Any) -> Any:
        """Take a list for a list, whichever of the two keys it stands behind."""
        if not isinstance(data, Mapping):
            return data
        moved = {one for one, many in _SEVERAL.items() if isinstance(data.get(one), list) and many not in data}
        return {_SEVERAL[key] if key in moved else key: value for key, value in data.items()}

    @field_validator("paths", "urls", "url")
    @classmethod
    def _one_place(cls, value: object, info: ValidationInfo) -> object:
        known = {name: info.data.get(name) for name in ("path", "paths", "urls") if name != info.field_name}
        given = [name for name in known if known[name]]
        if value and given:
            raise ValueError(f"cannot stand beside {given[0]}")
        if info.field_name == "url" and not value and not given and known.keys() <= info.data.keys():
            raise ValueError("is missing; give path or url")
        return value

    @property
    def patterns(self) -> tuple[str, ...]:
        """All paths, be it one or several."""
        return self.paths if self.path is None else (self.path,)

    @property
    def addresses(self) -> tuple[str, ...]:
        """All addresses, be it one or several."""
        return self.urls if self.url is None else (self.url,)
