"""A cache for functions of a text that bounds memory as well as the number of results."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Concatenate, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
TextFunction = Callable[Concatenate[str, P], T]

LONGEST = 1_000
"""Longest text, in characters, that is cached: few texts of a listing are longer, and those are rarely repeated."""


def cache_short_texts(size: int) -> Callable[[TextFunction[P, T]], TextFunction[P, T]]:
    """Cache the last results of a function of a text like `functools.lru_cache`, except for long texts."""

    def decorate(function: TextFunction[P, T]) -> TextFunction[P, T]:
        cached = lru_cache(size)(function)

        @wraps(function)
        def call(text: str, /, *args: P.args, **keywords: P.kwargs) -> T:
            if len(text) > LONGEST:
                return function(text, *args, **keywords)
            return cached(text, *args, **keywords)  # type: ignore[arg-type]

        return call

    return decorate
