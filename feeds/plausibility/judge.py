"""Whether a reading is accepted: a broken page never passes, and a normal newsroom never meets a limit.

A page that breaks rarely gives an error. It gives a listing without items, with a gap in its numbers, with its
last item cut, without any dates, or with other content in the place of the items. Each check compares the
reading with what the same document listed before.

A reading that is certainly broken is refused until the page changes or an operator accepts it. One that may be
right is held, item by item where possible, until `patience` readings in a row have shown the same.
"""

from __future__ import annotations

from feeds.plausibility import checks, holds, mass_edits, replaced_content, truncation
from feeds.plausibility.reading_diff import Judgement, ReadingDiff, Thresholds


def judge(diff: ReadingDiff, limits: Thresholds) -> Judgement:
    """Return which parts of a reading pass, or raise Implausible if none may."""
    if not diff.observations:
        # A document that has been empty for long may stay so; one that never listed anything may be misread.
        if diff.listed or not diff.gone:
            checks.check_not_empty(diff, allowed=limits.allow_empty)
        return Judgement(removals=False)
    if diff.listed:
        truncation.check_complete(diff)
        if limits.numbered:
            checks.check_numbering(diff)
        checks.check_encoding(diff)
        checks.check_duplicates(diff)
        replaced_content.check_foreign_listing(diff)
        replaced_content.check_unrelated(diff, limits)
        replaced_content.check_stale_copy(diff)
        checks.check_fields(diff, limits)
    else:
        checks.check_first_encoding(diff)
    truncation.check_not_prefix(diff)
    truncation.check_last_item(diff)
    untrusted_fields = mass_edits.untrusted_fields(diff, limits)
    diff = diff.without(untrusted_fields)
    if diff.listed:
        mass_edits.check_mass_edits(diff, limits)
    held_items = holds.hold_items(diff, limits)
    drop = holds.hold_absences(diff, limits)
    relabelled, labels = holds.hold_labels(diff, limits)
    return Judgement(
        removals=drop is None,
        held_items=frozenset(held_items),
        counter_only_edits=frozenset(mass_edits.counter_only_edits(diff, limits)),
        untrusted_fields=untrusted_fields,
        relabelled=relabelled,
        held=(*held_items.values(), *filter(None, (drop, labels))),
    )
