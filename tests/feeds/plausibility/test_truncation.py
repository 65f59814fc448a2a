"""Whether a text was cut off, compared with the one before."""

from __future__ import annotations

import pytest

from feeds.config import Source
from feeds.model import Document, Item, Listing, Section
from feeds.parsers import parse
from feeds.plausibility.truncation import breaks_off, is_prefix

SOURCE = Source(name="news", path="news.txt")

BEFORE = """News

  1. Press release

    Herons counted again

    9 February 2026

    Volunteers counted herons, seals and one
    very lost flamingo.

    Read more

  2. Interview

    Mussels guard a bridge

    8 February 2026

    Living reefs slow the current.

    Read more

  3. Press release

    Buoys that call home

    7 February 2026

    Two drifted in the storm.

    Read more
"""

NEWS = """News

  1. Press release

    Tide gauge readings online

    10 February 2026

    A century of paper rolls became data.

    Read more

"""


def broken(text: str, before: str = BEFORE) -> bool:
    return breaks_off(text, before, lambda: parse(Document("news.txt", before.encode()), SOURCE))


def test_the_beginning_of_bytes_is_shorter_and_the_same():
    assert is_prefix(b"", b"a")
    assert is_prefix(b"ab", b"abc")
    assert not is_prefix(b"abc", b"abc")
    assert not is_prefix(b"abcd", b"abc")
    assert not is_prefix(b"b", b"abc")


@pytest.mark.parametrize(
    "end",
    [
        pytest.param("Living reefs slow", id="within a line"),
        pytest.param("seals and one", id="at the end of a line within a paragraph"),
        pytest.param("Mussels guard a bridge", id="before a further field"),
        pytest.param("8 February 2026\n\n", id="before the summary"),
    ],
)
def test_a_text_that_ends_where_an_item_went_on_was_cut(end: str):
    old = BEFORE.removeprefix("News\n\n")
    assert broken(NEWS + old[: old.index(end) + len(end)])


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(NEWS + BEFORE.removeprefix("News\n\n"), id="to the end"),
        pytest.param(NEWS + BEFORE.removeprefix("News\n\n")[: -len("\n    Read more\n")], id="without a last line"),
        pytest.param(NEWS + BEFORE[len("News\n\n") : BEFORE.index("  3.")], id="without the oldest item"),
        pytest.param(BEFORE.replace("storm.\n\n    Read more", "storm, and were found."), id="with another end"),
        pytest.param(NEWS, id="nothing but news"),
        pytest.param("News", id="hardly anything"),
    ],
)
def test_a_text_that_ends_elsewhere_was_not(text: str):
    assert not broken(text)


def test_items_that_do_not_know_the_lines_of_their_fields_can_be_compared():
    before = "<li>Herons counted again</li>\n<li>Mussels guard a bridge</li>\n<li>Buoys that call home</li>\n"
    items = tuple(Item(line, title=title) for line, title in enumerate(["Herons", "Mussels", "Buoys"], 1))
    listing = Listing("news.html", (Section(None, 1, items),))
    assert breaks_off(before[:50], before, lambda: listing)
    assert not breaks_off(before[: before.index("<li>Buoys")], before, lambda: listing)


def test_a_letter_that_was_cut_in_two_does_not_hide_where():
    before = "Aktuelles\n\nDie Fähre über die Förde\n\n9. Februar 2026\n\nSie fährt öfter.\n"
    assert broken("Aktuelles\n\nNeu am Hafen\n\nDie Fähre über die F\ufffd", before)
