"""The paragraphs of a text, with what was seen among them: the dates, and what recurs near those."""

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
    """Paragraphs, the places of those that hold a date, in order, and the short texts that recur near them.

    Near them only: a title may be listed again far away, among the recent ones. `days` are the whole dates
    among `dates` that lack their year: they head the items of a day. `counting` are lines that
    differ in their figures only; `lenient` says that even these may be titles, and sentences too.
    """

    paragraphs: Sequence[Row]
    dates: Sequence[int]
    recurring: frozenset[str]
    counting: frozenset[str]
    languages: tuple[str, ...]
    days: Sequence[int] = ()
    lenient: bool = False

    def draft(self, start: int, end: int) -> RecordDraft:
        """Make a record of the paragraphs from `start` to before `end`, around the first date among them."""
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

    def is_title(self, place: int) -> bool:
        """Tell what may be a title: short, no sentence, and neither furniture nor a name nor a number."""
        text = self.paragraphs[place].text
        if len(text) > _TITLE:
            return False
        if text.endswith(_NO_TITLE) and not text.endswith("...") and not self.lenient:
            return False
        return not (self.recurs(place) or self.is_aside(place) or self.names_field(place))

    def is_label(self, place: int) -> bool:
        """Tell what may be a label that never recurs, where others do: a word or two."""
        text = self.paragraphs[place].text
        return len(text) <= _SHORT and text.count(" ") < 2 and not ends_sentence(text)

    def recurs(self, place: int) -> bool:
        text = self.paragraphs[place].text
        if normalise_counters(text) in self.recurring:
            return True
        return bool(self.counting) and not self.lenient and mask_digits(text) in self.counting

    def is_aside(self, place: int) -> bool:
        """Tell a credit or an author."""
        text = self.paragraphs[place].text
        return CREDIT.match(text) is not None or is_byline(text)

    def names_field(self, place: int) -> bool:
        """Tell a line that names what it holds, which is no title: "Category: Tides"."""
        return _field_name(self.paragraphs[place].text) != ""

    def opening(self, place: int) -> str:
        """What a line has in common with others of its kind: the name that it begins with, or all of it."""
        text = self.paragraphs[place].text
        return _field_name(text) or normalise_counters(text)


def _field_name(text: str) -> str:
    name, colon, value = text[:_SHORT].partition("：" if "：" in text else ":")
    return name.casefold() if colon and value and role_of(name) in _NAMED else ""


def look(paragraphs: Sequence[Row], languages: tuple[str, ...]) -> DateAnchors:
    """Find the dates of a text, alone in a line or beside something that is no title."""
    alone = {place for place, part in enumerate(paragraphs) if is_date(part.text, languages)}
    lines = [
        (place, line)
        for place, part in enumerate(paragraphs)
        if place not in alone and (line := date_line(part.text, languages))
    ]
    beside = metadata_lines([line for _, line in lines])
    dates = sorted(alone.union(place for (place, _), aside in zip(lines, beside, strict=True) if aside))
    near = {place for date in dates for place in range(date - _NEAR, date + _NEAR + 1)}
    counts = Counter(
        normalise_counters(part.text)
        for place, part in enumerate(paragraphs)
        if len(part.text) <= _SHORT and (not dates or place in near)
    )
    often = 1 if dates else 2
    numbers = Counter(
        mask_digits(part.text)
        for place, part in enumerate(paragraphs)
        if place in near and place not in alone and len(part.text) <= _SHORT and part.level == 0
    )
    recurring = frozenset(text for text, count in counts.items() if count > often)
    counting = frozenset(
        text for text, count in numbers.items() if "0" in text and count > 2 and count * 2 > len(dates)
    )
    return DateAnchors(paragraphs, dates, recurring, counting, languages)
