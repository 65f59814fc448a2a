"""Content codings: which one a reader prefers (RFC 9110 §12.5.3), and a page's bytes in each of them.

Documents are compressed where they are published; only what the web server itself makes is compressed here.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from functools import lru_cache

import brotli
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

IDENTITY = "identity"

# No reader's field is longer. A longer one is not worth its parsing, nor a place in the memo.
_LONGEST = 256


def select(accept_encoding: str | None, available: Mapping[str, object]) -> str:
    """The best coding on offer; identity rather than 406, which would help nobody."""
    for coding in preferences(accept_encoding):
        if coding in available:
            return coding
    return IDENTITY


def preferences(accept_encoding: str | None) -> tuple[str, ...]:
    """The codings that a reader takes, best first, identity always among them."""
    if not accept_encoding or len(accept_encoding) > _LONGEST:
        return (IDENTITY,)
    return _preferences(accept_encoding)


@lru_cache(maxsize=1024)
def _preferences(accept_encoding: str) -> tuple[str, ...]:
    quality = {name.lower(): q for name, q in parse_accept_header(accept_encoding, Accept)}
    others = quality.get("*", 0.0)
    # br goes only to who names it: `*` comes from readers that know nothing but gzip. Identity needs no
    # naming, and stands behind everything that is named.
    ranked = (
        ("br", quality.get("br", 0.0)),
        ("gzip", quality.get("gzip", quality.get("x-gzip", others))),
        (IDENTITY, quality.get(IDENTITY, quality.get("*", 0.0005))),
    )
    order = sorted((pair for pair in ranked if pair[1] > 0), key=lambda pair: -pair[1])
    names = tuple(name for name, _ in order)
    return names if IDENTITY in names else (*names, IDENTITY)


def compress(body: bytes) -> dict[str, bytes]:
    """The codings that make `body` smaller, the same bytes every time."""
    coded = {"br": brotli.compress(body, quality=5), "gzip": gzip.compress(body, 6, mtime=0)}
    return {coding: short for coding, short in coded.items() if len(short) < len(body)}
