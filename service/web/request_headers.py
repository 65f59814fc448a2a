"""The header fields of a request that decide its response, parsed leniently.

Tags come back mangled by servers in between, dates in three forms, and some fields at any length.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from werkzeug.datastructures import Accept, ETags
from werkzeug.http import parse_accept_header, parse_etags

# The Accept field of the library feedparser. It always sends A-IM, but many programs that use it take a 226 for
# an error or for the whole feed. User-Agent does not help: programs set their own.
_UNASKED = (
    "application/atom+xml,application/rdf+xml,application/rss+xml,application/x-netcdf,"
    "application/xml;q=0.9,text/xml;q=0.2,*/*;q=0.1"
)

# No reader sends a longer field. Parsing is linear, but a request may carry 400 kB.
_LONGEST = 8_192
# What proxies append to the tag of a body that they compressed.
_MANGLED = re.compile(r"(?:--?(?:gzip|br|deflate|zstd))+$")
_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_CLOCK = "[0-9]{2}:[0-9]{2}:[0-9]{2}"
_HTTP_DATE = re.compile(
    rf"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{{2}} {_MONTH} [0-9]{{4}} {_CLOCK} GMT"
    rf"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, [0-9]{{2}}-{_MONTH}-[0-9]{{2}} {_CLOCK} GMT"
    rf"|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) {_MONTH} [ 0-9][0-9] {_CLOCK} [0-9]{{4}}"
)


@dataclass(frozen=True, slots=True)
class RequestHeaders:
    """The header fields of a request that decide its response; None if a field was not sent."""

    accept_encoding: str | None = None
    if_none_match: str | None = None
    if_modified_since: str | None = None
    if_match: str | None = None
    if_unmodified_since: str | None = None
    a_im: str | None = None

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> RequestHeaders:
        """Read the fields from a WSGI environment, where repeated fields are joined with commas."""
        return cls(
            accept_encoding=environ.get("HTTP_ACCEPT_ENCODING"),
            if_none_match=environ.get("HTTP_IF_NONE_MATCH"),
            if_modified_since=environ.get("HTTP_IF_MODIFIED_SINCE"),
            if_match=environ.get("HTTP_IF_MATCH"),
            if_unmodified_since=environ.get("HTTP_IF_UNMODIFIED_SINCE"),
            a_im=None if environ.get("HTTP_ACCEPT") == _UNASKED else environ.get("HTTP_A_IM"),
        )


def takes_deltas(a_im: str | None) -> bool:
    """Whether A-IM accepts the manipulation `feed` (RFC 3229 §10.5.3)."""
    return a_im is not None and any(
        name.lower() == "feed" and quality > 0 for name, quality in parse_accept_header(a_im[:_LONGEST], Accept)
    )


def etags(field: str) -> ETags:
    """Return the entity tags of a list; escaped quotes count as quotes.

    An empty tag (`""`, RFC 9110 §8.8.3) is left out: no representation of ours has one, and Werkzeug gives
    None for it.
    """
    found = parse_etags(field.replace("\\", "") if len(field) <= _LONGEST else None)
    if found.star_tag:
        return found
    weak = found.as_set(include_weak=True) - found.as_set()
    return ETags(filter(None, found.as_set()), filter(None, weak))


def opaque(tag: str) -> str:
    """Return a tag without the suffix of a coding and without a `W/` inside of the quotes."""
    return _MANGLED.sub("", tag.removeprefix("W/"))


def http_date(text: str | None) -> dt.datetime | None:
    """Return the instant of an HTTP-date in any of its three forms, else None (§13.1.3)."""
    if text is None or not _HTTP_DATE.fullmatch(text):
        return None
    try:
        return parsedate_to_datetime(text).replace(tzinfo=dt.UTC)
    except ValueError:
        return None
