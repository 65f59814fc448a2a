"""Which known entry an item came from: exact first, then near, one to one over a whole document.

The evidence of the fields and that of the place among the neighbours are added up. They are weighed so
that any two fields may change between readings, as long as the rest and the place agree, while a recurring
title ("Weekly bulletin") with another date and another text stays a new item.

The pairs are chosen by an assignment over all of them together: a greedy choice would give swapped
titles to the wrong entries.

What nobody can tell is taken for a new item: a title wholly rewritten and its date changed too, on an item
that has nothing else, where others come and go in the same reading.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from feeds.assignment import assign
from feeds.faces import Face
from feeds.likeness import LONG, Shared, evidence, similarity, sure
from feeds.places import gaps, scrolled, steady, weigh

ENOUGH = 3.0
"""The evidence from which a pair counts as one entry."""

_MANY = 10_000
"""Pairs beyond which only those are compared that have a field or their place in common."""


@dataclass(frozen=True, slots=True)
class Match:
    """Sighting `new` is candidate `old`, by index; `reason` says why in words for people."""

    new: int
    old: int
    reason: str


@dataclass(frozen=True, slots=True)
class Listed:
    """What a document listed before, in order.

    `missing` says of each whether the last reading lacked it; `left` are those that now stand in another
    document.
    """

    faces: Sequence[Face]
    missing: Sequence[bool]
    ascending: bool = False
    left: Collection[int] = ()

    def lone(self, staying: Collection[int]) -> set[int]:
        """Those of which something else is known than an edit.

        They moved, or they were missing already while their neighbours were not.
        """
        together: set[int] = set()
        for indices in (range(len(self.faces)), reversed(range(len(self.faces)))):
            neighbour = False
            for index in indices:
                if index in staying:
                    neighbour = self.missing[index]
                elif neighbour:
                    together.add(index)
        rest = set(range(len(self.faces))) - together - set(staying)
        return {index for index in rest if self.missing[index] or index in self.left}


def exact(new: Sequence[Face], old: Sequence[Face]) -> list[Match]:
    """Pairs that agree in their id, else in title, day, summary and link, else in every word."""
    matches: list[Match] = []
    for what, value in (
        ("same id", lambda face: face.origin),
        ("same title, date, summary and link", lambda face: (face.title, face.day, face.summary, face.link)),
        ("same words", lambda face: face.flow),
    ):
        done = {match.old for match in matches}
        waiting: dict[object, list[int]] = {}
        for index, face in enumerate(old):
            if index not in done and value(face):
                waiting.setdefault(value(face), []).append(index)
        found = {match.new for match in matches}
        for index, face in enumerate(new):
            if index not in found and (queue := waiting.get(value(face))):
                matches.append(Match(index, queue.pop(0), what))
    return matches


def near(
    new: Sequence[Face], listed: Listed, anchors: Sequence[Match], others: Sequence[Face]
) -> list[Match]:
    """Pairs among what `anchors` left over.

    `others` are entries that the document did not list, of which only what can hardly be a coincidence is
    believed. Their indices go on behind those of `listed`.
    """
    old, staying = listed.faces, {match.old for match in anchors}
    rest_new = sorted(set(range(len(new))) - {match.new for match in anchors})
    rest_old = sorted(set(range(len(old))) - staying)
    if not rest_new:
        return []
    shared = Shared.among(new, old, others)
    table = {
        (i, len(old) + k): max(ENOUGH, evidence(new[i], others[k], shared) - 2)
        for i, k in _alike([(i, new[i]) for i in rest_new], list(enumerate(others)))
        if sure(new[i], others[k], shared)
    }
    lone = listed.lone(staying)
    off = lone | scrolled([face.section for face in old], staying, ascending=listed.ascending)
    places, unexplained = _places(new, old, anchors, (lone, off))
    for i, j in _pairs(new, old, (rest_new, rest_old), places):
        # What stood at the old end may have scrolled off, and what was missing before may be retracted;
        # otherwise it takes an edit to explain the absence.
        place = places.get((i, j), 0.0) or (-2.0 if j in off else unexplained)
        table[i, j] = evidence(new[i], old[j], shared) + place
    both = (*old, *others)
    enough = {pair: score for pair, score in table.items() if score >= ENOUGH}
    return [Match(i, j, _describe(new[i], both[j])) for i, j in assign(enough)]


def _places(
    new: Sequence[Face], old: Sequence[Face], anchors: Sequence[Match], passed: tuple[set[int], set[int]]
) -> tuple[dict[tuple[int, int], float], float]:
    """The evidence of the place, for pairs that stand between the same neighbours, and for all others.

    Where much more vanished than scrolled off or was replaced, a page broke, and no absence says anything.
    """
    lone, off = passed
    pairs = sorted((match.new, match.old) for match in anchors)
    kept = steady(pairs)
    moved = {i: j for i, j in pairs if i not in kept}
    gaps_new = gaps([face.section for face in new], {i: i for i, _ in pairs}, moved)
    gaps_old = gaps([face.section for face in old], {j: i for i, j in pairs}, {*lone, *moved.values()})
    vanished = Counter((gap.above, gap.below) for j, gap in gaps_old.items() if j not in off)
    vanished.subtract((gap.above, gap.below) for gap in gaps_new.values())
    if sum(max(0, times) for times in vanished.values()) * 4 > max(8, len(old)):
        return {}, 0.0
    standing: dict[tuple[int | None, int | None], list[int]] = {}
    for j, gap in gaps_old.items():
        standing.setdefault((gap.above, gap.below), []).append(j)
    return {
        (i, j): weight
        for i, gap in gaps_new.items()
        for j in standing.get((gap.above, gap.below), ())
        if (weight := weigh(gap, gaps_old[j]))
    }, 0.5


def _pairs(
    new: Sequence[Face],
    old: Sequence[Face],
    rest: tuple[Sequence[int], Sequence[int]],
    places: Iterable[tuple[int, int]],
) -> Iterable[tuple[int, int]]:
    rest_new, rest_old = rest
    if len(rest_new) * len(rest_old) <= _MANY:
        return [(i, j) for i in rest_new for j in rest_old]
    return {*_alike([(i, new[i]) for i in rest_new], [(j, old[j]) for j in rest_old]), *places}


def _alike(new: Iterable[tuple[int, Face]], old: Iterable[tuple[int, Face]]) -> Iterable[tuple[int, int]]:
    """The pairs that agree in a title, a link or a long summary."""
    index: dict[tuple[str, str], list[int]] = {}
    for j, face in old:
        for value in _marks(face):
            index.setdefault(value, []).append(j)
    return {(i, j) for i, face in new for value in _marks(face) for j in index.get(value, ())}


def _marks(face: Face) -> list[tuple[str, str]]:
    marks = [("title", face.title), ("link", face.link), ("origin", face.origin)]
    if len(face.summary) >= LONG:
        marks.append(("summary", face.summary))
    return [mark for mark in marks if mark[1]]


def _describe(new: Face, old: Face) -> str:
    """Which fields agree, as a reason for people."""
    names = ("link", "title", "day", "summary", "label", "credit")
    same = [name for name in names if getattr(new, name) and getattr(new, name) == getattr(old, name)]
    alike = [
        name
        for name in ("title", "summary")
        if getattr(new, name)
        and name not in same
        and similarity(getattr(new, name), getattr(old, name)) >= 0.5
    ]
    parts = ["same " + ", ".join(same)] if same else []
    parts += ["similar " + ", ".join(alike)] if alike else []
    return "; ".join(parts) or "same place"
