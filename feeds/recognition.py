"""Which known entry an item came from: exact first, then near, one to one over a whole document.

Evidence is counted field by field. A field that agrees speaks for, one that differs against, one that
either side lacks hardly at all, and the place among its neighbours counts as a field. The weights are
set so that any two fields may change between readings, as long as the rest and the place agree, while
a recurring title ("Weekly bulletin") with another date and another text stays a new item.

The pairs are chosen by an assignment over all of them together: a greedy choice would give swapped
titles to the wrong entries.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode, urlsplit

from feeds import text
from feeds.assignment import assign
from feeds.model import Entry, Item, When

ENOUGH = 3.0
"""The evidence from which a pair counts as one entry."""

LONG = 40
"""Characters from which a summary is evidence by itself; shorter ones are often the same for many items."""

_TRACKING = re.compile(r"^(utm_\w+|fbclid|gclid|mc_[ce]id|igshid)$")


@dataclass(frozen=True, slots=True)
class Face:
    """An item reduced to what recognition compares: every field folded so that spelling does not count.

    `flow` is its text from first to last, the same whatever fields a parser gave the parts to.
    """

    title: str
    day: dt.date | None
    summary: str
    link: str
    label: str
    credit: str
    flow: str

    @classmethod
    def of(cls, item: Item, when: When | None) -> Face:
        return cls(
            title=_fold(item.title),
            day=when.day if when else None,
            summary=_fold(item.summary),
            link=canonical(item.link) if item.link else "",
            label=_fold(item.label),
            credit=_fold(item.credit),
            flow=_flow(item.credit, item.label, item.title, item.date, item.summary),
        )

    @classmethod
    def of_entry(cls, entry: Entry, zone: dt.tzinfo) -> Face:
        """The face of an entry whose last item is no longer kept."""
        return cls(
            title=_fold(entry.title),
            day=entry.published.astimezone(zone).date() if entry.published else None,
            summary=_fold(entry.summary),
            link=canonical(entry.link) if entry.link else "",
            label=_fold(entry.label),
            credit=_fold(entry.credit),
            flow=_flow(entry.credit, entry.label, entry.title, entry.summary),
        )


@dataclass(frozen=True, slots=True)
class Sighting:
    """An item as it stands in the reading at hand; `section` is the key of the heading above it."""

    item: Item
    when: When | None
    section: str | None
    face: Face


@dataclass(frozen=True, slots=True)
class Match:
    """Sighting `new` is candidate `old`, by index; `reason` says why in words for people."""

    new: int
    old: int
    reason: str


def canonical(link: str) -> str:
    """A link without what may be tidied away: scheme, www, tracking parameters, fragment, last slash."""
    try:
        parts = urlsplit(link.strip())
    except ValueError:
        return link.strip()
    query = urlencode([pair for pair in parse_qsl(parts.query) if not _TRACKING.match(pair[0])])
    host = parts.netloc.casefold().removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}" + (f"?{query}" if query else "")


def exact(new: Sequence[Face], old: Sequence[Face]) -> list[Match]:
    """Pairs that agree in title, day, summary and link, or else in every word; equals pair in order."""
    matches: list[Match] = []
    for what, value in (
        ("same title, date, summary and link", lambda face: (face.title, face.day, face.summary, face.link)),
        ("same words", lambda face: face.flow),
    ):
        done = {match.old for match in matches}
        waiting: dict[object, list[int]] = {}
        for index, face in enumerate(old):
            if index not in done:
                waiting.setdefault(value(face), []).append(index)
        found = {match.new for match in matches}
        for index, face in enumerate(new):
            if index not in found and (queue := waiting.get(value(face))):
                matches.append(Match(index, queue.pop(0), what))
    return matches


def near(
    new: Sequence[Face], old: Sequence[Face], anchors: Sequence[Match], others: Sequence[Face]
) -> list[Match]:
    """Pairs among what `anchors` left over.

    `old` is what the document listed before; `others` are entries that it did not list, of which only what
    can hardly be a coincidence is believed. Their indices go on behind those of `old`.
    """
    rest_new = sorted(set(range(len(new))) - {match.new for match in anchors})
    rest_old = sorted(set(range(len(old))) - {match.old for match in anchors})
    shared = _Shared.among(new, old, others)
    gaps_new = _gaps(len(new), {match.new: match.new for match in anchors})
    gaps_old = _gaps(len(old), {match.old: match.new for match in anchors})
    tail = max((match.old for match in anchors), default=-1)

    def evidence(i: int, j: int) -> float:
        if j >= len(old):
            other = others[j - len(old)]
            sure = _sure(new[i], other, shared)
            return max(ENOUGH, _fields(new[i], other, shared) - 2) if sure else 0.0
        place = _place(gaps_new[i], gaps_old[j])
        # What stood at the end may have scrolled off: its absence needs no edit to explain it.
        return _fields(new[i], old[j], shared) + (place or (-2.0 if j > tail else 0.0))

    candidates = rest_old + list(range(len(old), len(old) + len(others)))
    both = (*old, *others)
    return [
        Match(i, j, _describe(new[i], both[j])) for i, j in assign(rest_new, candidates, evidence, ENOUGH)
    ]


def similarity(one: str, other: str) -> float:
    """How alike two texts are, 0 to 1: Dice's coefficient over character trigrams, fit for any script.

    Short texts that differ in a number are never very alike: "Bulletin 34" is no edit of "Bulletin 35".
    """
    if one == other:
        return 1.0
    left, right = _trigrams(one), _trigrams(other)
    both = sum((left & right).values())
    ratio = 2 * both / (left.total() + right.total())
    short = min(len(one), len(other)) < LONG
    return min(ratio, 0.5) if short and _numbers(one) != _numbers(other) else ratio


def _describe(new: Face, old: Face) -> str:
    """Which fields agree, as a reason for people."""
    names = ("link", "title", "day", "summary", "label", "credit")
    same = [name for name in names if getattr(new, name) and getattr(new, name) == getattr(old, name)]
    alike = [
        name
        for name in ("title", "summary")
        if name not in same and similarity(getattr(new, name), getattr(old, name)) >= 0.5
    ]
    return (
        "; ".join(
            part
            for part in (
                "same " + ", ".join(same) if same else "",
                "similar " + ", ".join(alike) if alike else "",
            )
            if part
        )
        or "nothing else changed"
    )


@dataclass(frozen=True, slots=True)
class _Shared:
    """The values that several items have: they tell none of those apart."""

    values: frozenset[tuple[str, object]] = frozenset()

    @classmethod
    def among(cls, new: Sequence[Face], old: Sequence[Face], others: Sequence[Face]) -> _Shared:
        """A title is shared by whatever is known; a day, summary or link within one listing."""
        repeated = {("title", title) for title in _repeated(face.title for face in (*old, *others))}
        for name in ("title", "day", "summary", "link"):
            for faces in (new, old):
                repeated |= {(name, value) for value in _repeated(getattr(face, name) for face in faces)}
        return cls(frozenset(repeated))

    def __contains__(self, field: tuple[str, object]) -> bool:
        return field in self.values


def _repeated(values: Iterable[object]) -> Iterator[object]:
    return (value for value, times in Counter(values).items() if times > 1)


def _fields(new: Face, old: Face, shared: _Shared) -> float:
    recurring = new.title == old.title and ("title", new.title) in shared
    score = 2.0 if recurring else _alike(new.title, old.title)
    if ("summary", new.summary) not in shared:
        score += _alike(new.summary, old.summary)
    if new.day and old.day:
        score += -1.5 if new.day != old.day else 2.0 if ("day", new.day) in shared else 3.0
    if new.link and old.link:
        score += -1.0 if new.link != old.link else 0.0 if ("link", new.link) in shared else 6.0
    if new.label and old.label:
        score += 0.5 if new.label == old.label else -0.5
    if new.credit and old.credit:
        score += 1.0 if new.credit == old.credit else -0.5
    return score + (new.flow == old.flow)


def _alike(new: str, old: str) -> float:
    if not new or not old:
        return 0.0
    if new == old:
        return 5.0
    ratio = similarity(new, old)
    return 3.0 if ratio >= 0.75 else 2.0 if ratio >= 0.55 else 0.0 if ratio >= 0.4 else -1.0


def _sure(new: Face, old: Face, shared: _Shared) -> bool:
    """Whether two sightings in different places are one item, with no neighbours to ask."""
    same_day = new.day is not None and new.day == old.day
    if new.link and new.link == old.link:
        return same_day or similarity(new.title, old.title) >= 0.5 or new.summary == old.summary
    if new.summary == old.summary and len(new.summary) >= LONG:
        return same_day or similarity(new.title, old.title) >= 0.5
    if new.title != old.title:
        return False
    if new.day and old.day and not same_day:
        return False
    if ("title", new.title) in shared:
        return new.summary == old.summary or (same_day and _agree(new.summary, old.summary))
    return same_day or _agree(new.summary, old.summary)


def _agree(one: str, other: str) -> bool:
    """Whether two texts can be one: either is missing, cut short, or worded a little otherwise."""
    return one.startswith(other) or other.startswith(one) or similarity(one, other) >= 0.5


_Gap = tuple[int | None, int | None, int, int]


def _gaps(length: int, anchors: Mapping[int, int]) -> list[_Gap]:
    """For each index: the anchors above and below it, its position between them, and how many stand there."""
    gaps: list[_Gap] = []
    above: int | None = None
    run: list[int] = []
    for index in range(length + 1):
        if index < length and index not in anchors:
            run.append(index)
            continue
        below = anchors[index] if index < length else None
        gaps += [(above, below, position, len(run)) for position in range(len(run))]
        if index < length:
            gaps.append((None, None, -1, 0))
            above, run = anchors[index], []
    return gaps


def _place(new: _Gap, old: _Gap) -> float:
    """Standing between the same neighbours, or as far from the one that there is at an open end.

    One that vanished where just one appeared, in the middle, was edited: that is hardly a coincidence. At an
    open end things come and go, and what stands there counts from the neighbour that stayed.
    """
    if new[:2] != old[:2] or new[:2] == (None, None):
        return 0.0
    from_above, from_below = new[2] == old[2], new[3] - new[2] == old[3] - old[2]
    if None in new[:2]:
        near = from_below if new[0] is None else from_above
        return 2.5 if near else 0.5
    if from_above and from_below:
        return 5.0 if new[3] == 1 else 3.0
    return 1.5 if from_above or from_below else 1.0


@lru_cache(maxsize=4096)
def _fold(value: str | None) -> str:
    return text.key(value) if value else ""


@lru_cache(maxsize=4096)
def _trigrams(value: str) -> Counter[str]:
    padded = f"  {unicodedata.normalize('NFD', value)} "
    return Counter(padded[i : i + 3] for i in range(len(padded) - 2))


def _flow(*fields: str | None) -> str:
    return _fold(" ".join(field for field in fields if field))


def _numbers(value: str) -> list[str]:
    return re.findall(r"\d+", value)
