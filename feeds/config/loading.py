"""config.toml → `Config`, or a ConfigError with every problem by its dotted key."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from feeds.config.checks import contradictions, missing_selectors, unusable_keys
from feeds.config.problems import schema_problems
from feeds.config.source import Gate, Group, Limits, Select, Source, Table
from feeds.config.tables import CategoryRule, Config, Selection, Server
from feeds.errors import ConfigError

__all__ = ["CategoryRule", "Config", "Gate", "Limits", "Selection", "Server", "Source", "load"]


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
_EXAMPLE = 'title = "…", base_url = "http://127.0.0.1:8000", [[sources]], name = "newsroom", path = "sources/*.txt"'


def load(path: str | os.PathLike[str]) -> Config:
    """Return the configuration in a file, or raise one ConfigError with everything that is wrong with it."""
    try:
        return _checked(path, _read(Path(path)))
    except RecursionError:
        problem = "arrays or tables are nested too deep to be read; no key needs more than three levels"
        raise ConfigError(os.fspath(path), (problem,)) from None


def _checked(path: str | os.PathLike[str], data: Mapping[str, Any]) -> Config:
    problems: list[str] = []
    try:
        config = Config.model_validate(data, context={"folder": Path(path).parent})
        problems += missing_selectors(config)
    except ValidationError as error:
        problems += schema_problems(error, data, _TABLES)
    problems += [*contradictions(data), *unusable_keys(data)]
    if problems:
        raise ConfigError(os.fspath(path), tuple(problems))
    return config


def _read(path: Path) -> dict[str, Any]:
    document = ""
    try:
        # Windows editors write a byte order mark, which TOML forbids.
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
