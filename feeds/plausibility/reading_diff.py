"""The difference between a document's last reading and this one: the input of every plausibility check."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from feeds.changes import Appearance, Held
from feeds.linkage.differences import Differences
from feeds.linkage.positions import scrolled_off
from feeds.linkage.record import ComparisonRecord, Observation
from feeds.model import Listing

FIELDS = ("label", "date", "summary", "link")
"""The fields besides the title that an item usually has if the others have them."""

_LONG_PATIENCE_FACTOR = 4


@dataclass(frozen=True)
class ReadingDiff:
    """One document as listed before and as observed now; observations and rows are named by index.

    * `listed` are the appearances that have not gone, in order; `gone` are the others.
    * `matched`: observation → the row of `listed` that it is.
    * `known`: observation → the id of its entry, known from this or another document.
    * `elsewhere`: observation → the rows of that entry in other documents.
    * `edited`: observation → the changed fields.
    * `held` is what the last reading held; `patience` is how many readings in a row have to show the same.
    * `beginning` and `breaks_off`: see `ledger.state.Reading`; `ascending`: see `ledger.state.DocumentMatch`.
    """

    listing: Listing
    observations: Sequence[Observation]
    listed: Sequence[Appearance]
    matched: Mapping[int, int]
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
    def long_patience(self) -> int:
        """How many readings in a row have to show what is hardly ever right: more than fit into an outage."""
        return _LONG_PATIENCE_FACTOR * self.patience

    @cached_property
    def before(self) -> list[Appearance]:
        """The rows that the last reading showed; the rest of `listed` was missing then."""
        return [row for row in self.listed if not row.missing]

    @cached_property
    def first_reading_only(self) -> bool:
        """Whether everything known came in a single reading, except perhaps one item that was held."""
        came = [row.first_seen for row in (*self.listed, *self.gone)]
        return sum(at > min(came) for at in came) <= 1

    @cached_property
    def new(self) -> list[int]:
        """The observations without a known entry."""
        return [index for index in range(len(self.observations)) if index not in self.known]

    @cached_property
    def last(self) -> int | None:
        """The observation at the end of the document; None if the same item is further up as well."""
        end = next((item for item in reversed(self.listing.items) if item.title), None)
        return next((index for index, observation in enumerate(self.observations) if observation.item is end), None)

    @cached_property
    def continuing(self) -> set[int]:
        """The observations that this document has listed before."""
        gone = {row.entry for row in self.gone}
        return {index for index, id in self.known.items() if index in self.matched or id in gone}

    @cached_property
    def absent(self) -> set[int]:
        """The rows that the last reading showed and this one does not."""
        there = set(self.matched.values())
        return {index for index, row in enumerate(self.listed) if index not in there and not row.missing}

    @cached_property
    def newest(self) -> dt.date | None:
        """The newest day that was known."""
        return max((row.when.day for row in self.listed if row.when), default=None)

    @cached_property
    def staying(self) -> dict[str | None, tuple[int, int]]:
        """By section, the first and the last observation that was listed before."""
        ends: dict[str | None, tuple[int, int]] = {}
        for index in sorted(self.matched):
            section = self.observations[index].section
            ends[section] = (ends.get(section, (index, index))[0], index)
        return ends

    @cached_property
    def scrolled_off(self) -> set[int]:
        """The rows of `listed` that are beyond everything still there, towards the old end."""
        spots = [ComparisonRecord.of_appearance(row) for row in self.listed]
        return scrolled_off(spots, set(self.matched.values()), ascending=self.ascending)

    @property
    def below(self) -> int:
        """How many absent rows were after the last one that is still there."""
        last = max(self.matched.values(), default=-1)
        return sum(index > last for index in self.absent)

    def without(self, names: Collection[str]) -> ReadingDiff:
        """Return the same difference without the edits of these fields."""
        if not names:
            return self
        kept = {
            index: {name: said for name, said in differences.items() if name not in names}
            for index, differences in self.edited.items()
        }
        return replace(self, edited={index: said for index, said in kept.items() if said})

    def missing_fields(self, index: int, share: float) -> list[str]:
        """Return the fields, as "no date", that an item lacks and at least this share of the last reading had."""
        return [
            f"no {name}"
            for name in FIELDS
            if getattr(self.observations[index].item, name) is None
            and sum(getattr(row.item, name) is not None for row in self.before) >= share * len(self.before)
        ]

    def digests(self, said: Mapping[int, str]) -> list[str]:
        """Return digests of what known observations say now; first the item that will scroll off last."""

        def age(index: int) -> tuple[dt.date, int]:
            when = self.listed[self.matched[index]].when
            return when.day if when else dt.date.min, -index

        return [digest([self.known[index], said[index]]) for index in sorted(said, key=age, reverse=True)]

    def most_repeated(self, items: Iterable[str]) -> str:
        """Return the digest that was held most often, the first of several.

        So the count goes on whatever is published or scrolls off meanwhile.
        """
        return max(items, key=self.times)

    def times(self, item: str) -> int:
        """Return how many readings in a row, this one included, held the item, for whatever reason.

        If each reason counted apart, an item that passes one check would start again at the next, for ever.
        """
        before = (held for held in self.held if held.item == item)
        return 1 + max((held.times for held in before if held.document == self.listing.document), default=0)


def digest(words: Iterable[str]) -> str:
    """Return a short digest by which to recognise in the next reading what was held."""
    return hashlib.blake2b("\x1f".join(words).encode(), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The thresholds of the checks. Shares are of the items of one document.

    * `smallest`: with fewer known items, no share is judged.
    * `missing`: if more are gone from among the others at once, absences do not count.
    * `new`, `edited`: if more are new (and not newer than the known ones), or edited at once, the reading is refused.
    * `numbered`: a gap in the numbers refuses a reading.
    * `allow_empty`: a listing without items is legal.
    """

    smallest: int = 4
    missing: float = 0.5
    new: float = 0.5
    edited: float = 0.5
    numbered: bool = True
    allow_empty: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """Which parts of a reading pass.

    `removals`: whether absences count. `held_items` are the indices of observations that are held, and `held`
    says why. `counter_only_edits` are the observations whose edits change only numbers, `untrusted_fields` the
    fields whose values are ignored, `relabelled` the observations whose labels are held.
    """

    removals: bool = True
    held_items: frozenset[int] = frozenset()
    counter_only_edits: frozenset[int] = frozenset()
    untrusted_fields: frozenset[str] = frozenset()
    relabelled: frozenset[int] = frozenset()
    held: tuple[Held, ...] = ()
