"""Read a listing whose dates are headings above the items of a day, which blank lines separate.

A date is a heading, and not the end of a record, if a possible title is below every date, and days have different
numbers of items or each item has prose of its own.
"""

from __future__ import annotations

from itertools import pairwise

from feeds.dates.lines import is_date
from feeds.parsers.text.layouts.date_anchors import DateAnchors
from feeds.parsers.text.record import RecordDraft, SectionDraft
from feeds.unicode.prose import is_prose

_SEVERAL = 3


def read_day_headings(anchors: DateAnchors) -> list[SectionDraft]:
    """Read the items between dates on lines of their own, if there are more items than dates."""
    paragraphs = anchors.paragraphs
    days = [
        index for index in anchors.dates if paragraphs[index].gap and is_date(paragraphs[index].text, anchors.languages)
    ]
    if len(days) < 2 or len(days) < len(anchors.dates):
        return []
    found = [_drafts(anchors, day, until) for day, until in pairwise([*days, len(paragraphs)])]
    *full, last = found
    in_sentence = all(len(draft.body) > 1 for drafts in full for draft in drafts)
    if in_sentence:
        found[-1] = last = [draft for draft in last if len(draft.body) > 1]
    drafts = [draft for drafts in found for draft in drafts]
    varied = len(set(map(len, full))) > 1
    few = max(map(len, found)) < _SEVERAL and not in_sentence
    if few or not all(found) or len(drafts) * 4 < len(days) * 5 or not (in_sentence or varied):
        return []
    return [SectionDraft(None, drafts)]


def _drafts(anchors: DateAnchors, day: int, until: int) -> list[RecordDraft]:
    """Return a record for each title below a day, with its prose; none if something else comes first."""
    drafts: list[RecordDraft] = []
    block = anchors.paragraphs[day + 1 : until]
    parted = any(part.gap for part in block[:1]) and any(is_prose(part.text) for part in block)
    solid = not parted and not any(part.gap for part in block[1:])
    for index in range(day + 1, until):
        paragraph = anchors.paragraphs[index]
        if _is_title(anchors, index) and (paragraph.gap > 0 or paragraph.linked or solid):
            drafts.append(RecordDraft(paragraph.line, paragraph.number, [paragraph], day=anchors.paragraphs[day]))
        elif not drafts:
            return []
        else:
            drafts[-1].body.append(paragraph)
    return drafts


def _is_title(anchors: DateAnchors, index: int) -> bool:
    return anchors.is_title(index) and not is_prose(anchors.paragraphs[index].text)
