"""A listing whose items nothing marks but their dates: each has one, alone in a line or beside a label.

Where blank lines or rulers of one width leave exactly one date between them, those are the borders. Otherwise
titles stand either above all dates or below all of them, whichever side reads more like titles; an item
reaches from its title, or from the label or credit above that, to the next.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from feeds.dates.lines import date_line, is_date, is_month
from feeds.dates.parsing import find_date
from feeds.parsers.date_context import normalise_counters
from feeds.parsers.lexicon.bylines import is_byline
from feeds.parsers.text.layouts.date_anchors import DateAnchors
from feeds.parsers.text.layouts.ending import end_last
from feeds.parsers.text.record import RecordDraft, SectionDraft
from feeds.parsers.text.rows import Row
from feeds.unicode.prose import PROSE, ends_sentence, holds_sentence, is_prose

_DIGITS = re.compile(r"\d+")
_LETTERS = re.compile(r"[^\W\d_]+")
_SHORT = 60
_FEWEST = 3
_MOST_FORMATS = 4
# A reading by dates that are written in several ways is worth less than one by those of one way.
_MIXED_FORMATS = 0.8


def read_dated(anchors: DateAnchors) -> Iterator[tuple[float, list[SectionDraft]]]:
    """Read the items by all dates, and by the dates of each way to write them that is common."""
    if _has_masthead(anchors):
        anchors = replace(anchors, dates=anchors.dates[1:])
    by_format: dict[tuple[object, ...], list[int]] = {}
    for index in anchors.dates:
        by_format.setdefault(_date_format(anchors, index), []).append(index)
    alike = len(by_format) == 1 or _newest_are_relative(anchors)
    yield from ((1 if alike else _MIXED_FORMATS, sections) for sections in _read_dated(anchors))
    if len(by_format) > 1:
        whole = [index for index in anchors.dates if _whole_date(anchors, index)]
        for dates in sorted(by_format.values(), key=len, reverse=True)[:_MOST_FORMATS]:
            of_format = replace(anchors, dates=dates, days=() if _whole_date(anchors, dates[0]) else whole)
            yield from ((1, sections) for sections in _read_dated(of_format))


def _has_masthead(anchors: DateAnchors) -> bool:
    """Tell the day that a page is of, below its name and written unlike all the other dates."""
    if len(anchors.dates) <= _FEWEST or anchors.dates[0] > 1:
        return False
    texts = [anchors.paragraphs[index].text for index in anchors.dates]
    first, *others = (_LETTERS.sub("a", _DIGITS.sub("0", text)) for text in texts)
    own = is_date(texts[0], anchors.languages) and _whole_date(anchors, anchors.dates[0]) is not None
    return own and len(set(others)) == 1 and first != others[0]


def _date_format(anchors: DateAnchors, index: int) -> tuple[object, ...]:
    """How a date is written: behind whose or what name, by itself or beside what, with a year or without."""
    paragraph = anchors.paragraphs[index]
    whole_date = _whole_date(anchors, index)
    line = None if is_date(paragraph.text, anchors.languages) else date_line(paragraph.text, anchors.languages)
    before = line.before if line else paragraph.text.partition(whole_date)[0].rstrip() if whole_date else ""
    if is_byline(before):
        before = "by"
    elif line is None and not before.endswith((":", "：")):
        before = ""
    return paragraph.marker, whole_date is None, normalise_counters(before), line is not None and line.after != ""


def _newest_are_relative(anchors: DateAnchors) -> bool:
    """Tell a page that says of its first items how long ago they came, and the day of all others."""
    whole = [_whole_date(anchors, index) is not None for index in anchors.dates]
    if whole != sorted(whole) or sum(whole) <= len(whole) // 2:
        return False
    return all(is_date(anchors.paragraphs[index].text, anchors.languages) for index in anchors.dates)


def _whole_date(anchors: DateAnchors, index: int) -> str | None:
    return find_date(anchors.paragraphs[index].text, languages=anchors.languages)


def _read_dated(anchors: DateAnchors) -> Iterator[list[SectionDraft]]:
    if len(anchors.dates) < 2:
        return
    if max(_count_found(_titles(anchors, step)) for step in (-1, 1)) * 2 < len(anchors.dates):
        anchors = replace(anchors, lenient=True)
    for gap in sorted({paragraph.gap for paragraph in anchors.paragraphs if paragraph.gap > 0}, reverse=True):
        groups = _groups(anchors.paragraphs, gap)
        whole = sum(_is_whole(anchors, start, end) for start, end in groups)
        if whole > 1 and whole * 10 >= len(anchors.dates) * 9:
            yield _sections_by_groups(anchors, groups)
            between = sum(groups[0][0] < start < anchors.dates[-1] for start, _ in groups)
            if between < 2 * whole:
                return
            break
    starts = _starts_below(anchors) if _titles_below(anchors) else _starts_above(anchors)
    if starts:
        yield _sections_by_starts(anchors, starts)


def _groups(paragraphs: Sequence[Row], gap: int) -> list[tuple[int, int]]:
    borders = [index for index, paragraph in enumerate(paragraphs) if index == 0 or paragraph.gap >= gap]
    return list(pairwise([*borders, len(paragraphs)]))


def _is_whole(anchors: DateAnchors, start: int, end: int) -> bool:
    """Tell a group that is an item: one date, and something that may be its title."""
    dates = anchors.dates_within(start, end)
    return len(dates) == 1 and any(anchors.is_title(index) for index in range(start, end) if index != dates[0])


def _sections_by_groups(anchors: DateAnchors, groups: Sequence[tuple[int, int]]) -> list[SectionDraft]:
    """Make an item of each group with a date. Another is a heading, more prose, or an item without a date."""
    sections: list[SectionDraft] = []
    for start, end in groups:
        body = anchors.paragraphs[start:end]
        if anchors.dates_within(start, end):
            sections = sections or [SectionDraft(None)]
            sections[-1].drafts.append(anchors.record(start, end))
        elif len(body) == 1 and anchors.is_title(start):
            sections.append(SectionDraft(body[0]))
        elif sections and sections[-1].drafts and all(is_prose(part.text) for part in body):
            sections[-1].drafts[-1].body.extend(body)
        elif sections and sections[-1].drafts and end <= anchors.dates[-1] and _lacks_date(anchors, start, end):
            sections[-1].drafts.append(RecordDraft(body[0].line, body[0].number, list(body)))
    end_last(sections)
    return sections


def _lacks_date(anchors: DateAnchors, start: int, end: int) -> bool:
    """Tell a group among others that is an item but for its date: a title, and prose below."""
    body = anchors.paragraphs[start:end]
    if len(body) < 2 or any(is_date(part.text, anchors.languages) for part in body):
        return False
    return anchors.is_title(start) and ends_sentence(body[-1].text)


def _titles_below(anchors: DateAnchors) -> bool:
    """Tell on which side of the dates the titles stand: more titles, or the better fit at the page's ends."""
    above, below = _titles(anchors, -1), _titles(anchors, 1)
    if not _count_found(above) and _count_found(_titles(anchors, -1, over_prose=True)) == len(anchors.dates):
        return _records_split(anchors) == 0
    more = _count_found(below) - _count_found(above)
    return more > 0 if abs(more) > 1 else _records_split(anchors) == 0


def _titles(anchors: DateAnchors, step: int, *, over_prose: bool = False) -> list[int | None]:
    """Find the title next to each date; what recurs may stand between, prose and other dates may not."""
    borders = {-1, *anchors.dates, len(anchors.paragraphs)}
    titles: list[int | None] = []
    neighbours = [date + step for date in anchors.dates if date + step not in borders]
    labelled = sum(map(anchors.recurs, neighbours)) * 2 > len(anchors.dates)
    for date in anchors.dates:
        here = date + step
        if labelled and here not in borders and here + step not in borders and anchors.is_label(here):
            here += step
        while here not in borders and (
            anchors.recurs(here) or anchors.is_credit_or_byline(here) or anchors.is_named_field(here)
        ):
            here += step
        if over_prose and here not in borders and holds_sentence(anchors.paragraphs[here].text):
            here += step
        titles.append(here if here not in borders and anchors.is_title(here) else None)
    return titles


def _count_found(titles: Sequence[int | None]) -> int:
    return sum(title is not None for title in titles)


def _records_split(anchors: DateAnchors) -> int:
    """Say how many of the paragraphs between two dates belong to the second of them.

    Between two dates stand the end of one item and the beginning of the next. The items' border is where the
    gap is widest, and where what stands above the first date and below the last fits to what stands between.
    """
    spans = [anchors.paragraphs[date + 1 : until] for date, until in pairwise(anchors.dates)]
    size = Counter(map(len, spans)).most_common(1)[0][0]
    spans = [span for span in spans if len(span) == size]
    usual = [sum(len(span[index].text) for span in spans) / len(spans) for index in range(size)]
    gaps = [sum(span[index].gap for span in spans) / len(spans) for index in range(size)]
    gaps.append(sum(anchors.paragraphs[date].gap for date in anchors.dates[1:]) / (len(anchors.dates) - 1))
    head = anchors.paragraphs[max(0, anchors.dates[0] - size) : anchors.dates[0]]
    tail = anchors.paragraphs[anchors.dates[-1] + 1 : anchors.dates[-1] + 1 + size]

    def fit(split: int) -> float:
        border = size - split
        first = zip(reversed(head), reversed(usual[border:]), strict=False)
        last = zip(tail, usual[:border], strict=False)
        widest = all(gaps[border] > gap for index, gap in enumerate(gaps) if index != border)
        return sum(_likeness(len(part.text), length) for part, length in (*first, *last)) + (widest and size > 0)

    return max(range(size, -1, -1), key=fit)


def _likeness(length: float, usual: float) -> float:
    return min(length, usual) / max(length, usual, 1)


def _starts_below(anchors: DateAnchors) -> list[int]:
    """Find where items start whose titles stand below their dates: at the dates, or at the labels above."""
    titled = zip(anchors.dates, _titles(anchors, 1), strict=True)
    dates = [date for date, title in titled if title is not None]
    most_labels = int(_is_labelled(anchors, dates, 1))
    return [_find_start(anchors, date, most_labels)[0] for date in dates]


def _starts_above(anchors: DateAnchors) -> list[int]:
    """Find where items start whose titles stand above their dates: at the title, the label or the credit.

    What recurs above the titles, but not above the first, is the end of the item before, and no label.
    """
    found = _titles(anchors, -1)
    found = found if _count_found(found) else _titles(anchors, -1, over_prose=True)
    titles = [title for title in found if title is not None]
    starts: list[int] = []
    most_labels = len(anchors.paragraphs) if _is_labelled(anchors, titles, 2) else 0
    for title in titles:
        start, labels = _find_start(anchors, title, most_labels)
        starts.append(start)
        most_labels = min(most_labels, max(labels, 1))
    return starts


def _is_labelled(anchors: DateAnchors, indices: Sequence[int], split: int) -> bool:
    """Tell labels above these places: the first recurs, or others do and none ends the page.

    `turn` is how many paragraphs above each date then belong to it.
    """
    openings = [anchors.opening(index - 1) if index else "" for index in indices]
    if not openings or not openings[0]:
        return False
    if openings.count(openings[0]) > 1:
        return True
    others = Counter(openings[1:])
    return anchors.is_label(indices[0] - 1) and 1 < len(others) < others.total() and _records_split(anchors) >= split


def _find_start(anchors: DateAnchors, title: int, most_labels: int) -> tuple[int, int]:
    """Go up from a title past names, credits and at most so many labels; count these.

    Above the first title stands nothing of an item before it, so there are no more labels than it has.
    """
    start, labels = title, 0
    while start and not anchors.dates_within(start - 1, start):
        label = labels < most_labels and (
            anchors.recurs(start - 1)
            or anchors.is_named_field(start - 1)
            or (start == title and anchors.is_label(start - 1))
        )
        if not label and not anchors.is_credit_or_byline(start - 1):
            break
        labels += label
        start -= 1
    return start, labels


def _sections_by_starts(anchors: DateAnchors, starts: Sequence[int]) -> list[SectionDraft]:
    sections = [SectionDraft(None)]
    for start, end in pairwise([*starts, _end(anchors, starts)]):
        heading = _trailing_heading(anchors, start, end) if start != starts[-1] else None
        sections[-1].drafts.append(anchors.record(start, end if heading is None else heading))
        if heading is not None:
            sections.append(SectionDraft(anchors.paragraphs[heading]))
    return sections


def _trailing_heading(anchors: DateAnchors, start: int, end: int) -> int | None:
    """Find a month's heading, or a short line under a wide gap, at the end of an item's paragraphs."""
    body = anchors.paragraphs[start:end]
    for offset, paragraph in enumerate(body[1:], 1):
        if is_month(paragraph.text, anchors.languages):
            return start + offset
    last = body[-1]
    wide = last.gap > max((paragraph.gap for paragraph in body[1:-1]), default=last.gap)
    return end - 1 if wide and len(last.text) <= _SHORT and not ends_sentence(last.text) else None


def _end(anchors: DateAnchors, starts: Sequence[int]) -> int:
    """Find where the last item ends and the page's footer begins: where it is unlike the items before."""
    spans = [anchors.paragraphs[start:end] for start, end in pairwise(starts)]
    if not spans:
        return min(starts[-1] + 3, len(anchors.paragraphs))
    sizes = Counter(map(len, spans))
    usual, longest = sizes.most_common(1)[0][0], max(sizes)
    widest = max((part.gap for span in spans for part in span[1:]), default=1)
    has_marker = any(part.marker for span in spans for part in span)
    for index in range(starts[-1] + 1, min(starts[-1] + longest, len(anchors.paragraphs))):
        part, offset = anchors.paragraphs[index], index - starts[-1]
        peers = [len(span[offset].text) for span in spans if len(span) > offset]
        prose = offset >= usual or sum(peers) > PROSE * len(peers)
        if part.gap > widest or (part.marker and not has_marker) or (prose and not is_prose(part.text)):
            return index
    return min(starts[-1] + longest, len(anchors.paragraphs))
