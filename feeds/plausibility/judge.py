"""Whether a reading is believed: no broken page passes, and a normal newsroom never meets a limit.

A page that breaks is rarely an error. It is a listing with nothing in it, with a hole in its numbers,
with its last item cut, with every date gone, or with other things in the places of the items. Each
check compares the reading with what the same document listed before.

What is certainly broken is refused until the page changes or an operator accepts it. What may be right
is held, item by item where that can be, until `patience` readings in a row have shown the same.
"""

from __future__ import annotations

from feeds.plausibility import checks, holds, mass_edits, replaced_content, truncation
from feeds.plausibility.reading_diff import Judgement, ReadingDiff, Thresholds


def judge(now: ReadingDiff, limits: Thresholds) -> Judgement:
    """Raise Implausible, or say what of this reading may pass."""
    if not now.seen:
        # What has listed nothing for long may go on so; what never listed anything may never have been read.
        if now.listed or not now.gone:
            checks.empty(now, allowed=limits.allow_empty)
        return Judgement(removals=False)
    if now.listed:
        truncation.check_complete(now)
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
    truncation.check_not_prefix(now)
    truncation.check_last_item(now)
    silent = mass_edits.silent(now, limits)
    now = now.without(silent)
    if now.listed:
        mass_edits.edits(now, limits)
    doubtful = holds.items(now, limits)
    drop = holds.drop(now, limits)
    relabelled, labels = holds.labels(now, limits)
    return Judgement(
        removals=drop is None,
        doubtful=frozenset(doubtful),
        ticking=frozenset(mass_edits.ticking(now, limits)),
        silent=silent,
        relabelled=relabelled,
        held=(*doubtful.values(), *filter(None, (drop, labels))),
    )
