"""Find and drop lines that recur in the records of a text and say nothing about any one of them."""

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
    """Remove the lines that most records share, and the names of authors, from below the titles."""
    common = Counter(text for draft in drafts for text in set(map(_boilerplate_key, draft.below)) if text)
    # Next to dated items, the links of menus are records too.
    peers = sum(draft.date is not None for draft in drafts)
    peers = peers if peers >= FEWEST else len(drafts)
    boilerplate = {text for text, count in common.items() if count * 2 > peers}
    for draft in drafts:
        draft.below = [
            part for part in draft.below if not (_boilerplate_key(part) in boilerplate or is_byline(part.text))
        ]


def _boilerplate_key(paragraph: Row) -> str:
    """Return the text of a link or a counter with its digits masked; "" for a sentence and for a named label."""
    text = paragraph.text
    if len(text) > LONGEST_LABEL or text.endswith((".", "。", "।")) or names_label(text):
        return ""
    return normalise_counters(text)


def names_label(text: str) -> bool:
    """Whether a text names a label, as "Category: Tides" does; most records may share it and it stays their label."""
    name, colon, value = text.lstrip(":").partition(":")
    return colon != "" and value != "" and role_of(name) == "label"
