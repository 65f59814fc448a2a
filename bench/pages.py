"""The cost of reading an HTML page, with and without selectors, compared with selectolax alone."""

from __future__ import annotations

import random
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser

from bench.measure import Row, alternate, work
from bench.samples import words
from feeds.config import Source
from feeds.config.source import Select
from feeds.model import Document
from feeds.parsers import parse

ITEMS = 230
_URL = "https://news.example/news"
_SAID = {"link": "href", "date": "datetime"}
_FIELDS = {"title": ".title", "link": ".title a", "date": "time", "label": ".category", "summary": ".text"}


def rows() -> Iterator[Row]:
    document = Document(_URL, page(ITEMS).encode(), "text/html")
    auto = Source(name="auto", url=_URL)
    selected = Source(name="selected", url=_URL, select=Select(item="article", **_FIELDS))
    read, found = parse(document, auto), parse(document, selected)
    assert [item.title for item in read.items] == [item.title for item in found.items]
    assert len(read.items) == ITEMS
    taken = alternate(
        {
            "auto": work(lambda: parse(document, auto)),
            "html": work(lambda: parse(document, selected)),
            "queries": work(lambda: _ask(document.body)),
            "parse": work(lambda: LexborHTMLParser(document.body), times=3),
        },
        rounds=11,
    )
    size = f"{len(document.body) // 1000} kB, {ITEMS} items"
    yield Row(f"page read, {size}", taken["auto"], "selectolax, parsed only", taken["parse"], "")
    yield Row(f"page read, {size}", taken["auto"], "selectolax, 5 selectors", taken["queries"], "2 x")
    yield Row("the same page by selectors", taken["html"], "selectolax, 5 selectors", taken["queries"], "2 x")


def _ask(body: bytes) -> list[list[str | None]]:
    """Do the least work that reads the same five fields."""
    found = []
    for item in LexborHTMLParser(body).css("article"):
        nodes = {name: item.css_first(css) for name, css in _FIELDS.items()}
        texts = [node.text() for name, node in nodes.items() if name not in _SAID and node is not None]
        said = [node.attributes.get(_SAID[name]) for name, node in nodes.items() if name in _SAID and node]
        found.append([*texts, *said])
    return found


def page(count: int) -> str:
    """Return a page as content management systems make them: menus, teasers with five fields, a footer."""
    dice = random.Random(count)
    menu = "".join(f'<li><a href="/s{number}">{words(2, dice)}</a></li>' for number in range(100))
    items = "\n".join(_teaser(number, dice) for number in range(count))
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>News</title></head><body>'
        f'<nav><ul>{menu}</ul></nav><main><h1>News</h1><div class="list">{items}</div></main>'
        f"<footer><ul>{menu}</ul></footer></body></html>"
    )


def _teaser(number: int, dice: random.Random) -> str:
    year, month, day = 2026 - number // 84, 12 - number // 7 % 12, 28 - number % 7 * 4
    label = dice.choice(("Events", "Planning", "Culture"))
    return f"""<article class="teaser news">
  <a class="picture" href="/news/{number}"><img src="/media/{number}.jpg" alt="" width="320" height="180"></a>
  <div class="teaser-body">
    <p class="meta"><span class="category"><a href="/category/{label.lower()}">{label}</a></span>
      <time class="teaser-date" datetime="{year}-{month:02}-{day:02}">{day}.{month}.{year}</time></p>
    <h3 class="title"><a href="/news/{number}">{words(8, dice)}</a></h3>
    <p class="text">{words(24, dice)}. {words(24, dice)}.</p>
    <a class="teaser-more" href="/news/{number}">Read more<span class="hidden-text"> of this</span></a>
  </div>
</article>"""
