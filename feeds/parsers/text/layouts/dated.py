"""Read a listing whose records only their dates delimit: each has one, on its own line or next to a label.

If blank lines or rulers of one width leave exactly one date between them, they are the borders of the records.
Otherwise titles are above all dates or below all of them, on the side whose lines look more like titles. A record
begins at its title, or at the label or credit above that, and ends where the next begins.
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
# The factor for a reading by dates of several formats, compared with one by dates of one format.
_MIXED_FORMATS = 0.8


def read_dated(anchors: DateAnchors) -> Iterator[tuple[float, list[SectionDraft]]]:
    """Yield the readings by all dates, and by the dates of each common format."""
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
    """Whether the first date is that of the page: below its name, and in another format than all other dates."""
    if len(anchors.dates) <= _FEWEST or anchors.dates[0] > 1:
        return False
    texts = [anchors.paragraphs[index].text for index in anchors.dates]
    first, *others = (_LETTERS.sub("a", _DIGITS.sub("0", text)) for text in texts)
    own = is_date(texts[0], anchors.languages) and _whole_date(anchors, anchors.dates[0]) is not None
    return own and len(set(others)) == 1 and first != others[0]


def _date_format(anchors: DateAnchors, index: int) -> tuple[object, ...]:
    """Return the format of a date: the name before it, the text next to it, and whether it has a year."""
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
    """Whether the first items have relative dates ("2 hours ago") and all others have the day."""
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
    """Whether a group is a record: it has one date, and a paragraph that may be its title."""
    dates = anchors.dates_within(start, end)
    return len(dates) == 1 and any(anchors.is_title(index) for index in range(start, end) if index != dates[0])


def _sections_by_groups(anchors: DateAnchors, groups: Sequence[tuple[int, int]]) -> list[SectionDraft]:
    """Make a record of each group with a date; others are headings, more prose, or records without a date."""
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
        elif sections and sections[-1].drafts and end <= anchors.dates[-1] and _is_undated(anchors, start, end):
            sections[-1].drafts.append(RecordDraft(body[0].line, body[0].number, list(body)))
    end_last(sections)
    return sections


def _is_undated(anchors: DateAnchors, start: int, end: int) -> bool:
    """Whether a group is a record without a date: a title, and prose below it."""
    body = anchors.paragraphs[start:end]
    if len(body) < 2 or any(is_date(part.text, anchors.languages) for part in body):
        return False
    return anchors.is_title(start) and ends_sentence(body[-1].text)


def _titles_below(anchors: DateAnchors) -> bool:
    """Whether titles are below the dates: where there are more of them, or what fits both ends of the page better."""
    above, below = _titles(anchors, -1), _titles(anchors, 1)
    if not _count_found(above) and _count_found(_titles(anchors, -1, over_prose=True)) == len(anchors.dates):
        return _records_split(anchors) == 0
    more = _count_found(below) - _count_found(above)
    return more > 0 if abs(more) > 1 else _records_split(anchors) == 0


def _titles(anchors: DateAnchors, step: int, *, over_prose: bool = False) -> list[int | None]:
    """Return the title next to each date, or None; recurring text may be in between, prose and other dates may not."""
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
    """Return how many of the paragraphs between two dates belong to the second date.

    Between two dates are the end of one record and the beginning of the next. The border is where the gap is widest,
    and where the text above the first date and below the last date has the lengths of the text in between.
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
    """Return where records start whose titles are above their dates: at the title, the label or the credit.

    Text that recurs above the titles, but not above the first, is the end of the previous record, not a label.
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
    """Whether labels are above these paragraphs: the first one recurs, or others do and none ends the page.

    `split` is the number of paragraphs above each date that would then belong to it.
    """
    openings = [anchors.opening(index - 1) if index else "" for index in indices]
    if not openings or not openings[0]:
        return False
    if openings.count(openings[0]) > 1:
        return True
    others = Counter(openings[1:])
    return anchors.is_label(indices[0] - 1) and 1 < len(others) < others.total() and _records_split(anchors) >= split


def _find_start(anchors: DateAnchors, title: int, most_labels: int) -> tuple[int, int]:
    """Return the start of the record above a title, past names, credits and at most so many labels, and their count.

    No other record is above the first title, so no record has more labels than the first.
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
    """Return the index of a month's heading, or of a short line below a wide gap, at the end of a record."""
    body = anchors.paragraphs[start:end]
    for offset, paragraph in enumerate(body[1:], 1):
        if is_month(paragraph.text, anchors.languages):
            return start + offset
    last = body[-1]
    wide = last.gap > max((paragraph.gap for paragraph in body[1:-1]), default=last.gap)
    return end - 1 if wide and len(last.text) <= _SHORT and not ends_sentence(last.text) else None


def _end(anchors: DateAnchors, starts: Sequence[int]) -> int:
    """Return where the last record ends and the footer begins: where it stops resembling the other records."""
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
