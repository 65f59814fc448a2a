"""A listing without dates: titles show by their links or the prose below, or items by a line they share."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from feeds.dates.lines import is_date, is_month
from feeds.parsers.date_context import normalise_counters
from feeds.parsers.text.cleanup.date_headings import CLOCK
from feeds.parsers.text.layouts.date_anchors import DateAnchors
from feeds.parsers.text.layouts.outline import is_heading
from feeds.parsers.text.record import RecordDraft, SectionDraft
from feeds.parsers.text.rows import Row
from feeds.unicode.prose import display_width, is_prose

_FIGURES = re.compile(r"\d+")
_WORD = re.compile(r"[^\W\d_]+")
_GLUED = re.compile(r"((?:\S+\s){1,8}?[^\W\d_]{4,40}?(?<=[a-zà-ÿ]))([A-ZÀ-Þ][a-zà-ÿ]{2}.{60,})")
_NO_HEAD = (".", "。", ",", ":", ";", "…")
_HEAD = 120
_HEADLINE = 18
_LINE = 40
_FEWEST = 3
_LARGEST = 12


def read_undated(sheet: DateAnchors) -> Iterator[list[SectionDraft]]:
    """Read a text that has no dates to go by."""
    if len(sheet.dates) < 2:
        yield from (_by_line(sheet, places) for places in _lines(sheet.paragraphs))
        yield _by_clocks(sheet)
        yield _by_prose(sheet)
        yield _by_links(sheet)


def _by_clocks(sheet: DateAnchors) -> list[SectionDraft]:
    """Read lines that begin with a time of day, where most do: the day is not said."""
    found = [(part, clock) for part in sheet.paragraphs if (clock := CLOCK.match(part.text))]
    if len(found) < _FEWEST or len(found) * 2 < len(sheet.paragraphs):
        return []
    titles = [part._replace(text=part.text[clock.end() :]) for part, clock in found]
    return [SectionDraft(None, [RecordDraft(title.line, title.number, [title]) for title in titles if title.text])]


def _by_prose(sheet: DateAnchors) -> list[SectionDraft]:
    """Read short lines right above prose as titles, unless there are too few or more lines of other kinds."""
    titles = {place for place in range(len(sheet.paragraphs) - 1) if _heads(sheet, place)}
    if len(titles) < _FEWEST:
        return []
    part = SectionDraft(None)
    passed = 0
    for place, paragraph in enumerate(sheet.paragraphs):
        if place in titles:
            part.drafts.append(RecordDraft(paragraph.line, paragraph.number, [paragraph]))
        elif (place == 0 or paragraph.gap > 1) and (halves := _unglued(paragraph)):
            part.drafts.append(RecordDraft(paragraph.line, paragraph.number, halves))
        elif part.drafts and is_prose(paragraph.text):
            part.drafts[-1].body.append(paragraph)
        else:
            passed += min(titles) < place < max(titles)
    return [part] if passed < sum(len(draft.body) for draft in part.drafts) else []


def _by_links(sheet: DateAnchors) -> list[SectionDraft]:
    """Read lines that are nothing but a link as titles, with the prose below; a menu's links are shorter."""
    part = SectionDraft(None)
    for place, paragraph in enumerate(sheet.paragraphs):
        if paragraph.linked and display_width(paragraph.text) >= _HEADLINE and sheet.is_title(place):
            part.drafts.append(RecordDraft(paragraph.line, paragraph.number, [paragraph]))
        elif part.drafts and is_prose(paragraph.text):
            part.drafts[-1].body.append(paragraph)
    return [part] if len(part.drafts) >= _FEWEST else []


def _heads(sheet: DateAnchors, place: int) -> bool:
    text, below = sheet.paragraphs[place].text, sheet.paragraphs[place + 1].text
    if len(text) > _HEAD or text.endswith(_NO_HEAD) or len(below) <= len(text) or not is_prose(below):
        return False
    return not (sheet.is_aside(place) or sheet.recurs(place) or is_month(text, sheet.languages))


def _unglued(paragraph: Row) -> list[Row]:
    """Part a title from the prose that a dump ran into it: "Spring fairFor a hundred years …"."""
    glued = _GLUED.match(paragraph.text)
    return [paragraph._replace(text=half) for half in glued.groups()] if glued else []


def _lines(paragraphs: Sequence[Row]) -> Iterator[list[int]]:
    """Find the lines that recur, and stand neither side by side nor far apart."""
    found: dict[str, list[int]] = {}
    for place, paragraph in enumerate(paragraphs):
        if len(paragraph.text) <= _LINE:
            found.setdefault(_shape(paragraph.text), []).append(place)
    for places in found.values():
        if len(places) >= _FEWEST and 2 <= median(b - a for a, b in pairwise(places)) <= _LARGEST:
            yield places


def _shape(text: str) -> str:
    """What lines with figures have in common is their make ("3/16 Wed", "4 hours ago"), else their words."""
    return _WORD.sub("a", _FIGURES.sub("0", text)) if _FIGURES.search(text) else normalise_counters(text)


def _by_line(sheet: DateAnchors, places: Sequence[int]) -> list[SectionDraft]:
    """Read what is between the lines. One with figures heads its item, as a date would; any other ends it.

    One that ends a block ends its item, which is the block.
    """
    parts = sheet.paragraphs
    size = int(median(b - a for a, b in pairwise(places)))
    ends = sum(parts[place].gap == 0 and _ends_block(parts, place) for place in places)
    if ends * 5 >= len(places) * 4:
        spans = [(_block_start(parts, place), place) for place in places]
    elif _FIGURES.search(parts[places[0]].text):
        borders = [*places, min(places[-1] + size, len(parts))]
        spans = [(start + 1, min(end, start + _LARGEST)) for start, end in pairwise(borders)]
    else:
        borders = [max(places[0] - size, -1), *places]
        spans = [(max(start + 1, end - _LARGEST), end) for start, end in pairwise(borders)]
    drafts = [draft for start, end in spans if (draft := _between(sheet, start, end))]
    return [SectionDraft(None, drafts)] if len(drafts) * 5 >= len(spans) * 4 else []


def _ends_block(parts: Sequence[Row], place: int) -> bool:
    return place + 1 == len(parts) or parts[place + 1].gap > 0


def _block_start(parts: Sequence[Row], place: int) -> int:
    while place and parts[place].gap == 0:
        place -= 1
    return place


def _between(sheet: DateAnchors, start: int, end: int) -> RecordDraft | None:
    """Make a record whose title is the first paragraph, or the second below a line that is none."""
    for place in range(start, min(start + 2, end)):
        if sheet.is_title(place):
            first = sheet.paragraphs[place]
            return RecordDraft(first.line, first.number, list(sheet.paragraphs[place:end]))
    return None


_TITLE_WEIGHT = 14


def read_single(sheet: DateAnchors) -> list[SectionDraft]:
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
    return [SectionDraft(parts[start - 1], [sheet.draft(start, end + told)])]


def _is_title(sheet: DateAnchors, place: int) -> bool:
    return (
        0 < place < len(sheet.paragraphs)
        and sheet.is_title(place)
        and display_width(sheet.paragraphs[place].text) >= _TITLE_WEIGHT
    )
