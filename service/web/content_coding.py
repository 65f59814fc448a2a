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

# No reader sends a longer field; longer ones are neither parsed nor cached.
_LONGEST = 256


def select(accept_encoding: str | None, available: Mapping[str, object]) -> str:
    """Return the best available coding; identity instead of 406, which would help nobody."""
    for coding in preferences(accept_encoding):
        if coding in available:
            return coding
    return IDENTITY


def preferences(accept_encoding: str | None) -> tuple[str, ...]:
    """Return the acceptable codings, best first; identity is always among them."""
    if not accept_encoding or len(accept_encoding) > _LONGEST:
        return (IDENTITY,)
    return _preferences(accept_encoding)


@lru_cache(maxsize=1024)
def _preferences(accept_encoding: str) -> tuple[str, ...]:
    quality = {name.lower(): q for name, q in parse_accept_header(accept_encoding, Accept)}
    others = quality.get("*", 0.0)
    # br only if it is named: `*` comes from readers that know nothing but gzip. Identity is always
    # acceptable, after everything that is named.
    ranked = (
        ("br", quality.get("br", 0.0)),
        ("gzip", quality.get("gzip", quality.get("x-gzip", others))),
        (IDENTITY, quality.get(IDENTITY, quality.get("*", 0.0005))),
    )
    order = sorted((pair for pair in ranked if pair[1] > 0), key=lambda pair: -pair[1])
    names = tuple(name for name, _ in order)
    return names if IDENTITY in names else (*names, IDENTITY)


def compress(body: bytes) -> dict[str, bytes]:
    """Return the codings that make `body` smaller; deterministic."""
    coded = {"br": brotli.compress(body, quality=5), "gzip": gzip.compress(body, 6, mtime=0)}
    return {coding: short for coding, short in coded.items() if len(short) < len(body)}
