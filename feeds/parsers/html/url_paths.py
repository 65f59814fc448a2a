"""What the folders of a URL say about its target."""

from __future__ import annotations

import re
from urllib.parse import unquote

from feeds.parsers.lexicon.field_names import TOO_GENERAL, may_mean
from feeds.unicode.cache import cache_short_texts

_PARTS = re.compile(r"(?<=/)@(?=\w)|[a-z]+|[^\W\d_]+")
# Some systems number their categories, as in `blog-category-7.html` or `?cat=7`.
_NUMBERED = re.compile(r"(?:^|[-_/?&])(?:cat|cate|category|categories|tag|tags)(?:[-_=]|id=)?\d+(?:\.\w+)?(?:$|[/&#])")


@cache_short_texts(4096)
def words_of(href: str) -> tuple[str, ...]:
    """Return the words in the folders of a URL; the last part counts only if there are no folders.

    A last part that begins with @ counts too: it is a person on any site.
    """
    path, query, _ = unquote(href).lower().partition("?")
    folders, _, last = path.rstrip("/").rpartition("/")
    whole = query or folders in ("", ".", "..") or last.startswith("@")
    return tuple(_PARTS.findall(f"{folders}/{last}" if whole else folders))


@cache_short_texts(4096)
def leads_to_label(href: str) -> bool:
    """Whether a URL is that of a label, such as /category/energy, /tag/energy or ?cat=7."""
    parts = unquote(href.partition("?")[0]).lower().split("/")
    if any(part not in TOO_GENERAL and may_mean(part, "label") for part in parts[:-1]):
        return True
    return _NUMBERED.search(href.lower()) is not None
