"""The memory of all entries ever seen: what a new reading of a source means for them.

Pure: readings, what is known, rules and `now` go in, Changes come out.
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
from feeds.linkage import differences as editing
from feeds.linkage import ids as identity
from feeds.linkage import linker
from feeds.linkage.linker import Listed
from feeds.linkage.record import ComparisonRecord, Observation
from feeds.linkage.weights import LONG
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
    beside: Iterable[str] = (),
) -> Changes:
    """What this reading of a source means. A document that the gate refuses changes nothing.

    `beside` names the source's documents that are still there and were not read now.
    """
    readings = sorted(readings, key=lambda reading: reading.listing.document)
    present = frozenset(reading.listing.document for reading in readings).union(beside)
    book = ReconciliationState(known, rules, now, present)
    if len(present) > 1:
        _glance(book, readings)
    for reading in readings:
        try:
            _enter(book, reading)
        except Implausible as refusal:
            book.refuse(reading.listing.document, refusal)
    return book.changes()


def keys(reading: Reading) -> frozenset[str]:
    """What to look up in the store before this reading can be reconciled."""
    return frozenset(
        key for item, when, _ in _titled(reading) for key in identity.keys(ComparisonRecord.of(item, when))
    )


def _titled(reading: Reading) -> Iterator[tuple[Item, When | None, str | None]]:
    whens = iter(reading.whens)
    for section in reading.listing.sections:
        heading = normalise.key(section.heading) if section.heading else None
        for item in section.items:
            when = next(whens)
            if item.title:
                yield item, when, heading


def _sight(book: ReconciliationState, reading: Reading) -> list[Observation]:
    """The items that can be entries: those with a title; a date far ahead of now counts as unknown.

    What stands in the document again, word for word, is the same item once more: in another section, or
    anywhere if it says enough to be no coincidence. Two notices of a title and a day alone stay two.
    """
    seen: dict[object, Observation] = {}
    for index, (item, when, heading) in enumerate(_titled(reading)):
        if when and instant(when, book.rules.zone) > book.now + book.rules.future:
            message = f"{when.isoformat()} lies in the future; the date counts as unknown"
            book.problems.append(Problem(item.lines.get("date", item.line), message))
            when = None
        face = ComparisonRecord.of(item, when, heading)
        words = (face.flow, face.link, when, face.origin)
        observation = Observation(item, when, heading, face, feed=reading.listing.feed)
        first = seen.setdefault(words, observation)
        if first.item is item:
            continue
        if heading in (first.section, *first.also):
            if not face.link and len(face.summary) < LONG:
                seen[index] = observation
        elif heading:
            seen[words] = replace(first, also=(*first.also, heading))
    return list(seen.values())


def _enter(book: ReconciliationState, reading: Reading) -> None:
    found = _identify(book, reading.listing.document, _sight(book, reading))
    verdict = _judge(book, reading, found)
    for held in verdict.held:
        book.hold(held)
    _mint(book, found, verdict)
    for section in reading.listing.sections:
        if section.heading and any(item.title for item in section.items):
            book.headings.setdefault(normalise.key(section.heading), section.heading)
    apply.enter(book, found, verdict)
    retraction.settle(book, found, removals=verdict.removals)


def _identify(book: ReconciliationState, document: str, seen: Sequence[Observation]) -> DocumentMatch:
    listed = book.listed(document)
    old = [ComparisonRecord.of_row(row) for row in listed]
    new = [observation.face for observation in seen]
    anchors = linker.exact(new, old)
    anchors += linker.exact_elsewhere(new, [_looks(book, row) for row in listed], anchors)
    known = {match.new for match in anchors}
    strange = (face for index, face in enumerate(new) if index not in known)
    others = book.looks.like(strange, without={row.entry for row in listed})
    found = DocumentMatch(document, seen, listed, book.gone(document))
    ids = [row.entry for row in listed] + list(others)
    missing = [row.missing > 0 for row in listed]
    left = {j for j, face in enumerate(old) if (document, face.flow) in book.shown}
    listed_before = Listed(old, missing, found.ascending, left)
    near = linker.near(new, listed_before, anchors, list(others.values()))
    for match in (*anchors, *near):
        found.entry[match.new] = ids[match.old]
        found.reason[match.new] = match.reason
        if match.old < len(listed):
            found.same[match.new] = match.old
    return found


def _glance(book: ReconciliationState, readings: Sequence[Reading]) -> None:
    """See how the known entries look now, before any document is entered.

    An item that was edited and pulled into another listing in one go is recognised there by its new looks,
    whichever of the two documents comes first. And what another document shows as it was has not been edited
    into what now stands in its place here.
    """
    sighted = [(document, found.seen) for document, found in _plausible(book, readings)]
    there: dict[str, set[str]] = {}
    for document, seen in sighted:
        for observation in seen:
            there.setdefault(observation.face.flow, set()).add(document)
    read = {reading.listing.document for reading in readings}
    for row in book.known.appearances:
        if row.document in book.present - read and not row.missing:
            there.setdefault(ComparisonRecord.of_row(row).flow, set()).add(row.document)
    for row in book.known.appearances:
        flow = ComparisonRecord.of_row(row).flow
        if there.get(flow, set()) - {row.document}:
            book.shown.add((row.document, flow))
    for document, seen in sighted:
        found = _identify(book, document, seen)
        for index in found.same:
            id, face = found.entry[index], found.seen[index].face
            book.glances.setdefault(id, {})[document] = face
            book.looks.see(id, face)
        there_still = set(found.same.values())
        book.leaving |= {(document, row.entry) for j, row in enumerate(found.listed) if j not in there_still}


def _plausible(book: ReconciliationState, readings: Iterable[Reading]) -> Iterator[tuple[str, DocumentMatch]]:
    """The documents that the gate will not refuse, as far as can be told beforehand."""
    for reading in readings:
        found = _identify(book, reading.listing.document, _sight(book, reading))
        with suppress(Implausible):
            _judge(book, reading, found)
            yield found.document, found
    book.problems.clear()


def _looks(book: ReconciliationState, row: Appearance) -> list[ComparisonRecord]:
    """How an entry looks where else it is listed: an edit may have been read there first."""
    elsewhere = [ComparisonRecord.of_row(other) for other in book.listed_elsewhere(row.entry, row.document)]
    glances = book.glances.get(row.entry, {})
    return [*elsewhere, *(face for document, face in glances.items() if document != row.document)]


def _judge(book: ReconciliationState, reading: Reading, found: DocumentMatch) -> Judgement:
    if book.rules.accepted:
        return Judgement()
    compared = {i: editing.differences(found.listed[j], found.seen[i]) for i, j in found.same.items()}
    comparison = ReadingDiff(
        reading.listing,
        found.seen,
        found.listed,
        found.same,
        dict(found.entry),
        {i: rows for i, id in found.entry.items() if (rows := book.listed_elsewhere(id, found.document))},
        {i: differences for i, differences in compared.items() if differences},
        gone=found.gone,
        held=book.known.held,
        patience=book.rules.patience,
        beginning=reading.beginning,
        breaks_off=reading.breaks_off,
        ascending=found.ascending,
    )
    return judge.judge(comparison, book.rules.limits)


def _mint(book: ReconciliationState, found: DocumentMatch, verdict: Judgement) -> None:
    new = [i for i in range(len(found.seen)) if i not in found.entry and i not in verdict.doubtful]
    ids = identity.mint([found.seen[i].face for i in new], book.entries)
    for index, id in zip(new, ids, strict=True):
        found.entry[index] = id
        found.reason[index] = "new"
