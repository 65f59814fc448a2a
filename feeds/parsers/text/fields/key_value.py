"""Extract lines of records that name their field: `Category: Tides`, `Where: Main hall`. They are not titles.

Only a name that most records have counts. Titles may have a colon too, even after the same word ("Webinar: …"), so a
line is a named field only if another line remains that can be the title.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from feeds.parsers.lexicon.field_names import role_of
from feeds.parsers.text.record import RecordDraft
from feeds.parsers.text.rows import Row
from feeds.unicode.normalise import key
from feeds.unicode.prose import is_prose

_ALONE = ("label", "other", "date")
_LONGEST = 30
_COLON = re.compile("[:：]")
_NAMED = re.compile(r"([^\W\d_][^:：\d]{1,27}?)\s?[:：]\s*(\S.*)$")


def extract_key_values(drafts: Sequence[RecordDraft]) -> None:
    """Take the lines that name a label as labels, and move lines with other names below the titles."""
    own_lines = _names_on_own_lines(drafts)
    for draft in drafts:
        draft.above, draft.below = _joined(draft.above, own_lines), _joined(draft.below, own_lines)
    if not any(_COLON.search(part.text, 0, _LONGEST) for draft in drafts for part in draft.above + draft.below):
        return
    counts = Counter(
        name for draft in drafts for name in {_name(part) for part in (*draft.above, *draft.below)} if name
    )
    names = {name for name, count in counts.items() if count > 1 and count * 10 >= len(drafts) * 6}
    if not names:
        return
    labels = {name for name in names if role_of(name) == "label"}
    for draft in drafts:
        _extract_label(draft, labels)
    if _leave_titles(drafts, names):
        for draft in drafts:
            if moved := [part for part in _title_side(draft) if _name(part) in names]:
                draft.above = [part for part in draft.above if part not in moved]
                draft.below = [part for part in draft.below if part not in moved] + moved


def _names_on_own_lines(drafts: Sequence[RecordDraft]) -> set[str]:
    """Return the names that most records have on a line of their own; a name above few titles is a label ("Local")."""
    counts = Counter(
        name
        for draft in drafts
        for name in {part.text for part in (*draft.above, *draft.below) if len(part.text) <= _LONGEST}
        if role_of(name) in _ALONE
    )
    return {name for name, count in counts.items() if count * 10 >= len(drafts) * 8}


def _joined(parts: Sequence[Row], own_lines: set[str]) -> list[Row]:
    """Join a name on a line of its own to the line below it; drop the name of a date."""
    if own_lines.isdisjoint(part.text for part in parts):
        return list(parts)
    joined: list[Row] = []
    name: Row | None = None
    for part in parts:
        if name is not None:
            joined.append(part._replace(text=f"{name.text.rstrip(':： ')}: {part.text}"))
            name = None
        elif part.text in own_lines:
            name = part
        else:
            joined.append(part)
    return joined if name is None or role_of(name.text) == "date" else [*joined, name]


def _name(part: Row) -> str:
    if _COLON.search(part.text, 0, _LONGEST) is None:
        return ""
    match = _NAMED.match(part.text)
    return key(match[1]) if match else ""


def _extract_label(draft: RecordDraft, labels: set[str]) -> None:
    for parts in (draft.above, draft.below):
        for part in [part for part in parts if _name(part) in labels]:
            parts.remove(part)
            if draft.label is None and (match := _NAMED.match(part.text)):
                draft.label = part._replace(text=re.split(r"\s*[,;|，、]\s*", match[2])[0])


def _title_side(draft: RecordDraft) -> Sequence[Row]:
    """Return the paragraphs that may be the title: those above the date, or else those below it."""
    return draft.above or draft.below


def _leave_titles(drafts: Sequence[RecordDraft], names: set[str]) -> bool:
    """Whether every record has a line without a name that can be its title, all of them different."""
    rests = [[part for part in _title_side(draft) if _name(part) not in names] for draft in drafts]
    firsts = [key(rest[0].text) for rest in rests if rest and not is_prose(rest[0].text)]
    return len(firsts) == len(drafts) == len(set(firsts))
