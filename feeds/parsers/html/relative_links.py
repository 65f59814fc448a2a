"""Report the links of a saved page that only the page's address can make absolute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from feeds.model import Listing, Problem


def with_relative_links(listing: Listing, written: Sequence[str | None]) -> Listing:
    """Return the listing with its relative links, one or None for each item, and a problem that says what to do."""
    links = [link for link in written if link is not None]
    if not links:
        return listing
    line = next(item.line for item, link in zip(listing.items, written, strict=True) if link is not None)
    what = "1 link is" if len(links) == 1 else f"{len(links)} links are"
    remedy = "give the page's address with the key base of the source, or preview --base URL"
    problem = Problem(line, f"{what} relative, such as {links[0][:200]}: {remedy}")
    return replace(listing, problems=(*listing.problems, problem), relative_links=tuple(written))
