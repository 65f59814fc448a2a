"""URLs of items made comparable: without tracking parameters and session ids."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

_TRACKING = re.compile(r"^(utm_\w+|fbclid|gclid|mc_[ce]id|igshid|phpsessid|jsessionid)$", re.I)
_SESSION = re.compile(r";jsessionid=[^/;]*", re.I)


def url_key(link: str) -> str:
    """Return what identifies a link's target: without scheme, www, tracking parameters, anchor and last slash."""
    parts = _parts(link)
    if parts is None:
        return link.strip()
    query = f"?{parts.query}" if parts.query else ""
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    return parts.netloc.removeprefix("www.") + parts.path.rstrip("/") + query + fragment


def strip_tracking(link: str) -> str:
    """Return a link without tracking parameters, session ids and the anchor within the page."""
    parts = _parts(link)
    return link.strip() if parts is None else urlunsplit(parts)


def _parts(link: str) -> SplitResult | None:
    try:
        parts = urlsplit(link.strip())
    except ValueError:
        return None
    query = urlencode([pair for pair in parse_qsl(parts.query) if not _TRACKING.match(pair[0])])
    # A fragment that is a path names a page of its own (client-side routing).
    fragment = parts.fragment if parts.fragment.startswith(("/", "!")) else ""
    path = _SESSION.sub("", parts.path)
    return parts._replace(netloc=parts.netloc.casefold(), path=path, query=query, fragment=fragment)
