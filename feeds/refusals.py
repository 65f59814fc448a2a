"""What no good page looks like. Each check raises Implausible, with numbers, or lets the reading pass."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from feeds import damage, text
from feeds.comparison import Comparison, Differences, digest
from feeds.errors import Implausible
from feeds.faces import Sighting, canonical
from feeds.model import Appearance, Item

if TYPE_CHECKING:
    from feeds.gate import Limits

_TEXTS = ("title", "summary", "label", "credit")


def empty(now: Comparison, *, allowed: bool) -> None:
    """Refuse a listing without items where there were some, or where nobody has seen any yet."""
    if not allowed:
        before = f"no items where there were {len(now.listed)}" if now.listed else "no items were found in it"
        raise Implausible("zero_items", f"{before} (allow_empty = true makes it legal)")


def truncated(now: Comparison) -> None:
    """Refuse a document that ends in the middle of an item with known items below it."""
    last = now.last
    if last is None or not now.below or len(now.seen) >= len(now.before):
        return
    same = last in now.same and last not in now.edited and now.listing.items[-1] is now.seen[last].item
    if is_cut(now, last) or not (same or now.listing.complete):
        raise Implausible(
            "truncated",
            f"the document ends in the middle of item {last + 1}; {now.below} known items below are missing",
        )


def is_cut(now: Comparison, last: int) -> bool:
    """Whether the last item is the beginning of an item that is known, or stands further up, and no more."""
    seen, before = now.seen[last].item, now.same.get(last)
    if before is not None and _fold(was := _said(now.listed[before].item)) == _fold(said := _said(seen)):
        return was != said and was.startswith(said)
    items = [row.item for row in (*now.listed, *now.gone, *now.elsewhere.get(last, ()))]
    items += [sighting.item for sighting in now.seen if sighting.item is not seen]
    return any(
        _begins(_fold(said(seen)), {_fold(said(item)) for item in items}) for said in (_said, _said_below)
    )


def _begins(said: str, wholes: set[str]) -> bool:
    return any(whole.startswith(said) for whole in wholes - {said})


def _said(item: Item) -> str:
    """An item from its first word to its last, as it stood there; of its link, where it leads."""
    above = (item.credit, item.label)
    return " ".join(" ".join(field.split()) for field in (*above, _said_below(item)) if field)


def _said_below(item: Item) -> str:
    """The same from its title on: what stands above that may be another label by now."""
    link = canonical(item.link) if item.link else None
    fields = (item.title, item.date, item.summary, link)
    return " ".join(" ".join(field.split()) for field in fields if field)


def _fold(said: str) -> str:
    # A cut may fall between a letter and its accent.
    return unicodedata.normalize("NFD", text.key(said))


def holes(now: Comparison) -> None:
    """Refuse a listing whose numbers leave one out, unless they did so before."""
    before = [row.item.number for row in now.before]
    numbers = [item.number for item in now.listing.items]
    # A page that begins at 11 is the second of something; it always was, or its beginning is missing.
    start = min((number for number in (*before, *numbers[:1]) if number is not None), default=1)
    hole = _hole(numbers, start)
    if hole and not _hole(before, start):
        raise Implausible("gap", f"the numbering goes from {hole[0]} to {hole[1]}: an item was not read")


def _hole(numbers: Sequence[int | None], start: int) -> tuple[int, int] | None:
    """The first two numbers that do not follow each other; a restart at 1 is no hole.

    An item without a number counts as one. Numbers that do not run on are names and prove nothing.
    """
    previous = start - 1
    rising = sum(b == a + 1 for a, b in pairwise(numbers) if a is not None and b is not None)
    if rising == 0 or rising * 2 < len(numbers) - 1:
        return None
    for number in numbers:
        if number is not None and number not in (previous + 1, 1, start):
            return previous, number
        previous = previous + 1 if number is None else number
    return None


def damaged(now: Comparison) -> None:
    """Refuse a document whose letters were lost: an edit that changes nothing else is none.

    Where other items have their letters still, one that lost an accent was edited.
    """
    pairs = [pair for differences in now.edited.values() for pair in differences.values()]
    spoilt = [(old, new) for old, new in pairs if old and new and damage.spoils(old, new)]
    if spoilt and any(_is_intact(now.listed[j], now.seen[i]) for i, j in now.same.items()):
        spoilt = [(old, new) for old, new in spoilt if damage.is_damaged(new)]
    if spoilt:
        old, new = spoilt[0]
        raise Implausible("encoding", f"“{new}” is “{old}” with its letters damaged")
    if any(damage.is_damaged(words) for row in now.listed for words in _texts(row)):
        return
    for index, sighting in enumerate(now.seen):
        for words in _texts(sighting):
            if damage.is_damaged(words):
                raise Implausible("encoding", f"the letters of item {index + 1}, “{words[:80]}”, are damaged")


def _is_intact(before: Appearance, now: Sighting) -> bool:
    """Whether a text with letters beyond ASCII is what it was."""
    same = set(_texts(before)).intersection(_texts(now))
    return any(letter.isalpha() and not letter.isascii() for words in same for letter in words)


def _texts(of: Appearance | Sighting) -> Iterable[str]:
    return filter(None, (getattr(of.item, name) for name in _TEXTS))


def strangers(now: Comparison, limits: Limits) -> None:
    """Refuse a document where other things stand in the places of the known items.

    News is newer than what was known, or stands nearer to the new end than what stays. After an outage all
    of a listing is news; if nothing is dated, it has to show the same for a while under the same headings.
    """
    strange = [index for index in now.new if _is_old(now, index)]
    strange += [index for index in now.known if index not in now.continuing and _is_old(now, index)]
    few = limits.smallest > max(len(now.listed), len(now.seen))
    total, known = len(now.seen), len(now.listed)
    if now.continuing or (few and not strange):
        if len(strange) > max(3, limits.new * total):
            raise Implausible(
                "mass_change", f"{len(strange)} of {total} items are new and no newer than the {known} known"
            )
        return
    message = f"none of the {known} known items is there, but {total} others"
    if len(strange) <= limits.new * total:
        if total * 2 < len(now.before):
            raise Implausible("mass_change", message)
        return
    item = digest(sighting.face.flow for sighting in now.seen)
    headed = {row.section for row in now.before} & {sighting.section for sighting in now.seen} - {None}
    undated = all(now.seen[index].when is None for index in strange)
    if (not few and not (headed and undated)) or now.times("mass_change", item) < now.patience:
        raise Implausible("mass_change", message, item=item)


def borrowed(now: Comparison) -> None:
    """Refuse a document that shows another document's listing in the place of its own."""
    other = [index for index in now.elsewhere if index not in now.continuing]
    old = sum(_is_old(now, index) for index in other)
    headings = {sighting.section for sighting in now.seen} - {None}
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


def _is_old(now: Comparison, index: int) -> bool:
    """Whether an item stands where news does not: dated no later than the known, or below what stays."""
    sighting = now.seen[index]
    newest = max((row.when.day for row in now.listed if row.when), default=None)
    if sighting.when and newest:
        return sighting.when.day <= newest
    staying = [i for i in now.same if now.seen[i].section == sighting.section]
    if not staying:
        return True
    above, below = index < min(staying), index > max(staying)
    return not {True: below, False: above, None: above or below}[now.ascending]


def lost_fields(now: Comparison, limits: Limits) -> None:
    """Refuse a document whose items all lost a field, or all say the same."""
    before = now.before
    if len(now.listed) < limits.smallest or len(before) < 3 or len(now.seen) < 3:
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


def edits(now: Comparison, limits: Limits) -> None:
    """Refuse a document that would edit most of its items at once; to say more than before is none."""
    if len(now.listed) < limits.smallest:
        return
    other = _reworded(now) - ticking(now, limits)
    if len(other) > max(3, limits.edited * len(now.seen)):
        raise Implausible("mass_change", f"{len(other)} of {len(now.seen)} items would be edited at once")


def ticking(now: Comparison, limits: Limits) -> set[int]:
    """The edits that change nothing but figures, if these are many at once: a clock, or counters."""
    reworded = _reworded(now)
    if len(now.listed) < limits.smallest or len(reworded) <= max(3, limits.edited * len(now.seen)):
        return set()
    return {index for index in reworded if _only_figures(now.edited[index])}


def _reworded(now: Comparison) -> set[int]:
    return {
        index
        for index, differences in now.edited.items()
        if any(old is not None for old, _ in differences.values())
    }


def _only_figures(differences: Differences) -> bool:
    return "published" not in differences and all(
        old and new and re.sub(r"[\d.,:]+", "0", old) == re.sub(r"[\d.,:]+", "0", new)
        for old, new in differences.values()
    )
