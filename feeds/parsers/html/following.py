"""Titles alone that follow the records of a listing at once, under no heading of their own.

A section of a front page shows one item at length and lists the others; a blog lists what no longer fits.
Under a heading, or behind a line that leads up to them, such links are "related" or "popular".
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from feeds.parsers.html.dom import Page
from feeds.parsers.html.record_detection import Record

_COLONS = (":", "：")


def follow(page: Page, records: Sequence[Record], more: Sequence[Record]) -> list[Record] | None:
    """Put links between the records that they follow, also from within; None if they do not follow."""
    if not all(_is_link(page, record) for record in more):
        return None
    starts = [record.start for record in more]
    kept = [_until(page, record, starts) for record in records]
    held = sorted([*kept, *more], key=lambda each: each.start)
    added = set(more)
    before: list[str] = []
    for record, follower in pairwise(held):
        if record.end > follower.start:
            return None
        if follower in added:
            if page.slice(record.end, follower.start):
                return None
            if record not in added:
                before += [line.text for line in page.slice(record.start, record.end)[-1:]]
    # What leads up to links within records says the same each time; of one alone it cannot be told.
    told = len(before) > 1 or kept == list(records)
    led = len(before) > len(set(before)) or any(text.endswith(_COLONS) for text in before)
    return held if held[0] not in added and before and told and not led else None


def _is_link(page: Page, record: Record) -> bool:
    pieces = [piece for line in page.slice(record.start, record.end) for piece in line.pieces]
    return (
        len({piece.link for piece in pieces if not piece.text.isspace()}) == 1 and pieces[0].link is not None
    )


def _until(page: Page, record: Record, starts: Sequence[int]) -> Record:
    """Cut a record where the first link within it begins; a part that is an item by itself is it."""
    inner = bisect_right(starts, record.start)
    if inner == len(starts) or starts[inner] >= record.end:
        return record
    end = starts[inner]
    parts = [child for child in page.children[record.root.start] if child.end <= end]
    if parts and any(piece.heading for line in page.slice(parts[-1].start, end) for piece in line.pieces):
        return Record(parts[-1], parts[-1].start, parts[-1].end)
    return Record(record.root, record.start, end)
