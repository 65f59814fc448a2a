"""How much the fields of two items say that they are one: evidence, counted field by field.

A field that agrees speaks for, one that differs against, one that either side lacks hardly at all. What
several items share, a recurring title or the day of three articles, tells them apart less.
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

LONG = 40
"""Characters from which a summary is evidence by itself; shorter ones are often the same for many items."""

_FIGURES = re.compile(r"\d+")
_NEAR = dt.timedelta(days=7)
_CERTAIN = 100.0
_COMPARED = 1_000


@dataclass(frozen=True, slots=True)
class TermFrequencies:
    """The values that several items have, and the newest day that was known before."""

    values: frozenset[tuple[str, object]] = frozenset()
    newest: dt.date | None = None

    @classmethod
    def among(
        cls, new: Sequence[ComparisonRecord], old: Sequence[ComparisonRecord], others: Iterable[ComparisonRecord]
    ) -> TermFrequencies:
        """A title is shared by whatever is known; a day, summary or link within one listing."""
        repeated = {("title", title) for title in _repeated(face.title for face in (*old, *others))}
        for name in ("title", "day", "summary", "link"):
            for faces in (new, old):
                repeated |= {(name, value) for value in _repeated(getattr(face, name) for face in faces)}
        return cls(frozenset(repeated), max((face.day for face in old if face.day), default=None))

    def __contains__(self, field: tuple[str, object]) -> bool:
        return field in self.values


def match_weight(new: ComparisonRecord, old: ComparisonRecord, shared: TermFrequencies) -> float:
    """The evidence of all fields together that two items are one."""
    if new.origin and new.origin == old.origin:
        return _CERTAIN
    title = 2.0 if recurs(new, old, shared) else _alike(new.title, old.title)
    summary = 0.0 if ("summary", new.summary) in shared else _texts(new.summary, old.summary)
    # Where both texts changed beyond recognition little is left to be the same.
    rewritten = title < 0 and summary < 2 and new.summary and old.summary
    score = title + summary - (1.5 if rewritten else 0.0)
    against = [title < 0, summary < 0]
    if new.day and old.day:
        score += _days(new.day, old.day, shared)
        against.append(new.day != old.day)
        # A title with another text below it weeks before or after may well be one that recurs.
        far = summary < 0 and abs(new.day - old.day) > _NEAR
        score -= 1.0 if far and new.title == old.title else 0.0
    # What is newer than all that was known and says something else is news, however alike the titles.
    score -= 1.0 if _is_newest(new, shared) and summary < 0 and new.title != old.title else 0.0
    if new.link and old.link:
        score += _links(new, old, shared)
        against.append(new.link != old.link)
        score -= 2.5 if new.link != old.link and summary < 4 and _is_other(new, old, shared, title) else 0.0
    # The next edition under one title is later: an earlier day, if it is all that differs, is a correction.
    earlier = new.day and old.day and new.day < old.day and sum(against) == 1
    score += 1.0 if earlier and new.title == old.title and not recurs(new, old, shared) else 0.0
    score -= 0.5 * sum(bool(a) != bool(b) for a, b in _optional(new, old))
    if new.label and old.label:
        score += 0.5 if new.label == old.label else -0.5
    if new.credit and old.credit:
        score += 1.0 if new.credit == old.credit else -0.5
    if new.origin and old.origin:
        score -= 6.0
    # One field or two may be edited at once.
    score -= 3.0 if sum(against) > 2 else 0.0
    return score + (new.flow == old.flow)


def _optional(new: ComparisonRecord, old: ComparisonRecord) -> Iterable[tuple[object, object]]:
    """What an item may lack, but mostly goes on to have or to lack."""
    return (new.day, old.day), (new.summary, old.summary), (new.link, old.link)


def is_certain_match(new: ComparisonRecord, old: ComparisonRecord, shared: TermFrequencies) -> bool:
    """Whether two observations in different places are one item, with no neighbours to ask."""
    if new.origin and new.origin == old.origin:
        return True
    same_day = new.day is not None and new.day == old.day
    alike = same_day or similarity(new.title, old.title) >= 0.5
    if new.link and new.link == old.link and ("link", new.link) not in shared:
        return alike or new.summary == old.summary
    if new.summary == old.summary and len(new.summary) >= LONG and ("summary", new.summary) not in shared:
        return alike
    if new.title != old.title:
        return False
    if new.day and old.day and not same_day:
        return False
    if recurs(new, old, shared):
        # Two fillings of one template agree but for their figures.
        filled = _numbers(new.summary) == _numbers(old.summary) and _agree(new.summary, old.summary)
        return new.summary == old.summary or (same_day and filled)
    return same_day or _agree(new.summary, old.summary)


def marks(face: ComparisonRecord) -> list[tuple[str, str]]:
    """What of a face can lead to an entry: its title, link, origin's id and long summary."""
    found = [("title", face.title), ("link", face.link), ("origin", face.origin)]
    if len(face.summary) >= LONG:
        found.append(("summary", face.summary))
    return [mark for mark in found if mark[1]]


def recurs(new: ComparisonRecord, old: ComparisonRecord, shared: TermFrequencies) -> bool:
    """Whether the title that both have is one that comes again and again, with other news under it."""
    return new.title == old.title and ("title", new.title) in shared


def similarity(one: str, other: str) -> float:
    """How alike two texts are, 0 to 1: Dice's coefficient over character trigrams, fit for any script.

    Of a long text its beginning is compared: the trigrams of an article take many times its memory.

    Short texts that differ in their numbers are never very alike: "Bulletin 34" is no edit of "Bulletin 35".
    """
    if one == other:
        return 1.0
    some, others = _trigrams(one), _trigrams(other)
    ratio = 2 * sum((some & others).values()) / (some.total() + others.total())
    left, right = _numbers(one), _numbers(other)
    short = min(len(one), len(other)) < LONG
    return min(ratio, 0.5) if short and left and right and left != right else ratio


def wordings(faces: Sequence[ComparisonRecord]) -> dict[str, int]:
    """The index of each title that, but for its figures, only one of the faces has."""
    titles = [" ".join(_FIGURES.sub("", face.title).split()) for face in faces]
    times = Counter(titles)
    return {title: index for index, title in enumerate(titles) if title and times[title] == 1}


def _links(new: ComparisonRecord, old: ComparisonRecord, shared: TermFrequencies) -> float:
    if new.link != old.link:
        return -3.0
    return 0.0 if ("link", new.link) in shared else 6.0


def _is_other(new: ComparisonRecord, old: ComparisonRecord, shared: TermFrequencies, title: float) -> bool:
    """Whether an item under another address is other news: in its title, or newer than all that was known."""
    dated = new.day is not None and new.day == old.day
    return title < (0.0 if dated else 2.5) or _is_newest(new, shared)


def _is_newest(face: ComparisonRecord, shared: TermFrequencies) -> bool:
    return bool(face.day and shared.newest and face.day > shared.newest)


def _days(new: dt.date, old: dt.date, shared: TermFrequencies) -> float:
    """A corrected date stays near; what is dated after all that was known has just been published."""
    if new == old:
        return 2.0 if ("day", new) in shared else 3.0
    near = abs(new - old) <= _NEAR
    if shared.newest and new > shared.newest:
        return -2.0 if near else -3.0
    return -1.0 if near else -1.5


def _alike(new: str, old: str) -> float:
    if not new or not old:
        return 0.0
    if new == old:
        return 5.0
    ratio = similarity(new, old)
    if ratio < 0.55:
        return -0.5 if ratio >= 0.4 else -1.0
    # Two fillings of one template are alike, but for their figures.
    left, right = Counter(_numbers(new)), Counter(_numbers(old))
    if left and right and not left & right:
        return -0.5
    return (3.0 if ratio >= 0.75 else 2.0) - (left != right)


def _texts(new: str, old: str) -> float:
    """What two summaries say; a page may show more or less of one text."""
    cut = min(len(new), len(old)) >= LONG // 2 and (new.startswith(old) or old.startswith(new))
    return 4.0 if cut and new != old else _alike(new, old)


def _agree(one: str, other: str) -> bool:
    """Whether two texts can be one: either is missing, cut short, or worded a little otherwise."""
    return one.startswith(other) or other.startswith(one) or similarity(one, other) >= 0.5


def _repeated(values: Iterable[object]) -> Iterator[object]:
    return (value for value, times in Counter(values).items() if times > 1 and value)


def _trigrams(value: str) -> Counter[str]:
    return _trigrams_of(value[:_COMPARED])


@lru_cache(maxsize=1024)
def _trigrams_of(value: str) -> Counter[str]:
    padded = f"  {unicodedata.normalize('NFD', value)} "
    return Counter(padded[i : i + 3] for i in range(len(padded) - 2))


def _numbers(value: str) -> list[str]:
    return _FIGURES.findall(value)
