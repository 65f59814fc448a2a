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
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from feeds.linkage.assignment import one_to_one_assignment
from feeds.linkage.positions import align, gaps, longest_increasing_subsequence, scrolled
from feeds.linkage.record import ComparisonRecord
from feeds.linkage.weights import TermFrequencies, is_certain_match, marks, match_weight, similarity, wordings

MATCH_THRESHOLD = 3.0
"""The evidence from which a pair counts as one entry."""

_HINTED = 2.5
"""What it says that a title stands in its row as before."""

_FEW = 4
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

    `missing` says of each whether the last reading lacked it; `left` are those that another document
    shows as they were.
    """

    faces: Sequence[ComparisonRecord]
    missing: Sequence[bool]
    ascending: bool | None = False
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


def exact(new: Sequence[ComparisonRecord], old: Sequence[ComparisonRecord]) -> list[Match]:
    """Pairs that agree in their id, else in all, else in title, day, summary and link, else in every word."""
    matches: list[Match] = []
    for what, value in (
        ("same id", lambda face: face.origin),
        ("same words and link", lambda face: (face.flow, face.link)),
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


def exact_elsewhere(
    new: Sequence[ComparisonRecord], looks: Sequence[Sequence[ComparisonRecord]], anchors: Sequence[Match]
) -> list[Match]:
    """Pairs of which the new one says, word for word, what another document says of the listed one."""
    staying = {match.old for match in anchors}
    said = {face.flow: j for j, faces in enumerate(looks) if j not in staying for face in faces}
    known = {match.new for match in anchors}
    pairs = {said[face.flow]: i for i, face in enumerate(new) if i not in known and face.flow in said}
    return [Match(i, j, "same words as elsewhere") for j, i in pairs.items()]


def near(
    new: Sequence[ComparisonRecord], listed: Listed, anchors: Sequence[Match], others: Sequence[ComparisonRecord]
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
    shared = TermFrequencies.among(new, old, others)
    table = {
        (i, len(old) + k): max(MATCH_THRESHOLD, _from_elsewhere(new[i], others[k], shared))
        for i, k in _alike([(i, new[i]) for i in rest_new], list(enumerate(others)))
        if is_certain_match(new[i], others[k], shared)
    }
    standing = _PositionModel.of(new, listed, anchors, _hints(new, old, anchors))
    for i, j in _pairs(new, old, (rest_new, rest_old), standing.aligned):
        score = match_weight(new[i], old[j], shared) + standing.weigh(i, j)
        # What needs no neighbours to be certain is not made doubtful by them.
        table[i, j] = max(MATCH_THRESHOLD, score) if is_certain_match(new[i], old[j], shared) else score
    both = (*old, *others)
    enough = {pair: score for pair, score in table.items() if score >= MATCH_THRESHOLD}
    return [Match(i, j, _describe(new[i], both[j])) for i, j in one_to_one_assignment(enough)]


def _from_elsewhere(new: ComparisonRecord, other: ComparisonRecord, shared: TermFrequencies) -> float:
    """The evidence that an item is an entry that its document did not list: less, unless word for word."""
    return match_weight(new, other, shared) - (0.0 if new.flow == other.flow else 2.0)


def _hints(
    new: Sequence[ComparisonRecord], old: Sequence[ComparisonRecord], anchors: Sequence[Match]
) -> set[tuple[int, int]]:
    """Pairs that show the places where most of the items changed at once, so that few agree in every word.

    A title that nothing else has, whatever is counted in it, next to another such title or to an anchor as it
    was before.
    """
    if len(anchors) * 2 >= min(len(new), len(old)):
        return set()
    certain = {(match.new, match.old) for match in anchors}
    done_new, done_old = {i for i, _ in certain}, {j for _, j in certain}
    there, before = wordings(new), wordings(old)
    titled = {
        (i, before[title])
        for title, i in there.items()
        if title in before and i not in done_new and before[title] not in done_old
    }
    pairs = certain | titled
    return {(i, j) for i, j in titled if (i - 1, j - 1) in pairs or (i + 1, j + 1) in pairs}


@dataclass(frozen=True, slots=True)
class _PositionModel:
    """What the places of the items say.

    `aligned` is the evidence of pairs that stand between the same neighbours; `off` are absences that need
    no edit to explain them, `inner` the new items that stand where news does not. On a `broken` page, much
    shorter than it was or with much more gone than scrolled off or was replaced, no place says anything.
    """

    aligned: Mapping[tuple[int, int], float]
    off: Collection[int]
    inner: Collection[int]
    broken: bool

    @classmethod
    def of(
        cls, new: Sequence[ComparisonRecord], listed: Listed, anchors: Sequence[Match], hints: Set[tuple[int, int]]
    ) -> _PositionModel:
        old = listed.faces
        pairs = sorted({(match.new, match.old) for match in anchors} | hints)
        staying = {j for _, j in pairs}
        lone = listed.lone(staying)
        off = lone | scrolled(old, staying, ascending=listed.ascending)
        kept = longest_increasing_subsequence(pairs)
        moved = {i: j for i, j in pairs if i not in kept}
        there = gaps([face.section for face in new], {i: i for i, _ in pairs}, moved)
        before = gaps([face.section for face in old], {j: i for i, j in pairs}, {*lone, *moved.values()})
        vanished = Counter(gap.between for j, gap in before.items() if j not in off)
        vanished.subtract(gap.between for gap in there.values())
        shrunk = len(new) * 5 < (len(old) - sum(listed.missing)) * 3
        broken = shrunk or sum(max(0, times) for times in vanished.values()) * 4 > max(8, len(old))
        ends = {True: (1,), False: (0,), None: (0, 1)}[listed.ascending]
        inner = {i for i, gap in there.items() if all(gap.between[end] is not None for end in ends)}
        aligned = {} if broken else align(there, before) | dict.fromkeys(hints, _HINTED)
        return cls(aligned, off, inner, broken)

    def weigh(self, i: int, j: int) -> float:
        if (i, j) in self.aligned:
            return self.aligned[i, j]
        if j in self.off:
            # Of many that need no edit to be gone, one may be alike by chance.
            return -2.0 if i not in self.inner else -0.5 if len(self.off) > _FEW else 0.0
        return 0.0 if self.broken else 1.5 if i in self.inner else 0.5


def _pairs(
    new: Sequence[ComparisonRecord],
    old: Sequence[ComparisonRecord],
    rest: tuple[Sequence[int], Sequence[int]],
    places: Iterable[tuple[int, int]],
) -> Iterable[tuple[int, int]]:
    rest_new, rest_old = rest
    if len(rest_new) * len(rest_old) <= _MANY:
        return [(i, j) for i in rest_new for j in rest_old]
    return {*_alike([(i, new[i]) for i in rest_new], [(j, old[j]) for j in rest_old]), *places}


def _alike(
    new: Iterable[tuple[int, ComparisonRecord]], old: Iterable[tuple[int, ComparisonRecord]]
) -> Iterable[tuple[int, int]]:
    """The pairs that agree in a title, a link or a long summary."""
    index: dict[tuple[str, str], list[int]] = {}
    for j, face in old:
        for value in marks(face):
            index.setdefault(value, []).append(j)
    return {(i, j) for i, face in new for value in marks(face) for j in index.get(value, ())}


def _describe(new: ComparisonRecord, old: ComparisonRecord) -> str:
    """Which fields agree, as a reason for people."""
    names = ("link", "title", "day", "summary", "label", "credit")
    same = [name for name in names if getattr(new, name) and getattr(new, name) == getattr(old, name)]
    alike = [
        name
        for name in ("title", "summary")
        if getattr(new, name) and name not in same and similarity(getattr(new, name), getattr(old, name)) >= 0.5
    ]
    parts = ["same " + ", ".join(same)] if same else []
    parts += ["similar " + ", ".join(alike)] if alike else []
    return "; ".join(parts) or "same place"
