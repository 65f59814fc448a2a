"""How dates and names are worded on pages: in English, in the zone of the source that said them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from markupsafe import Markup

from feeds.config import Config
from feeds.model import Entry, Precision

# Not from the locale: feedgen sets the process's own while it writes a date.
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
    """Words for one site; its methods are the templates' filters."""

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
        """The date as the source says it, as exact as it says it, or that it says none."""
        if entry.published is None:
            return Markup('<span class="undated">No date given</span>')
        local = entry.published.astimezone(self._zones.get(next(iter(entry.sources), ""), self._zone))
        if entry.precision is Precision.DAY:
            return _time(local.date().isoformat(), _day(local))
        return _time(local.isoformat(), f"{_day(local)}, {local:%H:%M}")

    def instant(self, moment: dt.datetime | None) -> Markup:
        """A moment of ours, to the second and with its zone; for operations, not for readers."""
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
    """The entry's link if a browser may be sent there."""
    return entry.link if entry.link and entry.link.startswith(("http://", "https://")) else None


def host(url: str) -> str:
    """Whose page a link leads to."""
    try:
        return (urlsplit(url).hostname or url).removeprefix("www.")
    except ValueError:
        return url


def paragraphs(summary: str) -> list[str]:
    return summary.split("\n\n")
