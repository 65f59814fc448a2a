"""Positional evidence: where items are among their neighbours, and which have scrolled off.

Each section of a document is a list of its own: its last item and the first of the next are not neighbours.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Protocol

_MAX_PAIRS = 10_000


@dataclass(frozen=True, slots=True)
class Gap:
    """The position of an item between two neighbours that stayed.

    `above` and `below` are the neighbours' indices in the new reading, None at the end of the list. `from_above`
    counts the items between the upper neighbour and this one; `size` is how many items are in the gap.
    """

    above: int | None
    below: int | None
    from_above: int
    size: int

    @property
    def between(self) -> tuple[int | None, int | None]:
        return self.above, self.below

    @property
    def from_below(self) -> int:
        return self.size - self.from_above


def gaps(sections: Sequence[str | None], anchors: Mapping[int, int], ignored: Collection[int]) -> dict[int, Gap]:
    """Return the gap of each index that is not an anchor, as if the `ignored` indices were not there."""
    found: dict[int, Gap] = {}
    above: int | None = None
    run: list[int] = []

    def close(below: int | None) -> None:
        for place, index in enumerate(run):
            found[index] = Gap(above, below, place, len(run))
        run.clear()

    for index, section in enumerate(sections):
        if index and section != sections[index - 1]:
            close(None)
            above = None
        if index in ignored:
            continue
        if index in anchors:
            close(anchors[index])
            above = anchors[index]
        else:
            run.append(index)
    close(None)
    return found


def align_positions(new: Mapping[int, Gap], old: Mapping[int, Gap]) -> dict[tuple[int, int], float]:
    """Return the weight of each pair whose items are between the same neighbours.

    In a very large gap only pairs at the same distance from a neighbour are considered.
    """
    by_key: dict[object, list[int]] = {}
    for j, gap in old.items():
        for key in (gap.between, *_distances(gap)):
            by_key.setdefault(key, []).append(j)
    pairs: set[tuple[int, int]] = set()
    for i, gap in new.items():
        if gap.between == (None, None):
            continue
        many = gap.size * len(by_key.get(gap.between, ())) > _MAX_PAIRS
        for key in _distances(gap) if many else (gap.between,):
            pairs.update((i, j) for j in by_key.get(key, ()))
    return {(i, j): weight for i, j in sorted(pairs) if (weight := gap_weight(new[i], old[j]))}


def _distances(gap: Gap) -> tuple[object, object]:
    return (*gap.between, "above", gap.from_above), (*gap.between, "below", gap.from_below)


def gap_weight(new: Gap, old: Gap) -> float:
    """Return the weight of two items being in the same gap.

    In the middle of a list items neither appear nor vanish by themselves: if one vanished where one appeared, it
    was edited. At the new end items only appear, at the old end they only vanish; there the distance from the
    neighbour that stayed counts. The more come and go at once, the less a position says.
    """
    if new.between != old.between or new.between == (None, None):
        return 0.0
    from_above, from_below = new.from_above == old.from_above, new.from_below == old.from_below
    pairs = min(new.size, old.size)
    if new.above is None or new.below is None:
        aligned = from_below if new.above is None else from_above
        return (4.0 if pairs == 1 else 2.5) if aligned else 0.5
    if from_above and from_below:
        return {1: 5.0, 2: 4.0}.get(pairs, 3.0)
    return 1.5 if from_above or from_below else 1.0


def longest_increasing_subsequence(pairs: Sequence[tuple[int, int]]) -> set[int]:
    """Return the `new` of a longest increasing subsequence of (new, old) pairs, which are in order of `new`.

    The items of the other pairs have moved. (Schensted 1961: patience sorting.)
    """
    tops: list[int] = []
    piles: list[int] = []
    back: list[int] = []
    for index, (_, old) in enumerate(pairs):
        pile = bisect_left(tops, old)
        back.append(piles[pile - 1] if pile else -1)
        if pile == len(tops):
            tops.append(old)
            piles.append(index)
        else:
            tops[pile], piles[pile] = old, index
    kept: set[int] = set()
    index = piles[-1] if piles else -1
    while index >= 0:
        kept.add(pairs[index][0])
        index = back[index]
    return kept


class Positioned(Protocol):
    """A record with the key of the heading above it and its day."""

    @property
    def section(self) -> str | None: ...
    @property
    def day(self) -> dt.date | None: ...


def scrolled_off(records: Sequence[Positioned], staying: Collection[int], *, ascending: bool | None) -> set[int]:
    """Return the indices of the records that may have scrolled off.

    They are beyond the last one that stays, towards the old end of their section. The days tell which end that
    is, else `ascending`. A pinned item that is older than all that stays counts too. A section that is not in
    order of its days loses its oldest items wherever they are.
    """
    sections: dict[str | None, list[int]] = {}
    for index, key in enumerate(records):
        sections.setdefault(key.section, []).append(index)
    scrolled: set[int] = set()
    for indices in sections.values():
        days = [day for index in indices if (day := records[index].day)]
        rising, falling = _is_sorted(days, down=False), _is_sorted(days, down=True)
        if rising or falling:
            scrolled |= _beyond_last(indices, staying, ascending=ascending if rising and falling else rising)
            scrolled |= _older(indices, records, staying)
        else:
            scrolled |= _oldest(indices, records, staying) | _beyond_last(
                [index for index in indices if not records[index].day], staying, ascending=ascending
            )
    return scrolled


def _beyond_last(indices: Sequence[int], staying: Collection[int], *, ascending: bool | None) -> set[int]:
    """Return those beyond the last that stays; at both ends if nothing tells which end is the old one."""
    if ascending is None:
        return _beyond_last(indices, staying, ascending=True) | _beyond_last(indices, staying, ascending=False)
    from_old_end = indices if ascending else reversed(indices)
    return set(takewhile(lambda index: index not in staying, from_old_end))


def _oldest(indices: Sequence[int], records: Sequence[Positioned], staying: Collection[int]) -> set[int]:
    """Return those that have a day and are not newer than anything that stays."""
    kept = [day for index in indices if index in staying and (day := records[index].day)]
    gone = {index: day for index in indices if index not in staying and (day := records[index].day)}
    return {index for index, day in gone.items() if day <= min(kept, default=day)}


def _older(indices: Sequence[int], records: Sequence[Positioned], staying: Collection[int]) -> set[int]:
    """Return those that are older than all that stays."""
    kept = {day for index in indices if index in staying and (day := records[index].day)}
    return {index for index in _oldest(indices, records, staying) if kept and records[index].day not in kept}


def _is_sorted(days: Sequence[dt.date], *, down: bool) -> bool:
    """Whether days rise, or fall, except for a few that were pinned or filed late."""
    ranks = {index: rank for rank, index in enumerate(_by_day(days, down=down))}
    return len(longest_increasing_subsequence(sorted(ranks.items()))) * 4 >= len(days) * 3


def _by_day(days: Sequence[dt.date], *, down: bool) -> list[int]:
    """Return the indices ordered by day, those of one day in their own order."""
    return sorted(range(len(days)), key=days.__getitem__, reverse=down)
