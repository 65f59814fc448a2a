"""Reconcile a reading of a source with the ledger: the memory of all entries ever seen.

A pure function: readings, prior state, rules and `now` go in, Changes come out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from feeds.changes import Appearance, Changes, PriorState
from feeds.dates.parsing import instant
from feeds.errors import Implausible
from feeds.ledger import apply, retraction
from feeds.ledger.state import DocumentMatch, Reading, ReconciliationState, Rules
from feeds.linkage import linker
from feeds.linkage.blocking import stored_keys
from feeds.linkage.differences import differences
from feeds.linkage.ids import mint
from feeds.linkage.linker import Listed
from feeds.linkage.record import ComparisonRecord, Observation
from feeds.linkage.weights import LONG_SUMMARY
from feeds.model import Item, Problem, When
from feeds.plausibility import judge
from feeds.plausibility.reading_diff import Judgement, ReadingDiff
from feeds.unicode import normalise


def reconcile(
    readings: Iterable[Reading],
    known: PriorState,
    rules: Rules,
    *,
    now: dt.datetime,
    still_present: Iterable[str] = (),
) -> Changes:
    """Return what the readings of a source change. An implausible document changes nothing and is held.

    `still_present` names the source's documents that exist but were not read now.
    """
    readings = sorted(readings, key=lambda reading: reading.listing.document)
    present = frozenset(reading.listing.document for reading in readings).union(still_present)
    state = ReconciliationState(known, rules, now, present)
    if len(present) > 1:
        _run_first_pass(state, readings)
    for reading in readings:
        try:
            _apply_document(state, reading)
        except Implausible as refusal:
            state.refuse(reading.listing.document, refusal)
    return state.changes()


def blocking_keys(reading: Reading) -> frozenset[str]:
    """Return the stored keys by which to load the entries that this reading could be about."""
    return frozenset(
        key for item, when, _ in _titled_items(reading) for key in stored_keys(ComparisonRecord.of(item, when))
    )


def _titled_items(reading: Reading) -> Iterator[tuple[Item, When | None, str | None]]:
    whens = iter(reading.whens)
    for section in reading.listing.sections:
        heading = normalise.key(section.heading) if section.heading else None
        for item in section.items:
            when = next(whens)
            if item.title:
                yield item, when, heading


def _observe(state: ReconciliationState, reading: Reading) -> list[Observation]:
    """Return the items that can be entries: those with a title. A date in the future counts as unknown.

    An item that is listed again word for word is the same item if it is in another section, or if it has a link
    or a long summary. Two notices with only a title and a day are two items.
    """
    seen: dict[object, Observation] = {}
    for index, (item, when, heading) in enumerate(_titled_items(reading)):
        if when and instant(when, state.rules.zone) > state.now + state.rules.future:
            message = f"{when.isoformat()} lies in the future; the date counts as unknown"
            state.problems.append(Problem(item.lines.get("date", item.line), message))
            when = None
        record = ComparisonRecord.of(item, when, heading)
        words = (record.full_text, record.link, when, record.origin)
        observation = Observation(item, when, heading, record, feed=reading.listing.feed)
        first = seen.setdefault(words, observation)
        if first.item is item:
            continue
        if heading in (first.section, *first.also):
            if not record.link and len(record.summary) < LONG_SUMMARY:
                seen[index] = observation
        elif heading:
            seen[words] = replace(first, also=(*first.also, heading))
    return list(seen.values())


def _apply_document(state: ReconciliationState, reading: Reading) -> None:
    match = _match_document(state, reading.listing.document, _observe(state, reading))
    judgement = _judge(state, reading, match)
    for held in judgement.held:
        state.hold(held)
    _mint(state, match, judgement)
    for section in reading.listing.sections:
        if section.heading and any(item.title for item in section.items):
            state.headings.setdefault(normalise.key(section.heading), section.heading)
    apply.apply_matches(state, match, judgement)
    retraction.apply_absences(state, match, removals=judgement.removals)


def _match_document(state: ReconciliationState, document: str, seen: Sequence[Observation]) -> DocumentMatch:
    listed = state.listed(document)
    old = [ComparisonRecord.of_appearance(row) for row in listed]
    new = [observation.record for observation in seen]
    anchors = linker.exact_matches(new, old)
    anchors += linker.exact_matches_elsewhere(new, [_records_elsewhere(state, row) for row in listed], anchors)
    known = {pair.new for pair in anchors}
    unmatched = (record for index, record in enumerate(new) if index not in known)
    others = state.index.candidates(unmatched, without={row.entry for row in listed})
    match = DocumentMatch(document, seen, listed, state.gone(document))
    ids = [row.entry for row in listed] + list(others)
    missing = [row.missing > 0 for row in listed]
    shown_elsewhere = {j for j, record in enumerate(old) if (document, record.full_text) in state.unchanged_elsewhere}
    listed_before = Listed(old, missing, match.ascending, shown_elsewhere)
    probable = linker.probabilistic_matches(new, listed_before, anchors, list(others.values()))
    for pair in (*anchors, *probable):
        match.entry[pair.new] = ids[pair.old]
        match.reason[pair.new] = pair.reason
        if pair.old < len(listed):
            match.matched[pair.new] = pair.old
    return match


def _run_first_pass(state: ReconciliationState, readings: Sequence[Reading]) -> None:
    """Match all documents once before any of them is applied, so that their order does not matter.

    An item that was edited and added to another document in the same reading is matched there by its new fields.
    And an entry that another document shows unchanged was not edited into the item at its old position here.
    """
    observed = [(document, match.observations) for document, match in _plausible_documents(state, readings)]
    there: dict[str, set[str]] = {}
    for document, seen in observed:
        for observation in seen:
            there.setdefault(observation.record.full_text, set()).add(document)
    read = {reading.listing.document for reading in readings}
    for row in state.known.appearances:
        if row.document in state.present - read and not row.missing:
            there.setdefault(ComparisonRecord.of_appearance(row).full_text, set()).add(row.document)
    for row in state.known.appearances:
        full_text = ComparisonRecord.of_appearance(row).full_text
        if there.get(full_text, set()) - {row.document}:
            state.unchanged_elsewhere.add((row.document, full_text))
    for document, seen in observed:
        match = _match_document(state, document, seen)
        for index in match.matched:
            id, record = match.entry[index], match.observations[index].record
            state.first_pass.setdefault(id, {})[document] = record
            state.index.add(id, record)
        there_still = set(match.matched.values())
        state.no_longer_listed |= {(document, row.entry) for j, row in enumerate(match.listed) if j not in there_still}


def _plausible_documents(
    state: ReconciliationState, readings: Iterable[Reading]
) -> Iterator[tuple[str, DocumentMatch]]:
    """Yield the documents that will probably be accepted, with their matches."""
    for reading in readings:
        match = _match_document(state, reading.listing.document, _observe(state, reading))
        with suppress(Implausible):
            _judge(state, reading, match)
            yield match.document, match
    state.problems.clear()


def _records_elsewhere(state: ReconciliationState, row: Appearance) -> list[ComparisonRecord]:
    """Return the entry's records in other documents: an edit may have been read there first."""
    elsewhere = [ComparisonRecord.of_appearance(other) for other in state.listed_elsewhere(row.entry, row.document)]
    first_pass = state.first_pass.get(row.entry, {})
    return [*elsewhere, *(record for document, record in first_pass.items() if document != row.document)]


def _judge(state: ReconciliationState, reading: Reading, match: DocumentMatch) -> Judgement:
    if state.rules.accepted:
        return Judgement()
    compared = {i: differences(match.listed[j], match.observations[i]) for i, j in match.matched.items()}
    comparison = ReadingDiff(
        reading.listing,
        match.observations,
        match.listed,
        match.matched,
        dict(match.entry),
        {i: rows for i, id in match.entry.items() if (rows := state.listed_elsewhere(id, match.document))},
        {i: edited for i, edited in compared.items() if edited},
        gone=match.gone,
        held=state.known.held,
        patience=state.rules.patience,
        beginning=reading.beginning,
        breaks_off=reading.breaks_off,
        ascending=match.ascending,
    )
    return judge.judge(comparison, state.rules.limits)


def _mint(state: ReconciliationState, match: DocumentMatch, judgement: Judgement) -> None:
    new = [i for i in range(len(match.observations)) if i not in match.entry and i not in judgement.held_items]
    ids = mint([match.observations[i].record for i in new], state.entries)
    for index, id in zip(new, ids, strict=True):
        match.entry[index] = id
        match.reason[index] = "new"
