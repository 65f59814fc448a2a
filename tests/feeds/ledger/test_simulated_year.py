"""A short part of `python -m tests.kit.simulation.year`: a newsroom's days with known truth."""

from __future__ import annotations

import random

import pytest

from tests.kit.simulation.faults import FAULTS
from tests.kit.simulation.newsroom import Newsroom
from tests.kit.simulation.pages import EVERYTHING, ONE_FILE, PLAIN, TWO_FILES, Style, draw_style
from tests.kit.simulation.year import FAILURES, Year

SMALL = {"News": 10, "Stories": 8}
STYLES = {
    "plain": PLAIN,
    "one file, links": Style(ONE_FILE, SMALL, links=True),
    "oldest first, second page": Style(TWO_FILES, SMALL, ascending=True, marks="from 11"),
    "bullets, busy": Style(ONE_FILE, {"News": 30, "Stories": 20}, marks="bullets", per_day=(1, 2, 3, 4)),
    "dates only": Style(TWO_FILES, SMALL, fields=frozenset({"day"}), marks="running"),
    "titles only": Style(TWO_FILES, SMALL, fields=frozenset()),
    "undated": Style(TWO_FILES, SMALL, fields=EVERYTHING - {"day", "label"}),
}


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES.keys())
def test_nothing_is_announced_twice_lost_merged_or_published_from_a_broken_page(style):
    year = Year(Newsroom(7, style)).live(40)
    assert {name: getattr(year, name) for name in FAILURES} == {name: [] for name in FAILURES}
    assert len(year.ids) > 40
    assert year.readings > 40


def test_ids_made_from_todays_text_would_have_announced_articles_again():
    year = Year(Newsroom(7, PLAIN)).live(40)
    assert year.announced_twice("hash") > year.announced_twice("title") > 0


def test_a_newsroom_lives_the_same_days_from_the_same_seed():
    one, other = ([page.documents for page in Newsroom(3).live(20)] for _ in range(2))
    assert one == other


def test_every_way_of_breaking_changes_a_page():
    page = next(Newsroom(1, PLAIN).live(1)).documents["news.txt"]
    for name, harm in FAULTS.items():
        assert harm(page, random.Random(1)) != page, name


def test_newsrooms_differ_in_how_they_write():
    styles = [draw_style(random.Random(seed)) for seed in range(60)]
    assert 10 < sum(style == PLAIN for style in styles) < 35
    assert {style.marks for style in styles} == {"from 1", "from 11", "running", "bullets"}
    assert {style.ascending for style in styles} == {style.links for style in styles} == {True, False}
