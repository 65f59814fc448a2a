"""Prior plausibility of the parts of a page: menus, side columns, footers and comments are rarely listings.

The prior comes from element names and ARIA roles, then from common class names. A part that contains most
of the page's text is treated as the main part, whatever it is called (compare boilerplate detection,
Kohlschütter et al. 2010).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping

from feeds.parsers.html.dom import Node, Page

MAIN = 1.3
_MOST = 0.5

# The prior of a listing in such a part. Below `SECONDARY` it is used only if there is nothing else.
SECONDARY = 0.5
_TAGS: Mapping[str, float] = {"nav": 0.1, "thead": 0.1, "footer": 0.2, "aside": 0.4, "main": MAIN}
_ROLES: Mapping[str, float] = {
    "navigation": 0.1,
    "menu": 0.1,
    "menubar": 0.1,
    "contentinfo": 0.2,
    "complementary": 0.4,
    "search": 0.1,
    "dialog": 0.1,
    "main": MAIN,
}
_WORDS: Mapping[str, float] = {
    word: prior
    for prior, names in (
        (0.1, "nav navbar navigation menu submenu topnav subnav breadcrumb breadcrumbs"),
        (0.1, "pager pagination paging share social cookie login toolbar"),
        (0.2, "footer comments comment respond copyright sitemap tagcloud"),
        (0.3, "related popular trending recommended recommend ranking"),
        (0.4, "sidebar secondary aside banner promo ad ads advertisement"),
    )
    for word in names.split()
}
# A part with one of these words too contains several parts, such as content-sidebar-wrap.
_CONTENT = frozenset(("content", "main"))


class PageRegions:
    """Gives the prior of a listing in any element of a page."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._lengths = [0]
        for line in page.lines:
            self._lengths.append(self._lengths[-1] + len(line.text))
        self._known: dict[int, float] = {0: 1.0}

    def prior(self, node: Node) -> float:
        """Return the lowest prior of the element and its ancestors; more than 1 within the main part."""
        if node.start not in self._known:
            above = 1.0 if node.parent is None else self.prior(node.parent)
            own = self._own(node)
            if own < 1.0 and self._share(node) > _MOST:
                own = 1.0
            self._known[node.start] = min(above, own) if min(above, own) < 1.0 else max(above, own)
        return self._known[node.start]

    def _own(self, node: Node) -> float:
        if node.tag in {"body", "html"}:
            return 1.0
        named = [] if node.words & _CONTENT else [_WORDS[word] for word in node.words if word in _WORDS]
        if node.tag in _TAGS:
            named.append(_TAGS[node.tag])
        if role := node.get("role"):
            named.append(_ROLES.get(role, 1.0))
        return min(named, default=1.0)

    def _share(self, node: Node) -> float:
        first, last = (bisect_left(self._page.offsets, offset) for offset in (node.start, node.end))
        return (self._lengths[last] - self._lengths[first]) / max(1, self._lengths[-1])
