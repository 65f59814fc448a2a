"""Replaced content: an unrelated page, another document's listing, or a stale copy in the place of the known items."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import pairwise

from feeds.errors import Implausible
from feeds.plausibility.reading_diff import ReadingDiff, Thresholds, digest
from feeds.unicode import normalise

_FEWEST = 2


def check_unrelated(diff: ReadingDiff, limits: Thresholds) -> None:
    """Refuse a document that lists other content in the place of the known items.

    News is newer than the known items, or nearer to the new end than those that stay. After an outage a whole
    listing may be news; an undated one has to show the same for a while under the same headings. If all that is
    known comes from one reading, that may have been the wrong page: another one is accepted when it has lasted.
    """
    misplaced = misplaced_items(diff)
    _check_busy_day(diff, misplaced, limits)
    few = limits.smallest > max(len(diff.listed), len(diff.observations))
    total, known = len(diff.observations), len(diff.listed)
    if diff.continuing or (few and not misplaced):
        if len(misplaced) <= max(3, limits.new * total):
            return
        message = f"{len(misplaced)} of {total} items are new and no newer than the {known} known"
        # A page that only shows more than before still has every known item.
        grown = digest(diff.observations[index].record.full_text for index in misplaced) if not diff.absent else None
        if grown is None or diff.times(grown) < diff.patience:
            raise Implausible("mass_change", message, item=grown)
        return
    message = f"none of the {known} known items is there, but {total} others"
    if len(misplaced) <= limits.new * total:
        _check_new_listing(diff, message)
        return
    headed = {row.section for row in diff.before} & {observation.section for observation in diff.observations} - {None}
    undated = all(diff.observations[index].when is None for index in misplaced)
    item, patience = None, diff.patience
    if few or (headed and undated):
        item = digest(observation.record.full_text for observation in diff.observations)
    elif diff.first_reading_only:
        item = diff.most_repeated([digest([observation.record.full_text]) for observation in diff.observations])
        patience = diff.long_patience
    if item is None or diff.times(item) < patience:
        raise Implausible("mass_change", message, item=item)


def _check_new_listing(diff: ReadingDiff, message: str) -> None:
    """Refuse news in the place of all known items, until it has lasted, if it may be something else.

    That is so under another heading, or if a few items replace many: a new year begins like that, and so do many
    error pages. The few have to resemble the known items.
    """
    sections = {row.section for row in diff.before}
    headed = not sections.isdisjoint(observation.section for observation in diff.observations)
    few = len(diff.observations) * 2 < len(diff.before)
    if headed and not few:
        return
    alike = headed and all(_resembles_known(diff, index) for index in range(len(diff.observations)))
    items = [digest([observation.record.full_text]) for observation in diff.observations]
    item = diff.most_repeated(items) if alike or not few else None
    if item is None or diff.times(item) < (diff.patience if alike else diff.long_patience):
        raise Implausible("mass_change", message, item=item)


def _resembles_known(diff: ReadingDiff, index: int) -> bool:
    """Whether an item has the fields that the known items have, and one of their labels if any."""
    label = diff.observations[index].item.label
    labels = {normalise.key(row.item.label) for row in (*diff.before, *diff.gone) if row.item.label}
    return not diff.missing_fields(index, 0.6) and (not label or normalise.key(label) in labels)


def _check_busy_day(diff: ReadingDiff, misplaced: Sequence[int], limits: Thresholds) -> None:
    """Refuse a document that is mostly new, and of the last known day, until it has shown the same for a while.

    A busy day fills a listing; so does a page that words its items differently.
    """
    most = max(3, limits.new * len(diff.observations))
    here = set(misplaced)
    crowd = [i for i in diff.new if i not in here and (when := diff.observations[i].when) and when.day == diff.newest]
    if len(misplaced) > most or len(misplaced) + len(crowd) <= most:
        return
    item = digest(diff.observations[index].record.full_text for index in diff.new)
    if diff.times(item) < diff.patience:
        message = f"{len(crowd)} of {len(diff.observations)} items are new, but of the last known day"
        raise Implausible("mass_change", message, item=item)


def misplaced_items(diff: ReadingDiff) -> list[int]:
    """Return the observations that the document did not list before, in positions where news does not appear."""
    known = [index for index in diff.known if index not in diff.continuing]
    return [index for index in (*diff.new, *known) if _is_misplaced(diff, index)]


def check_foreign_listing(diff: ReadingDiff) -> None:
    """Refuse a document that shows the listing of another document of the source."""
    other = [index for index in diff.elsewhere if index not in diff.continuing]
    old = sum(_is_misplaced(diff, index) for index in other)
    headings = {observation.section for observation in diff.observations} - {None}
    theirs = {row.section for index in other for row in diff.elsewhere[index]}
    foreign = headings and headings <= theirs - {row.section for row in diff.listed}
    total, missing = len(diff.observations), len(diff.absent)
    if (foreign and len(other) > max(2, len(diff.new)) and missing) or (
        old > max(3, total / 4) and missing * 2 >= len(other)
    ):
        raise Implausible(
            "mass_change",
            f"{len(other)} of {total} items are those of another document, {missing} known ones are missing",
        )


def check_stale_copy(diff: ReadingDiff) -> None:
    """Refuse a stale copy: the newest items are missing, and items that had scrolled off are back.

    If no item stays, it is rather the right page that is back.
    """
    last = {row.entry: row.when for row in diff.gone}
    back = [last[id] for index, id in diff.known.items() if index in diff.continuing and id in last]
    gone = [diff.listed[index].when for index in diff.absent]
    there = [diff.listed[index].when for index in diff.matched.values()]
    days = [[when.day for when in whens if when] for whens in (back, there, gone)]
    if diff.new or not there or min(len(days[0]), len(days[2])) < _FEWEST or not _is_rising(days):
        return
    item = digest(sorted(diff.listed[index].entry for index in diff.absent))
    if diff.times(item) < diff.long_patience:
        message = f"the newest {len(gone)} items are missing, and {len(back)} older ones are back"
        raise Implausible("mass_change", message, item=item)


def _is_rising(groups: Iterable[Sequence[dt.date]]) -> bool:
    """Whether no day of a group is later than any day of the next group."""
    return all(max(one) <= min(other) for one, other in pairwise(filter(None, groups)))


def _is_misplaced(diff: ReadingDiff, index: int) -> bool:
    """Whether an item is where news does not appear: older than the newest known day, or below what stays."""
    observation = diff.observations[index]
    if observation.when and diff.newest and observation.when.day != diff.newest:
        return observation.when.day < diff.newest
    if observation.section not in diff.staying:
        return observation.when is None or diff.newest is None
    first, last = diff.staying[observation.section]
    above, below = index < first, index > last
    return not {True: below, False: above, None: above or below}[diff.ascending]
