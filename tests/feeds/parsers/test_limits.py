"""Limits of documents and of the fields of items."""

from __future__ import annotations

import dataclasses

import pytest

from feeds.config import Source
from feeds.errors import ParseError
from feeds.model import Document, Item, Listing, Problem, Section
from feeds.parsers import parse
from feeds.parsers.limits import (
    LONGEST_LINE,
    MOST_ATTRIBUTES,
    MOST_LINES,
    MOST_REFERENCES,
    MOST_TAGS,
    check_markup,
    check_page,
    check_text,
    trim,
)

SOURCE = Source(name="news", path="news.txt")


@pytest.mark.parametrize(
    ("check", "within", "beyond", "message"),
    [
        (check_text, b"\n" * MOST_LINES, b"\n" * (MOST_LINES + 1), "more than 200000 lines"),
        (check_text, b"\r" * MOST_LINES, b"\r" * (MOST_LINES + 1), "more than 200000 lines"),
        (check_text, b"a" * LONGEST_LINE + b"\nb", b"b\n" + b"a" * (LONGEST_LINE + 1), "a line of more than"),
        (check_markup, b"<b>" * MOST_TAGS, b"<b>" * (MOST_TAGS + 1), "more than 250000 tags"),
        (
            check_markup,
            b"<b" + b" a=b" * MOST_ATTRIBUTES,
            b"<b" + b" a=b" * (MOST_ATTRIBUTES + 1),
            "5000 attributes",
        ),
        (check_page, b"&lt;" * MOST_REFERENCES, b"&lt;" * (MOST_REFERENCES + 1), "250000 character ref"),
    ],
    ids=["lines", "old-mac-lines", "line", "tags", "attributes", "references"],
)
def test_a_document_may_reach_each_limit_and_not_exceed_it(check, within, beyond, message) -> None:
    check(Document("x", within))
    with pytest.raises(ParseError, match=message) as caught:
        check(Document("x", beyond))
    assert caught.value.reason == "too_large"


@pytest.mark.parametrize(
    "page",
    [
        b'<img src="data:image/png;base64,' + b"A" * 200_000 + b'==">',
        b"<script>" + b"a=1;b=2;" * 50_000 + b"</script>",
        b'<p title="' + b"a=b&amp;" * 50_000 + b'">',
    ],
    ids=["image", "script", "query"],
)
def test_one_long_attribute_or_script_is_accepted(page: bytes) -> None:
    check_markup(Document("x", page))


@pytest.mark.parametrize(
    ("media_type", "body"),
    [("text/plain", b"- a\n" * (MOST_LINES + 1)), ("text/html", b"<p>" * (MOST_TAGS + 1))],
    ids=["text", "page"],
)
def test_a_document_over_a_limit_reaches_no_parser(media_type: str, body: bytes) -> None:
    with pytest.raises(ParseError) as caught:
        parse(Document("x", body, media_type=media_type), SOURCE)
    assert caught.value.reason == "too_large"


def listing(**fields: str) -> Listing:
    return Listing("x", (Section(None, 1, (Item(7, **{"title": "A"} | fields),)),))


@pytest.mark.parametrize(("field", "longest"), [("title", 300), ("label", 200), ("credit", 300), ("summary", 65_536)])
def test_a_field_over_its_limit_is_cut_and_reported(field: str, longest: int) -> None:
    whole = listing(**{field: "a" * longest})
    assert trim(whole) is whole
    cut = trim(listing(**{field: "a" * (longest + 1)}))
    assert getattr(cut.items[0], field) == "a" * (longest - 1) + "…"
    assert cut.problems == (Problem(7, f"a {field} of {longest + 1} characters"),)


def test_a_link_over_its_limit_is_left_out_but_its_item_is_kept() -> None:
    longest = "https://news.example/" + "a" * (2048 - 21)
    assert trim(listing(link=longest)).items[0].link == longest
    cut = trim(listing(link=longest + "a"))
    assert dataclasses.replace(cut, problems=()) == listing()


@pytest.mark.parametrize("character", ["e\u0301", "👩\u200d🚒", "न\u094d"], ids=["accent", "joined", "virama"])
def test_combined_characters_are_not_separated(character: str) -> None:
    for start in range(len(character) + 1):
        title = trim(listing(title="a" * start + character * 300)).items[0].title
        assert title.removesuffix("…").lstrip("a").replace(character, "") == ""
