"""Types of the values in config.toml. The message of a refusal continues a sentence that begins with the value."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from feeds.config.problems import RefusedAddress, suggestion
from feeds.unicode import normalise

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_STORES = ("sqlite:///", "postgresql://", "postgresql+psycopg://")
RESERVED_SLUG = "all"
PARSER_NAMES = ("text", "auto", "html", "feed")


def duration(value: object) -> timedelta:
    """Return a duration from `30s`, `15m`, `2h` or `1d`."""
    if isinstance(value, timedelta):
        return value
    if isinstance(value, str) and (match := re.fullmatch(r"(\d{1,6}) ?([smhd])", value)):
        return timedelta(**{_UNITS[match[2]]: int(match[1])})
    raise ValueError('must be a duration such as "30s", "15m", "2h" or "1d"')


def _between(low: str, high: str) -> Callable[[timedelta], timedelta]:
    def check(value: timedelta) -> timedelta:
        if not duration(low) <= value <= duration(high):
            raise ValueError(f"must be between {low} and {high}")
        return value

    return check


def _printable_line(value: str) -> str:
    if not value.isprintable():
        raise ValueError("must be one line of printable text")
    return value


def _address(value: str) -> str:
    try:
        parts = urlsplit(value)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or not re.fullmatch(r"[!-~]+", value):
        raise RefusedAddress("must be an absolute http or https URL of ASCII characters")
    if parts.username is not None:
        raise RefusedAddress("must not hold a user name or password")
    return value


def _base_address(value: str) -> str:
    if "?" in _address(value) or "#" in value:
        raise RefusedAddress("must have no query and no fragment")
    return value.rstrip("/")


def _zone(value: str) -> str:
    try:
        zoneinfo.ZoneInfo(value)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        raise ValueError("is not a time zone" + suggestion(value, zoneinfo.available_timezones())) from None
    return value


def _slug(value: str) -> str:
    if len(value) > normalise.SLUG_LENGTH or not _SLUG.fullmatch(value):
        most = f"at most {normalise.SLUG_LENGTH} characters"
        raise ValueError(f"must be of a-z, 0-9 and single hyphens, {most}")
    return value


def _free_slug(value: str) -> str:
    if value == RESERVED_SLUG:
        raise ValueError("is taken by the feed of all entries")
    return _slug(value)


def _tag(value: str) -> str:
    from feeds.unicode.language_tags import checked_tag  # imports Babel, which only a configured language needs

    return checked_tag(value)


def _parser_name(value: str) -> str:
    if value not in PARSER_NAMES:
        known = ", ".join(PARSER_NAMES)
        raise ValueError(f"is not a parser; there are {known}" + suggestion(value, PARSER_NAMES))
    return value


def _selector(value: str) -> str:
    if problem := check_selector(value):
        raise ValueError(problem)
    return value


def _next_page(value: str) -> str:
    return _selector('[rel~="next"]' if value == "rel=next" else value)


def _path(value: str) -> str:
    if "://" in value:
        raise RefusedAddress("is an address, not a path; give it as url")
    return value


def _store(value: str) -> str:
    if not value.startswith(_STORES) or value in _STORES or ":memory:" in value:
        raise RefusedAddress('must be "sqlite:///folder/file.db" or "postgresql://user@host/database"')
    return value.replace("postgresql://", "postgresql+psycopg://", 1)


Text = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), AfterValidator(_printable_line)
]
FilePath = Annotated[Text, AfterValidator(_path)]
Url = Annotated[str, AfterValidator(_address)]
BaseUrl = Annotated[str, AfterValidator(_base_address)]
Slug = Annotated[str, AfterValidator(_slug)]
FreeSlug = Annotated[str, AfterValidator(_free_slug)]
Zone = Annotated[str, AfterValidator(_zone)]
Language = Annotated[str, AfterValidator(_tag)]
ParserName = Annotated[str, AfterValidator(_parser_name)]
Selector = Annotated[str, AfterValidator(_selector)]
NextPage = Annotated[str, AfterValidator(_next_page)]
StoreUrl = Annotated[str, AfterValidator(_store)]
Flag = Annotated[bool, Field(strict=True)]
Interval = Annotated[timedelta, BeforeValidator(duration), AfterValidator(_between("1s", "30d"))]
Timeout = Annotated[timedelta, BeforeValidator(duration), AfterValidator(_between("1s", "10m"))]


def number(low: int, high: int) -> Any:
    """Return the bounds of a whole number."""
    return Field(ge=low, le=high, strict=True)


def share() -> Any:
    """Return the bounds of a share, 0 to 1."""
    return Field(ge=0, le=1, strict=True)


def check_selector(text: str) -> str | None:
    """Return what is wrong with a selector; None if it is valid."""
    if not text.strip():
        return "is empty"
    try:
        LexborHTMLParser("<p></p>").css(text)
    except (SelectolaxError, ValueError) as error:
        return f"is not a valid CSS selector: {error}"
    return None
