"""Whether a reading is believed: no broken page passes, and a normal newsroom never meets a limit.

A page that breaks is rarely an error. It is a listing with nothing in it, with a hole in its numbers,
with its last item cut, with every date gone, or with other things in the places of the items. Each
check compares the reading with what the same document listed before.

What is certainly broken is refused until the page changes or an operator accepts it. What may be right
is held, item by item where that can be, until `patience` readings in a row have shown the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from feeds.changes import Held
from feeds.plausibility import checks, holds, mass_edits, replaced_content
from feeds.plausibility.reading_diff import Comparison


@dataclass(frozen=True, slots=True)
class Limits:
    """When a reading stops being believed. The shares are of the items of one document.

    `smallest`: with fewer known items no share is judged. `missing`: with more of them gone from among the
    others at once, no absence is believed. `new`, `edited`: with more of them new (and not newer than the
    known), or edited at once, the reading is refused. `numbered`: a hole in the numbers refuses a reading.
    `allow_empty`: a listing without items is legal.
    """

    smallest: int = 4
    missing: float = 0.5
    new: float = 0.5
    edited: float = 0.5
    numbered: bool = True
    allow_empty: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What may pass. `doubtful` are the indices of sightings that are held, and `held` says why.

    `ticking` are the sightings whose edits are those of a clock or a counter, `silent` the fields that a
    template left out, `relabelled` the sightings whose labels wait.
    """

    removals: bool = True
    doubtful: frozenset[int] = frozenset()
    ticking: frozenset[int] = frozenset()
    silent: frozenset[str] = frozenset()
    relabelled: frozenset[int] = frozenset()
    held: tuple[Held, ...] = ()


def judge(now: Comparison, limits: Limits) -> Verdict:
    """Raise Implausible, or say what of this reading may pass."""
    if not now.seen:
        # What has listed nothing for long may go on so; what never listed anything may never have been read.
        if now.listed or not now.gone:
            checks.empty(now, allowed=limits.allow_empty)
        return Verdict(removals=False)
    if now.listed:
        checks.truncated(now)
        if limits.numbered:
            checks.holes(now)
        checks.damaged(now)
        checks.doubled(now)
        replaced_content.borrowed(now)
        replaced_content.unknown(now, limits)
        replaced_content.aged(now)
        checks.lost_fields(now, limits)
    else:
        checks.illegible(now)
    checks.begun(now)
    checks.cut_off(now)
    silent = mass_edits.silent(now, limits)
    now = now.without(silent)
    if now.listed:
        mass_edits.edits(now, limits)
    doubtful = holds.items(now, limits)
    drop = holds.drop(now, limits)
    relabelled, labels = holds.labels(now, limits)
    return Verdict(
        removals=drop is None,
        doubtful=frozenset(doubtful),
        ticking=frozenset(mass_edits.ticking(now, limits)),
        silent=silent,
        relabelled=relabelled,
        held=(*doubtful.values(), *filter(None, (drop, labels))),
    )
