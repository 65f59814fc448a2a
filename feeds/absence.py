"""What it means that an item is no longer listed: scrolled off, or retracted, or not believed yet.

Absence is not deletion. Only what is gone from the middle, with items of its section before and behind
it towards the old end, is retracted, and only after it was missing in several readings in a row. What is
gone from the old end has scrolled off and stays an entry for ever.
"""

from __future__ import annotations

from dataclasses import replace

from feeds.book import Book, Found
from feeds.model import Appearance
from feeds.places import scrolled


def settle(book: Book, found: Found, *, removals: bool) -> None:
    """Enter the absences of one document, and give every row that it still lists its place in order."""
    matched = set(found.same.values())
    for place, (document, id) in enumerate(_order(found)):
        row = book.rows.get((document, id))
        if row:
            book.rows[document, id] = replace(row, place=place)
    if not removals:
        return
    off = scrolled([row.section for row in found.listed], matched, ascending=found.ascending)
    for index, row in enumerate(found.listed):
        if index not in matched:
            _miss(book, book.rows[found.document, row.entry], middle=index not in off)


def _order(found: Found) -> list[tuple[str, str]]:
    """The document's entries as they stand, with those missing behind the ones that they stood behind."""
    after: dict[int, list[str]] = {}
    back = {old: new for new, old in found.same.items()}
    anchor = -1
    for index, row in enumerate(found.listed):
        if index in back:
            anchor = back[index]
        else:
            after.setdefault(anchor, []).append(row.entry)
    order = list(after.get(-1, ()))
    for index in range(len(found.seen)):
        order += [found.entry[index]] if index in found.entry else []
        order += after.get(index, ())
    return [(found.document, id) for id in order]


def _miss(book: Book, row: Appearance, *, middle: bool) -> None:
    row = replace(row, missing=row.missing + 1)
    if row.missing < book.rules.patience:
        book.settled = False
        book.rows[row.document, row.entry] = row
        return
    elsewhere = book.listed_elsewhere(row.entry, row.document)
    entry = book.entries[row.entry]
    if middle and elsewhere:
        left = {row.section} - {other.section for other in elsewhere}
        kept = tuple(section for section in entry.sections if section not in left)
        book.entries[entry.id] = replace(entry, sections=kept)
    elif middle:
        book.entries[entry.id] = replace(entry, retracted=entry.retracted or book.now)
    book.rows[row.document, row.entry] = replace(row, gone=True)
