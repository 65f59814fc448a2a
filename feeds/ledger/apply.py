"""Applying matched items to the ledger: entries are added, revised, or left as they are.

An entry changes only through an event at one of its appearances: its item differs from the reading before, or it
appears where it was not listed. So two listings that word one article differently do not edit it in turns.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import replace

from feeds.changes import Appearance, Held, Revision
from feeds.dates.parsing import instant
from feeds.ledger.order import oldest_first, rank_entries
from feeds.ledger.state import DocumentMatch, ReconciliationState
from feeds.linkage.blocking import stored_keys
from feeds.linkage.differences import (
    HOUR,
    SECOND,
    Differences,
    differences,
    differences_from,
    is_cut_elsewhere,
    is_published_on,
    is_refined,
    is_shortened,
    same_words,
    without_years,
)
from feeds.linkage.record import Observation
from feeds.linkage.urls import strip_tracking, url_key
from feeds.model import Entry, Item, Precision, When
from feeds.plausibility.reading_diff import Judgement
from feeds.unicode import normalise


def apply_matches(state: ReconciliationState, match: DocumentMatch, judgement: Judgement) -> None:
    """Apply the observations, oldest first, so that the newest in the listing gets the latest instant of its day."""
    indices = oldest_first(state, match)
    for index in indices:
        _apply_match(state, match, index, judgement)
    if state.known.is_new_source:
        _date_undated(state, match)
    rank_entries(state, match, indices)


def _date_undated(state: ReconciliationState, match: DocumentMatch) -> None:
    """Let `updated` of new undated entries be the instant of the dated item that they follow.

    Atom requires `updated`, and at a source's first reading an undated item is seldom news. Where no dated item is
    above, and in later readings, it is the time when Tidings first saw the item.
    """
    above: dt.datetime | None = None
    dated: set[str] = set()
    for index in sorted(match.entry):
        id = match.entry[index]
        entry = state.entries[id]
        if entry.published is not None:
            above = min(entry.published, state.now)
        elif above is not None and id not in state.known.entries and above < state.now:
            state.entries[id] = replace(entry, updated=above)
            dated.add(id)
    state.updated_now = [id for id in state.updated_now if id not in dated]


def _apply_match(state: ReconciliationState, match: DocumentMatch, index: int, judgement: Judgement) -> None:
    """Apply one observation: write its appearance, and add or revise its entry."""
    id, observation = match.entry[index], match.observations[index]
    state.seen_entries.add(id)
    row = state.rows.get(match.document, id)
    if index in judgement.relabelled:
        label = row.item.label if row else None
        observation = replace(observation, item=replace(observation.item, label=label))
    if index in judgement.held_items and row:
        state.rows.put(replace(row, missing=0, gone=False, last_seen=state.now))
        return
    appearance = Appearance(
        source=state.known.source,
        document=match.document,
        entry=id,
        section=observation.section,
        place=index,
        item=observation.item,
        when=observation.when,
        first_seen=row.first_seen if row else state.now,
        last_seen=state.now,
        edits=row.edits if row else 0,
        edited=row.edited if row else None,
    )
    if row and same_words(row, appearance):
        appearance = replace(appearance, item=row.item, when=row.when)
    entry = state.entries.get(id)
    if entry is None:
        entry = _create(state, id, observation)
    elif row is None or row.gone:
        entry = _adopt(state, entry, appearance, match.reason[index])
    else:
        if index in judgement.counter_only_edits:
            row = replace(row, edits=max(row.edits, state.rules.edits), edited=state.now)
        entry, appearance = _update(state, entry, row, appearance, judgement.untrusted_fields, match.reason[index])
    entry = apply_silent_changes(entry, observation.item)
    state.entries[id] = state.update_membership(replace(entry, retracted=None), appearance, row, observation.also)
    state.rows.put(appearance)
    state.index.add(id, observation.record)
    if row is None or row.item != appearance.item or row.when != appearance.when:
        state.keys[id] = stored_keys(observation.record)


def _create(state: ReconciliationState, id: str, observation: Observation) -> Entry:
    item = observation.item
    entry = Entry(
        id=id,
        title=item.title or "",
        first_seen=state.now,
        updated=state.now,
        rank=state.now,
        summary=item.summary,
        link=item.link,
        credit=item.credit,
        origin_id=item.id,
        source_feed=observation.feed,
    )
    if observation.when is not None:
        entry = publish_on(entry, observation.when, state.rules.zone, state.last_on_day)
    if entry.published and entry.published < state.now:
        # It was last changed, as far as anyone knows, when it was published.
        return replace(entry, updated=entry.published)
    state.updated_now.append(id)
    return entry


def _adopt(state: ReconciliationState, entry: Entry, appearance: Appearance, reason: str) -> Entry:
    """Return an entry that is new to this document, or back in it, with what the document adds.

    While another document lists the entry, this one may fill in missing fields but edits nothing.
    """
    entry = fill_missing(entry, appearance.item)
    if entry.published is None and appearance.when is not None:
        entry = publish_on(entry, appearance.when, state.rules.zone, state.last_on_day)
    if state.is_listed_elsewhere(entry.id, appearance.document):
        return entry
    changed = differences_from(entry, appearance, state.rules.zone)
    said = {name: pair for name, pair in changed.items() if not is_shortened(*pair)}
    return _revise(state, entry, appearance, said, reason)


def _update(
    state: ReconciliationState,
    entry: Entry,
    row: Appearance,
    appearance: Appearance,
    untrusted_fields: Collection[str],
    reason: str,
) -> tuple[Entry, Appearance]:
    """Return the entry and the appearance with the item's edits, unless it changes too often to be news."""
    changed = differences(row, appearance, untrusted_fields)
    if appearance.when is not None and is_refined(*changed.get("published", (None, None))):
        entry = refine(entry, appearance.when, state.rules.zone, state.last_on_day)
        changed = {name: said for name, said in changed.items() if name != "published"}
    restless = row.edited is not None and state.now - row.edited < state.rules.quiet
    held = row.edits > state.rules.edits
    if changed:
        edits = row.edits + 1 if restless else 1
        appearance = replace(appearance, edits=edits, edited=state.now)
    elif held and not restless:
        appearance = replace(appearance, edits=0)
    if appearance.edits > state.rules.edits:
        message = f"“{entry.title}” was edited {appearance.edits} times without a pause; it is kept as it was"
        state.hold(Held(appearance.document, "flapping", message, whole=False))
        return entry, appearance
    if held:
        changed = differences_from(entry, appearance, state.rules.zone, untrusted_fields)
    return _revise(state, entry, appearance, changed, reason), appearance


def _revise(
    state: ReconciliationState, entry: Entry, appearance: Appearance, changed: Differences, reason: str
) -> Entry:
    """Return the entry with the changed fields of its item, and record the revision if there is one."""
    if not changed:
        return entry
    amended = amend(entry, appearance.item, changed)
    if "published" in changed and appearance.when is not None:
        amended = publish_on(amended, appearance.when, state.rules.zone, state.last_on_day)
    if amended == entry:
        return entry
    state.revisions.append(Revision(entry.id, state.now, changed, reason))
    state.updated_now.append(entry.id)
    return replace(amended, updated=state.now)


def amend(entry: Entry, item: Item, changed: Differences) -> Entry:
    """Return the entry with the changed texts of `item`; `publish_on` sets its date."""
    values = {name: getattr(item, name) for name in changed if name != "published"}
    return replace(entry, **values)


def fill_missing(entry: Entry, item: Item) -> Entry:
    """Return the entry with the fields that it lacks and this item has."""
    return replace(
        entry,
        summary=entry.summary or item.summary,
        link=entry.link or item.link,
        credit=entry.credit or item.credit,
    )


def apply_silent_changes(entry: Entry, item: Item) -> Entry:
    """Return the entry with changes that are not edits: another label, a tidied link, the year of a credit.

    Of a summary that is cut in different places, the longest is kept. Another spelling of the same label changes
    nothing, nor do tracking parameters of a link.
    """
    if item.label is not None and normalise.key(item.label) != entry.category:
        entry = replace(entry, label=item.label, category=normalise.key(item.label))
    respelt = item.credit != entry.credit and without_years(item.credit) == without_years(entry.credit)
    if item.credit and respelt:
        entry = replace(entry, credit=item.credit)
    if item.summary and is_cut_elsewhere(entry.summary, item.summary):
        entry = replace(entry, summary=max(entry.summary or "", item.summary, key=len))
    if item.link and entry.link and url_key(item.link) == url_key(entry.link) != "":
        moved = strip_tracking(item.link) != strip_tracking(entry.link)
        entry = replace(entry, link=item.link) if moved else entry
    return entry


def publish_on(entry: Entry, when: When, zone: dt.tzinfo, last_on_day: dict[dt.datetime, dt.datetime]) -> Entry:
    """Return the entry with the date that its source gives.

    A day without a time is published at noon in the source's zone, and each further entry of that day a second
    later: so a day keeps the order of the listing. `last_on_day` (noon → latest instant given) is updated.
    """
    if is_published_on(entry, when, zone):
        return entry
    at = instant(when, zone)
    if when.precision is Precision.DAY:
        noon, latest = at, last_on_day.get(at)
        if latest is not None and latest - noon < HOUR - SECOND:
            at = latest + SECOND
        last_on_day[noon] = at
    return replace(entry, published=at, precision=when.precision, rank=at)


def refine(entry: Entry, when: When, zone: dt.tzinfo, last_on_day: dict[dt.datetime, dt.datetime]) -> Entry:
    """Return the entry with the time of its day if the source gives one now; a time that was given stays."""
    return publish_on(entry, when, zone, last_on_day) if when.precision is Precision.TIME else entry
