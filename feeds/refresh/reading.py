"""A source → its documents as read: fetched, parsed, dated, and compared with their accepted content."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field

from feeds.config import Source
from feeds.dates import parsing
from feeds.errors import SourceError
from feeds.fetch.source import Fault, Fetched
from feeds.ledger.state import Reading
from feeds.model import Document, Listing, Validators
from feeds.plausibility import truncation
from feeds.refresh import document_states
from feeds.store import DocumentState

Fetch = Callable[[Source, Mapping[str, Validators], dt.datetime], Fetched]
Parse = Callable[[Document, Source], Listing]
AcceptedBody = Callable[[str], bytes | None]
"""The name of a document → its content when it was last accepted."""


@dataclass(frozen=True, slots=True)
class SourceReading:
    """A source as read: its new readings, its unchanged documents, and its faults.

    `validators` are the new validators of unchanged documents; `before` is the last accepted content of the
    documents that were read. `freshness_lifetime` is in seconds, if the origin gives one.
    """

    readings: tuple[Reading, ...] = ()
    documents: tuple[Document, ...] = ()
    unchanged: Set[str] = frozenset()
    validators: Mapping[str, Validators] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    freshness_lifetime: int | None = None
    before: Mapping[str, bytes | None] = field(default_factory=dict)


def read_source(
    source: Source,
    fetch: Fetch,
    memory: Mapping[str, DocumentState],
    before: AcceptedBody,
    parse: Parse,
    now: dt.datetime,
) -> SourceReading:
    """Fetch a source and parse each document, unless its validators or its bytes are unchanged."""
    try:
        fetched = fetch(source, document_states.validators(source, memory, now), now)
    except SourceError as error:
        return SourceReading(faults=(Fault(source.name, error),))
    readings, faults = [], list(fetched.faults)
    unchanged, validators = set(fetched.unchanged), dict(fetched.validators)
    said: dict[str, bytes | None] = {}
    for document in fetched.documents:
        state = memory.get(document.name)
        if state and state.settled and state.digest == document.digest:
            unchanged.add(document.name)
            validators[document.name] = document.validators
            continue
        try:
            listing = parse(document, source)
        except SourceError as error:
            faults.append(Fault(document.name, error))
            continue
        whens = parsing.resolve(listing, language=source.language, day_first=source.day_first)
        said[document.name] = before(document.name) if state else None
        beginning, breaks_off = truncation.compare_with_accepted(
            document, listing, said[document.name], lambda old: parse(old, source)
        )
        readings.append(Reading(listing, whens, beginning, breaks_off))
    return SourceReading(
        tuple(readings),
        fetched.documents,
        unchanged,
        validators,
        tuple(faults),
        freshness_lifetime=fetched.freshness_lifetime,
        before=said,
    )
