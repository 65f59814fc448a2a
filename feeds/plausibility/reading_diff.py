"""One document as it was listed before and as it is seen now: what the gate judges."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from feeds.changes import Appearance, Held
from feeds.linkage.differences import Differences
from feeds.linkage.positions import scrolled
from feeds.linkage.record import ComparisonRecord, Observation
from feeds.model import Listing

FIELDS = ("label", "date", "summary", "link")
"""What an item may have beside its title, and mostly has if the others have it."""

_LASTING = 4


@dataclass(frozen=True)
class ReadingDiff:
    """`listed` are the appearances that have not gone, in order, and `gone` the others.

    `same` maps a observation to the listed one that it is; `known` are the observations that are entries known
    from anywhere, `elsewhere` where other documents list those, `edited` what those say that would
    edit one. `held` is what the last reading held back, `patience` how many readings in a row have to show
    the same for it to be believed, `beginning` and `breaks_off` as in `book.Reading`.
    """

    listing: Listing
    seen: Sequence[Observation]
    listed: Sequence[Appearance]
    same: Mapping[int, int]
    known: Mapping[int, str]
    elsewhere: Mapping[int, Sequence[Appearance]] = field(default_factory=dict)
    edited: Mapping[int, Differences] = field(default_factory=dict)
    gone: Sequence[Appearance] = ()
    held: Collection[Held] = ()
    patience: int = 3
    beginning: bool = False
    breaks_off: bool = False
    ascending: bool | None = False

    @property
    def lasting(self) -> int:
        """How many readings in a row have to show what is hardly ever right: more than an outage lasts."""
        return _LASTING * self.patience

    @cached_property
    def before(self) -> list[Appearance]:
        """What the last reading showed; the rest of `listed` was missing in it already."""
        return [row for row in self.listed if not row.missing]

    @cached_property
    def untried(self) -> bool:
        """Whether all that is known came in one reading, but for an item that waited."""
        came = [row.first_seen for row in (*self.listed, *self.gone)]
        return sum(at > min(came) for at in came) <= 1

    @cached_property
    def new(self) -> list[int]:
        """The observations that no entry is known for."""
        return [index for index in range(len(self.seen)) if index not in self.known]

    @cached_property
    def last(self) -> int | None:
        """The observation that the document ends with; None if that item stands further up as well."""
        end = next((item for item in reversed(self.listing.items) if item.title), None)
        return next((index for index, observation in enumerate(self.seen) if observation.item is end), None)

    @cached_property
    def continuing(self) -> set[int]:
        """The observations that this document has listed before."""
        gone = {row.entry for row in self.gone}
        return {index for index, id in self.known.items() if index in self.same or id in gone}

    @cached_property
    def absent(self) -> set[int]:
        """The indices of what the last reading showed, and this one does not."""
        there = set(self.same.values())
        return {index for index, row in enumerate(self.listed) if index not in there and not row.missing}

    @cached_property
    def newest(self) -> dt.date | None:
        """The newest day that was known."""
        return max((row.when.day for row in self.listed if row.when), default=None)

    @cached_property
    def staying(self) -> dict[str | None, tuple[int, int]]:
        """By section, the first and the last observation of what was listed before."""
        ends: dict[str | None, tuple[int, int]] = {}
        for index in sorted(self.same):
            section = self.seen[index].section
            ends[section] = (ends.get(section, (index, index))[0], index)
        return ends

    @cached_property
    def scrolled(self) -> set[int]:
        """Those of `listed` that are behind everything that is still there, towards the old end."""
        spots = [ComparisonRecord.of_row(row) for row in self.listed]
        return scrolled(spots, set(self.same.values()), ascending=self.ascending)

    @property
    def below(self) -> int:
        """How many items at the end of the document have no counterpart now."""
        last = max(self.same.values(), default=-1)
        return sum(index > last for index in self.absent)

    def without(self, names: Collection[str]) -> ReadingDiff:
        """The same, edited in none of these fields."""
        if not names:
            return self
        kept = {
            index: {name: said for name, said in differences.items() if name not in names}
            for index, differences in self.edited.items()
        }
        return replace(self, edited={index: said for index, said in kept.items() if said})

    def lacks(self, index: int, share: float) -> list[str]:
        """What an item has not, though at least this share of the last reading's had it."""
        return [
            f"no {name}"
            for name in FIELDS
            if getattr(self.seen[index].item, name) is None
            and sum(getattr(row.item, name) is not None for row in self.before) >= share * len(self.before)
        ]

    def digests(self, said: Mapping[int, str]) -> list[str]:
        """What listed observations say now, as digests; first that of what scrolls off last."""

        def age(index: int) -> tuple[dt.date, int]:
            when = self.listed[self.same[index]].when
            return when.day if when else dt.date.min, -index

        return [digest([self.known[index], said[index]]) for index in sorted(said, key=age, reverse=True)]

    def longest(self, items: Iterable[str]) -> str:
        """Of digests, the first of those that were held back most often.

        So it stays the same, whatever is published above it or scrolls off meanwhile.
        """
        return max(items, key=self.times)

    def times(self, item: str) -> int:
        """How many readings in a row, this one included, held this back.

        For whatever reason: what has outlasted one doubt would else begin anew with the next, and the first
        with it, for ever.
        """
        before = (held for held in self.held if held.item == item)
        return 1 + max((held.times for held in before if held.document == self.listing.document), default=0)


def digest(words: Iterable[str]) -> str:
    """A few characters by which to know again what was held."""
    return hashlib.blake2b("\x1f".join(words).encode(), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When a reading stops being believed. The shares are of the items of one document.

    `smallest`: with fewer known items no share is judged. `missing`: with more of them gone from among the
    others at once, no absence is believed. `new`, `edited`: with more of them new (and not newer than the
    known), or edited at once, the reading is refused. `numbered`: a hole in the numbers refuses a reading.
    `allow_empty`: a listing without items is legal.
    """

    smallest: int = 4
    missing: float = 0.5
    new: float = 0.5
    edited: float = 0.5
    numbered: bool = True
    allow_empty: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """What may pass. `doubtful` are the indices of observations that are held, and `held` says why.

    `ticking` are the observations whose edits are those of a clock or a counter, `silent` the fields that a
    template left out, `relabelled` the observations whose labels wait.
    """

    removals: bool = True
    doubtful: frozenset[int] = frozenset()
    ticking: frozenset[int] = frozenset()
    silent: frozenset[str] = frozenset()
    relabelled: frozenset[int] = frozenset()
    held: tuple[Held, ...] = ()
