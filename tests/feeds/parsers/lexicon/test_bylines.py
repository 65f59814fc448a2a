"""Recognising bylines."""

from __future__ import annotations

import pytest

from feeds.parsers.lexicon.bylines import is_byline


@pytest.mark.parametrize("text", ["by Anna", "von Karl Maria Egger", "By Jo Park | Desk", "автор Анна"])
def test_a_name_after_a_word_for_by_is_a_byline(text: str) -> None:
    assert is_byline(text)


@pytest.mark.parametrize("text", ["by | Desk", "by the old mill", "Bylaws adopted", "by"])
def test_a_text_without_a_name_is_not_a_byline(text: str) -> None:
    assert not is_byline(text)
