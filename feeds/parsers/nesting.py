"""How deep a page's elements nest, told from its bytes in one linear pass, before any parser sees them.

Parsers lose what lies too deep, or take quadratic time over it: one that is asked 10⁵ levels deep is a
fault of the source, not of the parser. Formatting elements that are never closed are opened again in every
block (HTML §13.2.4.3, "reconstruct the active formatting elements"), so they count for each block.
"""

from __future__ import annotations

import re
from collections import Counter

from feeds.errors import ParseError
from feeds.unicode.normalise import words

DEEPEST = 200
MOST_REOPENED = 200_000

# A quote opens a value only behind "="; anywhere else it is a character like others (HTML §13.2.5.37).
# What has no end reaches to the end of the document: so no start is looked at twice.
_TAG = re.compile(
    r"<!--.*?(?:-->|\Z)|<(?:script|style|textarea|title|xmp)\b.*?(?:</(?:script|style|textarea|title|xmp)|\Z)"
    r"|<(/?)([a-z][^\s/>]*+)(?:[^>=]++|=\s*+(?:\"[^\"]*+\"?|'[^']*+'?|[^\s>]*+))*+>?",
    re.IGNORECASE | re.DOTALL,
)
# Elements that cannot hold themselves: void ones, and those whose end tag the next one implies.
_FLAT = words(
    """area base br col embed hr img input link meta param source track wbr p li dt dd tr td th thead tbody
    tfoot option optgroup html head body"""
)
_FORMATTING = words("a b big code em font i nobr s small strike strong tt u")


def check_nesting(html: str, name: str) -> None:
    """Refuse a page whose elements nest deeper than `DEEPEST`."""
    stack: list[str] = []
    counts: Counter[str] = Counter()
    unclosed = reopened = 0
    for slash, written in _TAG.findall(html):
        tag = written if written.islower() else written.lower()
        if tag in _FORMATTING:
            unclosed = max(0, unclosed + (-1 if slash else 1))
        elif unclosed and not slash:
            reopened += unclosed
            if reopened > MOST_REOPENED:
                break
        if tag in _FLAT:
            continue
        if not slash:
            stack.append(tag)
            if len(stack) > DEEPEST:
                break
            counts[tag] += 1
        elif counts[tag]:
            while (last := stack.pop()) != tag:
                counts[last] -= 1
            counts[tag] -= 1
    else:
        return
    raise ParseError("too_deep", f"{name}: elements nest deeper than {DEEPEST}")
