"""Most items of a document edited at once: a new look of the same items, a clock, or a broken page.

A new address for every article, other teasers, or the same ones cut elsewhere are the work of a redesign, if
the titles stay and each item says something of its own. That is believed once several readings in a row have
shown it. Titles or days that all change at once have to last longer than an outage does.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import itemgetter

from feeds.errors import Implausible
from feeds.linkage import differences as editing
from feeds.linkage.differences import Differences
from feeds.plausibility.reading_diff import ReadingDiff, Thresholds, digest
from feeds.plausibility.replaced_content import out_of_place
from feeds.unicode import normalise

_DAY = len("2026-03-01")
_OWN = ("summary", "link")
_MIDNIGHT = "T00:00"
_KEPT = {"published": "published", "time": "published", "summary": "summary", "link": "link"}
"""What an item goes on to say where its template has one value for all; without a title there is none."""

_FIGURED = frozenset({"published", "link"})
"""Where other figures say something else."""

_FEW = 3
"""Edits that are never too many at once."""


def edits(now: ReadingDiff, limits: Thresholds) -> None:
    """Refuse a document that would edit most of its items at once; to say more than before is no edit."""
    if len(now.listed) < limits.smallest:
        return
    other = _reworded(now) - ticking(now, limits)
    _refuse_defaults(now, other)
    strange = out_of_place(now) if len(other) > _FEW else []
    if len(other) + len(strange) <= _most(now, limits):
        return
    message = f"{len(other)} of {len(now.seen)} items would be edited at once"
    message += f", and {len(strange)} are new among them" if strange else ""
    said = {name: {getattr(row.item, name): j for j, row in enumerate(now.listed)} for name in _OWN}
    own = {index for index in other if _is_own(now, index, said)}
    same = {index for index in own if _is_same(now, index)}
    room = _most(now, limits) - len(strange)
    renewed = len(other - same) <= room
    if len(other - own) > room or not _is_told_apart(now, own) or (strange and not renewed):
        raise Implausible("mass_change", message)
    item = _sample(now, same if renewed else own)
    if renewed and now.times(item) < now.patience:
        raise Implausible("mass_change", f"{message}; it has to stay so for a while", item=item)
    if not renewed and now.times(item) < now.lasting:
        raise Implausible("mass_change", message, item=item)


def ticking(now: ReadingDiff, limits: Thresholds) -> set[int]:
    """The edits that change nothing but figures, if these are many at once: a clock, or counters."""
    reworded = _reworded(now)
    if len(now.listed) < limits.smallest or len(reworded) <= _most(now, limits):
        return set()
    return {index for index in reworded if _only_figures(now.edited[index])}


def silent(now: ReadingDiff, limits: Thresholds) -> frozenset[str]:
    """The fields of which the document is not believed.

    Those that many items lost at once: a template leaves them out, and takes none of them back, nor does one
    take a summary back that prints hardly any. Those in which several items have had one value for long. And
    links with a session in them.
    """
    if len(now.listed) < limits.smallest:
        return frozenset()
    lost = Counter(name for said in now.edited.values() for name, (_, new) in said.items() if new is None)
    without = sum(observation.item.summary is None for observation in now.seen)
    if without * 2 > len(now.seen):
        lost["summary"] = without
    names = {name for name, times in lost.items() if times > _most(now, limits)}
    default = _default(now, _reworded(now) - ticking(now, limits))
    if default and default.name in _KEPT and now.times(default.item) >= now.lasting:
        names.add(_KEPT[default.name])
    if _bears_session(now):
        names.add("link")
    return frozenset(names)


def _bears_session(now: ReadingDiff) -> bool:
    """Whether most links that changed did so in nothing but a parameter that they share."""
    pairs = [said["link"] for said in now.edited.values() if "link" in said]
    said = Counter(_exchanged(old, new) for old, new in pairs if old and new)
    return any(times > 1 and times * 2 > len(pairs) for what, times in said.items() if what and any(what))


def _exchanged(old: str, new: str) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """What has gone from the query of a link, and what has come to it, if that is all that differs."""
    (where, _, was), (there, _, now) = old.partition("?"), new.partition("?")
    if where != there:
        return None
    before, after = was.split("&"), now.split("&")
    return tuple(x for x in before if x not in after), tuple(x for x in after if x not in before)


@dataclass(frozen=True, slots=True)
class _Default:
    """The value that most of the items that would be edited have in common, and how many do."""

    name: str
    value: str
    times: int

    @property
    def item(self) -> str:
        return digest([self.name, self.value])


def _default(now: ReadingDiff, indices: set[int]) -> _Default | None:
    """One and the same value that edits give several items, as a template without data does."""
    said = Counter((name, new) for index in indices for name, new in _replaced(now.edited[index]))
    said.update(("time", at) for differences in now.edited.values() if (at := _gained_time(differences)))
    (name, value), times = max(said.items(), key=itemgetter(1), default=(("", ""), 0))
    return _Default(name, value, times) if times > _FEW and times * 2 > len(now.edited) else None


def _refuse_defaults(now: ReadingDiff, indices: set[int]) -> None:
    """Refuse edits that give several items one value, until that has lasted: then all else is believed."""
    default = _default(now, indices)
    if default:
        message = f"{default.times} items would be edited to have the same {default.name} ({default.value})"
        raise Implausible("mass_change", message, item=default.item)


def _replaced(differences: Differences) -> Iterable[tuple[str, str]]:
    return ((name, new) for name, (old, new) in differences.items() if new and not _says_more(name, old, new))


def _gained_time(differences: Differences) -> str | None:
    """The time that a date without one has got; midnight says no more than the day."""
    old, new = differences.get("published", (None, None))
    gained = old and new and len(new) > len(old) and not new[_DAY:].startswith(_MIDNIGHT)
    return new[_DAY:] if new and gained else None


def _most(now: ReadingDiff, limits: Thresholds) -> float:
    return max(_FEW, limits.edited * len(now.seen))


def _reworded(now: ReadingDiff) -> set[int]:
    return {
        index
        for index, differences in now.edited.items()
        if any(not _says_more(name, old, new) for name, (old, new) in differences.items())
    }


def _says_more(name: str, old: str | None, new: str | None) -> bool:
    """Whether nothing that was said is taken back; a time of the same day is more than the day."""
    return old is None or (name == "published" and editing.is_refined(old, new))


def _is_own(now: ReadingDiff, index: int, said: Mapping[str, Mapping[str | None, int]]) -> bool:
    """Whether an item still says something, and nothing that another one had."""
    return all(
        new is not None and (name not in _OWN or said[name].get(new, now.same[index]) == now.same[index])
        for name, (_, new) in now.edited[index].items()
    )


def _is_same(now: ReadingDiff, index: int) -> bool:
    """Whether an item has its title and its day still."""
    old, new = now.edited[index].get("title", ("", ""))
    return normalise.key(old or "") == normalise.key(new or "") and _is_of_its_day(now.edited[index])


def _is_of_its_day(differences: Differences) -> bool:
    return "published" not in differences or _says_more("published", *differences["published"])


def _is_told_apart(now: ReadingDiff, indices: set[int]) -> bool:
    """Whether most of these items say of a field that changed what none of the others says."""
    said = [{(name, new) for name, (_, new) in now.edited[index].items()} for index in sorted(indices)]
    return len(set[tuple[str, str | None]]().union(*said)) * 2 > len(said)


def _sample(now: ReadingDiff, indices: set[int]) -> str:
    """One of the edits, the same in every reading that shows it, whatever is counted in it."""
    said = {
        index: " ".join(f"{name} {_lasting(name, new)}" for name, (_, new) in now.edited[index].items())
        for index in indices
    }
    return now.longest(now.digests(said))


def _lasting(name: str, new: str | None) -> str | None:
    return " ".join(_unnumbered(new)) if new and name not in _FIGURED else new


def _only_figures(differences: Differences) -> bool:
    return differences.keys().isdisjoint(_FIGURED) and all(
        old and new and _unnumbered(old) == _unnumbered(new) and _figures(old) != _figures(new)
        for old, new in differences.values()
    )


def _unnumbered(words: str) -> list[str]:
    return re.sub(r"[\d\W_]+", " ", words).split()


def _figures(words: str) -> list[str]:
    return re.findall(r"\d+", words)
