"""What no good page looks like. Each check raises Implausible, with numbers, or lets the reading pass."""

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


def empty(now: ReadingDiff, *, allowed: bool) -> None:
    """Refuse a listing without items where there were some, or where nobody has seen any yet."""
    if not allowed:
        before = f"no items where there were {len(now.listed)}" if now.listed else "no items were found in it"
        raise Implausible("zero_items", f"{before} (allow_empty = true makes it legal)")


def holes(now: ReadingDiff) -> None:
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


def damaged(now: ReadingDiff) -> None:
    """Refuse a document whose letters were lost: an edit that changes nothing else is none.

    A few new ones that are damaged, and stay so, were written like that; so were a few that lost letters
    which other items show.
    """
    harm = {index: words for index in range(len(now.seen)) if (words := _harm(now, index))}
    if not harm or any(mojibake.is_damaged(words) for row in now.listed for words in _texts(row)):
        return
    index, words = next(iter(harm.items()))
    few = len(harm) <= 3 and len(harm) * 2 < len(now.seen)
    own = few and all(index in now.new or _shows_elsewhere(now, index, harm) for index in harm)
    item = digest(harm.values()) if own else None
    if item is None or now.times(item) < now.patience:
        message = f"the letters of item {index + 1}, “{words[:80]}”, are damaged"
        raise Implausible("encoding", message, item=item)


def illegible(now: ReadingDiff) -> None:
    """Refuse a first reading of which most items show damaged letters, until that has lasted."""
    harm = [words for index in range(len(now.seen)) if (words := _harm(now, index))]
    if len(harm) * 2 > len(now.seen) and now.times("all") < now.lasting:
        message = f"the letters of {len(harm)} of {len(now.seen)} items are damaged"
        raise Implausible("encoding", message, item="all")


def _shows_elsewhere(now: ReadingDiff, index: int, harm: Collection[int]) -> bool:
    """Whether the letters that an item lost stand in another one, so that no encoding took them."""
    pairs = [(old or "", new or "") for old, new in now.edited.get(index, {}).values()]
    lost = {letter for old, new in pairs for letter in set(old) - set(new) if not letter.isascii()}
    others = (words for i, observation in enumerate(now.seen) if i not in harm for words in _texts(observation))
    return bool(lost) and any(lost & set(words) for words in others)


def _harm(now: ReadingDiff, index: int) -> str | None:
    """The text of an item whose letters are damaged."""
    for old, new in now.edited.get(index, {}).values():
        if old and new and mojibake.is_damaged_copy(old, new):
            return new
    return next((words for words in _texts(now.seen[index]) if mojibake.is_damaged(words)), None)


def _texts(of: Appearance | Observation) -> Iterable[str]:
    return filter(None, (getattr(of.item, name) for name in _TEXTS))


def doubled(now: ReadingDiff) -> None:
    """Refuse a document whose template ran twice over its items; two notices that agree are two."""
    again = _repetitions(observation.face for observation in now.seen)
    before = _repetitions(map(ComparisonRecord.of_row, now.before))
    if again > max(3, len(now.seen) / 4, 2 * before):
        raise Implausible("mass_change", f"{again} of {len(now.seen)} items say what another one says, word for word")


def _repetitions(faces: Iterable[ComparisonRecord]) -> int:
    return sum(times - 1 for times in Counter(face.flow for face in faces).values())


def lost_fields(now: ReadingDiff, limits: Thresholds) -> None:
    """Refuse a document whose items all lost a field, until that has lasted, or all say the same."""
    before = now.before
    if len(now.listed) < limits.smallest or len(before) < 3 or len(now.seen) < 3:
        return
    for name in ("date", "summary", "link"):
        had = sum(getattr(row.item, name) is not None for row in before)
        has = sum(getattr(observation.item, name) is not None for observation in now.seen)
        lost = had / len(before) - has / len(now.seen) >= 0.6
        if lost and now.times(name) < now.lasting:
            message = f"{has} of {len(now.seen)} items have a {name}; {had} of {len(before)} had one"
            raise Implausible("fields_lost", message, item=name)
    # Of one day may be all that a busy day left of a listing; that old items changed to it is an edit.
    for name in ("title", "summary", "link"):
        were = {getattr(row.item, name) for row in before}
        are = {getattr(observation.item, name) for observation in now.seen}
        if len(are) == 1 and None not in are and len(were) > len(before) / 2:
            raise Implausible("fields_lost", f"all {len(now.seen)} items have the same {name} ({are.pop()})")
