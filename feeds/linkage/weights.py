"""Match weights: how much the fields of two items say that they are one entry (Fellegi & Sunter 1969).

A field that agrees adds weight, one that differs takes some away, one that is missing on either side hardly
counts. Values that several items share, such as a recurring title or the day of three articles, weigh less
(term-frequency adjustment).
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from feeds.linkage.record import ComparisonRecord

LONG_SUMMARY = 40
"""Characters from which a summary identifies an item; shorter ones are often the same for many."""

_DIGITS = re.compile(r"\d+")
_CLOSE = dt.timedelta(days=7)
_CERTAIN_WEIGHT = 100.0
_COMPARED_CHARACTERS = 1_000


@dataclass(frozen=True, slots=True)
class TermFrequencies:
    """The (field, value) pairs that several items have, and the newest day known before."""

    values: frozenset[tuple[str, object]] = frozenset()
    newest: dt.date | None = None

    @classmethod
    def among(
        cls, new: Sequence[ComparisonRecord], old: Sequence[ComparisonRecord], others: Iterable[ComparisonRecord]
    ) -> TermFrequencies:
        """Count titles over all known records, and days, summaries and links within each listing."""
        repeated = {("title", title) for title in _repeated(record.title for record in (*old, *others))}
        for name in ("title", "day", "summary", "link"):
            for records in (new, old):
                repeated |= {(name, value) for value in _repeated(getattr(record, name) for record in records)}
        return cls(frozenset(repeated), max((record.day for record in old if record.day), default=None))

    def __contains__(self, field: tuple[str, object]) -> bool:
        return field in self.values


def match_weight(new: ComparisonRecord, old: ComparisonRecord, frequencies: TermFrequencies) -> float:
    """Return the sum of the field weights of two records; from `MATCH_THRESHOLD` they are one entry."""
    if new.origin and new.origin == old.origin:
        return _CERTAIN_WEIGHT
    title = 2.0 if is_recurring_title(new, old, frequencies) else _title_weight(new.title, old.title)
    summary = 0.0 if ("summary", new.summary) in frequencies else _summary_weight(new.summary, old.summary)
    # If both texts are unlike the old ones, little is left that could be the same.
    rewritten = title < 0 and summary < 2 and new.summary and old.summary
    score = title + summary - (1.5 if rewritten else 0.0)
    differing = [title < 0, summary < 0]
    if new.day and old.day:
        score += _day_weight(new.day, old.day, frequencies)
        differing.append(new.day != old.day)
        # The same title with another text, weeks before or after, probably recurs.
        far = summary < 0 and abs(new.day - old.day) > _CLOSE
        score -= 1.0 if far and new.title == old.title else 0.0
    # An item that is newer than all known ones and has another text is news, even if its title is similar.
    score -= 1.0 if _is_newest(new, frequencies) and summary < 0 and new.title != old.title else 0.0
    if new.link and old.link:
        score += _link_weight(new, old, frequencies)
        differing.append(new.link != old.link)
        score -= 2.5 if new.link != old.link and summary < 4 and _is_other_news(new, old, frequencies, title) else 0.0
    # The next edition under the same title is later; an earlier day, if nothing else differs, is a correction.
    earlier = new.day and old.day and new.day < old.day and sum(differing) == 1
    score += 1.0 if earlier and new.title == old.title and not is_recurring_title(new, old, frequencies) else 0.0
    score -= 0.5 * sum(bool(a) != bool(b) for a, b in _optional_fields(new, old))
    if new.label and old.label:
        score += 0.5 if new.label == old.label else -0.5
    if new.credit and old.credit:
        score += 1.0 if new.credit == old.credit else -0.5
    if new.origin and old.origin:
        score -= 6.0
    # At most two fields are edited at once.
    score -= 3.0 if sum(differing) > 2 else 0.0
    return score + (new.full_text == old.full_text)


def _optional_fields(new: ComparisonRecord, old: ComparisonRecord) -> Iterable[tuple[object, object]]:
    """The fields that an item may do without, but mostly either keeps having or never has."""
    return (new.day, old.day), (new.summary, old.summary), (new.link, old.link)


def is_certain_match(new: ComparisonRecord, old: ComparisonRecord, frequencies: TermFrequencies) -> bool:
    """Whether the fields alone are enough to say that two records are one entry, whatever their positions."""
    if new.origin and new.origin == old.origin:
        return True
    same_day = new.day is not None and new.day == old.day
    alike = same_day or similarity(new.title, old.title) >= 0.5
    if new.link and new.link == old.link and ("link", new.link) not in frequencies:
        return alike or new.summary == old.summary
    if new.summary == old.summary and len(new.summary) >= LONG_SUMMARY and ("summary", new.summary) not in frequencies:
        return alike
    if new.title != old.title:
        return False
    if new.day and old.day and not same_day:
        return False
    if is_recurring_title(new, old, frequencies):
        # Two texts made from one template agree in everything but their numbers.
        filled = _numbers(new.summary) == _numbers(old.summary) and _is_compatible(new.summary, old.summary)
        return new.summary == old.summary or (same_day and filled)
    return same_day or _is_compatible(new.summary, old.summary)


def is_recurring_title(new: ComparisonRecord, old: ComparisonRecord, frequencies: TermFrequencies) -> bool:
    """Whether both have the same title, and it is one that several entries have."""
    return new.title == old.title and ("title", new.title) in frequencies


def similarity(one: str, other: str) -> float:
    """Return how similar two texts are, 0 to 1: Dice's coefficient over character trigrams, fit for any script.

    Only the first 1000 characters are compared: the trigrams of an article take many times its memory. Short
    texts that differ in their numbers score at most 0.5: "Bulletin 34" is not an edit of "Bulletin 35".
    """
    if one == other:
        return 1.0
    some, others = _trigrams(one), _trigrams(other)
    ratio = 2 * sum((some & others).values()) / (some.total() + others.total())
    left, right = _numbers(one), _numbers(other)
    short = min(len(one), len(other)) < LONG_SUMMARY
    return min(ratio, 0.5) if short and left and right and left != right else ratio


def titles_without_digits(records: Sequence[ComparisonRecord]) -> dict[str, int]:
    """Return the titles, without digits, that exactly one of the records has, each with its index."""
    titles = [" ".join(_DIGITS.sub("", record.title).split()) for record in records]
    times = Counter(titles)
    return {title: index for index, title in enumerate(titles) if title and times[title] == 1}


def _link_weight(new: ComparisonRecord, old: ComparisonRecord, frequencies: TermFrequencies) -> float:
    if new.link != old.link:
        return -3.0
    return 0.0 if ("link", new.link) in frequencies else 6.0


def _is_other_news(new: ComparisonRecord, old: ComparisonRecord, frequencies: TermFrequencies, title: float) -> bool:
    """Whether an item with another link is other news: by its title, or because it is newer than all known ones."""
    dated = new.day is not None and new.day == old.day
    return title < (0.0 if dated else 2.5) or _is_newest(new, frequencies)


def _is_newest(record: ComparisonRecord, frequencies: TermFrequencies) -> bool:
    return bool(record.day and frequencies.newest and record.day > frequencies.newest)


def _day_weight(new: dt.date, old: dt.date, frequencies: TermFrequencies) -> float:
    """Return the weight of two days: a correction stays close, a day after all known ones is a new item's."""
    if new == old:
        return 2.0 if ("day", new) in frequencies else 3.0
    near = abs(new - old) <= _CLOSE
    if frequencies.newest and new > frequencies.newest:
        return -2.0 if near else -3.0
    return -1.0 if near else -1.5


def _title_weight(new: str, old: str) -> float:
    if not new or not old:
        return 0.0
    if new == old:
        return 5.0
    ratio = similarity(new, old)
    if ratio < 0.55:
        return -0.5 if ratio >= 0.4 else -1.0
    # Two titles made from one template are similar, but their numbers differ.
    left, right = Counter(_numbers(new)), Counter(_numbers(old))
    if left and right and not left & right:
        return -0.5
    return (3.0 if ratio >= 0.75 else 2.0) - (left != right)


def _summary_weight(new: str, old: str) -> float:
    """Return the weight of two summaries; a page may show more or less of the same text."""
    cut = min(len(new), len(old)) >= LONG_SUMMARY // 2 and (new.startswith(old) or old.startswith(new))
    return 4.0 if cut and new != old else _title_weight(new, old)


def _is_compatible(one: str, other: str) -> bool:
    """Whether two texts can be the same: one is missing, cut short, or worded slightly differently."""
    return one.startswith(other) or other.startswith(one) or similarity(one, other) >= 0.5


def _repeated(values: Iterable[object]) -> Iterator[object]:
    return (value for value, times in Counter(values).items() if times > 1 and value)


def _trigrams(value: str) -> Counter[str]:
    return _trigrams_of(value[:_COMPARED_CHARACTERS])


@lru_cache(maxsize=1024)
def _trigrams_of(value: str) -> Counter[str]:
    padded = f"  {unicodedata.normalize('NFD', value)} "
    return Counter(padded[i : i + 3] for i in range(len(padded) - 2))


def _numbers(value: str) -> list[str]:
    return _DIGITS.findall(value)
