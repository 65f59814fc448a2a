"""Template filters: dates in English, in the zone of their source, and names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from markupsafe import Markup

from feeds.config import Config
from feeds.model import Entry, Precision

# Not from the locale: feedgen changes the locale of the process while it writes a date.
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


class TemplateFilters:
    """Filters for the templates of one site."""

    def __init__(self, config: Config) -> None:
        self._zone = ZoneInfo(config.timezone)
        self._zones = {source.name: ZoneInfo(source.timezone) for source in config.sources}
        self._languages = {source.name: source.language for source in config.sources}
        self._language = config.language

    @property
    def filters(self) -> Mapping[str, object]:
        return {
            "published": self.published,
            "instant": self.instant,
            "language": self.language,
            "host": host,
            "paragraphs": paragraphs,
            "web_link": web_link,
        }

    def published(self, entry: Entry) -> Markup:
        """Return the date with the precision of its source, or a note that there is none."""
        if entry.published is None:
            return Markup('<span class="undated">No date given</span>')
        local = entry.published.astimezone(self._zones.get(next(iter(entry.sources), ""), self._zone))
        if entry.precision is Precision.DAY:
            return _time(local.date().isoformat(), _day(local))
        return _time(local.isoformat(), f"{_day(local)}, {local:%H:%M}")

    def instant(self, moment: dt.datetime | None) -> Markup:
        """Return an instant of our own, to the second and with its zone."""
        if moment is None:
            return Markup("never")
        local = moment.astimezone(self._zone)
        return _time(local.isoformat(), f"{_day(local)}, {local:%H:%M:%S} {local.tzname()}")

    def language(self, entry: Entry) -> str:
        return self._languages.get(next(iter(entry.sources), ""), self._language)


def _day(moment: dt.datetime) -> str:
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def _time(machine: str, words: str) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(machine, words)


def web_link(entry: Entry) -> str | None:
    """Return the entry's link if it is safe to follow in a browser."""
    return entry.link if entry.link and entry.link.startswith(("http://", "https://")) else None


def host(url: str) -> str:
    """Return the host of a link."""
    try:
        return (urlsplit(url).hostname or url).removeprefix("www.")
    except ValueError:
        return url


def paragraphs(summary: str) -> list[str]:
    return summary.split("\n\n")
