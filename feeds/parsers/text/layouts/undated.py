"""Read a listing without dates, by links, by the prose below titles, or by a line that all items share."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from feeds.dates.lines import is_date, is_month
from feeds.parsers.date_context import normalise_counters
from feeds.parsers.text.cleanup.date_headings import TIME_OF_DAY
from feeds.parsers.text.layouts.date_anchors import DateAnchors
from feeds.parsers.text.layouts.outline import is_heading
from feeds.parsers.text.record import RecordDraft, SectionDraft
from feeds.parsers.text.rows import Row
from feeds.unicode.prose import display_width, is_prose

_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"[^\W\d_]+")
_JOINED_TITLE = re.compile(r"((?:\S+\s){1,8}?[^\W\d_]{4,40}?(?<=[a-zà-ÿ]))([A-ZÀ-Þ][a-zà-ÿ]{2}.{60,})")
_NOT_AFTER_TITLE = (".", "。", ",", ":", ";", "…")
_HEAD = 120
_HEADLINE = 18
_LINE = 40
_FEWEST = 3
_LARGEST = 12


def read_undated(anchors: DateAnchors) -> Iterator[list[SectionDraft]]:
    """Yield the readings of a text that has fewer than two dates."""
    if len(anchors.dates) < 2:
        yield from (_between_lines(anchors, indices) for indices in _recurring_lines(anchors.paragraphs))
        yield _by_times(anchors)
        yield _by_prose(anchors)
        yield _by_links(anchors)


def _by_times(anchors: DateAnchors) -> list[SectionDraft]:
    """Read lines that begin with a time of day, if most lines do; their day is not known."""
    found = [(part, time) for part in anchors.paragraphs if (time := TIME_OF_DAY.match(part.text))]
    if len(found) < _FEWEST or len(found) * 2 < len(anchors.paragraphs):
        return []
    titles = [part._replace(text=part.text[time.end() :]) for part, time in found]
    return [SectionDraft(None, [RecordDraft(title.line, title.number, [title]) for title in titles if title.text])]


def _by_prose(anchors: DateAnchors) -> list[SectionDraft]:
    """Read short lines right above prose as titles, unless they are too few or most lines are of other kinds."""
    titles = {index for index in range(len(anchors.paragraphs) - 1) if _is_title_above_prose(anchors, index)}
    if len(titles) < _FEWEST:
        return []
    part = SectionDraft(None)
    unread = 0
    for index, paragraph in enumerate(anchors.paragraphs):
        if index in titles:
            part.drafts.append(RecordDraft(paragraph.line, paragraph.number, [paragraph]))
        elif (index == 0 or paragraph.gap > 1) and (parts := _split_title(paragraph)):
            part.drafts.append(RecordDraft(paragraph.line, paragraph.number, parts))
        elif part.drafts and is_prose(paragraph.text):
            part.drafts[-1].body.append(paragraph)
        else:
            unread += min(titles) < index < max(titles)
    return [part] if unread < sum(len(draft.body) for draft in part.drafts) else []


def _by_links(anchors: DateAnchors) -> list[SectionDraft]:
    """Read lines that are one long link as titles, with the prose below; links of menus are shorter."""
    part = SectionDraft(None)
    for index, paragraph in enumerate(anchors.paragraphs):
        if paragraph.linked and display_width(paragraph.text) >= _HEADLINE and anchors.is_title(index):
            part.drafts.append(RecordDraft(paragraph.line, paragraph.number, [paragraph]))
        elif part.drafts and is_prose(paragraph.text):
            part.drafts[-1].body.append(paragraph)
    return [part] if len(part.drafts) >= _FEWEST else []


def _is_title_above_prose(anchors: DateAnchors, index: int) -> bool:
    text, below = anchors.paragraphs[index].text, anchors.paragraphs[index + 1].text
    if len(text) > _HEAD or text.endswith(_NOT_AFTER_TITLE) or len(below) <= len(text) or not is_prose(below):
        return False
    return not (anchors.is_credit_or_byline(index) or anchors.recurs(index) or is_month(text, anchors.languages))


def _split_title(paragraph: Row) -> list[Row]:
    """Split a title from the prose that a dump joined to it: "Spring fairFor a hundred years …"."""
    match = _JOINED_TITLE.match(paragraph.text)
    return [paragraph._replace(text=part) for part in match.groups()] if match else []


def _recurring_lines(paragraphs: Sequence[Row]) -> Iterator[list[int]]:
    """Yield the indices of lines that recur, neither next to each other nor far apart."""
    found: dict[str, list[int]] = {}
    for index, paragraph in enumerate(paragraphs):
        if len(paragraph.text) <= _LINE:
            found.setdefault(_shape(paragraph.text), []).append(index)
    for indices in found.values():
        if len(indices) >= _FEWEST and 2 <= median(b - a for a, b in pairwise(indices)) <= _LARGEST:
            yield indices


def _shape(text: str) -> str:
    """Return what like lines share: the form of lines with digits ("3/16 Wed", "4 hours ago"), else the words."""
    return _WORD.sub("a", _DIGITS.sub("0", text)) if _DIGITS.search(text) else normalise_counters(text)


def _between_lines(anchors: DateAnchors, indices: Sequence[int]) -> list[SectionDraft]:
    """Read the records between recurring lines, which begin a record if they have digits and end it otherwise.

    If the lines end blocks, each block is a record.
    """
    paragraphs = anchors.paragraphs
    size = int(median(b - a for a, b in pairwise(indices)))
    ends = sum(paragraphs[index].gap == 0 and _ends_block(paragraphs, index) for index in indices)
    if ends * 5 >= len(indices) * 4:
        spans = [(_block_start(paragraphs, index), index) for index in indices]
    elif _DIGITS.search(paragraphs[indices[0]].text):
        borders = [*indices, min(indices[-1] + size, len(paragraphs))]
        spans = [(start + 1, min(end, start + _LARGEST)) for start, end in pairwise(borders)]
    else:
        borders = [max(indices[0] - size, -1), *indices]
        spans = [(max(start + 1, end - _LARGEST), end) for start, end in pairwise(borders)]
    drafts = [draft for start, end in spans if (draft := _record_between(anchors, start, end))]
    return [SectionDraft(None, drafts)] if len(drafts) * 5 >= len(spans) * 4 else []


def _ends_block(paragraphs: Sequence[Row], index: int) -> bool:
    return index + 1 == len(paragraphs) or paragraphs[index + 1].gap > 0


def _block_start(paragraphs: Sequence[Row], index: int) -> int:
    while index and paragraphs[index].gap == 0:
        index -= 1
    return index


def _record_between(anchors: DateAnchors, start: int, end: int) -> RecordDraft | None:
    """Return a record whose title is the first paragraph, or the second if the first cannot be a title."""
    for index in range(start, min(start + 2, end)):
        if anchors.is_title(index):
            first = anchors.paragraphs[index]
            return RecordDraft(first.line, first.number, list(anchors.paragraphs[index:end]))
    return None


_TITLE_WEIGHT = 14


def read_single(anchors: DateAnchors) -> list[SectionDraft]:
    """Read the one item of a text that has one date on a line of its own, and hardly any prose."""
    if len(anchors.dates) != 1:
        return []
    paragraphs = anchors.paragraphs
    [date] = anchors.dates
    if not is_date(paragraphs[date].text, anchors.languages) or ":" in paragraphs[date].text:
        return []
    title = next((index for index in (date - 1, date + 1) if _is_title(anchors, index)), None)
    if title is None:
        return []
    start, end = min(title, date), max(title, date) + 1
    if start == 0 or not is_heading(paragraphs[start - 1]) or any(is_prose(part.text) for part in paragraphs[:start]):
        return []
    prose_follows = end < len(paragraphs) and is_prose(paragraphs[end].text)
    if any(is_prose(part.text) for part in paragraphs[end + prose_follows :]):
        return []
    return [SectionDraft(paragraphs[start - 1], [anchors.record(start, end + prose_follows)])]


def _is_title(anchors: DateAnchors, index: int) -> bool:
    return (
        0 < index < len(anchors.paragraphs)
        and anchors.is_title(index)
        and display_width(anchors.paragraphs[index].text) >= _TITLE_WEIGHT
    )
