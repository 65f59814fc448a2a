"""A feed → its bytes. A format is a module and one line in `FORMATS`.

Rendering is a pure function of the feed and the site: no clock, no locale, no host name. A document is an
envelope with a fragment for each entry, and fragments may be kept; what feedgen would make of the whole
feed is the same, byte for byte.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from feeds.formats import atom, jsonfeed, parts, rss
from feeds.formats.fragments import Fragments
from feeds.model import Entry, Feed, Site, Term

__all__ = ["FORMATS", "Format", "Fragments"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Format:
    """One way of writing a feed. `title` is for people, `name` is the suffix of its addresses."""

    name: str
    title: str
    media_type: str
    envelope: Callable[[Feed, Site], tuple[bytes, bytes]]
    fragment: Callable[[Entry, Site, Term | None, tuple[Term, ...]], bytes]
    separator: bytes = b""

    def render(self, feed: Feed, site: Site, fragments: Fragments | None = None) -> bytes:
        """The whole document. An entry that cannot be written is left out: it must not cost the others."""
        start, end = self.envelope(feed, site)
        kept = Fragments() if fragments is None else fragments
        return start + self.separator.join(self._entries(feed, site, kept)) + end

    def _entries(self, feed: Feed, site: Site, fragments: Fragments) -> Iterator[bytes]:
        for entry in feed.entries:
            term = parts.term(entry, feed)
            sections = tuple(filter(None, map(feed.sections.get, entry.sections)))
            try:
                yield fragments.get((self.name, entry.id), self.fragment, entry, site, term, sections)
            except ValueError:
                _log.exception("entry %s cannot be written as %s", entry.id, self.name)


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        format.name: format
        for format in (
            Format("atom", "Atom", atom.MEDIA_TYPE, atom.envelope, atom.fragment),
            Format("rss", "RSS", rss.MEDIA_TYPE, rss.envelope, rss.fragment),
            Format("json", "JSON Feed", jsonfeed.MEDIA_TYPE, jsonfeed.envelope, jsonfeed.fragment, b","),
        )
    }
)
