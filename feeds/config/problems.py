"""Problems of a config.toml as sentences: where, what is wrong, and what was probably meant.

TOML puts a key into the table above it. So a key for the whole site that is written below the first `[[sources]]`
becomes a key of that source: an unknown key is searched for in all tables.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from feeds.redaction import redact, redact_address

Tables = Mapping[str, type[BaseModel]]
KeyPath = tuple[int | str, ...]

_SENTENCES = {
    "missing": "is missing",
    "string_type": "must be text in quotes",
    "string_too_short": "must not be empty",
    "string_too_long": "must be at most {max_length} characters",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list: [ … ]",
    "too_short": "is empty; at least one is needed",
    "greater_than_equal": "must be at least {ge:.10g}",
    "less_than_equal": "must be at most {le:.10g}",
}
_WITHOUT_VALUE = ("missing", "string_too_short", "too_short")


class RefusedAddress(ValueError):
    """An address is refused; it can hold a secret, so it is quoted without one."""


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return `; did you mean "…"?` if a known word is similar, else an empty string."""
    words = {each.casefold(): each for each in known}
    close = difflib.get_close_matches(word.casefold(), words, n=1)
    return f'; did you mean "{words[close[0]]}"?' if close else ""


def dotted(place: KeyPath) -> str:
    """Return the dotted form of a key: `("sources", 1, "interval")` → `sources[1].interval`."""
    key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return key.removeprefix(".")


def schema_problems(error: ValidationError, data: Mapping[str, Any], tables: Tables) -> Iterator[str]:
    """Yield a sentence for every key that is unknown or whose value is refused; `tables[""]` is the top of the file."""
    for detail in error.errors(include_url=False):
        unknown = detail["type"] == "extra_forbidden"
        sentence = _unknown(detail["loc"], tables) if unknown else _refused(detail, tables)
        yield f"{dotted(detail['loc'])}: {sentence}{in_table(detail['loc'], data)}"


def _unknown(place: KeyPath, tables: Tables) -> str:
    key = str(place[-1])
    own = next((str(part) for part in reversed(place[:-1]) if isinstance(part, str)), "")
    others = {name: table.model_fields for name, table in tables.items() if name != own}
    if key not in others.get("", {}) and (close := suggestion(key, tables[own].model_fields)):
        return "unknown key" + close
    for name in (name for name, fields in others.items() if key in fields):
        return f"unknown key here; it belongs {_place_of(name, tables)}"
    for name, fields in others.items():
        if close := suggestion(key, fields):
            return f"unknown key{close[:-1]}, {_place_of(name, tables)}?"
    return f"unknown key; there are {', '.join(tables[own].model_fields)}"


def _place_of(name: str, tables: Tables) -> str:
    if not name:
        return "at the top of the file, above the first table"
    repeated = get_origin(tables[""].model_fields[name].annotation) is tuple
    return f"in a table [[{name}]]" if repeated else f"in a table [{name}]"


def _refused(detail: ErrorDetails, tables: Tables) -> str:
    kind, value, context = detail["type"], detail["input"], detail.get("ctx", {})
    name = str(detail["loc"][-1])
    if kind == "value_error":
        sentence = str(context["error"])
        if isinstance(context["error"], RefusedAddress):
            value = redact_address(str(value))
    elif kind == "tuple_type" and name in tables:
        return f"must be written [[{name}]], in double brackets"
    elif kind == "model_type":
        sentence = f"must be a table [{dotted(detail['loc'])}]"
    else:
        sentence = _SENTENCES.get(kind, detail["msg"]).format(**context)
    if kind in _WITHOUT_VALUE or value is None or isinstance(value, Mapping):
        return sentence
    return f"{_shown(value)} {sentence}" if kind == "value_error" else f"{sentence}, not {_shown(value)}"


def _shown(value: object) -> str:
    """Return the value as in the file, without secrets, shortened to fit a line."""
    text = redact(json.dumps(value, ensure_ascii=False, default=str))
    return text if len(text) <= 60 else text[:57] + "…"


def in_table(place: KeyPath, data: Mapping[str, Any]) -> str:
    """Return ` (in "name")` for the table of a key, since nobody counts the tables of a file from 0."""
    if len(place) < 2 or not isinstance(place[1], int):
        return ""
    table = data[str(place[0])][place[1]]
    key = "name" if isinstance(table, Mapping) and "name" in table else "slug"
    if not isinstance(table, Mapping) or place[2:] == (key,) or not isinstance(table.get(key), str):
        return ""
    return f" (in {_shown(table[key])})"


def duplicates(name: str, values: Sequence[tuple[KeyPath, str]]) -> Iterator[str]:
    """Yield every value that is used twice, with the place of its first use."""
    first: dict[str, KeyPath] = {}
    for place, value in values:
        if value in first:
            yield f"{dotted(place)}: {_shown(value)} is already the {name} of {dotted(first[value])}"
        first.setdefault(value, place)
