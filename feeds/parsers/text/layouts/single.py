"""A listing of one item: a heading, a title, its date and at most one paragraph; an article has more."""

from __future__ import annotations

from feeds.dates.lines import is_date
from feeds.parsers.text.layouts.date_anchors import Sheet
from feeds.parsers.text.layouts.outline import is_heading
from feeds.parsers.text.record import Part
from feeds.unicode.prose import is_prose, weight

_TITLE_WEIGHT = 14


def read_single(sheet: Sheet) -> list[Part]:
    """Read the item of a text that has one date, alone in its line, and next to no prose."""
    if len(sheet.dates) != 1:
        return []
    parts = sheet.paragraphs
    [date] = sheet.dates
    if not is_date(parts[date].text, sheet.languages) or ":" in parts[date].text:
        return []
    title = next((place for place in (date - 1, date + 1) if _is_title(sheet, place)), None)
    if title is None:
        return []
    start, end = min(title, date), max(title, date) + 1
    if start == 0 or not is_heading(parts[start - 1]) or any(is_prose(part.text) for part in parts[:start]):
        return []
    told = end < len(parts) and is_prose(parts[end].text)
    if any(is_prose(part.text) for part in parts[end + told :]):
        return []
    return [Part(parts[start - 1], [sheet.draft(start, end + told)])]


def _is_title(sheet: Sheet, place: int) -> bool:
    return (
        0 < place < len(sheet.paragraphs)
        and sheet.is_title(place)
        and weight(sheet.paragraphs[place].text) >= _TITLE_WEIGHT
    )
