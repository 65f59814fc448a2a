"""What a reader would call an edit, and what an entry looks like after it.

Title, summary, link, date and credit are what a reader sees. Spacing and the Unicode form of a text are
not edits, nor is a tidied link or another year in a credit, nor the time of a day that was known; nor is a
label, which moves an entry to another category without announcing it again. A date or a link that is no
longer printed was not taken back, nor a summary that most of a listing lost at once: the entry keeps what was
said.
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
_DAY = len("2026-03-01")
_ELLIPSIS = re.compile(r"\s*[\[(]?(?:…|\.\.\.)[\])]?$")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


Differences = Mapping[str, tuple[str | None, str | None]]


def differences(old: Appearance, new: Appearance | Observation, silent: Collection[str] = frozenset()) -> Differences:
    """The fields in which an item says something else than it said, as (old, new).

    `silent` are the fields of which the listing is not believed.
    """
    if same_words(old, new):
        return {}
    fields = _texts(old.item, new.item)
    if new.when is not None and not _same_instant(old.when, new.when):
        fields["published"] = (old.when.isoformat() if old.when else None, new.when.isoformat())
    return {name: said for name, said in fields.items() if name not in silent}


def differences_from(
    entry: Entry, new: Appearance, zone: dt.tzinfo, silent: Collection[str] = frozenset()
) -> Differences:
    """The fields in which an entry, held for a while, differs from what its item says."""
    fields = _texts(entry, new.item)
    if new.when is not None and not is_published_on(entry, new.when, zone):
        fields["published"] = (entry.published.isoformat() if entry.published else None, new.when.isoformat())
    return {name: said for name, said in fields.items() if name not in silent}


def _texts(old: Item | Entry, new: Item) -> dict[str, tuple[str | None, str | None]]:
    pairs = {name: (getattr(old, name), getattr(new, name)) for name in ("title", "summary", "credit", "link")}
    if new.link is None:
        del pairs["link"]
    if is_cut_elsewhere(*pairs["summary"]):
        del pairs["summary"]
    return {name: pair for name, pair in pairs.items() if _PLAIN[name](pair[0]) != _PLAIN[name](pair[1])}


def is_refined(old: str | None, new: str | None) -> bool:
    """Whether a date says more or less than it did of one and the same day."""
    return bool(old and new and old[:_DAY] == new[:_DAY] and len(old) != len(new))


def same_words(old: Appearance, new: Appearance | Observation) -> bool:
    """Whether an item says what it said, with the same words given to other fields.

    What an undated item's first line is, label or title, depends on the items around it; when they change,
    the item has not.
    """
    before, after = ComparisonRecord.of(old.item, old.when), ComparisonRecord.of(new.item, new.when)
    return before.flow == after.flow and before.title != after.title


def is_cut_elsewhere(old: str | None, new: str | None) -> bool:
    """Whether one text is the beginning of the other and says that it goes on."""
    if not old or not new:
        return False
    shorter, longer = sorted((_plain(old) or "", _plain(new) or ""), key=len)
    begun = _ELLIPSIS.sub("", shorter)
    return begun != shorter and bool(begun) and longer.startswith(begun)


def is_shortened(old: str | None, new: str | None) -> bool:
    """Whether a text says nothing that was not said: it is the beginning of the old one, or missing."""
    if new is None:
        return True
    return bool(old) and (_plain(old) or "").startswith((_plain(new) or "").rstrip(".… "))


def _same_instant(old: When | None, new: When) -> bool:
    """Whether two dates name one instant, in whatever offset they are written."""
    if old is None or old.offset is None or new.offset is None:
        return old == new
    return instant(old, dt.UTC) == instant(new, dt.UTC)


def is_published_on(entry: Entry, when: When, zone: dt.tzinfo) -> bool:
    if entry.published is None or entry.precision is not when.precision:
        return False
    late = entry.published - instant(when, zone)
    return not late if when.precision is Precision.TIME else dt.timedelta(0) <= late < HOUR


def _plain(value: str | None) -> str | None:
    return None if value is None else " ".join(unicodedata.normalize("NFC", value).split())


def without_date(value: str | None) -> str | None:
    return None if value is None else _YEAR.sub("", _plain(value) or "")


def _place(link: str | None) -> str | None:
    return url_key(link) if link else None


_PLAIN: Mapping[str, Callable[[str | None], str | None]] = {
    "title": _plain,
    "summary": _plain,
    "credit": without_date,
    "link": _place,
}
