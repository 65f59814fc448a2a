"""What counts as an edit: the differences that a reader would notice in title, summary, link, date and credit.

These are not edits:

* spacing and the Unicode form of a text, tracking parameters of a link, the year of a credit;
* the time of a day that was known;
* another label: it moves the entry to another category without announcing it again;
* a date or link that is no longer printed, or a summary that most items lost at once: the entry keeps it.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping

from feeds.changes import Appearance
from feeds.dates.parsing import instant
from feeds.linkage.record import ComparisonRecord, Observation
from feeds.linkage.urls import url_key
from feeds.model import Entry, Item, Precision, When

HOUR = dt.timedelta(hours=1)
SECOND = dt.timedelta(seconds=1)
_DAY_LENGTH = len("2026-03-01")
_ELLIPSIS = re.compile(r"\s*[\[(]?(?:…|\.\.\.)[\])]?$")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


Differences = Mapping[str, tuple[str | None, str | None]]


def differences(
    old: Appearance, new: Appearance | Observation, untrusted_fields: Collection[str] = frozenset()
) -> Differences:
    """Return the fields in which an item differs from its last appearance, as (old, new).

    `untrusted_fields` are ignored: the listing's values of these are held.
    """
    if same_words(old, new):
        return {}
    fields = _texts(old.item, new.item)
    if new.when is not None and not _same_instant(old.when, new.when):
        fields["published"] = (old.when.isoformat() if old.when else None, new.when.isoformat())
    return {name: pair for name, pair in fields.items() if name not in untrusted_fields}


def differences_from(
    entry: Entry, new: Appearance, zone: dt.tzinfo, untrusted_fields: Collection[str] = frozenset()
) -> Differences:
    """Return the fields in which an entry, whose edits were held for a while, differs from its item."""
    fields = _texts(entry, new.item)
    if new.when is not None and not is_published_on(entry, new.when, zone):
        fields["published"] = (entry.published.isoformat() if entry.published else None, new.when.isoformat())
    return {name: pair for name, pair in fields.items() if name not in untrusted_fields}


def _texts(old: Item | Entry, new: Item) -> dict[str, tuple[str | None, str | None]]:
    pairs = {name: (getattr(old, name), getattr(new, name)) for name in ("title", "summary", "credit", "link")}
    if new.link is None:
        del pairs["link"]
    if is_cut_elsewhere(*pairs["summary"]):
        del pairs["summary"]
    return {name: pair for name, pair in pairs.items() if _NORMALISE[name](pair[0]) != _NORMALISE[name](pair[1])}


def is_refined(old: str | None, new: str | None) -> bool:
    """Whether two ISO 8601 dates name the same day and only one of them has a time."""
    return bool(old and new and old[:_DAY_LENGTH] == new[:_DAY_LENGTH] and len(old) != len(new))


def same_words(old: Appearance, new: Appearance | Observation) -> bool:
    """Whether an item has the same words as before, given to other fields.

    Whether an undated item's first line is a label or a title depends on the items around it; when these change,
    the item itself has not.
    """
    before, after = ComparisonRecord.of(old.item, old.when), ComparisonRecord.of(new.item, new.when)
    return before.full_text == after.full_text and before.title != after.title


def is_cut_elsewhere(old: str | None, new: str | None) -> bool:
    """Whether one text is the beginning of the other and ends in an ellipsis."""
    if not old or not new:
        return False
    shorter, longer = sorted((_normalised(old) or "", _normalised(new) or ""), key=len)
    beginning = _ELLIPSIS.sub("", shorter)
    return beginning != shorter and bool(beginning) and longer.startswith(beginning)


def is_shortened(old: str | None, new: str | None) -> bool:
    """Whether a text says nothing new: it is missing, or only the beginning of the old one."""
    if new is None:
        return True
    return bool(old) and (_normalised(old) or "").startswith((_normalised(new) or "").rstrip(".… "))


def _same_instant(old: When | None, new: When) -> bool:
    """Whether two dates are the same instant, possibly written with different UTC offsets."""
    if old is None or old.offset is None or new.offset is None:
        return old == new
    return instant(old, dt.UTC) == instant(new, dt.UTC)


def is_published_on(entry: Entry, when: When, zone: dt.tzinfo) -> bool:
    """Whether the entry's `published` is this date; a day alone allows the seconds after noon that order a day."""
    if entry.published is None or entry.precision is not when.precision:
        return False
    late = entry.published - instant(when, zone)
    return not late if when.precision is Precision.TIME else dt.timedelta(0) <= late < HOUR


def _normalised(value: str | None) -> str | None:
    return None if value is None else " ".join(unicodedata.normalize("NFC", value).split())


def without_years(value: str | None) -> str | None:
    """Return a credit without the years in it."""
    return None if value is None else _YEAR.sub("", _normalised(value) or "")


def _url_key(link: str | None) -> str | None:
    return url_key(link) if link else None


_NORMALISE: Mapping[str, Callable[[str | None], str | None]] = {
    "title": _normalised,
    "summary": _normalised,
    "credit": without_years,
    "link": _url_key,
}
