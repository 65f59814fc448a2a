"""Where items stand among their neighbours, and from which end of a listing they scroll off.

A listing is one section of a document: what ends one and begins the next are no neighbours.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Protocol

_MANY = 10_000


@dataclass(frozen=True, slots=True)
class Gap:
    """Between which neighbours that stayed an item stands: how far below the upper one and above the lower.

    `above` and `below` name neighbours by their index in the new reading; None is the end of the listing.
    `size` is how many stand in the gap.
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


def gaps(sections: Sequence[str | None], anchors: Mapping[int, int], passed: Collection[int]) -> dict[int, Gap]:
    """The gap of each index that is no anchor; what is `passed` over stands in no one's way."""
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
        if index in passed:
            continue
        if index in anchors:
            close(anchors[index])
            above = anchors[index]
        else:
            run.append(index)
    close(None)
    return found


def align(new: Mapping[int, Gap], old: Mapping[int, Gap]) -> dict[tuple[int, int], float]:
    """The evidence of the place for each pair that stands between the same neighbours.

    In a gap where very many stand, only equal distances from a neighbour are looked at.
    """
    standing: dict[object, list[int]] = {}
    for j, gap in old.items():
        for spot in (gap.between, *_distances(gap)):
            standing.setdefault(spot, []).append(j)
    pairs: set[tuple[int, int]] = set()
    for i, gap in new.items():
        if gap.between == (None, None):
            continue
        many = gap.size * len(standing.get(gap.between, ())) > _MANY
        for spot in _distances(gap) if many else (gap.between,):
            pairs.update((i, j) for j in standing.get(spot, ()))
    return {(i, j): weight for i, j in sorted(pairs) if (weight := weigh(new[i], old[j]))}


def _distances(gap: Gap) -> tuple[object, object]:
    return (*gap.between, "above", gap.from_above), (*gap.between, "below", gap.from_below)


def weigh(new: Gap, old: Gap) -> float:
    """What standing in the same place says, as evidence.

    In the middle of a listing nothing appears and nothing vanishes by itself: one that vanished where one
    appeared was edited. At the new end items appear but do not vanish, at the old end the other way round;
    there the distance from the neighbour that stayed counts. The more come and go at once, the less a
    place says.
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
    """Of (new, old) pairs in order of `new`, the news of a longest run in which `old` rises too.

    The others were moved. (Schensted 1961: patience sorting.)
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


class Neighbours(Protocol):
    """What stands somewhere: below which heading, and of which day."""

    @property
    def section(self) -> str | None: ...
    @property
    def day(self) -> dt.date | None: ...


def scrolled(spots: Sequence[Neighbours], staying: Collection[int], *, ascending: bool | None) -> set[int]:
    """The indices of what may have scrolled off.

    They are behind the last one that stays, towards the old end of their section. Which end that is the
    days say, if not `ascending`. What is older than all that stays belongs there, wherever it was pinned. A
    section in another order than that of its days loses its oldest items wherever they stand.
    """
    sections: dict[str | None, list[int]] = {}
    for index, spot in enumerate(spots):
        sections.setdefault(spot.section, []).append(index)
    off: set[int] = set()
    for indices in sections.values():
        days = [day for index in indices if (day := spots[index].day)]
        rising, falling = _is_sorted(days, down=False), _is_sorted(days, down=True)
        if rising or falling:
            off |= _behind(indices, staying, ascending=ascending if rising and falling else rising)
            off |= _older(indices, spots, staying)
        else:
            off |= _oldest(indices, spots, staying) | _behind(
                [index for index in indices if not spots[index].day], staying, ascending=ascending
            )
    return off


def _behind(indices: Sequence[int], staying: Collection[int], *, ascending: bool | None) -> set[int]:
    """Those behind the last that stays; where nothing tells which end is the old one, at both ends."""
    if ascending is None:
        return _behind(indices, staying, ascending=True) | _behind(indices, staying, ascending=False)
    inwards = indices if ascending else reversed(indices)
    return set(takewhile(lambda index: index not in staying, inwards))


def _oldest(indices: Sequence[int], spots: Sequence[Neighbours], staying: Collection[int]) -> set[int]:
    """Those that have a day and are no younger than all that stays."""
    kept = [day for index in indices if index in staying and (day := spots[index].day)]
    gone = {index: day for index in indices if index not in staying and (day := spots[index].day)}
    return {index for index, day in gone.items() if day <= min(kept, default=day)}


def _older(indices: Sequence[int], spots: Sequence[Neighbours], staying: Collection[int]) -> set[int]:
    """Those that are older than all that stays."""
    kept = {day for index in indices if index in staying and (day := spots[index].day)}
    return {index for index in _oldest(indices, spots, staying) if kept and spots[index].day not in kept}


def _is_sorted(days: Sequence[dt.date], *, down: bool) -> bool:
    """Whether days rise, or fall, but for a few that were pinned or filed late."""
    ranks = {index: rank for rank, index in enumerate(_by_day(days, down=down))}
    return len(longest_increasing_subsequence(sorted(ranks.items()))) * 4 >= len(days) * 3


def _by_day(days: Sequence[dt.date], *, down: bool) -> list[int]:
    """The indices by their days, those of one day as they stand."""
    return sorted(range(len(days)), key=days.__getitem__, reverse=down)
