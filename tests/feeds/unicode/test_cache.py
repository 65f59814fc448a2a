"""The cache for functions of a text: what it keeps, and what it does not."""

from __future__ import annotations

from feeds.unicode.cache import LONGEST, cache_short_texts


def test_a_short_text_is_computed_once_and_a_long_one_every_time() -> None:
    asked: list[str] = []

    @cache_short_texts(2)
    def shout(text: str, mark: str) -> str:
        asked.append(text)
        return text.upper() + mark

    long = "a" * (LONGEST + 1)
    assert [shout("a", "!"), shout("a", "!"), shout("a", "?")] == ["A!", "A!", "A?"]
    assert shout(long, "!") == shout(long, "!") == long.upper() + "!"
    assert asked == ["a", "a", long, long]
    assert shout("b", "!") == "B!"
    assert shout("c", "!") == "C!"
    assert shout("a", "!") == "A!"
    assert asked[4:] == ["b", "c", "a"]
