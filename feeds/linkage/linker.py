"""Which known entry each item of a document is: exact matches first, then probabilistic ones, one to one.

The weight of a pair is the sum of its field weights and of its position's. Any two fields may change between
readings while the rest and the position agree; a recurring title ("Weekly bulletin") with another date and
another text stays a new item.

The pairs are chosen by an assignment over all of them together: a greedy choice would give swapped titles to
the wrong entries.

What cannot be known counts as a new item: for example, one that has a title and a date only, both of which were
rewritten in a reading in which other items came and went.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from feeds.linkage.assignment import one_to_one_assignment
from feeds.linkage.blocking import blocking_keys
from feeds.linkage.positions import align_positions, gaps, longest_increasing_subsequence, scrolled_off
from feeds.linkage.record import ComparisonRecord
from feeds.linkage.weights import TermFrequencies, is_certain_match, match_weight, similarity, titles_without_digits

MATCH_THRESHOLD = 3.0
"""The weight from which a pair counts as one entry."""

_TITLE_ANCHOR_WEIGHT = 2.5
"""The weight of a title that is in the same row as before."""

_FEW_ABSENCES = 4
_MAX_PAIRS = 10_000
"""With more pairs, only those with a blocking key or the position in common are compared."""


@dataclass(frozen=True, slots=True)
class Match:
    """Observation `new` is known record `old`, both by index; `reason` says why, for people."""

    new: int
    old: int
    reason: str


@dataclass(frozen=True, slots=True)
class Listed:
    """The records that a document listed before, in order.

    `missing` says of each whether it was missing in the last reading; `shown_elsewhere` are those that another
    document shows unchanged. `ascending`: see `DocumentMatch`.
    """

    records: Sequence[ComparisonRecord]
    missing: Sequence[bool]
    ascending: bool | None = False
    shown_elsewhere: Collection[int] = ()

    def moved_or_missing(self, staying: Collection[int]) -> set[int]:
        """Return the indices of records that are absent for another reason than an edit.

        They moved to another document, or were missing before while their neighbours were not.
        """
        together: set[int] = set()
        for indices in (range(len(self.records)), reversed(range(len(self.records)))):
            neighbour = False
            for index in indices:
                if index in staying:
                    neighbour = self.missing[index]
                elif neighbour:
                    together.add(index)
        rest = set(range(len(self.records))) - together - set(staying)
        return {index for index in rest if self.missing[index] or index in self.shown_elsewhere}


def exact_matches(new: Sequence[ComparisonRecord], old: Sequence[ComparisonRecord]) -> list[Match]:
    """Return the pairs that agree in the origin's id, else in text and link, else in the main fields, else in text."""
    matches: list[Match] = []
    for reason, key in (
        ("same id", lambda record: record.origin),
        ("same words and link", lambda record: (record.full_text, record.link)),
        ("same title, date, summary and link", lambda record: (record.title, record.day, record.summary, record.link)),
        ("same words", lambda record: record.full_text),
    ):
        done = {match.old for match in matches}
        unmatched: dict[object, list[int]] = {}
        for index, record in enumerate(old):
            if index not in done and key(record):
                unmatched.setdefault(key(record), []).append(index)
        found = {match.new for match in matches}
        for index, record in enumerate(new):
            if index not in found and (queue := unmatched.get(key(record))):
                matches.append(Match(index, queue.pop(0), reason))
    return matches


def exact_matches_elsewhere(
    new: Sequence[ComparisonRecord], elsewhere: Sequence[Sequence[ComparisonRecord]], anchors: Sequence[Match]
) -> list[Match]:
    """Return the pairs whose new text is word for word that of the same entry in another document.

    `elsewhere` has for each record of `old` the entry's records in other documents.
    """
    staying = {match.old for match in anchors}
    said = {record.full_text: j for j, records in enumerate(elsewhere) if j not in staying for record in records}
    known = {match.new for match in anchors}
    pairs = {said[record.full_text]: i for i, record in enumerate(new) if i not in known and record.full_text in said}
    return [Match(i, j, "same words as elsewhere") for j, i in pairs.items()]


def probabilistic_matches(
    new: Sequence[ComparisonRecord], listed: Listed, anchors: Sequence[Match], others: Sequence[ComparisonRecord]
) -> list[Match]:
    """Return the pairs of greatest total weight among the records that are in no anchor.

    `others` are entries that the document did not list: they count only if the match is certain. Their indices
    follow those of `listed`.
    """
    old, staying = listed.records, {match.old for match in anchors}
    rest_new = sorted(set(range(len(new))) - {match.new for match in anchors})
    rest_old = sorted(set(range(len(old))) - staying)
    if not rest_new:
        return []
    frequencies = TermFrequencies.among(new, old, others)
    weights = {
        (i, len(old) + k): max(MATCH_THRESHOLD, _from_elsewhere(new[i], others[k], frequencies))
        for i, k in _pairs_sharing_keys([(i, new[i]) for i in rest_new], list(enumerate(others)))
        if is_certain_match(new[i], others[k], frequencies)
    }
    positions = _PositionModel.of(new, listed, anchors, _title_anchors(new, old, anchors))
    for i, j in _candidate_pairs(new, old, (rest_new, rest_old), positions.aligned):
        score = match_weight(new[i], old[j], frequencies) + positions.weight(i, j)
        # A match that is certain by its fields stays one wherever it is.
        weights[i, j] = max(MATCH_THRESHOLD, score) if is_certain_match(new[i], old[j], frequencies) else score
    known = (*old, *others)
    candidates = {pair: score for pair, score in weights.items() if score >= MATCH_THRESHOLD}
    return [Match(i, j, _describe(new[i], known[j])) for i, j in one_to_one_assignment(candidates)]


def _from_elsewhere(new: ComparisonRecord, other: ComparisonRecord, frequencies: TermFrequencies) -> float:
    """Return the weight of a pair whose entry the document did not list: less, unless word for word the same."""
    return match_weight(new, other, frequencies) - (0.0 if new.full_text == other.full_text else 2.0)


def _title_anchors(
    new: Sequence[ComparisonRecord], old: Sequence[ComparisonRecord], anchors: Sequence[Match]
) -> set[tuple[int, int]]:
    """Return further anchors where most items changed at once, so that few exact matches are left.

    They are titles that, digits aside, occur once on each side, and that are next to another such title or to an
    anchor, as before.
    """
    if len(anchors) * 2 >= min(len(new), len(old)):
        return set()
    certain = {(match.new, match.old) for match in anchors}
    done_new, done_old = {i for i, _ in certain}, {j for _, j in certain}
    there, before = titles_without_digits(new), titles_without_digits(old)
    titled = {
        (i, before[title])
        for title, i in there.items()
        if title in before and i not in done_new and before[title] not in done_old
    }
    pairs = certain | titled
    return {(i, j) for i, j in titled if (i - 1, j - 1) in pairs or (i + 1, j + 1) in pairs}


@dataclass(frozen=True, slots=True)
class _PositionModel:
    """The weights that follow from the positions of the items.

    `aligned` has the weights of pairs between the same neighbours; `explained` are absences that need no edit
    to explain them, `inside` the new items that are not at the end where news appears. A page is `unreliable` if
    it is much shorter than before or much more is gone than scrolled off or was replaced: then positions say
    nothing.
    """

    aligned: Mapping[tuple[int, int], float]
    explained: Collection[int]
    inside: Collection[int]
    unreliable: bool

    @classmethod
    def of(
        cls,
        new: Sequence[ComparisonRecord],
        listed: Listed,
        anchors: Sequence[Match],
        title_anchors: Set[tuple[int, int]],
    ) -> _PositionModel:
        old = listed.records
        pairs = sorted({(match.new, match.old) for match in anchors} | title_anchors)
        staying = {j for _, j in pairs}
        moved_or_missing = listed.moved_or_missing(staying)
        explained = moved_or_missing | scrolled_off(old, staying, ascending=listed.ascending)
        kept = longest_increasing_subsequence(pairs)
        moved = {i: j for i, j in pairs if i not in kept}
        new_gaps = gaps([record.section for record in new], {i: i for i, _ in pairs}, moved)
        old_gaps = gaps(
            [record.section for record in old], {j: i for i, j in pairs}, {*moved_or_missing, *moved.values()}
        )
        vanished = Counter(gap.between for j, gap in old_gaps.items() if j not in explained)
        vanished.subtract(gap.between for gap in new_gaps.values())
        shrunk = len(new) * 5 < (len(old) - sum(listed.missing)) * 3
        unreliable = shrunk or sum(max(0, times) for times in vanished.values()) * 4 > max(8, len(old))
        ends = {True: (1,), False: (0,), None: (0, 1)}[listed.ascending]
        inside = {i for i, gap in new_gaps.items() if all(gap.between[end] is not None for end in ends)}
        aligned = (
            {}
            if unreliable
            else align_positions(new_gaps, old_gaps) | dict.fromkeys(title_anchors, _TITLE_ANCHOR_WEIGHT)
        )
        return cls(aligned, explained, inside, unreliable)

    def weight(self, i: int, j: int) -> float:
        """Return the weight that the positions give the pair."""
        if (i, j) in self.aligned:
            return self.aligned[i, j]
        if j in self.explained:
            # One of many explained absences may resemble a new item by chance.
            return -2.0 if i not in self.inside else -0.5 if len(self.explained) > _FEW_ABSENCES else 0.0
        return 0.0 if self.unreliable else 1.5 if i in self.inside else 0.5


def _candidate_pairs(
    new: Sequence[ComparisonRecord],
    old: Sequence[ComparisonRecord],
    rest: tuple[Sequence[int], Sequence[int]],
    aligned: Iterable[tuple[int, int]],
) -> Iterable[tuple[int, int]]:
    """Return the pairs to compare: all of them, or by blocking key and position if these are too many."""
    rest_new, rest_old = rest
    if len(rest_new) * len(rest_old) <= _MAX_PAIRS:
        return [(i, j) for i in rest_new for j in rest_old]
    return {*_pairs_sharing_keys([(i, new[i]) for i in rest_new], [(j, old[j]) for j in rest_old]), *aligned}


def _pairs_sharing_keys(
    new: Iterable[tuple[int, ComparisonRecord]], old: Iterable[tuple[int, ComparisonRecord]]
) -> Iterable[tuple[int, int]]:
    """Return the pairs that have a blocking key in common."""
    index: dict[tuple[str, str], list[int]] = {}
    for j, record in old:
        for key in blocking_keys(record):
            index.setdefault(key, []).append(j)
    return {(i, j) for i, record in new for key in blocking_keys(record) for j in index.get(key, ())}


def _describe(new: ComparisonRecord, old: ComparisonRecord) -> str:
    """Return which fields agree, as the reason for people."""
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
