"""Find the dates of a text that delimit its records, and what recurs near them."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from feeds.dates.lines import date_line, is_date
from feeds.parsers.date_context import mask_digits, metadata_lines, normalise_counters
from feeds.parsers.lexicon.bylines import CREDIT, is_byline
from feeds.parsers.lexicon.field_names import role_of
from feeds.parsers.text.record import RecordDraft
from feeds.parsers.text.rows import Row
from feeds.unicode.prose import ends_sentence

_TITLE = 200
_SHORT = 60
_NEAR = 4
_NAMED = ("label", "other")
_NO_TITLE = (".", "。", ",", ":", ";")


@dataclass(slots=True)
class DateAnchors:
    """The paragraphs of a text, the indices of those that hold a date, and the short texts that recur near dates.

    Texts far from dates do not count: a title may be listed again elsewhere, among the recent ones. `days` are the
    indices of whole dates, where `dates` are those without a year: they are headings of the items of a day.
    `counters` are lines that differ in their digits only. With `lenient`, even these and sentences may be titles.
    """

    paragraphs: Sequence[Row]
    dates: Sequence[int]
    recurring: frozenset[str]
    counters: frozenset[str]
    languages: tuple[str, ...]
    days: Sequence[int] = ()
    lenient: bool = False

    def record(self, start: int, end: int) -> RecordDraft:
        """Return the record of the paragraphs from `start` to before `end`, anchored at their first date."""
        first = self.paragraphs[start]
        date = self.dates[bisect_left(self.dates, start)]
        day = bisect_left(self.days, date)
        return RecordDraft(
            first.line,
            first.number,
            list(self.paragraphs[start:end]),
            anchor=self.paragraphs[date],
            day=self.paragraphs[self.days[day - 1]] if day else None,
        )

    def dates_within(self, start: int, end: int) -> Sequence[int]:
        return self.dates[bisect_left(self.dates, start) : bisect_left(self.dates, end)]

    def is_title(self, index: int) -> bool:
        """Whether a paragraph may be a title: short, not a sentence, and not boilerplate, a name or a number."""
        text = self.paragraphs[index].text
        if len(text) > _TITLE:
            return False
        if text.endswith(_NO_TITLE) and not text.endswith("...") and not self.lenient:
            return False
        return not (self.recurs(index) or self.is_credit_or_byline(index) or self.is_named_field(index))

    def is_label(self, index: int) -> bool:
        """Whether a paragraph may be a label among recurring ones, though it does not recur: one or two words."""
        text = self.paragraphs[index].text
        return len(text) <= _SHORT and text.count(" ") < 2 and not ends_sentence(text)

    def recurs(self, index: int) -> bool:
        text = self.paragraphs[index].text
        if normalise_counters(text) in self.recurring:
            return True
        return bool(self.counters) and not self.lenient and mask_digits(text) in self.counters

    def is_credit_or_byline(self, index: int) -> bool:
        """Whether a paragraph is a credit or names an author."""
        text = self.paragraphs[index].text
        return CREDIT.match(text) is not None or is_byline(text)

    def is_named_field(self, index: int) -> bool:
        """Whether a line names its field ("Category: Tides") and so is not a title."""
        return _field_name(self.paragraphs[index].text) != ""

    def opening(self, index: int) -> str:
        """Return what a line shares with others of its kind: the name that it begins with, or all of it."""
        text = self.paragraphs[index].text
        return _field_name(text) or normalise_counters(text)


def _field_name(text: str) -> str:
    name, colon, value = text[:_SHORT].partition("：" if "：" in text else ":")
    return name.casefold() if colon and value and role_of(name) in _NAMED else ""


def find_date_anchors(paragraphs: Sequence[Row], languages: tuple[str, ...]) -> DateAnchors:
    """Find the dates of a text that are on a line of their own, or next to something that is not a title."""
    alone = {index for index, part in enumerate(paragraphs) if is_date(part.text, languages)}
    lines = [
        (index, line)
        for index, part in enumerate(paragraphs)
        if index not in alone and (line := date_line(part.text, languages))
    ]
    metadata = metadata_lines([line for _, line in lines])
    dates = sorted(alone.union(index for (index, _), is_metadata in zip(lines, metadata, strict=True) if is_metadata))
    near = {index for date in dates for index in range(date - _NEAR, date + _NEAR + 1)}
    counts = Counter(
        normalise_counters(part.text)
        for index, part in enumerate(paragraphs)
        if len(part.text) <= _SHORT and (not dates or index in near)
    )
    most_often = 1 if dates else 2
    numbers = Counter(
        mask_digits(part.text)
        for index, part in enumerate(paragraphs)
        if index in near and index not in alone and len(part.text) <= _SHORT and part.level == 0
    )
    recurring = frozenset(text for text, count in counts.items() if count > most_often)
    counters = frozenset(
        text for text, count in numbers.items() if "0" in text and count > 2 and count * 2 > len(dates)
    )
    return DateAnchors(paragraphs, dates, recurring, counters, languages)
