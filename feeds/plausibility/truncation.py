"""Truncation: whether a document was cut off, judged by its last accepted content.

A parser sees only what is there, and the beginning of one list may read like another list. A document that is a
prefix of its last accepted content says nothing new; a text that ends where an item went on before was cut.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import takewhile

from feeds.errors import Implausible, SourceError
from feeds.linkage.urls import url_key
from feeds.model import Document, Item, Listing
from feeds.parsers import decode
from feeds.plausibility.reading_diff import ReadingDiff, digest
from feeds.unicode import normalise

_TAIL = 16
_ITEM_FIELDS = ("credit", "label", "title", "date", "summary", "link")


def compare_with_accepted(
    document: Document, listing: Listing, before: bytes | None, parse: Callable[[Document], Listing]
) -> tuple[bool, bool]:
    """Return whether a document is a prefix of its accepted content but reads differently, and whether it breaks off.

    `before` is the content that was last accepted; `parse` reads it again if that is needed.
    """
    if before is None:
        return False, False
    old = replace(document, body=before)
    with suppress(SourceError):
        if is_prefix(document.body, before):
            return not is_prefix_listing(listing, parse(old)), False
        # Markup itself tells whether a page is complete.
        if listing.closed and not listing.feed:
            return False, breaks_off(decode(document)[0], decode(old)[0], lambda: parse(old))
    return False, False


def is_prefix(body: bytes, before: bytes) -> bool:
    """Whether the bytes are a proper prefix of those before."""
    return len(body) < len(before) and before.startswith(body)


def is_prefix_listing(listing: Listing, before: Listing) -> bool:
    """Whether a listing is a prefix of the one before, except for the end of its last item."""
    new, old = ([*_items_with_headings(each)] for each in (listing, before))
    if not new or len(new) > len(old):
        return not new
    (heading, last), (was_below, was) = new.pop(), old[len(new)]
    is_prefix_of_item = all(_is_start_of(getattr(last, name), getattr(was, name)) for name in _ITEM_FIELDS)
    return is_prefix_of_item and heading == was_below and new == old[: len(new)]


def _items_with_headings(listing: Listing) -> Iterator[tuple[str | None, Item]]:
    return ((section.heading, item) for section in listing.sections for item in section.items)


def _is_start_of(said: str | None, was: str | None) -> bool:
    return said is None or (was is not None and was.startswith(said.rstrip("\ufffd")))


def breaks_off(text: str, before: str, listing: Callable[[], Listing]) -> bool:
    """Whether a text ends with words that were within an item of the text before.

    The words may occur several times; if one of the places is the end of an item, the text is not cut.
    """
    before = before.rstrip()
    # A cut within a character of several bytes leaves U+FFFD.
    text = text.rstrip().rstrip("\ufffd")
    ends = [end for end in _ends(text[-_TAIL:], before) if _agrees_to_line_start(text, before[:end])]
    if not ends or len(text) < _TAIL or len(before) in ends:
        return False
    read = listing()
    starts = {_first_line(item) for item in read.items} | {section.line for section in read.sections}
    return all(_is_within(before, end, read.items, starts) for end in ends)


def _ends(words: str, text: str) -> Iterator[int]:
    place = text.find(words)
    while place >= 0:
        yield place + len(words)
        place = text.find(words, place + 1)


def _agrees_to_line_start(text: str, before: str) -> bool:
    """Whether the common end of two texts is at least a whole line."""
    pairs = zip(reversed(text), reversed(before), strict=False)
    length = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    whole = all(each[-length - 1 : -length] in ("", "\n") for each in (text, before))
    return whole or "\n" in text[-length:].rstrip()


def _is_within(text: str, end: int, items: tuple[Item, ...], starts: set[int]) -> bool:
    """Whether an item goes on after `end`: in its line, in the next one, or with a further field."""
    line = text.count("\n", 0, end) + 1
    rest, _, below = text[end:].partition("\n")
    if rest.strip():
        return True
    if below.partition("\n")[0].strip() and line + 1 not in starts:
        return True
    return any(_first_line(item) <= line < max(item.lines.values(), default=0) for item in items)


def _first_line(item: Item) -> int:
    return min((item.line, *item.lines.values()))


_VARIANTS: Sequence[Mapping[str, bool]] = ({}, {"above": False}, {"above": False, "spelt": True})


def check_complete(diff: ReadingDiff) -> None:
    """Refuse a document that ends in the middle of an item while known items below are missing."""
    last = diff.last
    if last is None or not diff.below or len(diff.observations) >= len(diff.before):
        return
    same = last in diff.matched and last not in diff.edited and diff.listing.items[-1] is diff.observations[last].item
    if is_cut(diff, last) or not (same or diff.listing.complete):
        raise Implausible(
            "truncated",
            f"the document ends in the middle of item {last + 1}; {diff.below} known items below are missing",
        )


def check_not_prefix(diff: ReadingDiff) -> None:
    """Refuse a document that is a prefix of its accepted content but reads differently: it has no news."""
    if diff.beginning:
        raise Implausible("truncated", "the document is only the beginning of what it was, and reads otherwise")


def check_last_item(diff: ReadingDiff) -> None:
    """Refuse a document that may be cut and has changes above its last item, until that has lasted.

    It may be cut if its markup was not closed, if its text ends within a known item, or if it has fewer items and
    the last known ones are missing. Up to a cut it may read like another list. A page that is always left open,
    or a text that was shortened, shows the same again in the next readings.
    """
    closed = diff.listing.closed
    news = [index for index in range(len(diff.observations)) if index in diff.new or _differs(diff, index)]
    item = digest(observation.record.full_text for observation in diff.observations)
    above = not set(news) <= {diff.last}
    if diff.breaks_off:
        suspect, item = above, digest([diff.observations[-1].record.full_text])
    elif closed:
        suspect = above and bool(diff.matched and diff.below) and len(diff.observations) < len(diff.before)
    else:
        suspect = above or bool(diff.absent)
    if suspect and diff.times(item) < diff.patience:
        seems = "seems to be cut off" if closed else "was not closed"
        raise Implausible("truncated", f"the document {seems}; {_summary_of_changes(diff, news)}", item=item)


def _summary_of_changes(diff: ReadingDiff, news: Sequence[int]) -> str:
    return f"{len(news)} of {len(diff.observations)} items would change, {len(diff.absent)} known ones are missing"


def _differs(diff: ReadingDiff, index: int) -> bool:
    """Whether an item is edited, or has another label or heading than before."""
    observation, place = diff.observations[index], diff.matched.get(index)
    if index in diff.edited or place is None:
        return index in diff.edited
    before = diff.listed[place]
    relabelled = normalise.key(observation.item.label or "") != normalise.key(before.item.label or "")
    return relabelled or before.section not in (observation.section, *observation.also)


def is_cut(diff: ReadingDiff, last: int) -> bool:
    """Whether the last item is only the beginning of an item that is known or further up."""
    item, before = diff.observations[last].item, diff.matched.get(last)
    if before is not None:
        old = diff.listed[before].item
        if _folded(was := _text_of(old)) == _folded(said := _text_of(item)):
            # Only a full stop may be missing, of a title that no date follows.
            is_start = all((getattr(old, name) or "").startswith(getattr(item, name) or "") for name in _ITEM_FIELDS)
            return was != said and (is_start or was.startswith(said))
        if all(_is_start_of_field(getattr(old, name), getattr(item, name)) for name in _ITEM_FIELDS):
            return True
    items = [row.item for row in (*diff.listed, *diff.gone, *diff.elsewhere.get(last, ()))]
    items += [observation.item for observation in diff.observations if observation.item is not item]
    return any(
        _is_start_of_any(_folded(_text_of(item, **variant)), {_folded(_text_of(other, **variant)) for other in items})
        for variant in _VARIANTS
    )


def _is_start_of_any(said: str, wholes: set[str]) -> bool:
    return any(whole.startswith(said) for whole in wholes - {said})


def _is_start_of_field(old: str | None, new: str | None) -> bool:
    return new is None or (old is not None and _folded(old).startswith(_folded(new)))


def _text_of(item: Item, *, above: bool = True, spelt: bool = False) -> str:
    """Return the text of an item from its first word to its last, with the key of its link.

    Without `above`, the credit and the label are left out: they may have changed. With `spelt`, the link is as
    written: a cut link may not be a URL yet.
    """
    link = item.link if spelt or not item.link else url_key(item.link)
    fields = (item.credit, item.label, item.title, item.date, item.summary, link)[0 if above else 2 :]
    return " ".join(" ".join(field.split()) for field in fields if field)


def _folded(said: str) -> str:
    # A cut may fall between a letter and its accent.
    return unicodedata.normalize("NFD", normalise.key(said))
