"""Mass edits: most items of a document changed at once by a redesign, by counters, or by a broken page.

If the titles stay and each item has values of its own, new links or other teasers for all come from a redesign:
they are accepted after `patience` readings in a row. Titles or days that all change at once have to last longer
than an outage does (`long_patience`).
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
from feeds.plausibility.replaced_content import misplaced_items
from feeds.unicode import normalise

_DAY_LENGTH = len("2026-03-01")
_DISTINCT_FIELDS = ("summary", "link")
_MIDNIGHT = "T00:00"
_FIELD_OF_DEFAULT = {"published": "published", "time": "published", "summary": "summary", "link": "link"}
"""The field that keeps its value if a template has one default for all items; a title has to be its own."""

_DIGITS_MATTER = frozenset({"published", "link"})
"""Fields in which other digits are another value, not another count."""

_ALWAYS_ALLOWED = 3
"""The number of edits that is always accepted."""


def check_mass_edits(diff: ReadingDiff, limits: Thresholds) -> None:
    """Refuse a document that would edit most of its items at once; added information does not count."""
    if len(diff.listed) < limits.smallest:
        return
    other = _reworded_items(diff) - counter_only_edits(diff, limits)
    _check_template_defaults(diff, other)
    misplaced = misplaced_items(diff) if len(other) > _ALWAYS_ALLOWED else []
    if len(other) + len(misplaced) <= _allowed_edits(diff, limits):
        return
    message = f"{len(other)} of {len(diff.observations)} items would be edited at once"
    message += f", and {len(misplaced)} are new among them" if misplaced else ""
    said = {name: {getattr(row.item, name): j for j, row in enumerate(diff.listed)} for name in _DISTINCT_FIELDS}
    own = {index for index in other if _is_distinct(diff, index, said)}
    same = {index for index in own if _keeps_title_and_day(diff, index)}
    allowed = _allowed_edits(diff, limits) - len(misplaced)
    renewed = len(other - same) <= allowed
    if len(other - own) > allowed or not _are_distinct(diff, own) or (misplaced and not renewed):
        raise Implausible("mass_change", message)
    item = _representative_edit(diff, same if renewed else own)
    if renewed and diff.times(item) < diff.patience:
        raise Implausible("mass_change", f"{message}; it has to stay so for a while", item=item)
    if not renewed and diff.times(item) < diff.long_patience:
        raise Implausible("mass_change", message, item=item)


def counter_only_edits(diff: ReadingDiff, limits: Thresholds) -> set[int]:
    """Return the items whose edits change only numbers, if that is most of them: clocks or counters."""
    reworded = _reworded_items(diff)
    if len(diff.listed) < limits.smallest or len(reworded) <= _allowed_edits(diff, limits):
        return set()
    return {index for index in reworded if _is_counter_edit(diff.edited[index])}


def untrusted_fields(diff: ReadingDiff, limits: Thresholds) -> frozenset[str]:
    """Return the fields whose values in this document are ignored.

    * Fields that many items lost at once: a template leaves them out, nobody took them back. The same holds for
      a summary in a document that prints hardly any.
    * Fields in which several items have had the same value for long.
    * Links with a session id in them.
    """
    if len(diff.listed) < limits.smallest:
        return frozenset()
    lost = Counter(name for said in diff.edited.values() for name, (_, new) in said.items() if new is None)
    without = sum(observation.item.summary is None for observation in diff.observations)
    if without * 2 > len(diff.observations):
        lost["summary"] = without
    names = {name for name, times in lost.items() if times > _allowed_edits(diff, limits)}
    default = _template_default(diff, _reworded_items(diff) - counter_only_edits(diff, limits))
    if default and default.name in _FIELD_OF_DEFAULT and diff.times(default.item) >= diff.long_patience:
        names.add(_FIELD_OF_DEFAULT[default.name])
    if _has_session_links(diff):
        names.add("link")
    return frozenset(names)


def _has_session_links(diff: ReadingDiff) -> bool:
    """Whether most links that changed did so only in a query parameter that they share."""
    pairs = [said["link"] for said in diff.edited.values() if "link" in said]
    said = Counter(_changed_parameters(old, new) for old, new in pairs if old and new)
    return any(times > 1 and times * 2 > len(pairs) for what, times in said.items() if what and any(what))


def _changed_parameters(old: str, new: str) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Return the query parameters that a link lost and gained, or None if anything else differs."""
    (where, _, was), (there, _, diff) = old.partition("?"), new.partition("?")
    if where != there:
        return None
    before, after = was.split("&"), diff.split("&")
    return tuple(x for x in before if x not in after), tuple(x for x in after if x not in before)


@dataclass(frozen=True, slots=True)
class _TemplateDefault:
    """A value that most of the items to be edited have in common; `times` is how many."""

    name: str
    value: str
    times: int

    @property
    def item(self) -> str:
        return digest([self.name, self.value])


def _template_default(diff: ReadingDiff, indices: set[int]) -> _TemplateDefault | None:
    """Return the value that edits give to several items at once, as a template without data does, else None."""
    said = Counter((name, new) for index in indices for name, new in _replaced(diff.edited[index]))
    said.update(("time", at) for differences in diff.edited.values() if (at := _gained_time(differences)))
    (name, value), times = max(said.items(), key=itemgetter(1), default=(("", ""), 0))
    return _TemplateDefault(name, value, times) if times > _ALWAYS_ALLOWED and times * 2 > len(diff.edited) else None


def _check_template_defaults(diff: ReadingDiff, indices: set[int]) -> None:
    """Refuse edits that give several items the same value, until that has lasted: then all other fields count."""
    default = _template_default(diff, indices)
    if default:
        message = f"{default.times} items would be edited to have the same {default.name} ({default.value})"
        raise Implausible("mass_change", message, item=default.item)


def _replaced(differences: Differences) -> Iterable[tuple[str, str]]:
    return ((name, new) for name, (old, new) in differences.items() if new and not _adds_information(name, old, new))


def _gained_time(differences: Differences) -> str | None:
    """Return the time that a date without one has gained; midnight says no more than the day."""
    old, new = differences.get("published", (None, None))
    gained = old and new and len(new) > len(old) and not new[_DAY_LENGTH:].startswith(_MIDNIGHT)
    return new[_DAY_LENGTH:] if new and gained else None


def _allowed_edits(diff: ReadingDiff, limits: Thresholds) -> float:
    return max(_ALWAYS_ALLOWED, limits.edited * len(diff.observations))


def _reworded_items(diff: ReadingDiff) -> set[int]:
    return {
        index
        for index, differences in diff.edited.items()
        if any(not _adds_information(name, old, new) for name, (old, new) in differences.items())
    }


def _adds_information(name: str, old: str | None, new: str | None) -> bool:
    """Whether the edit only adds: there was no value before, or a day got its time."""
    return old is None or (name == "published" and editing.is_refined(old, new))


def _is_distinct(diff: ReadingDiff, index: int, said: Mapping[str, Mapping[str | None, int]]) -> bool:
    """Whether no edited field of an item is empty or has the value that another item had."""
    return all(
        new is not None
        and (name not in _DISTINCT_FIELDS or said[name].get(new, diff.matched[index]) == diff.matched[index])
        for name, (_, new) in diff.edited[index].items()
    )


def _keeps_title_and_day(diff: ReadingDiff, index: int) -> bool:
    """Whether an item still has its title and its day."""
    old, new = diff.edited[index].get("title", ("", ""))
    return normalise.key(old or "") == normalise.key(new or "") and _keeps_day(diff.edited[index])


def _keeps_day(differences: Differences) -> bool:
    return "published" not in differences or _adds_information("published", *differences["published"])


def _are_distinct(diff: ReadingDiff, indices: set[int]) -> bool:
    """Whether most of these items have edited values that none of the others has."""
    said = [{(name, new) for name, (_, new) in diff.edited[index].items()} for index in sorted(indices)]
    return len(set[tuple[str, str | None]]().union(*said)) * 2 > len(said)


def _representative_edit(diff: ReadingDiff, indices: set[int]) -> str:
    """Return the digest of one edit, the same in every reading that shows it, whatever its counters say."""
    said = {
        index: " ".join(f"{name} {_without_counters(name, new)}" for name, (_, new) in diff.edited[index].items())
        for index in indices
    }
    return diff.most_repeated(diff.digests(said))


def _without_counters(name: str, new: str | None) -> str | None:
    return " ".join(_without_numbers(new)) if new and name not in _DIGITS_MATTER else new


def _is_counter_edit(differences: Differences) -> bool:
    return differences.keys().isdisjoint(_DIGITS_MATTER) and all(
        old and new and _without_numbers(old) == _without_numbers(new) and _numbers(old) != _numbers(new)
        for old, new in differences.values()
    )


def _without_numbers(words: str) -> list[str]:
    return re.sub(r"[\d\W_]+", " ", words).split()


def _numbers(words: str) -> list[str]:
    return re.findall(r"\d+", words)
