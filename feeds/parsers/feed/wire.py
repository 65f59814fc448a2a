"""Types for a feed of any format as it was received, with every text as plain text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from feeds.model import Problem
from feeds.parsers.nesting.parsing import parse_html
from feeds.unicode import normalise as texts

_BREAKS = "p, div, li, br, tr, dd, dt, pre, blockquote, h1, h2, h3, h4, h5, h6, figure, figcaption"
_UNSEEN = ["script", "style", "template", "iframe", "svg"]
_BREAK = "\x1e"
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Post:
    """One entry of a feed. `link` may be relative; `content` is the whole article."""

    id: str | None = None
    title: str | None = None
    link: str | None = None
    date: str | None = None
    updated: str | None = None
    label: str | None = None
    summary: str | None = None
    content: str | None = None
    credit: str | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    """A feed: what it says about itself, and its entries."""

    posts: tuple[Post, ...]
    title: str | None = None
    id: str | None = None
    link: str | None = None
    updated: str | None = None
    language: str | None = None
    problems: tuple[Problem, ...] = ()
    complete: bool = True


def plain(html: str | None, name: str) -> str | None:
    """Return the text of HTML with a blank line between paragraphs. Raises ParseError too_deep."""
    if not html:
        return None
    parser = parse_html(_SPACE.sub(" ", html), name)
    parser.strip_tags(_UNSEEN)
    for node in parser.css(_BREAKS):
        node.insert_before(_BREAK)
        node.insert_after(_BREAK)
    text = parser.root.text() if parser.root is not None else ""
    return texts.paragraphs(text.replace(_BREAK, "\n\n")) or None
