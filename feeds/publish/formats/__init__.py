"""A feed → its bytes. A format is a module and one line in `FORMATS`.

Rendering is a pure function of the feed and the site: no clock, no locale, no host name. A document is an
envelope with a fragment for each entry, and fragments may be kept; what feedgen would make of the whole
feed is the same, byte for byte.
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
    """One way of writing a feed. `title` is for people, `name` is the suffix of its addresses."""

    name: str
    title: str
    media_type: str
    envelope: Callable[[Feed, Site], Envelope]
    date: Callable[[dt.datetime], bytes]
    fragment: Callable[[Entry, Site, Term | None, tuple[Term, ...]], bytes]
    separator: bytes = b""

    def render(self, feed: Feed, site: Site, memory: Fragments | None = None) -> bytes:
        """The whole document."""
        memory = Fragments() if memory is None else memory
        return self.assemble(feed, site, self.pieces(feed, site, memory), memory)

    def pieces(self, feed: Feed, site: Site, memory: Fragments) -> list[bytes]:
        """The entries. One that cannot be written is left out: it must not cost the others."""
        pieces = []
        for each in memory.entries(feed, site):
            piece = each.forms.get(self.name)
            if piece is None:
                try:
                    piece = self.fragment(each.entry, site, each.term, each.sections)
                except ValueError:
                    _log.exception("entry %s cannot be written as %s", each.entry.id, self.name)
                    continue
                each.forms[self.name] = piece
            pieces.append(piece)
        return pieces

    def assemble(self, feed: Feed, site: Site, pieces: Iterable[bytes], memory: Fragments) -> bytes:
        """A document about `feed` that holds these of its entries."""
        around = memory.envelope(self.name, feed, site, self.envelope)
        start = around.start + self.date(feed.updated) + around.middle
        return start + self.separator.join(pieces) + around.end


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
