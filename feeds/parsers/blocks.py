"""A listing whose items nothing marks: they show by what repeats.

With dates, every item has one, in a line of its own or beside a label. Where blank lines or rulers of one
width leave exactly one date between them, those are the borders. Otherwise titles stand either above all
dates or below all of them, whichever side reads more like titles; an item reaches from its title, or the
label or credit above that, to the next. Without dates, a title is a short line that no sentence ends, right
above prose.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from feeds.dates import find_date
from feeds.parsers.datelines import BYLINE, asides, date_line, is_date, is_month, mask
from feeds.parsers.drafts import PROSE, Draft, Part, ends_sentence, is_prose
from feeds.parsers.fields import CREDIT
from feeds.parsers.lines import Paragraph

_TITLE = 200
_SHORT = 60
_HEAD = 120
_NEAR = 4
_FEWEST = 3
_MIXED = 0.8
_GLUED = re.compile(r"((?:\S+\s){1,8}?[^\W\d_]{4,}?(?<=[a-zà-ÿ]))([A-ZÀ-Þ][a-zà-ÿ]{2}.{60,})")


@dataclass(slots=True)
class Page:
    """Paragraphs, which of them are dates, and which short texts recur near them.

    Near them only: a title may be listed again far away, among the recent ones. `days` are whole dates among
    `dates` that lack their year: they head the items of a day.
    """

    paragraphs: Sequence[Paragraph]
    dates: list[int]
    recurring: frozenset[str]
    languages: tuple[str, ...]
    days: Sequence[int] = ()

    def draft(self, body: list[Paragraph], date: int) -> Draft:
        day = max((place for place in self.days if place < date), default=None)
        return Draft(
            body[0].line,
            body[0].number,
            body,
            anchor=self.paragraphs[date],
            day=None if day is None else self.paragraphs[day],
        )

    def is_title(self, place: int) -> bool:
        text = self.paragraphs[place].text
        return (
            len(text) <= _TITLE
            and (not text.endswith((".", "。", ",", ":", ";")) or text.endswith("..."))
            and mask(text) not in self.recurring
            and not self.is_aside(place)
        )

    def recurs(self, place: int) -> bool:
        return mask(self.paragraphs[place].text) in self.recurring and place not in self.dates

    def is_aside(self, place: int) -> bool:
        text = self.paragraphs[place].text
        return CREDIT.match(text) is not None or (len(text) <= _SHORT and BYLINE.match(text) is not None)


def look(paragraphs: Sequence[Paragraph], languages: tuple[str, ...]) -> Page:
    """Find the dates of a page, alone in a line or, where none is, beside something that is no title."""
    dates = [place for place, paragraph in enumerate(paragraphs) if is_date(paragraph.text, languages)]
    lines = [
        (place, line) for place, part in enumerate(paragraphs) if (line := date_line(part.text, languages))
    ]
    beside = asides([line for _, line in lines])
    dates = sorted({*dates, *(place for (place, _), aside in zip(lines, beside, strict=True) if aside)})
    near = {place for date in dates for place in range(date - _NEAR, date + _NEAR + 1)} if dates else None
    counts = Counter(
        mask(part.text)
        for place, part in enumerate(paragraphs)
        if len(part.text) <= _SHORT and (near is None or place in near)
    )
    recurring = frozenset(text for text, count in counts.items() if count > (1 if dates else 2))
    return Page(paragraphs, dates, recurring, languages)


def read_dated(page: Page) -> Iterator[tuple[float, list[Part]]]:
    """Read the items by their dates; where dates are written in several ways, better by those of one way."""
    families: dict[tuple[object, ...], list[int]] = {}
    for place in page.dates:
        families.setdefault(_way(page, place), []).append(place)
    yield from ((1 if len(families) == 1 else _MIXED, parts) for parts in _read_dated(page))
    if len(families) > 1:
        whole = [place for place in page.dates if _written(page, place)]
        for dates in families.values():
            family = replace(page, dates=dates, days=() if _written(page, dates[0]) else whole)
            yield from ((1, parts) for parts in _read_dated(family))


def _way(page: Page, place: int) -> tuple[object, ...]:
    """How a date is written: by itself or beside what, with a year or without."""
    paragraph = page.paragraphs[place]
    line = None if is_date(paragraph.text, page.languages) else date_line(paragraph.text, page.languages)
    beside = (mask(line.before), bool(line.after)) if line else ()
    return paragraph.mark, _written(page, place) is None, beside


def _written(page: Page, place: int) -> str | None:
    return find_date(page.paragraphs[place].text, languages=page.languages)


def _read_dated(page: Page) -> Iterator[list[Part]]:
    if len(page.dates) < 2:
        return
    for gap in sorted({paragraph.gap for paragraph in page.paragraphs if paragraph.gap > 0}, reverse=True):
        groups = _groups(page.paragraphs, gap)
        owned = [[date for date in page.dates if start <= date < end] for start, end in groups]
        whole = sum(
            len(dates) == 1 and any(page.is_title(place) for place in range(start, end) if place not in dates)
            for (start, end), dates in zip(groups, owned, strict=True)
        )
        if whole > 1 and whole * 10 >= len(page.dates) * 9:
            yield _by_groups(page, groups, owned)
            return
    yield _by_starts(page, _starts_below(page) if _titles_below(page) else _starts_above(page))


def _groups(paragraphs: Sequence[Paragraph], gap: int) -> list[tuple[int, int]]:
    borders = [place for place, paragraph in enumerate(paragraphs) if place == 0 or paragraph.gap >= gap]
    return list(zip(borders, [*borders[1:], len(paragraphs)], strict=True))


def _by_groups(page: Page, groups: Sequence[tuple[int, int]], owned: Sequence[list[int]]) -> list[Part]:
    """Make an item of each group with a date; one without is a heading, or more of the prose above."""
    parts: list[Part] = []
    for (start, end), dates in zip(groups, owned, strict=True):
        body = list(page.paragraphs[start:end])
        if dates:
            parts = parts or [Part(None)]
            parts[-1].drafts.append(page.draft(body, dates[0]))
        elif len(body) == 1 and page.is_title(start):
            parts.append(Part(body[0]))
        elif parts and parts[-1].drafts and all(is_prose(part.text) for part in body):
            parts[-1].drafts[-1].body.extend(body)
    return parts


def _titles_below(page: Page) -> bool:
    """Tell on which side of the dates the titles stand: more titles, or the better fit at the page's ends."""
    above = [_next_title(page, place, -1) for place in range(len(page.dates))]
    below = [_next_title(page, place, 1) for place in range(len(page.dates))]
    more = sum(title is not None for title in below) - sum(title is not None for title in above)
    return more > 0 if abs(more) > 1 else _turn(page) == 0


def _turn(page: Page) -> int:
    """Say how many of the paragraphs between two dates belong to the second of them.

    Between two dates stand the end of one item and the beginning of the next. The items' border is where the
    gap is widest, and where what stands above the first date and below the last fits to what stands between.
    """
    spans = [page.paragraphs[date + 1 : until] for date, until in pairwise(page.dates)]
    size = Counter(map(len, spans)).most_common(1)[0][0]
    spans = [span for span in spans if len(span) == size]
    usual = [sum(len(span[place].text) for span in spans) / len(spans) for place in range(size)]
    gaps = [sum(span[place].gap for span in spans) / len(spans) for place in range(size)]
    gaps.append(sum(page.paragraphs[date].gap for date in page.dates[1:]) / (len(page.dates) - 1))
    head = page.paragraphs[max(0, page.dates[0] - size) : page.dates[0]]
    tail = page.paragraphs[page.dates[-1] + 1 : page.dates[-1] + 1 + size]

    def fit(turn: int) -> float:
        first = zip(reversed(head), reversed(usual[size - turn :]), strict=False)
        last = zip(tail, usual[: size - turn], strict=False)
        border = gaps[size - turn]
        widest = border - max(gap for place, gap in enumerate(gaps) if place != size - turn) if size else 0
        return sum(_likeness(len(part.text), length) for part, length in (*first, *last)) + (widest > 0)

    return max(range(size, -1, -1), key=fit)


def _likeness(length: float, usual: float) -> float:
    return min(length, usual) / max(length, usual, 1)


def _next_title(page: Page, place: int, step: int) -> int | None:
    """Find the title next to a date; what recurs may stand between, prose and other dates may not."""
    borders = (-1, *page.dates, len(page.paragraphs))
    here = page.dates[place] + step
    while here not in borders:
        if page.is_title(here):
            return here
        if mask(page.paragraphs[here].text) not in page.recurring and not page.is_aside(here):
            return None
        here += step
    return None


def _starts_above(page: Page) -> list[int | None]:
    """Find for each date the first paragraph of its item, if the title stands above the date."""
    titles = [_next_title(page, place, -1) for place in range(len(page.dates))]
    openings = [mask(page.paragraphs[title - 1].text) for title in titles if title]
    labelled = titles[0] is not None and openings.count(openings[0]) > 1
    return [
        title and _upward(page, title, (page.dates[place - 1] + 1 if place else 0), labelled=labelled)
        for place, title in enumerate(titles)
    ]


def _upward(page: Page, start: int, border: int, *, labelled: bool) -> int:
    """Include the credit and the label above a title; what recurs there, but not above the first, is none."""
    while start > border and (page.is_aside(start - 1) or (labelled and page.recurs(start - 1))):
        start -= 1
    return start


def _starts_below(page: Page) -> list[int | None]:
    """Find for each date the first paragraph of its item, the date, if the title stands below it."""
    return [
        date if _next_title(page, place, 1) is not None else None for place, date in enumerate(page.dates)
    ]


def _by_starts(page: Page, starts: Sequence[int | None]) -> list[Part]:
    known = [start for start in starts if start is not None]
    parts = [Part(None)]
    for start, end in pairwise([*known, _end(page, known)]):
        body = list(page.paragraphs[start:end])
        heading = _trailing_heading(page, body) if start != known[-1] else None
        if heading is not None:
            body = body[: body.index(heading)]
        parts[-1].drafts.append(page.draft(body, next(date for date in page.dates if date >= start)))
        if heading is not None:
            parts.append(Part(heading))
    return parts


def _end(page: Page, starts: Sequence[int]) -> int:
    """Find where the last item ends and the page's footer begins: where it is unlike the items before."""
    spans = [page.paragraphs[start:end] for start, end in pairwise(starts)]
    if not spans:
        return min(starts[-1] + 3, len(page.paragraphs)) if starts else 0
    sizes = Counter(map(len, spans))
    usual, longest = sizes.most_common(1)[0][0], max(sizes)
    widest = max((part.gap for span in spans for part in span[1:]), default=1)
    marked = any(part.mark for span in spans for part in span)
    for offset in range(1, longest):
        place = starts[-1] + offset
        if place >= len(page.paragraphs):
            break
        part = page.paragraphs[place]
        peers = [len(span[offset].text) for span in spans if len(span) > offset]
        prose = offset >= usual or sum(peers) > PROSE * len(peers)
        if part.gap > widest or (part.mark and not marked) or (prose and not is_prose(part.text)):
            return place
    return min(starts[-1] + longest, len(page.paragraphs))


def _trailing_heading(page: Page, body: Sequence[Paragraph]) -> Paragraph | None:
    """Find a month's heading, or a short line under a wide gap, at the end of an item's paragraphs."""
    for paragraph in body[1:]:
        if is_month(paragraph.text, page.languages):
            return paragraph
    last = body[-1]
    wide = last.gap > max((paragraph.gap for paragraph in body[1:-1]), default=last.gap)
    return last if wide and len(last.text) <= _SHORT and not ends_sentence(last.text) else None


def read_undated(page: Page) -> list[Part]:
    """Read short lines right above prose as titles, unless there are too few to be a listing."""
    places = [place for place in range(len(page.paragraphs) - 1) if _heads(page, place)]
    if len(page.dates) > 1 or len(places) < _FEWEST:
        return []
    part = Part(None)
    for place, paragraph in enumerate(page.paragraphs):
        if place in places:
            part.drafts.append(Draft(paragraph.line, paragraph.number, [paragraph]))
        elif (place == 0 or paragraph.gap > 1) and (halves := _unglued(paragraph)):
            part.drafts.append(Draft(paragraph.line, paragraph.number, halves))
        elif part.drafts and is_prose(paragraph.text):
            part.drafts[-1].body.append(paragraph)
    return [part]


def _unglued(paragraph: Paragraph) -> list[Paragraph]:
    """Part a title from the prose that a dump ran into it: "Spring fairFor a hundred years …"."""
    glued = _GLUED.match(paragraph.text)
    return [paragraph._replace(text=half) for half in glued.groups()] if glued else []


def _heads(page: Page, place: int) -> bool:
    paragraph, below = page.paragraphs[place], page.paragraphs[place + 1]
    return (
        len(paragraph.text) <= _HEAD
        and not paragraph.text.endswith((".", "。", ",", ":", ";", "…"))
        and len(below.text) > len(paragraph.text)
        and is_prose(below.text)
        and not page.is_aside(place)
        and mask(paragraph.text) not in page.recurring
    )
