"""Deltas: what is new in a feed since each of its last versions (RFC 3229, the `feed` manipulation).

They are finished when the feed is published. Of a version nothing is kept but short digests of what it
held: to its readers an entry is new if its bytes were not among that, whatever has changed them. A delta
holds entries of the newest version only; what has left its window has left for everybody.
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
"""How many versions before the newest are led from."""

_DIGEST_SIZE = 8


@dataclass(frozen=True)
class FeedVersion:
    """One feed in one format, about to be published."""

    format: Format
    feed: Feed
    site: Site
    memory: Fragments

    def whole(self) -> bytes:
        return self.format.render(self.feed, self.site, self.memory)

    def without(self, held: Collection[bytes]) -> bytes:
        """The document with the parts only that are not held, by their digests.

        It is no document that archive pages continue (RFC 5005 §4), so it does not lead to them.
        """
        stones = tuple(stone for digest, stone in self._stones.items() if digest not in held)
        about = replace(self.feed, tombstones=stones, prev_archive=None)
        new = (piece for digest, piece in self._pieces.items() if digest not in held)
        return self.format.assemble(about, self.site, new, self.memory)

    def digests(self) -> bytes:
        """What the document holds, one digest after the other."""
        return b"".join((*self._pieces, *self._stones))

    @cached_property
    def _pieces(self) -> Mapping[bytes, bytes]:
        return {_digest(piece): piece for piece in self.format.pieces(self.feed, self.site, self.memory)}

    @cached_property
    def _stones(self) -> Mapping[bytes, Entry]:
        return {_digest(f"{each.id} {each.retracted}".encode()): each for each in self.feed.tombstones}


def advance(kept: Sequence[Version], edition: FeedVersion, *, path: str, etag: str) -> tuple[Version, ...]:
    """The versions to keep once the edition is published with this etag, the newest first.

    A version from which half of the document is new is of no use any more, nor are those before it.
    """
    newest = Version(path, etag, edition.digests())
    size = len(edition.whole())
    older: list[Version] = []
    for version in kept[:KEPT]:
        body = edition.without(_split(version.parts))
        if 2 * len(body) >= size:
            break
        if version.etag != etag:
            older.append(replace(version, delta=Delta(etag, body, _compress(body))))
    return newest, *older


def _compress(body: bytes) -> dict[str, bytes]:
    """One coding will do: every reader that asks for deltas takes it."""
    short = gzip.compress(body, 9, mtime=0)
    return {"gzip": short} if len(short) < len(body) else {}


def _digest(part: bytes) -> bytes:
    return hashlib.blake2b(part, digest_size=_DIGEST_SIZE).digest()


def _split(parts: bytes) -> frozenset[bytes]:
    return frozenset(parts[at : at + _DIGEST_SIZE] for at in range(0, len(parts), _DIGEST_SIZE))
