"""The main path: fetch, parse, reconcile and publish one source.

Fetching and parsing happen outside of any transaction. Everything that follows is one transaction, so entries,
feeds and the Outcome become visible together or not at all.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Callable, Container
from dataclasses import dataclass, field, replace
from functools import partial

from feeds.changes import Changes
from feeds.config import Config, Source
from feeds.dates import parsing
from feeds.ledger.known_labels import apply_known_labels
from feeds.ledger.reconcile import blocking_keys, reconcile
from feeds.ledger.state import Rules
from feeds.model import Outcome, Status, Validators, When
from feeds.parsers import parse
from feeds.plausibility.reading_diff import Thresholds
from feeds.publish import status_feed
from feeds.publish.formats import Fragments
from feeds.publish.publisher import publish
from feeds.publish.websub import topics
from feeds.refresh.document_states import Documents
from feeds.refresh.document_updates import accepted_bodies, gone_documents, next_states
from feeds.refresh.outcome import is_no_reading, outcome_of, still_held
from feeds.refresh.reading import Fetch, Parse, SourceReading, read_source
from feeds.store import Claim, Store, Transaction, View

MATCH_WINDOW = dt.timedelta(days=60)
"""How long an item may be gone from a listing and still be matched by more than its blocking keys."""


@dataclass(frozen=True, slots=True)
class RefreshContext:
    """The store, configuration and caches that every refresh shares.

    `due` returns when a source is due again, from its Outcome and how often in a row it has failed. `parse` may
    be replaced, for example to parse in another process.
    """

    store: Store
    config: Config
    due: Callable[[Source, Outcome, int], dt.datetime]
    fragments: Fragments = field(default_factory=Fragments)
    documents: Documents = field(default_factory=Documents)
    parse: Parse = parse


def refresh(source: Source, context: RefreshContext, claim: Claim, *, fetch: Fetch, now: dt.datetime) -> Outcome:
    """Bring one source up to date and return how it went. A fault of the source is an Outcome, not an exception."""
    with context.store.read() as view:
        memory, known_labels = context.documents.get(claim, view), view.labels()
    before = partial(_accepted_body, context.store, source.name)
    read = read_source(source, fetch, memory, before, _with_known_labels(context.parse, known_labels), now)
    with context.store.write() as transaction:
        transaction.fence(claim.source, claim.epoch)
        state = transaction.sources()[source.name]
        changes = _reconcile(source, read, transaction, _rules(source, accepted=state.accepted), now)
        outcome = outcome_of(source, read, changes, now, since=state.outcome.at if state.outcome else None)
        _publish(context, transaction, changes, outcome)
        remembered, gone = next_states(source, read, memory, changes, now), gone_documents(read, memory)
        transaction.remember(source.name, remembered)
        transaction.save_accepted(source.name, accepted_bodies(read, changes))
        transaction.forget(source.name, gone)
        failures = state.failures + 1 if outcome.status is Status.FAILED else 0
        due = context.due(source, outcome, failures)
        if state.outcome and is_no_reading(outcome):
            transaction.release(source.name, next_due=due)
        else:
            transaction.record(outcome, next_due=due, held=(*changes.held, *still_held(read, state.held)))
            status_feed.note(transaction, context.config, outcome)
    context.documents.put(claim, memory, remembered, gone)
    return outcome


def dry_run(
    source: Source, view: View, *, fetch: Fetch, now: dt.datetime, parse: Parse = parse
) -> tuple[Changes, Outcome]:
    """Return what `refresh` would change and its Outcome. Every document is read; nothing is written."""
    known = view.documents(source.name)
    # Without validators every document is sent whole; unless `settled`, it is read even if it is unchanged.
    memory = {name: replace(state, validators=Validators(), settled=False) for name, state in known.items()}
    before = partial(view.accepted_body, source.name)
    read = read_source(source, fetch, memory, before, _with_known_labels(parse, view.labels()), now)
    changes = _reconcile(source, read, view, _rules(source, accepted=False), now)
    return changes, outcome_of(source, read, changes, now)


def _publish(context: RefreshContext, transaction: Transaction, changes: Changes, outcome: Outcome) -> None:
    """Write the entries and replace every published document that they change.

    Nothing can be served until something was published, so a source that is rightly empty publishes all feeds.
    """
    before = transaction.entries_by_id([entry.id for entry in changes.entries])
    after = transaction.apply(changes)
    first = outcome.reason is None and not transaction.feeds()
    if after or changes.headings or first:
        changed = None if first else (*before.values(), *after)
        published = publish(transaction, context.config, changed, now=outcome.at, fragments=context.fragments)
        transaction.publish(published)
        transaction.announce(topics(published, outcome.at), outcome.at, hubs=context.config.hubs)


def _with_known_labels(parse: Parse, known: Container[str]) -> Parse:
    """Return `parse` followed by `apply_known_labels`."""
    return lambda document, source: apply_known_labels(parse(document, source), known)


def _accepted_body(store: Store, source: str, document: str) -> bytes | None:
    with store.read() as view:
        return view.accepted_body(source, document)


def _reconcile(source: Source, read: SourceReading, view: View, rules: Rules, now: dt.datetime) -> Changes:
    """Return what the readings change in the ledger."""
    if not read.readings:
        return Changes(source.name)
    days = {when.day for reading in read.readings for when in reading.whens if when}
    known = view.known(
        source.name,
        frozenset[str]().union(*map(blocking_keys, read.readings)),
        since=now - MATCH_WINDOW,
        documents=[reading.listing.document for reading in read.readings],
        last_on_day={parsing.instant(When(day), rules.zone) for day in days},
    )
    still_present = {*read.unchanged, *(fault.document for fault in read.faults)}
    return reconcile(read.readings, known, rules, now=now, still_present=still_present)


def _rules(source: Source, *, accepted: bool) -> Rules:
    gate = source.gate
    limits = Thresholds(
        missing=gate.missing,
        new=gate.new,
        edited=gate.edited,
        numbered=gate.numbered,
        allow_empty=source.allow_empty,
    )
    return Rules(
        zone=zoneinfo.ZoneInfo(source.timezone),
        limits=limits,
        patience=gate.patience,
        edits=gate.edits,
        accepted=accepted,
    )
