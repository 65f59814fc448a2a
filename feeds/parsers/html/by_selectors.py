"""Read a Listing from an HTML page with CSS selectors, and nothing beyond them."""

from __future__ import annotations

from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from feeds.config import Source
from feeds.errors import ParseError
from feeds.model import Document, Item, Listing, Section
from feeds.parsers.html.dom import INLINE
from feeds.parsers.html.dom_builder import base_of, is_complete, language_of_page
from feeds.parsers.html.fields.dates import date_in_attributes, is_date
from feeds.parsers.html.relative_links import with_relative_links
from feeds.parsers.html.wrapper_induction import Selectors
from feeds.parsers.line_numbers import LineNumbers
from feeds.parsers.nesting.parsing import parse_html
from feeds.parsers.urls import absolute, relative
from feeds.unicode import normalise as texts
from feeds.unicode.decoding import decode

_HEADINGS = "h1, h2, h3, h4, h5, h6"
_MACHINE = ("datetime", "content")
_BLOCKS = "p, li, blockquote, dd, div"


def read_html(document: Document, source: Source) -> Listing:
    """Return the listing that the source's selectors find."""
    if source.select is None:
        raise ParseError("selectors", f'{document.name}: parser = "html" reads by select, which is missing')
    return read_selected(document, Selectors(**source.select.model_dump()))


def read_selected(document: Document, selectors: Selectors) -> Listing:
    """Return the listing that the selectors find; elements without a title are left out."""
    html, problems = decode(document)
    parser = parse_html(html, document.name)
    base = base_of(parser, document.base or document.name)
    line_numbers = LineNumbers(html)
    found = tuple(_items(parser, selectors, base, line_numbers))
    items = tuple(item for item, _ in found)
    sections = (Section(None, items[0].line, items),) if items else ()
    whole = is_complete(html)
    listing = Listing(document.name, sections, problems, language_of_page(parser), whole, closed=whole)
    return with_relative_links(listing, [link for _, link in found])


def _items(
    parser: LexborHTMLParser, selectors: Selectors, base: str, line_numbers: LineNumbers
) -> Iterator[tuple[Item, str | None]]:
    """Yield each item, with its link as written if that cannot be resolved."""
    languages = (language_of_page(parser) or "en",)
    for element in parser.css(selectors.item):
        title = _first(element, selectors.title or _HEADINGS) or _first(element, "a[href]")
        if title is None or not (text := _text(title)):
            continue
        href = _href(element, title, selectors.link)
        item = Item(
            line=line_numbers.line_of(href, text),
            title=text,
            link=absolute(base, href) if href else None,
            date=_date(_first(element, selectors.date), languages),
            label=_text(_first(element, selectors.label)),
            summary=_paragraphs(_first(element, selectors.summary)),
            credit=_text(_first(element, selectors.credit)),
        )
        yield item, relative(base, href)


def _first(element: LexborNode, selector: str | None) -> LexborNode | None:
    """Return the first match within an element or the element itself: a whole card may be the link."""
    return None if selector is None else element.css_first(selector)


def _text(node: LexborNode | None) -> str | None:
    return None if node is None else texts.line("".join(_shown(node))) or None


def _shown(node: LexborNode) -> Iterator[str]:
    """Yield the text of an element, with a space for each block and line break."""
    only = node.first_child
    while only is not None and only.next is None and not only.is_text_node:
        only = only.first_child
    if only is not None and only.next is None:
        yield only.text_content or ""
        return
    for part in node.traverse(include_text=True):
        if part.is_text_node:
            yield part.text_content or ""
        elif part.tag not in INLINE:
            yield " "


def _href(element: LexborNode, title: LexborNode, selector: str | None) -> str | None:
    if selector is not None:
        return _address(_first(element, selector))
    inner = title.css_first("a[href]")
    return _address(title) or _address(inner) or _address(_around(title)) or _address(_first(element, "a[href]"))


def _around(node: LexborNode) -> LexborNode | None:
    """Return the link around an element."""
    above = node.parent
    while above is not None and above.tag != "a":
        above = above.parent
    return above


def _address(node: LexborNode | None) -> str | None:
    """Return the target of a link, of an element with `href` for a script, or of the first link within."""
    if node is None:
        return None
    if href := node.attributes.get("href"):
        return href
    inner = node.css_first("a[href]")
    return None if inner is None else inner.attributes.get("href")


def _date(node: LexborNode | None, languages: tuple[str, ...]) -> str | None:
    """Return the machine-readable date of an element, else its text; day, month and year may be elements."""
    if node is None:
        return None
    attributes = node.attributes
    given = next((attributes[name] for name in _MACHINE if attributes.get(name)), None)
    if given := given or date_in_attributes(attributes, languages):
        return texts.line(given)
    printed = _text(node)
    if printed is not None and not is_date(printed, languages):
        parts = " ".join(part.text_content or "" for part in node.traverse(include_text=True) if part.is_text_node)
        if is_date(texts.line(parts), languages):
            return texts.line(parts)
    return printed


def _paragraphs(node: LexborNode | None) -> str | None:
    if node is None:
        return None
    blocks = [] if node.tag == "p" else node.css("p")
    parts = [block.text() for block in blocks] if blocks else [node.text()]
    return "\n\n".join(line for part in parts if (line := texts.line(part))) or None
