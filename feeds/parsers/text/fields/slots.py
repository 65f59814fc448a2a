"""Find labels by their position alone: the same position in most records, and few names that recur.

A line of boilerplate ("Read more") has a fixed position too, but is nearly always the same text. Names of authors and
halls recur less often and are written with capitals.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from feeds.parsers.lexicon.bylines import is_byline
from feeds.parsers.text.record import RecordDraft
from feeds.parsers.text.rows import URL, Row
from feeds.unicode.normalise import key
from feeds.unicode.prose import ends_sentence

_FEWEST_RECORDS = 4
_LONGEST_NAME = 40
_MOST_WORDS = 3
_MOSTLY = 0.8
_DIFFER = 0.5


def extract_positional_labels(drafts: Sequence[RecordDraft]) -> None:
    """Take the labels from the first position below titles and dates that has them: the next line, or the last."""
    if len(drafts) < _FEWEST_RECORDS or any(draft.label for draft in drafts):
        return
    titled = sum(not draft.above for draft in drafts) * 2 > len(drafts)
    for index in (0, -1):
        found = [(draft, rows[index]) for draft in drafts if (rows := draft.below[titled:]) and _is_name(rows[index])]
        if len(found) >= _MOSTLY * len(drafts) and _are_labels([part.text for _, part in found], index):
            for draft, part in found:
                draft.label = part
                draft.below = [other for other in draft.below if other is not part]
            return


def _is_name(part: Row) -> bool:
    text = part.text
    return (
        len(text) <= _LONGEST_NAME
        and len(text.split()) <= _MOST_WORDS
        and part.level == 0
        and part.marker is None
        and any(map(str.isalpha, text))
        and not any(map(str.isdigit, text))
        and not text.endswith((":", "："))
        and not (ends_sentence(text) or is_byline(text) or URL.match(text))
    )


def _are_labels(texts: Sequence[str], index: int) -> bool:
    counts = Counter(map(key, texts))
    if not 1 < len(counts) <= _DIFFER * len(texts):
        return False
    if index < 0 and (len(counts) == 2 or max(counts.values()) * 2 > len(texts)):
        return False
    persons = sum(len(words := text.split()) > 1 and all(word[:1].isupper() for word in words) for text in texts)
    return persons * 2 <= len(texts)
