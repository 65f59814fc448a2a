"""Other things in the places of the known items: another page, another document, or a copy from before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import pairwise

from feeds.errors import Implausible
from feeds.plausibility.reading_diff import ReadingDiff, Thresholds, digest
from feeds.unicode import normalise

_SEVERAL = 2


def unknown(now: ReadingDiff, limits: Thresholds) -> None:
    """Refuse a document where other things stand in the places of the known items.

    News is newer than what was known, or stands nearer to the new end than what stays. After an outage all
    of a listing is news; if nothing is dated, it has to show the same for a while under the same headings.
    What has been read only once may have been the wrong page: the right one is believed when it has lasted.
    """
    strange = out_of_place(now)
    _crowds(now, strange, limits)
    few = limits.smallest > max(len(now.listed), len(now.seen))
    total, known = len(now.seen), len(now.listed)
    if now.continuing or (few and not strange):
        if len(strange) <= max(3, limits.new * total):
            return
        message = f"{len(strange)} of {total} items are new and no newer than the {known} known"
        # A page that shows more than it did has all that it had.
        grown = digest(now.seen[index].face.flow for index in strange) if not now.absent else None
        if grown is None or now.times(grown) < now.patience:
            raise Implausible("mass_change", message, item=grown)
        return
    message = f"none of the {known} known items is there, but {total} others"
    if len(strange) <= limits.new * total:
        _begun(now, message)
        return
    headed = {row.section for row in now.before} & {observation.section for observation in now.seen} - {None}
    undated = all(now.seen[index].when is None for index in strange)
    item, patience = None, now.patience
    if few or (headed and undated):
        item = digest(observation.face.flow for observation in now.seen)
    elif now.untried:
        item = now.longest([digest([observation.face.flow]) for observation in now.seen])
        patience = now.lasting
    if item is None or now.times(item) < patience:
        raise Implausible("mass_change", message, item=item)


def _begun(now: ReadingDiff, message: str) -> None:
    """Refuse news in the place of all that was known, until it has lasted, if it looks like something else.

    Under another heading it is not what was there. A few items have to look like those before, and to stay:
    so a year begins, and many an error page.
    """
    sections = {row.section for row in now.before}
    headed = not sections.isdisjoint(observation.section for observation in now.seen)
    few = len(now.seen) * 2 < len(now.before)
    if headed and not few:
        return
    alike = headed and all(_is_alike(now, index) for index in range(len(now.seen)))
    items = [digest([observation.face.flow]) for observation in now.seen]
    item = now.longest(items) if alike or not few else None
    if item is None or now.times(item) < (now.patience if alike else now.lasting):
        raise Implausible("mass_change", message, item=item)


def _is_alike(now: ReadingDiff, index: int) -> bool:
    """Whether an item has what the items before had, and no label that is none of theirs."""
    label = now.seen[index].item.label
    labels = {normalise.key(row.item.label) for row in (*now.before, *now.gone) if row.item.label}
    return not now.lacks(index, 0.6) and (not label or normalise.key(label) in labels)


def _crowds(now: ReadingDiff, strange: Sequence[int], limits: Thresholds) -> None:
    """Have a document that is mostly new, and not newer than the last known day, show the same for a while.

    A busy day fills a listing; so does a page that words its items otherwise.
    """
    most = max(3, limits.new * len(now.seen))
    here = set(strange)
    crowd = [i for i in now.new if i not in here and (when := now.seen[i].when) and when.day == now.newest]
    if len(strange) > most or len(strange) + len(crowd) <= most:
        return
    item = digest(now.seen[index].face.flow for index in now.new)
    if now.times(item) < now.patience:
        message = f"{len(crowd)} of {len(now.seen)} items are new, but of the last known day"
        raise Implausible("mass_change", message, item=item)


def out_of_place(now: ReadingDiff) -> list[int]:
    """The items that the document did not list, and that stand where news does not."""
    known = [index for index in now.known if index not in now.continuing]
    return [index for index in (*now.new, *known) if _is_old(now, index)]


def borrowed(now: ReadingDiff) -> None:
    """Refuse a document that shows another document's listing in the place of its own."""
    other = [index for index in now.elsewhere if index not in now.continuing]
    old = sum(_is_old(now, index) for index in other)
    headings = {observation.section for observation in now.seen} - {None}
    theirs = {row.section for index in other for row in now.elsewhere[index]}
    foreign = headings and headings <= theirs - {row.section for row in now.listed}
    total, missing = len(now.seen), len(now.absent)
    if (foreign and len(other) > max(2, len(now.new)) and missing) or (
        old > max(3, total / 4) and missing * 2 >= len(other)
    ):
        raise Implausible(
            "mass_change",
            f"{len(other)} of {total} items are those of another document, {missing} known ones are missing",
        )


def aged(now: ReadingDiff) -> None:
    """Refuse a copy from before: the newest items are missing, and what had scrolled off is back.

    Where nothing stays, it is rather the right page that is back.
    """
    last = {row.entry: row.when for row in now.gone}
    back = [last[id] for index, id in now.known.items() if index in now.continuing and id in last]
    gone = [now.listed[index].when for index in now.absent]
    there = [now.listed[index].when for index in now.same.values()]
    days = [[when.day for when in whens if when] for whens in (back, there, gone)]
    if now.new or not there or min(len(days[0]), len(days[2])) < _SEVERAL or not _is_rising(days):
        return
    item = digest(sorted(now.listed[index].entry for index in now.absent))
    if now.times(item) < now.lasting:
        message = f"the newest {len(gone)} items are missing, and {len(back)} older ones are back"
        raise Implausible("mass_change", message, item=item)


def _is_rising(groups: Iterable[Sequence[dt.date]]) -> bool:
    """Whether no day of a group is later than any of those that follow."""
    return all(max(one) <= min(other) for one, other in pairwise(filter(None, groups)))


def _is_old(now: ReadingDiff, index: int) -> bool:
    """Whether an item stands where news does not: dated before the newest known, or below what stays."""
    observation = now.seen[index]
    if observation.when and now.newest and observation.when.day != now.newest:
        return observation.when.day < now.newest
    if observation.section not in now.staying:
        return observation.when is None or now.newest is None
    first, last = now.staying[observation.section]
    above, below = index < first, index > last
    return not {True: below, False: above, None: above or below}[now.ascending]
