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
    """By what to tell next time that a document is as it was."""
    pending = {held.document for held in changes.held} | {fault.document for fault in read.faults}
    # A page that is as it was hides those behind it: while one of them is wanting, all are asked for whole.
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
        settled = changes.settled and document.name not in pending
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
    """What documents say that is to be compared with what they say next.

    What is the beginning of what was believed does not take its place, or a little more of it would pass.
    What was never believed is better than nothing: a page without a listing may begin like one.
    """
    refused = {held.document for held in changes.held if held.whole}
    bodies = {document.name: document.body for document in read.documents}
    return {
        name: bodies[name]
        for name, before in read.before.items()
        if before is None
        or not (name in refused or bodies[name] == before or truncation.is_beginning(bodies[name], before))
    }


def _confirmed(state: DocumentState, validators: Validators, now: dt.datetime, *, came: bool) -> DocumentState:
    """The state of a document that is as it was. That its bytes came is noted when it was time for that."""
    read_at = now if came and not document_states.trusted(state, now) else state.read_at
    return replace(state, validators=validators, read_at=read_at)


def gone_documents(read: SourceReading, memory: Mapping[str, DocumentState]) -> frozenset[str]:
    """The documents that the source has no more; while something cannot be had, none counts as gone."""
    there = {document.name for document in read.documents} | read.unchanged
    return frozenset() if read.faults else frozenset(memory.keys() - there)
