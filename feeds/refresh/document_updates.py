"""What to keep of each document after a reading: validators, digests, and the bytes that were accepted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from feeds.changes import Changes
from feeds.config import Source
from feeds.model import Validators
from feeds.plausibility import truncation
from feeds.refresh import document_states
from feeds.refresh.reading import SourceReading
from feeds.store import DocumentState


def next_states(
    source: Source, read: SourceReading, memory: Mapping[str, DocumentState], changes: Changes, now: dt.datetime
) -> dict[str, DocumentState]:
    """Return the new states of the documents whose state changed."""
    pending = {held.document for held in changes.held} | {fault.document for fault in read.faults}
    # An unchanged page hides the pages after it: while one of these is missing, all are fetched whole.
    whole = bool(source.next and read.faults)
    came = {document.name for document in read.documents}
    states = {
        name: _confirmed(memory[name], Validators() if whole else validators, now, came=name in came)
        for name, validators in read.validators.items()
        if name in memory
    }
    for document in read.documents:
        if document.name in read.unchanged:
            continue
        settled = changes.complete and document.name not in pending
        before = memory.get(document.name)
        states[document.name] = DocumentState(
            digest=document.digest,
            validators=document.validators if settled and not whole else Validators(),
            read_at=now,
            repeats=before.repeats + 1 if before and before.digest == document.digest else 1,
            settled=settled,
        )
    return {name: state for name, state in states.items() if state != memory.get(name)}


def accepted_bodies(read: SourceReading, changes: Changes) -> dict[str, bytes]:
    """Return the content to keep of each document, for comparison with its next reading.

    A prefix of accepted content does not replace it, or a slightly longer prefix would pass next. Content that
    was never accepted is kept if there is nothing else: a page without a listing may be the start of one.
    """
    refused = {held.document for held in changes.held if held.whole}
    bodies = {document.name: document.body for document in read.documents}
    return {
        name: bodies[name]
        for name, before in read.before.items()
        if before is None
        or not (name in refused or bodies[name] == before or truncation.is_prefix(bodies[name], before))
    }


def _confirmed(state: DocumentState, validators: Validators, now: dt.datetime, *, came: bool) -> DocumentState:
    """Return the state of an unchanged document; `read_at` moves only once `TRUST` has run out."""
    read_at = now if came and not document_states.trusted(state, now) else state.read_at
    return replace(state, validators=validators, read_at=read_at)


def gone_documents(read: SourceReading, memory: Mapping[str, DocumentState]) -> frozenset[str]:
    """Return the documents that the source no longer has; none while something could not be fetched."""
    there = {document.name for document in read.documents} | read.unchanged
    return frozenset() if read.faults else frozenset(memory.keys() - there)
