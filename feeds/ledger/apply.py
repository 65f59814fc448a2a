"""Recognised items entered into the ledger: entries are added, brought up to date, or left as they are.

An entry changes only through an event at one of its appearances: an item that says something else than the
same item said in the reading before, or that stands where it did not. So two listings that word one article
differently do not pull it to and fro.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import replace

from feeds.changes import Appearance, Held, Revision
from feeds.dates.parsing import instant
from feeds.ledger.state import DocumentMatch, ReconciliationState
from feeds.linkage import differences, ids
from feeds.linkage.differences import (
    HOUR,
    SECOND,
    Differences,
    is_cut_elsewhere,
    is_published_on,
    without_date,
)
from feeds.linkage.record import Observation
from feeds.linkage.urls import strip_tracking, url_key
from feeds.model import Entry, Item, Precision, When
from feeds.plausibility.reading_diff import Judgement
from feeds.unicode import normalise


def enter(book: ReconciliationState, found: DocumentMatch, verdict: Judgement) -> None:
    """Enter the observations, oldest first, so that of one day's entries the listing's newest is the latest."""
    below: dt.datetime | None = None
    unranked: list[str] = []
    for index in found.oldest_first():
        if index not in found.entry:
            continue
        id = found.entry[index]
        fresh = id not in book.entries
        _see(book, found, index, verdict)
        entry = book.entries[id]
        if fresh and entry.published is None:
            if below is None:
                unranked.append(id)
                continue
            entry = book.entries[id] = replace(entry, rank=below + SECOND)
            noon = max((noon for noon in book.noons if noon <= entry.rank), default=entry.rank)
            if book.noons.get(noon, entry.rank) < entry.rank < noon + differences.HOUR:
                book.noons[noon] = entry.rank
        for steps, id in enumerate(reversed(unranked), start=1):
            book.entries[id] = replace(book.entries[id], rank=entry.rank - SECOND * steps)
        unranked.clear()
        below = entry.rank


def _see(book: ReconciliationState, found: DocumentMatch, index: int, verdict: Judgement) -> None:
    """Enter one observation: its row, and its entry, added or brought up to date."""
    id, observation = found.entry[index], found.seen[index]
    book.seen.add(id)
    row = book.rows.get(found.document, id)
    if index in verdict.relabelled:
        label = row.item.label if row else None
        observation = replace(observation, item=replace(observation.item, label=label))
    if index in verdict.doubtful and row:
        book.rows.enter(replace(row, missing=0, gone=False, last_seen=book.now))
        return
    seen = Appearance(
        source=book.known.source,
        document=found.document,
        entry=id,
        section=observation.section,
        place=index,
        item=observation.item,
        when=observation.when,
        first_seen=row.first_seen if row else book.now,
        last_seen=book.now,
        edits=row.edits if row else 0,
        edited=row.edited if row else None,
    )
    if row and differences.same_words(row, seen):
        seen = replace(seen, item=row.item, when=row.when)
    entry = book.entries.get(id)
    if entry is None:
        entry = _create(book, id, observation)
    elif row is None or row.gone:
        entry = _take_up(book, entry, seen, found.reason[index])
    else:
        if index in verdict.ticking:
            row = replace(row, edits=max(row.edits, book.rules.edits), edited=book.now)
        entry, seen = _edit(book, entry, row, seen, verdict.silent, found.reason[index])
    entry = respell(entry, observation.item)
    book.entries[id] = book.place(replace(entry, retracted=None), seen, row, observation.also)
    book.rows.enter(seen)
    book.looks.see(id, observation.face)
    if row is None or row.item != seen.item or row.when != seen.when:
        book.keys[id] = ids.keys(observation.face)


def _create(book: ReconciliationState, id: str, observation: Observation) -> Entry:
    item = observation.item
    entry = Entry(
        id=id,
        title=item.title or "",
        first_seen=book.now,
        updated=book.now,
        rank=book.now,
        summary=item.summary,
        link=item.link,
        credit=item.credit,
        origin_id=item.id,
        source_feed=observation.feed,
    )
    if observation.when is not None:
        entry = publish_on(entry, observation.when, book.rules.zone, book.noons)
    if entry.published and entry.published < book.now:
        # As far as anyone knows it was last changed when it was published.
        return replace(entry, updated=entry.published)
    book.stamped.append(id)
    return entry


def _take_up(book: ReconciliationState, entry: Entry, seen: Appearance, reason: str) -> Entry:
    """An entry that is new to this document, or back in it.

    As long as another document shows it this one may say what was not known, but edits nothing.
    """
    entry = fill(entry, seen.item)
    if entry.published is None and seen.when is not None:
        entry = publish_on(entry, seen.when, book.rules.zone, book.noons)
    if book.is_shown_elsewhere(entry.id, seen.document):
        return entry
    changed = differences.differences_from(entry, seen, book.rules.zone)
    said = {name: pair for name, pair in changed.items() if not differences.is_shortened(*pair)}
    return _say(book, entry, seen, said, reason)


def _edit(
    book: ReconciliationState, entry: Entry, row: Appearance, seen: Appearance, silent: Collection[str], reason: str
) -> tuple[Entry, Appearance]:
    """Bring an entry up to date with what its item says now, unless it changes too often to be news."""
    changed = differences.differences(row, seen, silent)
    if seen.when is not None and differences.is_refined(*changed.get("published", (None, None))):
        entry = refine(entry, seen.when, book.rules.zone, book.noons)
        changed = {name: said for name, said in changed.items() if name != "published"}
    restless = row.edited is not None and book.now - row.edited < book.rules.quiet
    held = row.edits > book.rules.edits
    if changed:
        edits = row.edits + 1 if restless else 1
        seen = replace(seen, edits=edits, edited=book.now)
    elif held and not restless:
        seen = replace(seen, edits=0)
    if seen.edits > book.rules.edits:
        message = f"“{entry.title}” was edited {seen.edits} times without a pause; it is kept as it was"
        book.hold(Held(seen.document, "flapping", message, whole=False))
        return entry, seen
    if held:
        changed = differences.differences_from(entry, seen, book.rules.zone, silent)
    return _say(book, entry, seen, changed, reason), seen


def _say(book: ReconciliationState, entry: Entry, seen: Appearance, changed: Differences, reason: str) -> Entry:
    """The entry with what its item says otherwise than it does, if that makes a difference."""
    if not changed:
        return entry
    amended = amend(entry, seen.item, changed)
    if "published" in changed and seen.when is not None:
        amended = publish_on(amended, seen.when, book.rules.zone, book.noons)
    if amended == entry:
        return entry
    book.revisions.append(Revision(entry.id, book.now, changed, reason))
    book.stamped.append(entry.id)
    return replace(amended, updated=book.now)


def amend(entry: Entry, item: Item, changed: Differences) -> Entry:
    """The entry with the changed texts of `item`; its date is dealt with by `publish_on`."""
    values = {name: getattr(item, name) for name in changed if name != "published"}
    return replace(entry, **values)


def fill(entry: Entry, item: Item) -> Entry:
    """The entry with what it lacks and another observation of it has."""
    return replace(
        entry,
        summary=entry.summary or item.summary,
        link=entry.link or item.link,
        credit=entry.credit or item.credit,
    )


def respell(entry: Entry, item: Item) -> Entry:
    """The entry with what changes without an edit: another label, a tidied link, the year of a credit.

    Of a text that is cut, it has what was ever seen of it.

    Another spelling of the same label changes nothing, nor does what tracks a link.
    """
    if item.label is not None and normalise.key(item.label) != entry.category:
        entry = replace(entry, label=item.label, category=normalise.key(item.label))
    respelt = item.credit != entry.credit and without_date(item.credit) == without_date(entry.credit)
    if item.credit and respelt:
        entry = replace(entry, credit=item.credit)
    if item.summary and is_cut_elsewhere(entry.summary, item.summary):
        entry = replace(entry, summary=max(entry.summary or "", item.summary, key=len))
    if item.link and entry.link and url_key(item.link) == url_key(entry.link) != "":
        moved = strip_tracking(item.link) != strip_tracking(entry.link)
        entry = replace(entry, link=item.link) if moved else entry
    return entry


def publish_on(entry: Entry, when: When, zone: dt.tzinfo, noons: dict[dt.datetime, dt.datetime]) -> Entry:
    """The entry with the date that its source gives.

    A day stands as noon in the source's zone, and each further entry of the day a second later, so that
    the order within the day is the listing's and no two instants are equal. `noons` is brought up to date.
    """
    if is_published_on(entry, when, zone):
        return entry
    at = instant(when, zone)
    if when.precision is Precision.DAY:
        noon, latest = at, noons.get(at)
        if latest is not None and latest - noon < HOUR - SECOND:
            at = latest + SECOND
        noons[noon] = at
    return replace(entry, published=at, precision=when.precision, rank=at)


def refine(entry: Entry, when: When, zone: dt.tzinfo, noons: dict[dt.datetime, dt.datetime]) -> Entry:
    """The entry with the time of its day, if its source gives one; one no longer printed stays."""
    return publish_on(entry, when, zone, noons) if when.precision is Precision.TIME else entry
