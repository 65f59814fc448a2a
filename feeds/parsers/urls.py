"""Make links absolute, for pages, feeds and redirects."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urljoin

_ROOTED = re.compile(r"/(?:[\w~%+-][\w~%+.-]*(?:/(?=[\w~%+-])|/?$))*(?:\?[^#\s]+)?(?:#\S+)?", re.ASCII)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


def _joined(base: str, href: str) -> str:
    """Resolve a link (RFC 3986 §5); a plain path from the root takes a shortcut."""
    if href[0] == "/" and _ROOTED.fullmatch(href):
        return _origin(base) + href
    # A link without a path, such as "http:", would inherit the query of the page's address.
    return urljoin(base.partition("?")[0], href)


@lru_cache(maxsize=64)
def _origin(base: str) -> str:
    return urljoin(base, "/")[:-1]


def relative(base: str, href: str | None) -> str | None:
    """Return a link as written if it leads to a page, but the base has no address to resolve it against."""
    href = (href or "").strip()
    if not href or href.startswith("#") or _SCHEME.match(href) or absolute(base, href) is not None:
        return None
    return None if base.lower().startswith(("https://", "http://")) else href


def absolute(base: str, href: str) -> str | None:
    """Return a link resolved against the base; None if it is empty, a fragment, or not http or https."""
    href = _CONTROLS.sub("", href).strip() if not href.isprintable() else href.strip()
    if not href or href.startswith("#"):
        return None
    try:
        url = href if href.startswith(("https://", "http://")) else _joined(base, href)
    except ValueError:
        return None
    return url.replace(" ", "%20") if url.lower().startswith(("https://", "http://")) else None
