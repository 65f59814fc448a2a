"""The limit of depth: ordinary pages are within it, and no markup hides what a parser keeps open."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from feeds.errors import ParseError
from feeds.parsers.nesting import parsing
from feeds.parsers.nesting.parsing import DEEPEST, MOST_OPEN, check_open_elements, parse_html
from feeds.parsers.nesting.tags import VOID
from feeds.parsers.nesting.tree_rules import OpenElements
from feeds.unicode.normalise import words

TAG_NAMES = words(
    """a b big button caption center colgroup dd dialog div dl dt em font form g h1 h2 i li marquee mi nav nobr
    noscript object ol option p pre rb rp rt ruby section select span strong svg table tbody td template th title
    tr ul br img input math foreignobject annotation-xml mglyph script style textarea"""
)
ATTRIBUTES = ("", " id=1", " id=2", " color=r", " class=a/", "/", " encoding=text/html", ' title=">"', ' ="')
PIECES = st.one_of(
    st.builds("<{}{}>".format, st.sampled_from(sorted(TAG_NAMES)), st.sampled_from(ATTRIBUTES)),
    st.builds("</{}>".format, st.sampled_from(sorted(TAG_NAMES))),
    st.sampled_from(["x", " ", "<!-- </div> -->", "<![CDATA[</div><b>]]>", "</ div>", "<?x?>"]),
)
RAW = re.compile(r"<!--.*?-->|<(script|style|xmp|iframe|noembed|noframes|textarea)[ >].*?</\1>", re.DOTALL)


def real_depth(html: str) -> int:
    """Count how deep elements nest in the tree that lexbor builds."""
    depth = deepest = 0
    serialised = RAW.sub("", LexborHTMLParser(html).html or "")
    for slash, tag in re.findall(r"<(/?)([a-zA-Z][^\s/>]*)", serialised):
        depth += -1 if slash else tag not in VOID
        deepest = max(deepest, depth)
    return deepest


@pytest.mark.parametrize(
    "row",
    [
        "<ul><li><!-- a --><!-- b -->x</li></ul>",
        "<tr><td>x<script>a('<div>')</script><style>p{}</style></td></tr>",
        "<li><svg viewBox='0 0 8 8'><style>.a{}</style><path d='M0 0'/></svg><textarea><div></textarea>x",
        "<TR><TD><FONT FACE=Arial SIZE=-1>x</TD><TD><FONT SIZE=2><A HREF=/1>y</TD>",
        "<p><font color=red>x<p><font color=red>y",
        "<font size=2><p>x</font>",
        "<a href=/1>x<a href=/2>y",
        "<div><b><i>x</b></i></div>",
        "<dt>x<dd>y<option>z",
    ],
    ids=["comments", "scripts", "icons", "cells", "fonts", "font-over-block", "links", "misnested", "implied"],
)
def test_markup_that_does_not_nest_is_not_counted_as_depth(row: str) -> None:
    page = f"<!doctype html><table>{row * 600}" if "td>" in row.lower() else f"<!doctype html>{row * 600}"
    assert real_depth(page) < 40
    assert parse_html(page, "page").css_first("body") is not None


@pytest.mark.parametrize(
    "unit",
    [
        "<div>",
        "<ul><li>",
        "<table><tr><td>",
        "<div><table><tr><td></div>",
        "<svg><style><g></style>",
        "<svg><g a=b/>",
        '<div =">',
        "<span><div></span>",
        "<dd><li>",
        "<svg><![CDATA[></svg></div>]]><g>",
        "<math><mi><mglyph><td>",
        "<svg><title><path></title>",
        "<strong><a></strong><rb> <a>",
        "<template><div><td>",
        "<p><b></p><div>x",
        "<div></ </div>>",
    ],
)
def test_no_markup_hides_how_deep_elements_nest(unit: str) -> None:
    assert real_depth(unit * 300) > DEEPEST
    with pytest.raises(ParseError, match="nest deeper than 200") as caught:
        check_open_elements(unit * (2 * MOST_OPEN), "page")
    assert caught.value.reason == "too_deep"
    with pytest.raises(ParseError):
        parse_html(unit * 300, "page")


@pytest.mark.parametrize(
    "closed",
    ["".join(f"<p><i id=i{number}></p>" for number in range(100)), f"<p><b title={'a' * 100_000}></p>"],
    ids=["many", "long"],
)
def test_formatting_elements_that_would_be_copied_into_each_block_are_refused(closed: str) -> None:
    with pytest.raises(ParseError, match="nest deeper"):
        check_open_elements(closed + "<div>x</div>" * 5000, "page")
    check_open_elements(closed + "<div>x</div>" * 10, "page")


def test_a_page_within_the_limit_is_parsed() -> None:
    page = "<div>" * (DEEPEST - 2) + "x"
    assert real_depth(page) == DEEPEST
    assert parse_html(page, "page").css_first("div") is not None


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=12).map("".join))
def test_the_estimate_is_never_far_below_the_depth_of_the_tree(unit: str) -> None:
    page = unit * 40
    most = 0
    original = OpenElements.start

    class Counting(OpenElements):
        __slots__ = ()

        def start(self, tag: str, attributes: str, closed: bool) -> bool:
            nonlocal most
            found = original(self, tag, attributes, closed)
            most = max(most, self.count)
            return found

    elements = Counting()
    within = parsing.scan(page, elements)
    assert not within or real_depth(page) <= 1.3 * max(most, elements.count) + 20
