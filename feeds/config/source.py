"""Tables of config.toml about sources: where documents come from and how they are read.

A source's own setting wins, then its group's, then the top of the file.
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
    Selector,
    Slug,
    Text,
    Timeout,
    Url,
    Zone,
    number,
    share,
)

_PLURALS = {"path": "paths", "url": "urls"}


class Table(BaseModel):
    """A table of config.toml; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Limits(Table):
    """Limits of one reading of one source: bytes, items, documents, seconds."""

    max_bytes: Annotated[int, number(1, 1 << 30)] = 10 << 20
    max_items: Annotated[int, number(1, 1_000_000)] = 10_000
    max_documents: Annotated[int, number(1, 1_000_000)] = 10_000
    timeout: Timeout = timedelta(seconds=30)


class Gate(Table):
    """Thresholds beyond which a reading is held; shares are of the items of one document.

    An item is retracted once it has been missing from the middle for `patience` readings in a row. An entry may be
    edited `edits` times without a pause of a week.
    """

    patience: Annotated[int, number(1, 1000)] = 3
    edits: Annotated[int, number(1, 1000)] = 8
    missing: Annotated[float, share()] = 0.5
    new: Annotated[float, share()] = 0.5
    edited: Annotated[float, share()] = 0.5
    numbered: Flag = True


class Select(Table):
    """CSS selectors of the items of a page, and of the fields within an item."""

    item: Selector
    title: Selector | None = None
    link: Selector | None = None
    date: Selector | None = None
    label: Selector | None = None
    summary: Selector | None = None
    credit: Selector | None = None


class SourceSettings(Table):
    """Settings of how documents are read, for a source or for a group of sources."""

    interval: Interval = timedelta(minutes=15)
    timezone: Zone = "UTC"
    language: Language = "en"
    day_first: Flag | None = None
    parser: ParserName | None = None
    next: NextPage | None = None
    pages: Annotated[int, number(1, 100)] = 5
    allow_empty: Flag = False
    allow_private: Flag = False
    follow_links: Flag = True
    only_configured_labels: Flag = False
    select: Select | None = None
    limits: Limits = Limits()
    gate: Gate = Gate()


class Group(SourceSettings):
    """Settings that several sources share by naming the group."""

    name: Slug


class Source(SourceSettings):
    """A place that documents come from; its group or the top of the file has the settings that it leaves out.

    A path is a file, a folder or a pattern, absolute after loading; in a pattern the folder of the
    configuration file is escaped. `base` is the address that links of saved pages are relative to.
    """

    name: Slug
    title: Text | None = None
    group: Slug | None = None
    path: FilePath | None = None
    paths: tuple[FilePath, ...] = ()
    urls: tuple[Url, ...] = ()
    base: Url | None = None
    url: Annotated[Url | None, Field(validate_default=True)] = None

    @model_validator(mode="before")
    @classmethod
    def _lists(cls, data: Any) -> Any:
        """Accept a list under the singular key too: `path = ["a", "b"]` is `paths`."""
        if not isinstance(data, Mapping):
            return data
        moved = {one for one, many in _PLURALS.items() if isinstance(data.get(one), list) and many not in data}
        return {_PLURALS[key] if key in moved else key: value for key, value in data.items()}

    @field_validator("paths", "urls", "url")
    @classmethod
    def _one_place(cls, value: object, info: ValidationInfo) -> object:
        known = {name: info.data.get(name) for name in ("path", "paths", "urls") if name != info.field_name}
        given = [name for name in known if known[name]]
        if value and given:
            raise ValueError(f"cannot be used together with {given[0]}")
        if info.field_name == "url" and not value and not given and known.keys() <= info.data.keys():
            raise ValueError("is missing; give path or url")
        return value

    @model_validator(mode="after")
    def _base_of_files(self) -> Source:
        if self.base is not None and not self.patterns:
            raise ValueError("base is for files: links of a page with url are relative to that address")
        return self

    @property
    def patterns(self) -> tuple[str, ...]:
        """All paths, from `path` or `paths`."""
        return self.paths if self.path is None else (self.path,)

    @property
    def addresses(self) -> tuple[str, ...]:
        """All addresses, from `url` or `urls`."""
        return self.urls if self.url is None else (self.url,)
