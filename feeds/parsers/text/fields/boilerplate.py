"""Lines that recur in the records of a text and say nothing of one of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from feeds.parsers.date_context import normalise_counters
from feeds.parsers.lexicon.bylines import is_byline
from feeds.parsers.lexicon.field_names import role_of
from feeds.parsers.text.record import RecordDraft
from feeds.parsers.text.rows import Row

LONGEST_LABEL = 60
FEWEST = 3


def drop_boilerplate(drafts: Sequence[RecordDraft]) -> None:
    """Remove what most records have in common, and the names of authors."""
    common = Counter(text for draft in drafts for text in set(map(_boilerplate_key, draft.below)) if text)
    # Beside dated items the links of menus are drafts too.
    peers = sum(draft.date is not None for draft in drafts)
    peers = peers if peers >= FEWEST else len(drafts)
    boilerplate = {text for text, count in common.items() if count * 2 > peers}
    for draft in drafts:
        draft.below = [
            part for part in draft.below if not (_boilerplate_key(part) in boilerplate or is_byline(part.text))
        ]


def _boilerplate_key(paragraph: Row) -> str:
    """The text of a link or a counter, without its figures; "" for a sentence and for a named label."""
    text = paragraph.text
    if len(text) > LONGEST_LABEL or text.endswith((".", "。", "।")) or names_label(text):
        return ""
    return normalise_counters(text)


def names_label(text: str) -> bool:
    """Tell "Category: Tides", which most records may have in common and which is their label all the same."""
    name, colon, value = text.lstrip(":").partition(":")
    return colon != "" and value != "" and role_of(name) == "label"
