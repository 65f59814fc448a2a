"""The key `base`: the address of saved pages."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from feeds.config import Source


@pytest.mark.parametrize("place", [{"path": "a.html"}, {"paths": ["a.html", "b.html"]}])
def test_a_source_of_files_may_have_a_base(place: dict[str, object]) -> None:
    source = Source.model_validate({"name": "n", "base": "https://mill.example/news", **place})
    assert source.base == "https://mill.example/news"


@pytest.mark.parametrize("base", ["https://mill.example/news", "news/", "ftp://mill.example/"])
def test_a_source_with_an_address_or_an_invalid_base_is_refused(base: str) -> None:
    place = {"url": "https://mill.example/"} if base.startswith("https") else {"path": "a.html"}
    with pytest.raises(ValidationError, match="base"):
        Source.model_validate({"name": "n", "base": base, **place})
