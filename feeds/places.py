"""Where items stand among their neighbours, and from which end of a listing they scroll off.

A listing is one section of a document: what ends one and begins the next are no neighbours.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass


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


def gaps(
    sections: Sequence[str | None], anchors: Mapping[int, int], passed: Collection[int]
) -> dict[int, Gap]:
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
    """The evidence of the place for each pair that stands between the same neighbours."""
    standing: dict[tuple[int | None, int | None], list[int]] = {}
    for j, gap in old.items():
        standing.setdefault(gap.between, []).append(j)
    return {
        (i, j): weight
        for i, gap in new.items()
        for j in standing.get(gap.between, ())
        if (weight := weigh(gap, old[j]))
    }


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


def steady(pairs: Sequence[tuple[int, int]]) -> set[int]:
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


def scrolled(sections: Sequence[str | None], staying: Collection[int], *, ascending: bool | None) -> set[int]:
    """The indices behind the last one that stays, towards the old end of their section.

    Where nothing tells which end that is, both are.
    """
    if ascending is None:
        return scrolled(sections, staying, ascending=True) | scrolled(sections, staying, ascending=False)
    off: set[int] = set()
    ended: set[str | None] = set()
    indices = range(len(sections))
    for index in indices if ascending else reversed(indices):
        if index in staying:
            ended.add(sections[index])
        elif sections[index] not in ended:
            off.add(index)
    return off
