"""Where a document was cut off, told by what it said when it was last believed.

A parser knows only what there is, and the beginning of one list may read like another list. A document that
is the beginning of what it was says nothing new; a text that ends where it used to go on within an item was
not read to its end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import takewhile

from feeds.errors import SourceError
from feeds.model import Document, Item, Listing
from feeds.parsers import decode

_TAIL = 16
_FIELDS = ("credit", "label", "title", "date", "summary", "link")


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
    begun = all(_begins(getattr(last, name), getattr(was, name)) for name in _FIELDS)
    return begun and heading == was_below and new == old[: len(new)]


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
