"""Formats: a feed → its bytes. A format is a module and one line in `FORMATS`.

Rendering is a pure function of the feed and the site: no clock, no locale, no host name. A document is an
envelope with a fragment for each entry; `fragment_cache.py` keeps both. The result is byte for byte what feedgen
makes of the whole feed.

Reading order: `common.py` (addresses, ids, titles, links), `atom.py`, `rss.py` (both with
`feedgen_extension.py`), `jsonfeed.py`, `opml.py`. To add a format, copy `jsonfeed.py` and add its line.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from feeds.model import Entry, Feed, Site, Term
from feeds.publish.formats import atom, jsonfeed, rss
from feeds.publish.formats.fragment_cache import Envelope, Fragments

__all__ = ["FORMATS", "Format", "Fragments"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Format:
    """A format of feeds. `title` is for people, `name` is the suffix of its addresses."""

    name: str
    title: str
    media_type: str
    envelope: Callable[[Feed, Site], Envelope]
    date: Callable[[dt.datetime], bytes]
    fragment: Callable[[Entry, Site, Term | None, tuple[Term, ...]], bytes]
    separator: bytes = b""

    def render(self, feed: Feed, site: Site, cache: Fragments | None = None) -> bytes:
        """Return the whole document."""
        cache = Fragments() if cache is None else cache
        return self.assemble(feed, site, self.fragments(feed, site, cache), cache)

    def fragments(self, feed: Feed, site: Site, cache: Fragments) -> list[bytes]:
        """Return the rendered entries. One that cannot be rendered is logged and left out, and the others stay."""
        fragments = []
        for each in cache.entries(feed, site):
            fragment = each.by_format.get(self.name)
            if fragment is None:
                try:
                    fragment = self.fragment(each.entry, site, each.term, each.sections)
                except ValueError:
                    _log.exception("entry %s cannot be written as %s", each.entry.id, self.name)
                    continue
                each.by_format[self.name] = fragment
            fragments.append(fragment)
        return fragments

    def assemble(self, feed: Feed, site: Site, fragments: Iterable[bytes], cache: Fragments) -> bytes:
        """Return the document of `feed` with these fragments as its entries."""
        envelope = cache.envelope(self.name, feed, site, self.envelope)
        start = envelope.start + self.date(feed.updated) + envelope.middle
        return start + self.separator.join(fragments) + envelope.end


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        format.name: format
        for format in (
            Format("atom", "Atom", atom.MEDIA_TYPE, atom.envelope, atom.date, atom.fragment),
            Format("rss", "RSS", rss.MEDIA_TYPE, rss.envelope, rss.date, rss.fragment),
            Format(
                "json",
                "JSON Feed",
                jsonfeed.MEDIA_TYPE,
                jsonfeed.envelope,
                jsonfeed.date,
                jsonfeed.fragment,
                separator=b",",
            ),
        )
    }
)
