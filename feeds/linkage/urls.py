"""URLs of items made comparable: without tracking parameters and session ids"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

_TRACKING = re.compile(r"^(utm_\w+|fbclid|gclid|mc_[ce]id|igshid|phpsessid|jsessionid)$", re.I)


_SESSION = re.compile(r";jsessionid=[^/;]*", re.I)


def url_key(link: str) -> str:
    """A link without what may be tidied away: scheme, www, tracking parameters, anchor, last slash."""
    parts = _parts(link)
    if parts is None:
        return link.strip()
    query = f"?{parts.query}" if parts.query else ""
    route = f"#{parts.fragment}" if parts.fragment else ""
    return parts.netloc.removeprefix("www.") + parts.path.rstrip("/") + query + route


def strip_tracking(link: str) -> str:
    """A link without what says nothing of where it leads: tracking parameters, a place within the page."""
    parts = _parts(link)
    return link.strip() if parts is None else urlunsplit(parts)


def _parts(link: str) -> SplitResult | None:
    try:
        parts = urlsplit(link.strip())
    except ValueError:
        return None
    query = urlencode([pair for pair in parse_qsl(parts.query) if not _TRACKING.match(pair[0])])
    # A fragment that is a path is an address of its own.
    route = parts.fragment if parts.fragment.startswith(("/", "!")) else ""
    path = _SESSION.sub("", parts.path)
    return parts._replace(netloc=parts.netloc.casefold(), path=path, query=query, fragment=route)
