"""Holds: parts of a reading that may be right or broken, held until enough readings in a row show the same."""

from __future__ import annotations

from feeds.changes import Held
from feeds.plausibility.reading_diff import FIELDS, ReadingDiff, Thresholds, digest
from feeds.plausibility.truncation import is_cut
from feeds.unicode import mojibake, normalise

_FEWEST = 4


def hold_items(diff: ReadingDiff, limits: Thresholds) -> dict[int, Held]:
    """Return the observations to hold, by index, and why."""
    held: dict[int, Held] = {}
    for index in range(len(diff.observations)):
        found = _hold_last_item(diff, index) if index == diff.last else None
        if found is None and index in diff.new:
            found = _hold_unlike(diff, index, limits)
        found = found or _hold_replaced_letters(diff, index)
        patience = diff.patience
        if unfilled := _hold_placeholder(diff, index):
            found, patience = unfilled, diff.long_patience
        if found is None:
            continue
        reason, what = found
        observation = diff.observations[index]
        item = digest([observation.record.full_text])
        times = diff.times(item)
        if times < patience or not diff.listing.complete:
            message = f"item {index + 1}, “{observation.item.title}”, {what}"
            held[index] = Held(diff.listing.document, reason, message, whole=False, item=item, times=times)
    return held


def _hold_last_item(diff: ReadingDiff, last: int) -> tuple[str, str] | None:
    """Return (reason, what is wrong) if the last item may be cut: nothing after it shows that it is complete."""
    new = last not in diff.known
    if diff.listed and is_cut(diff, last):
        return "truncated", "the last one, is only the beginning of what it was"
    if not diff.listing.complete and (new or last in diff.edited):
        return "truncated", "the last one, seems to be cut off"
    if last in diff.edited and diff.below and len(diff.observations) < len(diff.before):
        return "truncated", f"the last one, was edited, and {diff.below} known items below are missing"
    if new and len(diff.before) >= _FEWEST and (lacks := diff.missing_fields(last, 1.0)):
        return "truncated", f"the last one, has {lacks[0]}, and all others have one"
    if not new or not diff.listed or diff.ascending:
        return None
    if not diff.matched:
        return "truncated", "the last one, is as new as all above it"
    # A page with as many items as before has filled its window with an older item.
    filled = len(diff.observations) <= len(diff.before) and not diff.below
    return None if filled or last < max(diff.matched) else ("truncated", "the last one, is new at the old end")


def _hold_unlike(diff: ReadingDiff, index: int, limits: Thresholds) -> tuple[str, str] | None:
    """Return (reason, what is wrong) if a new item differs from the others in two fields: it may be an error notice.

    One with exactly the text of another item may come from a template that ran twice.
    """
    before, item, record = diff.before, diff.observations[index].item, diff.observations[index].record
    if before and sum(observation.record.full_text == record.full_text for observation in diff.observations) > 1:
        return "twice", "says what another item says"
    if len(before) < limits.smallest:
        return None
    texts = filter(None, (item.title, item.summary))
    if any(mojibake.may_be_damaged(words) and not mojibake.is_damaged(words) for words in texts) and not any(
        mojibake.may_be_damaged(row.item.title or "") for row in before
    ):
        return "encoding", "has question marks within its words"
    unlike = diff.missing_fields(index, 0.6)
    unlike += [
        f"a {name}" for name in FIELDS if getattr(item, name) and not any(getattr(row.item, name) for row in before)
    ]
    return ("unlike", f"has {' and '.join(unlike)} unlike the others") if len(unlike) > 1 else None


def _hold_replaced_letters(diff: ReadingDiff, index: int) -> tuple[str, str] | None:
    """Hold an item some of whose new texts have bytes that could not be decoded: they may be right next time."""
    item = diff.observations[index].item
    texts = (item.title, item.summary, item.label, item.credit) if index in diff.new else ()
    edited = (new for _, new in diff.edited.get(index, {}).values())
    replaced = any(mojibake.has_only_replaced_letters(words) for words in (*texts, *edited) if words)
    return ("encoding", "has bytes that are not in its charset") if replaced and diff.listed else None


def _hold_placeholder(diff: ReadingDiff, index: int) -> tuple[str, str] | None:
    """Return (reason, what is wrong) if a title is an unfilled placeholder of a template."""
    named = index in diff.new or "title" in diff.edited.get(index, {})
    unfilled = named and mojibake.is_placeholder(diff.observations[index].item.title or "")
    return ("unlike", "is a placeholder") if unfilled and diff.before else None


def hold_labels(diff: ReadingDiff, limits: Thresholds) -> tuple[frozenset[int], Held | None]:
    """Return the observations whose labels are held, and why, if most known items have another label at once.

    A new label is not announced, but it would take every entry out of its category and create new categories.
    """
    were = {index: _key(diff.listed[j].item.label) for index, j in diff.matched.items()}
    are = {
        index: key for index in were if (key := _key(diff.observations[index].item.label)) not in (None, were[index])
    }
    if len(diff.listed) < limits.smallest or len(are) <= max(_FEWEST, limits.edited * len(were)):
        return frozenset(), None
    item = diff.most_repeated(diff.digests(are))
    times = diff.times(item)
    if times >= diff.patience:
        return frozenset(), None
    known = {*were.values(), *(_key(row.item.label) for row in diff.gone)}
    new = {index for index in diff.new if _key(diff.observations[index].item.label) not in known}
    message = f"{len(are)} of {len(were)} known items have another label; they keep theirs for now"
    held = Held(diff.listing.document, "mass_change", message, whole=False, item=item, times=times)
    return frozenset(are.keys() | new), held


def _key(label: str | None) -> str | None:
    return normalise.key(label) if label else None


def hold_absences(diff: ReadingDiff, limits: Thresholds) -> Held | None:
    """Return why absences do not count yet, if too many items are gone at once from among those that stay."""
    total, gone = len(diff.before), diff.absent - diff.scrolled_off
    within = total - len(diff.absent & diff.scrolled_off)
    if total < limits.smallest or len(gone) <= limits.missing * within:
        return None
    item = digest(sorted(diff.listed[index].entry for index in gone))
    times = diff.times(item)
    if times >= diff.patience:
        return None
    there = len(diff.observations)
    message = f"{len(gone)} of {total} known items are missing, {there} are there; what is new was published"
    return Held(diff.listing.document, "drop", message, whole=False, item=item, times=times)
