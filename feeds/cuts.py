"""Where a document was cut off, told by what it said when it was last believed.

A parser knows only what there is, and the beginning of one list may read like another list. A document that
is the beginning of what it was says nothing new; a text that ends where it used to go on within an item was
not read to its end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from feeds.model import Item, Listing

_TAILS = (32, 16)
"""By how many of its last characters a text is looked for: few of them may well stand somewhere else."""


def is_beginning(body: bytes, before: bytes) -> bool:
    """Whether the bytes are some of those before, from the first on, and no others."""
    return len(body) < len(before) and before.startswith(body)


def breaks_off(text: str, before: str, listing: Callable[[], Listing]) -> bool:
    """Whether a text ends as the one before it did within an item, of those that it was read as.

    Its last words may stand there more than once; where one of the places is the end of an item, that is it.
    """
    before = before.rstrip()
    # A cut within a sign of several bytes leaves none.
    text = text.rstrip().rstrip("\ufffd")
    tails = (text[-length:] for length in _TAILS if length <= len(text))
    ends = next(filter(None, ([*_ends(tail, before)] for tail in tails)), [])
    if not ends or len(before) in ends:
        return False
    read = listing()
    starts = {_first(item) for item in read.items} | {section.line for section in read.sections}
    return all(_is_within(before, end, read.items, starts) for end in ends)


def _ends(words: str, text: str) -> Iterator[int]:
    place = text.find(words)
    while place >= 0:
        yield place + len(words)
        place = text.find(words, place + 1)


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
    return min(item.line, *item.lines.values())
