"""Deltas: what is new in a feed since each of its last versions (RFC 3229, the `feed` manipulation).

They are rendered when the feed is published. Of an older version only short digests of its entries are kept: an
entry is new to its readers if its bytes are not among them, whatever changed them. A delta holds only entries of
the newest version.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from feeds.model import Entry, Feed, Site
from feeds.publish.formats import Format, Fragments
from feeds.store import Delta, Version

KEPT = 8
"""How many versions before the newest get a delta."""

_DIGEST_SIZE = 8


@dataclass(frozen=True)
class FeedVersion:
    """One feed in one format, to be published."""

    format: Format
    feed: Feed
    site: Site
    cache: Fragments

    def whole(self) -> bytes:
        """Return the whole document."""
        return self.format.render(self.feed, self.site, self.cache)

    def without(self, known: Collection[bytes]) -> bytes:
        """Return the document without the entries and tombstones that are known, by their digests.

        Archive pages do not continue such a document (RFC 5005 §4), so it does not link to them.
        """
        tombstones = tuple(each for digest, each in self._tombstones.items() if digest not in known)
        about = replace(self.feed, tombstones=tombstones, prev_archive=None)
        new = (fragment for digest, fragment in self._fragments.items() if digest not in known)
        return self.format.assemble(about, self.site, new, self.cache)

    def digests(self) -> bytes:
        """Return the digests of all entries and tombstones, concatenated."""
        return b"".join((*self._fragments, *self._tombstones))

    @cached_property
    def _fragments(self) -> Mapping[bytes, bytes]:
        return {_digest(each): each for each in self.format.fragments(self.feed, self.site, self.cache)}

    @cached_property
    def _tombstones(self) -> Mapping[bytes, Entry]:
        return {_digest(f"{each.id} {each.retracted}".encode()): each for each in self.feed.tombstones}


def advance(kept: Sequence[Version], newest: FeedVersion, *, path: str, etag: str) -> tuple[Version, ...]:
    """Return the versions to keep once the newest is published with this etag, the newest first.

    An older version is dropped, with those before it, once its delta is half as long as the whole document.
    """
    size = len(newest.whole())
    older: list[Version] = []
    for version in kept[:KEPT]:
        body = newest.without(_split(version.parts))
        if 2 * len(body) >= size:
            break
        if version.etag != etag:
            older.append(replace(version, delta=Delta(etag, body, _compress(body))))
    return Version(path, etag, newest.digests()), *older


def _compress(body: bytes) -> dict[str, bytes]:
    """Return the gzip coding if it is shorter. Every reader that asks for deltas accepts gzip."""
    compressed = gzip.compress(body, 9, mtime=0)
    return {"gzip": compressed} if len(compressed) < len(body) else {}


def _digest(part: bytes) -> bytes:
    return hashlib.blake2b(part, digest_size=_DIGEST_SIZE).digest()


def _split(parts: bytes) -> frozenset[bytes]:
    return frozenset(parts[at : at + _DIGEST_SIZE] for at in range(0, len(parts), _DIGEST_SIZE))
