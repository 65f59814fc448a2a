"""A listing whose dates are headings, each above the items of a day, with blank lines between these.

That a date heads what is below it, and does not end it, shows where something that reads like a title stands
below every date, and where days have different numbers of items, or each item its own prose.
"""

from __future__ import annotations

from itertools import pairwise

from feeds.dates.lines import is_date
from feeds.parsers.text.layouts.date_anchors import DateAnchors
from feeds.parsers.text.record import RecordDraft, SectionDraft
from feeds.unicode.prose import is_prose

_SEVERAL = 3


def read_daily(sheet: DateAnchors) -> list[SectionDraft]:
    """Read the items between dates that stand alone, if there are more items than dates."""
    parts = sheet.paragraphs
    days = [place for place in sheet.dates if parts[place].gap and is_date(parts[place].text, sheet.languages)]
    if len(days) < 2 or len(days) < len(sheet.dates):
        return []
    found = [_drafts(sheet, day, until) for day, until in pairwise([*days, len(parts)])]
    *full, last = found
    told = all(len(draft.body) > 1 for drafts in full for draft in drafts)
    if told:
        found[-1] = last = [draft for draft in last if len(draft.body) > 1]
    drafts = [draft for drafts in found for draft in drafts]
    varied = len(set(map(len, full))) > 1
    few = max(map(len, found)) < _SEVERAL and not told
    if few or not all(found) or len(drafts) * 4 < len(days) * 5 or not (told or varied):
        return []
    return [SectionDraft(None, drafts)]


def _drafts(sheet: DateAnchors, day: int, until: int) -> list[RecordDraft]:
    """Make an item of each title below a day with its prose; none if something else stands first."""
    drafts: list[RecordDraft] = []
    block = sheet.paragraphs[day + 1 : until]
    parted = any(part.gap for part in block[:1]) and any(is_prose(part.text) for part in block)
    solid = not parted and not any(part.gap for part in block[1:])
    for place in range(day + 1, until):
        paragraph = sheet.paragraphs[place]
        if _is_title(sheet, place) and (paragraph.gap > 0 or paragraph.linked or solid):
            drafts.append(RecordDraft(paragraph.line, paragraph.number, [paragraph], day=sheet.paragraphs[day]))
        elif not drafts:
            return []
        else:
            drafts[-1].body.append(paragraph)
    return drafts


def _is_title(sheet: DateAnchors, place: int) -> bool:
    return sheet.is_title(place) and not is_prose(sheet.paragraphs[place].text)
