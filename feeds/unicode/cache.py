"""Answers about texts, remembered within bounds of memory and not of their number alone."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Concatenate, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
Asked = Callable[Concatenate[str, P], T]

LONGEST = 1_000
"""Characters of a text that is worth remembering: few texts of a listing are longer, and none comes often."""


def remembered(size: int) -> Callable[[Asked[P, T]], Asked[P, T]]:
    """Remember the last answers of a function of a text like `functools.lru_cache`, but of no long text."""

    def remember(function: Asked[P, T]) -> Asked[P, T]:
        known = lru_cache(size)(function)

        @wraps(function)
        def ask(text: str, /, *args: P.args, **keywords: P.kwargs) -> T:
            if len(text) > LONGEST:
                return function(text, *args, **keywords)
            return known(text, *args, **keywords)  # type: ignore[arg-type]

        return ask

    return remember
