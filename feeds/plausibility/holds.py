"""What may be right or broken: held back item by item until enough readings in a row have shown the same."""

from __future__ import annotations

from feeds.changes import Held
from feeds.plausibility.reading_diff import FIELDS, ReadingDiff, Thresholds, digest
from feeds.plausibility.truncation import is_cut
from feeds.unicode import mojibake, normalise

_SEVERAL = 4


def items(now: ReadingDiff, limits: Thresholds) -> dict[int, Held]:
    """The observations to hold back, by index, and why."""
    held: dict[int, Held] = {}
    for index in range(len(now.seen)):
        found = last_item(now, index) if index == now.last else None
        if found is None and index in now.new:
            found = _unlike(now, index, limits)
        patience = now.patience
        if unfilled := _unfilled(now, index):
            found, patience = unfilled, now.lasting
        if found is None:
            continue
        reason, what = found
        observation = now.seen[index]
        item = digest([observation.face.flow])
        times = now.times(item)
        if times < patience or not now.listing.complete:
            message = f"item {index + 1}, “{observation.item.title}”, {what}"
            held[index] = Held(now.listing.document, reason, message, whole=False, item=item, times=times)
    return held


def last_item(now: ReadingDiff, last: int) -> tuple[str, str] | None:
    """Doubt the last item where it may be cut: nothing behind it shows that it was written to its end."""
    new = last not in now.known
    if now.listed and is_cut(now, last):
        return "truncated", "the last one, is only the beginning of what it was"
    if not now.listing.complete and (new or last in now.edited):
        return "truncated", "the last one, seems to be cut off"
    if last in now.edited and now.below and len(now.seen) < len(now.before):
        return "truncated", f"the last one, was edited, and {now.below} known items below are missing"
    if new and len(now.before) >= _SEVERAL and (lacks := now.lacks(last, 1.0)):
        return "truncated", f"the last one, has {lacks[0]}, and all others have one"
    if not new or not now.listed or now.ascending:
        return None
    if not now.same:
        return "truncated", "the last one, is as new as all above it"
    # As many items as before are the work of the page, which filled up its window at the old end.
    filled = len(now.seen) <= len(now.before) and not now.below
    return None if filled or last < max(now.same) else ("truncated", "the last one, is new at the old end")


def _unlike(now: ReadingDiff, index: int, limits: Thresholds) -> tuple[str, str] | None:
    """Doubt a new item that is twice unlike the others: it may say that something went wrong.

    One that says what another says, word for word, may be the work of a template that ran twice.
    """
    before, item, face = now.before, now.seen[index].item, now.seen[index].face
    if before and sum(observation.face.flow == face.flow for observation in now.seen) > 1:
        return "twice", "says what another item says"
    if len(before) < limits.smallest:
        return None
    texts = filter(None, (item.title, item.summary))
    if any(mojibake.may_be_damaged(words) and not mojibake.is_damaged(words) for words in texts) and not any(
        mojibake.may_be_damaged(row.item.title or "") for row in before
    ):
        return "encoding", "has question marks within its words"
    unlike = now.lacks(index, 0.6)
    unlike += [
        f"a {name}" for name in FIELDS if getattr(item, name) and not any(getattr(row.item, name) for row in before)
    ]
    return ("unlike", f"has {' and '.join(unlike)} unlike the others") if len(unlike) > 1 else None


def _unfilled(now: ReadingDiff, index: int) -> tuple[str, str] | None:
    """Doubt a title that a template did not fill in, for longer than an outage lasts."""
    named = index in now.new or "title" in now.edited.get(index, {})
    unfilled = named and mojibake.is_placeholder(now.seen[index].item.title or "")
    return ("unlike", "is a placeholder") if unfilled and now.before else None


def labels(now: ReadingDiff, limits: Thresholds) -> tuple[frozenset[int], Held | None]:
    """The observations whose labels are not believed, if those of most known items change at once, and why.

    No one is told of a label, but every category loses its entries by it and new ones are made for good.
    """
    were = {index: _key(now.listed[j].item.label) for index, j in now.same.items()}
    are = {index: key for index in were if (key := _key(now.seen[index].item.label)) not in (None, were[index])}
    if len(now.listed) < limits.smallest or len(are) <= max(_SEVERAL, limits.edited * len(were)):
        return frozenset(), None
    item = now.longest(now.digests(are))
    times = now.times(item)
    if times >= now.patience:
        return frozenset(), None
    known = {*were.values(), *(_key(row.item.label) for row in now.gone)}
    new = {index for index in now.new if _key(now.seen[index].item.label) not in known}
    message = f"{len(are)} of {len(were)} known items have another label; they keep theirs for now"
    held = Held(now.listing.document, "mass_change", message, whole=False, item=item, times=times)
    return frozenset(are.keys() | new), held


def _key(label: str | None) -> str | None:
    return normalise.key(label) if label else None


def drop(now: ReadingDiff, limits: Thresholds) -> Held | None:
    """Doubt the absences if too many items are gone at once from among those that stay."""
    total, gone = len(now.before), now.absent - now.scrolled
    within = total - len(now.absent & now.scrolled)
    if total < limits.smallest or len(gone) <= limits.missing * within:
        return None
    item = digest(sorted(now.listed[index].entry for index in gone))
    times = now.times(item)
    if times >= now.patience:
        return None
    there = len(now.seen)
    message = f"{len(gone)} of {total} known items are missing, {there} are there; what is new was published"
    return Held(now.listing.document, "drop", message, whole=False, item=item, times=times)
