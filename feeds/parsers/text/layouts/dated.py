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

_FIGURES = re.compile(r"\d+")
_LETTERS = re.compile(r"[^\W\d_]+")
_SHORT = 60
_FEWEST = 3
_WAYS = 4
# A reading by dates that are written in several ways is worth less than one by those of one way.
_MIXED = 0.8


def read_dated(sheet: DateAnchors) -> Iterator[tuple[float, list[SectionDraft]]]:
    """Read the items by all dates, and by the dates of each way to write them that is common."""
    if _has_masthead(sheet):
        sheet = replace(sheet, dates=sheet.dates[1:])
    families: dict[tuple[object, ...], list[int]] = {}
    for place in sheet.dates:
        families.setdefault(_way(sheet, place), []).append(place)
    alike = len(families) == 1 or _newest_lack_days(sheet)
    yield from ((1 if alike else _MIXED, parts) for parts in _read_dated(sheet))
    if len(families) > 1:
        whole = [place for place in sheet.dates if _written(sheet, place)]
        for dates in sorted(families.values(), key=len, reverse=True)[:_WAYS]:
            family = replace(sheet, dates=dates, days=() if _written(sheet, dates[0]) else whole)
            yield from ((1, parts) for parts in _read_dated(family))


def _has_masthead(sheet: DateAnchors) -> bool:
    """Tell the day that a page is of, below its name and written unlike all the other dates."""
    if len(sheet.dates) <= _FEWEST or sheet.dates[0] > 1:
        return False
    texts = [sheet.paragraphs[place].text for place in sheet.dates]
    first, *others = (_LETTERS.sub("a", _FIGURES.sub("0", text)) for text in texts)
    own = is_date(texts[0], sheet.languages) and _written(sheet, sheet.dates[0]) is not None
    return own and len(set(others)) == 1 and first != others[0]


def _way(sheet: DateAnchors, place: int) -> tuple[object, ...]:
    """How a date is written: behind whose or what name, by itself or beside what, with a year or without."""
    paragraph = sheet.paragraphs[place]
    written = _written(sheet, place)
    line = None if is_date(paragraph.text, sheet.languages) else date_line(paragraph.text, sheet.languages)
    before = line.before if line else paragraph.text.partition(written)[0].rstrip() if written else ""
    if is_byline(before):
        before = "by"
    elif line is None and not before.endswith((":", "：")):
        before = ""
    return paragraph.mark, written is None, normalise_counters(before), line is not None and line.after != ""


def _newest_lack_days(sheet: DateAnchors) -> bool:
    """Tell a page that says of its first items how long ago they came, and the day of all others."""
    whole = [_written(sheet, place) is not None for place in sheet.dates]
    if whole != sorted(whole) or sum(whole) <= len(whole) // 2:
        return False
    return all(is_date(sheet.paragraphs[place].text, sheet.languages) for place in sheet.dates)


def _written(sheet: DateAnchors, place: int) -> str | None:
    return find_date(sheet.paragraphs[place].text, languages=sheet.languages)


def _read_dated(sheet: DateAnchors) -> Iterator[list[SectionDraft]]:
    if len(sheet.dates) < 2:
        return
    if max(_count(_titles(sheet, step)) for step in (-1, 1)) * 2 < len(sheet.dates):
        sheet = replace(sheet, lenient=True)
    for gap in sorted({paragraph.gap for paragraph in sheet.paragraphs if paragraph.gap > 0}, reverse=True):
        groups = _groups(sheet.paragraphs, gap)
        whole = sum(_is_whole(sheet, start, end) for start, end in groups)
        if whole > 1 and whole * 10 >= len(sheet.dates) * 9:
            yield _by_groups(sheet, groups)
            between = sum(groups[0][0] < start < sheet.dates[-1] for start, _ in groups)
            if between < 2 * whole:
                return
            break
    starts = _starts_below(sheet) if _titles_below(sheet) else _starts_above(sheet)
    if starts:
        yield _by_starts(sheet, starts)


def _groups(paragraphs: Sequence[Row], gap: int) -> list[tuple[int, int]]:
    borders = [place for place, paragraph in enumerate(paragraphs) if place == 0 or paragraph.gap >= gap]
    return list(pairwise([*borders, len(paragraphs)]))


def _is_whole(sheet: DateAnchors, start: int, end: int) -> bool:
    """Tell a group that is an item: one date, and something that may be its title."""
    dates = sheet.dates_within(start, end)
    return len(dates) == 1 and any(sheet.is_title(place) for place in range(start, end) if place != dates[0])


def _by_groups(sheet: DateAnchors, groups: Sequence[tuple[int, int]]) -> list[SectionDraft]:
    """Make an item of each group with a date. Another is a heading, more prose, or an item without a date."""
    parts: list[SectionDraft] = []
    for start, end in groups:
        body = sheet.paragraphs[start:end]
        if sheet.dates_within(start, end):
            parts = parts or [SectionDraft(None)]
            parts[-1].drafts.append(sheet.draft(start, end))
        elif len(body) == 1 and sheet.is_title(start):
            parts.append(SectionDraft(body[0]))
        elif parts and parts[-1].drafts and all(is_prose(part.text) for part in body):
            parts[-1].drafts[-1].body.extend(body)
        elif parts and parts[-1].drafts and end <= sheet.dates[-1] and _lacks_date(sheet, start, end):
            parts[-1].drafts.append(RecordDraft(body[0].line, body[0].number, list(body)))
    end_last(parts)
    return parts


def _lacks_date(sheet: DateAnchors, start: int, end: int) -> bool:
    """Tell a group among others that is an item but for its date: a title, and prose below."""
    body = sheet.paragraphs[start:end]
    if len(body) < 2 or any(is_date(part.text, sheet.languages) for part in body):
        return False
    return sheet.is_title(start) and ends_sentence(body[-1].text)


def _titles_below(sheet: DateAnchors) -> bool:
    """Tell on which side of the dates the titles stand: more titles, or the better fit at the page's ends."""
    above, below = _titles(sheet, -1), _titles(sheet, 1)
    if not _count(above) and _count(_titles(sheet, -1, over_prose=True)) == len(sheet.dates):
        return _turn(sheet) == 0
    more = _count(below) - _count(above)
    return more > 0 if abs(more) > 1 else _turn(sheet) == 0


def _titles(sheet: DateAnchors, step: int, *, over_prose: bool = False) -> list[int | None]:
    """Find the title next to each date; what recurs may stand between, prose and other dates may not."""
    borders = {-1, *sheet.dates, len(sheet.paragraphs)}
    titles: list[int | None] = []
    beside = [date + step for date in sheet.dates if date + step not in borders]
    labelled = sum(map(sheet.recurs, beside)) * 2 > len(sheet.dates)
    for date in sheet.dates:
        here = date + step
        if labelled and here not in borders and here + step not in borders and sheet.is_label(here):
            here += step
        while here not in borders and (sheet.recurs(here) or sheet.is_aside(here) or sheet.names_field(here)):
            here += step
        if over_prose and here not in borders and holds_sentence(sheet.paragraphs[here].text):
            here += step
        titles.append(here if here not in borders and sheet.is_title(here) else None)
    return titles


def _count(titles: Sequence[int | None]) -> int:
    return sum(title is not None for title in titles)


def _turn(sheet: DateAnchors) -> int:
    """Say how many of the paragraphs between two dates belong to the second of them.

    Between two dates stand the end of one item and the beginning of the next. The items' border is where the
    gap is widest, and where what stands above the first date and below the last fits to what stands between.
    """
    spans = [sheet.paragraphs[date + 1 : until] for date, until in pairwise(sheet.dates)]
    size = Counter(map(len, spans)).most_common(1)[0][0]
    spans = [span for span in spans if len(span) == size]
    usual = [sum(len(span[place].text) for span in spans) / len(spans) for place in range(size)]
    gaps = [sum(span[place].gap for span in spans) / len(spans) for place in range(size)]
    gaps.append(sum(sheet.paragraphs[date].gap for date in sheet.dates[1:]) / (len(sheet.dates) - 1))
    head = sheet.paragraphs[max(0, sheet.dates[0] - size) : sheet.dates[0]]
    tail = sheet.paragraphs[sheet.dates[-1] + 1 : sheet.dates[-1] + 1 + size]

    def fit(turn: int) -> float:
        border = size - turn
        first = zip(reversed(head), reversed(usual[border:]), strict=False)
        last = zip(tail, usual[:border], strict=False)
        widest = all(gaps[border] > gap for place, gap in enumerate(gaps) if place != border)
        return sum(_likeness(len(part.text), length) for part, length in (*first, *last)) + (widest and size > 0)

    return max(range(size, -1, -1), key=fit)


def _likeness(length: float, usual: float) -> float:
    return min(length, usual) / max(length, usual, 1)


def _starts_below(sheet: DateAnchors) -> list[int]:
    """Find where items start whose titles stand below their dates: at the dates, or at the labels above."""
    titled = zip(sheet.dates, _titles(sheet, 1), strict=True)
    dates = [date for date, title in titled if title is not None]
    most = int(_is_labelled(sheet, dates, 1))
    return [_climb(sheet, date, most)[0] for date in dates]


def _starts_above(sheet: DateAnchors) -> list[int]:
    """Find where items start whose titles stand above their dates: at the title, the label or the credit.

    What recurs above the titles, but not above the first, is the end of the item before, and no label.
    """
    found = _titles(sheet, -1)
    found = found if _count(found) else _titles(sheet, -1, over_prose=True)
    titles = [title for title in found if title is not None]
    starts: list[int] = []
    most = len(sheet.paragraphs) if _is_labelled(sheet, titles, 2) else 0
    for title in titles:
        start, labels = _climb(sheet, title, most)
        starts.append(start)
        most = min(most, max(labels, 1))
    return starts


def _is_labelled(sheet: DateAnchors, places: Sequence[int], turn: int) -> bool:
    """Tell labels above these places: the first recurs, or others do and none ends the page.

    `turn` is how many paragraphs above each date then belong to it.
    """
    openings = [sheet.opening(place - 1) if place else "" for place in places]
    if not openings or not openings[0]:
        return False
    if openings.count(openings[0]) > 1:
        return True
    others = Counter(openings[1:])
    return sheet.is_label(places[0] - 1) and 1 < len(others) < others.total() and _turn(sheet) >= turn


def _climb(sheet: DateAnchors, title: int, most: int) -> tuple[int, int]:
    """Go up from a title past names, credits and at most so many labels; count these.

    Above the first title stands nothing of an item before it, so there are no more labels than it has.
    """
    start, labels = title, 0
    while start and not sheet.dates_within(start - 1, start):
        label = labels < most and (
            sheet.recurs(start - 1) or sheet.names_field(start - 1) or (start == title and sheet.is_label(start - 1))
        )
        if not label and not sheet.is_aside(start - 1):
            break
        labels += label
        start -= 1
    return start, labels


def _by_starts(sheet: DateAnchors, starts: Sequence[int]) -> list[SectionDraft]:
    parts = [SectionDraft(None)]
    for start, end in pairwise([*starts, _end(sheet, starts)]):
        heading = _trailing_heading(sheet, start, end) if start != starts[-1] else None
        parts[-1].drafts.append(sheet.draft(start, end if heading is None else heading))
        if heading is not None:
            parts.append(SectionDraft(sheet.paragraphs[heading]))
    return parts


def _trailing_heading(sheet: DateAnchors, start: int, end: int) -> int | None:
    """Find a month's heading, or a short line under a wide gap, at the end of an item's paragraphs."""
    body = sheet.paragraphs[start:end]
    for offset, paragraph in enumerate(body[1:], 1):
        if is_month(paragraph.text, sheet.languages):
            return start + offset
    last = body[-1]
    wide = last.gap > max((paragraph.gap for paragraph in body[1:-1]), default=last.gap)
    return end - 1 if wide and len(last.text) <= _SHORT and not ends_sentence(last.text) else None


def _end(sheet: DateAnchors, starts: Sequence[int]) -> int:
    """Find where the last item ends and the page's footer begins: where it is unlike the items before."""
    spans = [sheet.paragraphs[start:end] for start, end in pairwise(starts)]
    if not spans:
        return min(starts[-1] + 3, len(sheet.paragraphs))
    sizes = Counter(map(len, spans))
    usual, longest = sizes.most_common(1)[0][0], max(sizes)
    widest = max((part.gap for span in spans for part in span[1:]), default=1)
    marked = any(part.mark for span in spans for part in span)
    for place in range(starts[-1] + 1, min(starts[-1] + longest, len(sheet.paragraphs))):
        part, offset = sheet.paragraphs[place], place - starts[-1]
        peers = [len(span[offset].text) for span in spans if len(span) > offset]
        prose = offset >= usual or sum(peers) > PROSE * len(peers)
        if part.gap > widest or (part.mark and not marked) or (prose and not is_prose(part.text)):
            return place
    return min(starts[-1] + longest, len(sheet.paragraphs))
