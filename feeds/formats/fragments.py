"""A bounded memory of rendered entries, so that one edited entry costs one rendering."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVarTuple

Given = TypeVarTuple("Given")


class Fragments:
    """The last rendering of each entry, and what it depended on; those not used for longest are forgotten."""

    def __init__(self, limit: int = 10_000) -> None:
        self._limit = limit
        self._kept: OrderedDict[Hashable, tuple[object, bytes]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Hashable, render: Callable[[*Given], bytes], *given: *Given) -> bytes:
        """What was rendered under `key` when the same was given, or a new rendering.

        What is given is compared and not hashed: that is several times cheaper for an entry.
        """
        kept = self._kept.get(key)
        if kept is None or kept[0] != given:
            kept = self._kept[key] = (given, render(*given))
        self._kept.move_to_end(key)
        if len(self._kept) > self._limit:
            self._kept.popitem(last=False)
        return kept[1]
