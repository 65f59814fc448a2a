"""Find the end of the last record, before a pager, a box or a footer."""

from __future__ import annotations

from collections.abc import Sequence

from feeds.parsers.text.record import SectionDraft
from feeds.parsers.text.rows import Row
from feeds.unicode.prose import is_prose

_PEERS = 2


def end_last(sections: Sequence[SectionDraft]) -> None:
    """Cut off the end of the last record that no other has: after a wider gap, a marker, a lone link, extra lines."""
    drafts = [draft for part in sections for draft in part.drafts]
    if len(drafts) <= _PEERS:
        return
    *peers, last = drafts
    bodies = [draft.body[1:] for draft in peers]
    inside = [part for body in bodies for part in body]
    longest = max(map(len, bodies))
    widest = max((part.gap for part in inside), default=max(part.gap for part in last.body))
    has_marker = any(part.marker for part in inside)
    linked = any(part.linked for part in inside)

    def is_unlike(index: int, part: Row) -> bool:
        lone = part.linked and part.link is not None
        if part.gap > widest or (part.marker and not has_marker) or (lone and not linked):
            return True
        return index > longest and not is_prose(part.text)

    date = next((index for index, part in enumerate(last.body) if part is last.anchor), 0)
    for index, part in enumerate(last.body):
        if index > date and is_unlike(index, part):
            del last.body[index:]
            break
