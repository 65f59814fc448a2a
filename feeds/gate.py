"""Whether a reading is believed: no broken page passes, and a normal newsroom never meets a limit.

A page that breaks is rarely an error. It is a listing with nothing in it, with a hole in its numbers,
with its last item cut, with every date gone, or with other things in the places of the items. Each
check compares the reading with what the same document listed before; a first reading passes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from feeds.errors import Implausible
from feeds.model import Appearance, Held, Listing
from feeds.recognition import Face, Sighting


@dataclass(frozen=True, slots=True)
class Limits:
    """When a reading stops being believed. The shares are of the items of one document.

    `smallest`: with fewer known items no share is judged. `missing`: with more of them absent at once, no
    absence is believed. `new`, `edited`: with more of them new (and not newer than the known), or edited at
    once, the reading is refused. `repeats`: how many equal readings make an unknown last item believed.
    `numbered`: a hole in the numbers refuses a reading. `allow_empty`: a listing without items is legal.
    """

    smallest: int = 4
    missing: float = 0.5
    repeats: int = 3
    new: float = 0.5
    edited: float = 0.5
    numbered: bool = True
    allow_empty: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What may pass. `doubtful` are the indices of sightings whose change is held; `held` says why."""

    removals: bool = True
    doubtful: frozenset[int] = frozenset()
    held: tuple[Held, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """One document as it was listed before and as it is seen now.

    `listed` are the appearances that have not gone, in order, and `gone` the others; `same` maps a sighting
    to the listed one that it is; `known` are the sightings that are entries known from anywhere; `edited`
    those that would edit one. `repeats` counts the readings in a row that gave the very same bytes.
    """

    listing: Listing
    seen: Sequence[Sighting]
    listed: Sequence[Appearance]
    same: Mapping[int, int]
    known: Collection[int]
    edited: Collection[int]
    gone: Sequence[Appearance] = ()
    ascending: bool = False
    repeats: int = 1

    @property
    def before(self) -> list[Appearance]:
        """What the last reading showed; the rest of `listed` was missing in it already."""
        return [row for row in self.listed if not row.missing]

    @property
    def tail(self) -> int:
        """How many items at the end of the last reading have no counterpart now."""
        last = max(self.same.values(), default=-1)
        return sum(not row.missing for row in self.listed[last + 1 :])


def judge(now: Comparison, limits: Limits) -> Verdict:
    """Raise Implausible, or say what of this reading may pass."""
    if not now.listed:
        return Verdict()
    if not now.seen:
        _refuse_empty(now, limits)
        return Verdict(removals=False)
    _refuse_truncated(now)
    if limits.numbered:
        _refuse_holes(now)
    if len(now.listed) >= limits.smallest:
        _refuse_lost_fields(now)
        _refuse_mass_change(now, limits)
    held = _hold_last(now, limits) + _hold_removals(now, limits)
    last = frozenset({len(now.seen) - 1}) if any(hold.reason == "truncated" for hold in held) else frozenset()
    return Verdict(not any(hold.reason == "drop" for hold in held), last, held)


def _refuse_empty(now: Comparison, limits: Limits) -> None:
    if not limits.allow_empty:
        raise Implausible(
            "zero_items", f"no items where there were {len(now.listed)} (allow_empty = true makes it legal)"
        )


def _refuse_truncated(now: Comparison) -> None:
    last = len(now.seen) - 1
    unlike = last not in now.known or last in now.edited or _cut(now) or not now.listing.complete
    if now.tail and len(now.seen) < len(now.before) and unlike:
        raise Implausible(
            "truncated",
            f"the document ends in the middle of item {last + 1}; {now.tail} known items below are missing",
        )


def _hold_last(now: Comparison, limits: Limits) -> tuple[Held, ...]:
    """Hold the last item where it may be cut: nothing behind it shows that it was written to its end."""
    last = len(now.seen) - 1
    new, waiting = last not in now.known, now.repeats < limits.repeats
    if _cut(now):
        what = "is only the beginning of what it was"
    elif waiting and not now.listing.complete and (new or last in now.edited):
        what = "seems to be cut off, and waits to be seen unchanged"
    elif waiting and new and now.same and not now.ascending:
        what = "is new at the old end, and waits to be seen unchanged"
    else:
        return ()
    message = f"item {last + 1}, the last one ({now.seen[-1].item.title}), {what}"
    return (Held(now.listing.document, "truncated", message, whole=False),)


def _cut(now: Comparison) -> bool:
    """Whether the last item is the beginning of an item known from before, and no more than that."""
    face, before = now.seen[-1].face, now.same.get(len(now.seen) - 1)
    if before is not None:
        was = _face(now.listed[before])
        if was.flow == face.flow:
            return False
        if was.summary != face.summary and was.summary.startswith(face.summary):
            return True
    taken = set(now.same.values()) - {before}
    vanished = [row for index, row in enumerate(now.listed) if index not in taken]
    flows = {_face(row).flow for row in (*vanished, *now.gone)}
    return any(flow.startswith(face.flow) for flow in flows - {face.flow})


def _face(row: Appearance) -> Face:
    return Face.of(row.item, row.when)


def _refuse_holes(now: Comparison) -> None:
    hole = _hole([sighting.item.number for sighting in now.seen])
    if hole and not _hole([row.item.number for row in now.before]):
        raise Implausible("gap", f"the numbering goes from {hole[0]} to {hole[1]}: an item was not read")


def _hole(numbers: Sequence[int | None]) -> tuple[int, int] | None:
    """The first two numbers that do not follow each other; a restart at 1 is no hole.

    An item without a number counts as one. Numbers that do not run on are names and prove nothing.
    """
    previous, first = 0, next((number for number in numbers if number is not None), None)
    if first is None:
        return None
    rising = sum(b == a + 1 for a, b in pairwise(numbers) if a is not None and b is not None)
    if rising * 2 < len(numbers) - 1:
        return None
    for number in numbers:
        if number is not None and number not in (previous + 1, 1):
            return previous, number
        previous = previous + 1 if number is None else number
    return None


def _refuse_lost_fields(now: Comparison) -> None:
    before = now.before
    if len(before) < 3 or len(now.seen) < 3:
        return
    for name in ("date", "summary", "link"):
        had = sum(getattr(row.item, name) is not None for row in before)
        has = sum(getattr(sighting.item, name) is not None for sighting in now.seen)
        if had / len(before) - has / len(now.seen) >= 0.6:
            raise Implausible(
                "fields_lost", f"{has} of {len(now.seen)} items have a {name}; {had} of {len(before)} had one"
            )
    for name in ("title", "date", "link"):
        were = {getattr(row.item, name) for row in before}
        are = {getattr(sighting.item, name) for sighting in now.seen}
        if len(are) == 1 and None not in are and len(were) > len(before) / 2:
            raise Implausible("fields_lost", f"all {len(now.seen)} items have the same {name} ({are.pop()})")


def _refuse_mass_change(now: Comparison, limits: Limits) -> None:
    newest = max((a.when.day for a in now.listed if a.when), default=None)
    first = min(now.known, default=len(now.seen))
    strange = [
        index
        for index, sighting in enumerate(now.seen)
        if index not in now.known
        and (
            sighting.when.day <= newest
            if sighting.when and newest
            else index > first or first == len(now.seen)
        )
    ]
    if len(strange) > max(3, limits.new * len(now.seen)):
        raise Implausible(
            "mass_change",
            f"{len(strange)} of {len(now.seen)} items are new and no newer than the {len(now.listed)} known",
        )
    if len(now.edited) > max(3, limits.edited * len(now.seen)):
        raise Implausible(
            "mass_change", f"{len(now.edited)} of {len(now.seen)} items would be edited at once"
        )


def _hold_removals(now: Comparison, limits: Limits) -> tuple[Held, ...]:
    total = len(now.before)
    if total < limits.smallest:
        return ()
    absent = sum(not row.missing for index, row in enumerate(now.listed) if index not in now.same.values())
    middle = absent - now.tail
    if len(now.seen) >= (1 - limits.missing) * total and middle <= limits.missing * total:
        return ()
    message = (
        f"{absent} of {total} known items are missing, {len(now.seen)} are there; what is new was published"
    )
    return (Held(now.listing.document, "drop", message, whole=False),)
