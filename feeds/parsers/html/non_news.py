"""Recognise records that are not news: people, products, places to visit, links to the parts of a site.

They have a price, a phone number or a menu where news has a date, so only undated records are checked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from feeds.parsers.html.field_candidates import FieldCandidate
from feeds.parsers.html.fields.recurring_labels import is_name

_MOST = 0.8
_HALF = 0.5
_FEWEST = 4
_SHORT = 40
_NAV_LINKS = 2
_CURRENCY = r"(?:[€$£¥₽₹₺]|[A-Z]{3})"
_PRICE = re.compile(
    rf"\W{{0,3}}(?:[^\W\d]{{2,6}}:?\s)?(?:{_CURRENCY}\s?\d[\d.,\s]*"
    rf"|\d[\d.,\s]*(?:{_CURRENCY}|zł|kr|Kč|Ft|lei|грн|руб)\.?)\W*"
)
_PHONE = re.compile(r"(?:[^\W\d]{1,12}[.:]{0,2}\s?)?\+?(?:[\s()/.–-]*\d){7,15}")


def is_non_news(titles: Sequence[str], records: Sequence[Sequence[FieldCandidate]]) -> bool:
    """Whether records with these titles are people, products, places or link hubs."""
    headed = [name for name in map(_heading_of_person, records) if name]
    persons = max(sum(map(is_name, titles)), len(headed) if len(set(headed)) == len(headed) else 0)
    return persons > _MOST * len(titles) or any(
        sum(map(has_evidence, records)) > _HALF * len(records)
        for has_evidence in (_contains(_PRICE), _contains(_PHONE), _is_link_hub)
    )


def _heading_of_person(candidates: Sequence[FieldCandidate]) -> str | None:
    """Return the first heading if all headings of the record are names of persons.

    The caller also requires the names to be distinct: topics may look like names, but recur.
    """
    headed = [candidate.text for candidate in candidates if candidate.heading is not None]
    return headed[0] if headed and all(map(is_name, headed)) else None


def is_site_map(hrefs: Sequence[str]) -> bool:
    """Whether most addresses are parents or children of each other, as in a site map."""
    paths = {href.partition("?")[0].rstrip("/") for href in hrefs}
    held = [path for path in paths if path.rpartition("/")[0] in paths - {""}]
    holders = {path.rpartition("/")[0] for path in held}
    return len(paths) >= _FEWEST and len({*held, *holders}) > _HALF * len(paths)


def _contains(pattern: re.Pattern[str]) -> Callable[[Sequence[FieldCandidate]], bool]:
    """Return a check whether a record has a short text that fully matches the pattern."""
    return lambda candidates: any(
        len(candidate.text) < _SHORT and pattern.fullmatch(candidate.text) for candidate in candidates
    )


def _is_link_hub(candidates: Sequence[FieldCandidate]) -> bool:
    """Whether a record is a heading with a menu: several links on lines of their own."""
    own = {
        candidate.link.get("href")
        for candidate in candidates
        if candidate.link is not None and candidate.heading is not None
    }
    nav_links = {
        candidate.link.get("href") for candidate in candidates if candidate.link is not None and candidate.whole
    }
    return len(own) == 1 and len(nav_links - own) >= _NAV_LINKS
