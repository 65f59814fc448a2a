from __future__ import annotations

import pytest

from feeds.ledger.known_labels import apply_known_labels
from feeds.model import Item, Listing, Section


def recalled(item: Item, known: set[str]) -> Item:
    listing = Listing("a.txt", (Section(None, 1, (item,)),))
    return apply_known_labels(listing, known).items[0]


def test_a_first_line_that_is_a_known_category_is_the_label():
    item = Item(1, title="Open Evenings", summary="The tide-gauge house", lines={"title": 3, "summary": 5})
    found = recalled(item, {"open evenings"})
    assert found == Item(1, label="Open Evenings", title="The tide-gauge house", lines={"label": 3, "title": 5})


def test_text_after_the_title_stays_the_summary():
    item = Item(1, title="Events", summary="The gauge house\n\nCome and see.\n\nEntrance is free.")
    found = recalled(item, {"events"})
    assert (found.title, found.summary) == ("The gauge house", "Come and see.\n\nEntrance is free.")


@pytest.mark.parametrize(
    "item",
    [
        Item(1, title="Events", date="1 March 2026", summary="All of them."),
        Item(1, label="Harbour", title="Events", summary="All of them."),
        Item(1, title="Events"),
        Item(1, title="Fish market", summary="Opens at six."),
    ],
    ids=["dated", "labelled", "bare", "unknown"],
)
def test_nothing_else_is_touched(item):
    listing = Listing("a.txt", (Section(None, 1, (item,)),))
    assert apply_known_labels(listing, {"events"}) is listing
