"""Checks of a whole reading for items, numbering, encoding, duplicates and fields.

Each check raises Implausible, with numbers in its message, or returns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise

from feeds.changes import Appearance
from feeds.errors import Implausible
from feeds.linkage.record import ComparisonRecord, Observation
from feeds.plausibility.reading_diff import ReadingDiff, Thresholds, digest
from feeds.unicode import mojibake

_FIELDS = ("credit", "label", "title", "date", "summary", "link")
_TEXTS = ("title", "summary", "label", "credit")


def check_not_empty(diff: ReadingDiff, *, allowed: bool) -> None:
    """Refuse a listing without items if it had some, or never had any, unless `allowed`."""
    if not allowed:
        before = f"no items where there were {len(diff.listed)}" if diff.listed else "no items were found in it"
        raise Implausible("zero_items", f"{before} (allow_empty = true makes it legal)")


def check_numbering(diff: ReadingDiff) -> None:
    """Refuse a listing whose numbers skip one, unless they did before."""
    before = [row.item.number for row in diff.before]
    numbers = [item.number for item in diff.listing.items]
    # A page may begin at 11 because it is the second one; if it did not before, its beginning is missing.
    start = min((number for number in (*before, *numbers[:1]) if number is not None), default=1)
    gap = _numbering_gap(numbers, start)
    if gap and not _numbering_gap(before, start):
        raise Implausible("gap", f"the numbering goes from {gap[0]} to {gap[1]}: an item was not read")


def _numbering_gap(numbers: Sequence[int | None], start: int) -> tuple[int, int] | None:
    """Return the first two numbers that are not consecutive; a restart at 1 is not a gap.

    An item without a number counts as one. If hardly any numbers are consecutive they are names, not counts.
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


def check_encoding(diff: ReadingDiff) -> None:
    """Refuse a document whose letters were damaged by a wrong decoding.

    A few new items that stay damaged were written like that; so were a few known ones that lost letters which
    other items still show.
    """
    damaged = {index: words for index in range(len(diff.observations)) if (words := _damaged_text(diff, index))}
    # Invalid bytes were replaced, so the other letters are right: only the items with such bytes are held.
    replaced = {index for index, words in damaged.items() if mojibake.has_only_replaced_letters(words)}
    if len(replaced) * 2 < len(diff.observations):
        damaged = {index: words for index, words in damaged.items() if index not in replaced}
    if not damaged or any(mojibake.is_damaged(words) for row in diff.listed for words in _texts(row)):
        return
    index, words = next(iter(damaged.items()))
    few = len(damaged) <= 3 and len(damaged) * 2 < len(diff.observations)
    own = few and all(index in diff.new or _shows_elsewhere(diff, index, damaged) for index in damaged)
    item = digest(damaged.values()) if own else None
    if item is None or diff.times(item) < diff.patience:
        message = f"the letters of item {index + 1}, “{words[:80]}”, are damaged"
        raise Implausible("encoding", message, item=item)


def check_first_encoding(diff: ReadingDiff) -> None:
    """Refuse a first reading in which most items have damaged letters, until that has lasted."""
    damaged = [words for index in range(len(diff.observations)) if (words := _damaged_text(diff, index))]
    if len(damaged) * 2 > len(diff.observations) and diff.times("all") < diff.long_patience:
        message = f"the letters of {len(damaged)} of {len(diff.observations)} items are damaged"
        raise Implausible("encoding", message, item="all")


def _shows_elsewhere(diff: ReadingDiff, index: int, damaged: Collection[int]) -> bool:
    """Whether another item has the letters that this one lost, so that no wrong decoding removed them."""
    pairs = [(old or "", new or "") for old, new in diff.edited.get(index, {}).values()]
    lost = {letter for old, new in pairs for letter in set(old) - set(new) if not letter.isascii()}
    others = (
        words for i, observation in enumerate(diff.observations) if i not in damaged for words in _texts(observation)
    )
    return bool(lost) and any(lost & set(words) for words in others)


def _damaged_text(diff: ReadingDiff, index: int) -> str | None:
    """Return the text of an item whose letters are damaged, else None."""
    for old, new in diff.edited.get(index, {}).values():
        if old and new and mojibake.is_damaged_copy(old, new):
            return new
    return next((words for words in _texts(diff.observations[index]) if mojibake.is_damaged(words)), None)


def _texts(of: Appearance | Observation) -> Iterable[str]:
    return filter(None, (getattr(of.item, name) for name in _TEXTS))


def check_duplicates(diff: ReadingDiff) -> None:
    """Refuse a document that lists most of its items twice; a few identical notices are separate items."""
    again = _repetitions(observation.record for observation in diff.observations)
    before = _repetitions(map(ComparisonRecord.of_appearance, diff.before))
    if again > max(3, len(diff.observations) / 4, 2 * before):
        raise Implausible(
            "mass_change", f"{again} of {len(diff.observations)} items say what another one says, word for word"
        )


def _repetitions(records: Iterable[ComparisonRecord]) -> int:
    return sum(times - 1 for times in Counter(record.full_text for record in records).values())


def check_fields(diff: ReadingDiff, limits: Thresholds) -> None:
    """Refuse a document whose items all lost a field, until that has lasted, or all have the same value in one."""
    before = diff.before
    if len(diff.listed) < limits.smallest or len(before) < 3 or len(diff.observations) < 3:
        return
    for name in ("date", "summary", "link"):
        had = sum(getattr(row.item, name) is not None for row in before)
        has = sum(getattr(observation.item, name) is not None for observation in diff.observations)
        lost = had / len(before) - has / len(diff.observations) >= 0.6
        if lost and diff.times(name) < diff.long_patience:
            message = f"{has} of {len(diff.observations)} items have a {name}; {had} of {len(before)} had one"
            raise Implausible("fields_lost", message, item=name)
    # All items may be of one day, after a busy day; old items that changed to that day count as edits.
    for name in ("title", "summary", "link"):
        were = {getattr(row.item, name) for row in before}
        are = {getattr(observation.item, name) for observation in diff.observations}
        if len(are) == 1 and None not in are and len(were) > len(before) / 2:
            raise Implausible("fields_lost", f"all {len(diff.observations)} items have the same {name} ({are.pop()})")
