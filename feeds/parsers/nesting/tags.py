"""Tags in HTML as a tokenizer finds them, and the categories of elements that tree construction tells apart."""

from __future__ import annotations

import re

from feeds.unicode.normalise import words

# A quote begins a value only after "="; elsewhere it is an ordinary character (HTML §13.2.5.37). An unclosed
# comment or tag matches up to the end of the document, so no position is scanned twice.
_ATTRIBUTES = (
    r"(?P<attributes>(?:[\s/]++|[^\s/>][^\s/>=]*+(?:\s*+=\s*+"
    r"(?:\"[^\"]*+\"?|'[^']*+'?|(?P<unquoted>[^\s>\"'][^\s>]*+))?+)?+)*+)>?"
)
_OTHER = r"<!--(?:-?>|.*?(?:--!?>|\Z))|<!(?P<cdata>\[CDATA\[)?[^>]*+>?|<(?:\?|/(?![a-zA-Z]))[^>]*+>?"
_RAW = "script style textarea title xmp iframe noembed noframes"
TAG = re.compile(rf"{_OTHER}|<(?P<slash>/?)(?P<tag>[a-zA-Z][^\s/>]*+){_ATTRIBUTES}", re.DOTALL)
# As above, with the whole content of raw text elements as one match.
TAG_WITH_RAW_TEXT = re.compile(
    rf"{_OTHER}|<(?P<slash>/?)(?P<tag>(?P<raw>(?:{_RAW.replace(' ', '|')})(?=[\s/>]))|[a-zA-Z][^\s/>]*+){_ATTRIBUTES}"
    r"(?(raw).*?(?:</(?P=raw)(?=[\s/>])|\Z))",
    re.DOTALL | re.IGNORECASE,
)
RAW = {tag: re.compile(rf"</{tag}(?=[\s/>])", re.IGNORECASE) for tag in _RAW.split()}
CDATA_END = re.compile(r"\]\]>|\Z")
VOID = words("area base br col embed hr img input link meta param source track wbr basefont bgsound frame keygen")
IGNORED = words("html head body frameset")
FORMATTING = words("a b big code em font i nobr s small strike strong tt u")
HEADINGS = words("h1 h2 h3 h4 h5 h6")
BLOCKS = words(
    """address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer form header
    hgroup listing main menu nav ol p pre search section summary ul"""
)
CLOSE_P = BLOCKS | HEADINGS | words("hr li dd dt plaintext")
SECTIONS = words("tbody thead tfoot")
TABLE_PARTS = SECTIONS | words("caption colgroup td th tr")
CELLS = words("caption td th")
OBJECTS = words("applet marquee object")
SCOPES = CELLS | OBJECTS | words("table template select")
ENDED_IN_SCOPE = BLOCKS | OBJECTS | words("button dd dt select")
# Special elements (HTML §13.2.4.2) are not closed by the end tag of an ordinary element around them.
SPECIAL = (
    (CLOSE_P - {"dialog"})
    | TABLE_PARTS
    | SCOPES
    | words("button iframe noscript annotation-xml desc foreignobject mi mn mo ms mtext")
)
ENDS_LIST_SEARCH = SPECIAL - words("address div p li dd dt")
NO_REOPENING = CLOSE_P | words("table template param source track col base link meta frame rb rp rt rtc")
IMPLIED_ENDS = words("dd dt li optgroup option p rb rp rt rtc")
BREAK_OUT = words(
    """b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing menu meta
    nobr ol p pre ruby s small span strong strike sub sup table tt u ul var"""
)
INTEGRATION = {"svg": words("foreignobject desc title"), "math": words("mi mo mn ms mtext")}
ORDINARY = ("html element",)
INTEGRATION_GROUPS = ("scope", "special", "ends list search")
GROUPS = {
    tag: (
        "html element",
        *(["scope"] if tag in SCOPES else []),
        *(["special"] if tag in SPECIAL else []),
        *(["ends list search"] if tag in ENDS_LIST_SEARCH else []),
    )
    for tag in SPECIAL
}
# What closes other elements by itself, and so may close formatting elements that are opened again later.
IMPLICIT_CLOSERS = IMPLIED_ENDS | TABLE_PARTS | words("button select")
# Elements of SVG that contain no HTML.
SVG_SHAPES = words(
    """svg g path circle rect line polygon polyline ellipse use defs symbol lineargradient radialgradient stop
    clippath mask text tspan image pattern"""
)
RARE = words("applet frameset marquee math nobr object plaintext")
