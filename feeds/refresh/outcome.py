"""The Outcome of one refresh of one source."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence, Set

from feeds.changes import Changes, Held
from feeds.config import Source
from feeds.errors import HostBlocked
from feeds.fetch.source import Fault
from feeds.model import NOT_READ_YET, Outcome, Status
from feeds.redaction import redact
from feeds.refresh import document_states
from feeds.refresh.reading import SourceReading

_NAMED = 3
"""Held documents that an Outcome names; the status lists all of them."""


def still_held(read: SourceReading, held: Iterable[Held]) -> tuple[Held, ...]:
    """Return the holds of documents that could not be fetched this time: their counts stay as they are."""
    there = {reading.listing.document for reading in read.readings}
    return tuple(each for each in held if each.document not in there) if read.faults else ()


def is_no_reading(outcome: Outcome) -> bool:
    """Whether nothing could be read yet, without a fault of the source: then its last Outcome stays."""
    return outcome.status is Status.UNCHANGED and outcome.reason in NOT_READ_YET


def outcome_of(
    source: Source, read: SourceReading, changes: Changes, now: dt.datetime, *, since: dt.datetime | None = None
) -> Outcome:
    """Return the Outcome of a reading and its changes; `since` is when the source was last read."""
    listings = [reading.listing for reading in read.readings]
    refused = [held for held in changes.held if held.whole]
    status, reason, message = Status.UNCHANGED, None, None
    if changes.entries:
        status = Status.CHANGED
    there = {document.name for document in read.documents} | read.unchanged
    if changes.held:
        held = sorted(changes.held, key=lambda each: not each.whole)
        reason, message = held[0].reason, _held_message(held, source, there)
    if refused:
        status = Status.HELD
        message = f"{message}; run `tidings accept {source.name}` if this is right"
    if read.faults:
        # A file that is being written is not a failure, unless it still is an interval later.
        writing = since is None or now - since <= source.interval
        requested = [fault for fault in read.faults if not isinstance(fault.error, HostBlocked)]
        failed = [fault for fault in requested if fault.error.reason != "unstable" or not writing]
        status = Status.FAILED if failed else status
        reason = (failed or read.faults)[0].error.reason
        names = document_states.public_names(source, there | {fault.document for fault in read.faults})
        message = "; ".join(_explained(fault, names) for fault in failed or read.faults)
    return Outcome(
        source.name,
        now,
        status,
        reason,
        message,
        documents=len(listings) + len(read.unchanged),
        items=sum(len(listing.items) for listing in listings),
        added=len(changes.added),
        edited=len(changes.edited),
        retracted=len(changes.retracted),
        unchanged=changes.unchanged,
        wait=read.faults[0].error.retry_after if read.faults else read.freshness_lifetime,
        problems=(*(problem for listing in listings for problem in listing.problems), *changes.problems),
    )


def _held_message(held: Sequence[Held], source: Source, there: Set[str]) -> str:
    """Return what is held, by document; of many documents the first few, and how many more there are."""
    by_document: dict[str, list[str]] = {}
    for each in held:
        by_document.setdefault(each.document, []).append(each.message)
    names = document_states.public_names(source, there | by_document.keys())
    if len(names) == 1:
        return "; ".join(each.message for each in held)
    parts = [f"{names[document]}: {'; '.join(messages)}" for document, messages in by_document.items()]
    more = len(parts) - _NAMED
    if more > 0:
        parts[_NAMED:] = [f"and {more} more document{'s' if more > 1 else ''}"]
    return "; ".join(parts)


def _explained(fault: Fault, names: Mapping[str, str]) -> str:
    """Return the fault's message; it names the document if the address alone is ambiguous."""
    name, shown, said = names.get(fault.document), redact(fault.document), str(fault.error)
    if name in (None, shown):
        return said
    begins = said.startswith((f"{shown}: ", f"{shown} "))
    return f"{name}{said.removeprefix(shown)}" if begins else f"{name}: {said}"
