"""A bounded memory of rendered entries, so that one edited entry costs one rendering."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable


class Fragments:
    """Rendered entries by everything they depend on; those not used for longest are forgotten first."""

    def __init__(self, limit: int = 10_000) -> None:
        self._limit = limit
        self._kept: OrderedDict[Hashable, bytes] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Hashable, render: Callable[[], bytes]) -> bytes:
        """What is kept under `key`, rendered if it is not there."""
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        fragment = self._kept[key] = render()
        if len(self._kept) > self._limit:
            self._kept.popitem(last=False)
        return fragment
