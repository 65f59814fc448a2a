"""Where a document was cut off, told by what it said when it was last believed.

A parser knows only what there is, and the beginning of one list may read like another list. A document that
is the beginning of what it was says nothing new; a text that ends where it used to go on within an item was
not read to its end.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING

from feeds.errors import Implausible, SourceError
from feeds.linkage.urls import url_key
from feeds.model import Document, Item, Listing
from feeds.parsers import decode
from feeds.plausibility.reading_diff import ReadingDiff, digest
from feeds.unicode import normalise

if TYPE_CHECKING:
    pass
from feeds.plausibility.checks import _FIELDS

_TAIL = 16
_ITEM_FIELDS = ("credit", "label", "title", "date", "summary", "link")


def compare(
    document: Document, listing: Listing, before: bytes | None, parse: Callable[[Document], Listing]
) -> tuple[bool, bool]:
    """Whether it is only the beginning of what it said before and reads otherwise, and whether it breaks off.

    `parse` reads what it said before again, if it comes to that.
    """
    if before is None:
        return False, False
    old = replace(document, body=before)
    with suppress(SourceError):
        if is_beginning(document.body, before):
            return not reads_alike(listing, parse(old)), False
        # Where a page ends tells its markup.
        if listing.closed and not listing.feed:
            return False, breaks_off(decode(document)[0], decode(old)[0], lambda: parse(old))
    return False, False


def is_beginning(body: bytes, before: bytes) -> bool:
    """Whether the bytes are some of those before, from the first on, and no others."""
    return len(body) < len(before) and before.startswith(body)


def reads_alike(listing: Listing, before: Listing) -> bool:
    """Whether a listing begins as the one before it did, but for the end of its last item."""
    new, old = ([*_headed(each)] for each in (listing, before))
    if not new or len(new) > len(old):
        return not new
    (heading, last), (was_below, was) = new.pop(), old[len(new)]
    check_not_prefix = all(_begins(getattr(last, name), getattr(was, name)) for name in _ITEM_FIELDS)
    return check_not_prefix and heading == was_below and new == old[: len(new)]


def _headed(listing: Listing) -> Iterator[tuple[str | None, Item]]:
    return ((section.heading, item) for section in listing.sections for item in section.items)


def _begins(said: str | None, was: str | None) -> bool:
    return said is None or (was is not None and was.startswith(said.rstrip("\ufffd")))


def breaks_off(text: str, before: str, listing: Callable[[], Listing]) -> bool:
    """Whether a text ends as the one before it did within an item, of those that it was read as.

    Its last words may stand there more than once; where one of the places is the end of an item, that is it.
    """
    before = before.rstrip()
    # A cut within a sign of several bytes leaves none.
    text = text.rstrip().rstrip("\ufffd")
    ends = [end for end in _ends(text[-_TAIL:], before) if _goes_along(text, before[:end])]
    if not ends or len(text) < _TAIL or len(before) in ends:
        return False
    read = listing()
    starts = {_first(item) for item in read.items} | {section.line for section in read.sections}
    return all(_is_within(before, end, read.items, starts) for end in ends)


def _ends(words: str, text: str) -> Iterator[int]:
    place = text.find(words)
    while place >= 0:
        yield place + len(words)
        place = text.find(words, place + 1)


def _goes_along(text: str, before: str) -> bool:
    """Whether two texts that end alike do so for more than a phrase: for a whole line, or beyond it."""
    pairs = zip(reversed(text), reversed(before), strict=False)
    length = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    whole = all(each[-length - 1 : -length] in ("", "\n") for each in (text, before))
    return whole or "\n" in text[-length:].rstrip()


def _is_within(text: str, end: int, items: tuple[Item, ...], starts: set[int]) -> bool:
    """Whether an item goes on behind this place: in its line, in the next one, or with a further field."""
    line = text.count("\n", 0, end) + 1
    rest, _, below = text[end:].partition("\n")
    if rest.strip():
        return True
    if below.partition("\n")[0].strip() and line + 1 not in starts:
        return True
    return any(_first(item) <= line < max(item.lines.values(), default=0) for item in items)


def _first(item: Item) -> int:
    return min((item.line, *item.lines.values()))


_WAYS: Sequence[Mapping[str, bool]] = ({}, {"above": False}, {"above": False, "spelt": True})


def check_complete(now: ReadingDiff) -> None:
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


def check_not_prefix(now: ReadingDiff) -> None:
    """Refuse a document that is only the beginning of what it was, and reads otherwise: it has no news."""
    if now.beginning:
        raise Implausible("truncated", "the document is only the beginning of what it was, and reads otherwise")


def check_last_item(now: ReadingDiff) -> None:
    """Refuse a document that may have been cut and says something else above its end, until that has lasted.

    It is a page that was not closed, a text that ends where it went on within an item, or it shows fewer of
    the known items and lacks those at its end. What there is up to a cut may read like another list than the
    whole of it. A page whose author never closes it shows the same again, a shortened text ends in the same.
    """
    closed = now.listing.closed
    news = [index for index in range(len(now.seen)) if index in now.new or _says_else(now, index)]
    item = digest(observation.face.flow for observation in now.seen)
    above = not set(news) <= {now.last}
    if now.breaks_off:
        suspect, item = above, digest([now.seen[-1].face.flow])
    elif closed:
        suspect = above and bool(now.same and now.below) and len(now.seen) < len(now.before)
    else:
        suspect = above or bool(now.absent)
    if suspect and now.times(item) < now.patience:
        seems = "seems to be cut off" if closed else "was not closed"
        raise Implausible("truncated", f"the document {seems}; {_said(now, news)}", item=item)


def _said(now: ReadingDiff, news: Sequence[int]) -> str:
    return f"{len(news)} of {len(now.seen)} items would change, {len(now.absent)} known ones are missing"


def _says_else(now: ReadingDiff, index: int) -> bool:
    """Whether an item is edited, or has another label or stands below another heading than it did."""
    seen, place = now.seen[index], now.same.get(index)
    if index in now.edited or place is None:
        return index in now.edited
    before = now.listed[place]
    relabelled = normalise.key(seen.item.label or "") != normalise.key(before.item.label or "")
    return relabelled or before.section not in (seen.section, *seen.also)


def is_cut(now: ReadingDiff, last: int) -> bool:
    """Whether the last item is the beginning of an item that is known, or stands further up, and no more."""
    seen, before = now.seen[last].item, now.same.get(last)
    if before is not None:
        old = now.listed[before].item
        if _letters(was := _words(old)) == _letters(said := _words(seen)):
            # A full stop may be all that is missing, of a title that its date does not follow.
            check_not_prefix = all((getattr(old, name) or "").startswith(getattr(seen, name) or "") for name in _FIELDS)
            return was != said and (check_not_prefix or was.startswith(said))
        if all(_is_begun(getattr(old, name), getattr(seen, name)) for name in _FIELDS):
            return True
    items = [row.item for row in (*now.listed, *now.gone, *now.elsewhere.get(last, ()))]
    items += [observation.item for observation in now.seen if observation.item is not seen]
    return any(
        _begins_one_of(_letters(_words(seen, **way)), {_letters(_words(item, **way)) for item in items})
        for way in _WAYS
    )


def _begins_one_of(said: str, wholes: set[str]) -> bool:
    return any(whole.startswith(said) for whole in wholes - {said})


def _is_begun(old: str | None, new: str | None) -> bool:
    return new is None or (old is not None and _letters(old).startswith(_letters(new)))


def _words(item: Item, *, above: bool = True, spelt: bool = False) -> str:
    """An item from its first word to its last; of its link, where it leads.

    Without what stands `above` the title, which may be another label by now; with the link as it is `spelt`,
    of which the beginning may have been cut off before it was one.
    """
    link = item.link if spelt or not item.link else url_key(item.link)
    fields = (item.credit, item.label, item.title, item.date, item.summary, link)[0 if above else 2 :]
    return " ".join(" ".join(field.split()) for field in fields if field)


def _letters(said: str) -> str:
    # A cut may fall between a letter and its accent.
    return unicodedata.normalize("NFD", normalise.key(said))
