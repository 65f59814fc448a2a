"""The main path: one source through all of it.

Fetch and parse with no transaction open, then everything that follows from it in one: entries, feeds and
the Outcome become visible together or not at all.
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
from feeds.ledger import known_labels as labels
from feeds.ledger import reconcile
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
"""How long an item may be gone from a listing and still be recognised by what is near to it."""


@dataclass(frozen=True, slots=True)
class RefreshContext:
    """What every refresh works with.

    `due` says when a source is due again, from its Outcome and how often in a row it has failed. `parse` is
    for who has a document parsed elsewhere.
    """

    store: Store
    config: Config
    due: Callable[[Source, Outcome, int], dt.datetime]
    fragments: Fragments = field(default_factory=Fragments)
    documents: Documents = field(default_factory=Documents)
    parse: Parse = parse


def refresh(source: Source, desk: RefreshContext, claim: Claim, *, fetch: Fetch, now: dt.datetime) -> Outcome:
    """Bring one source up to date. A fault of the source is an Outcome, never an exception."""
    with desk.store.read() as view:
        memory, known_labels = desk.documents.recall(claim, view), view.labels()
    before = partial(_before, desk.store, source.name)
    read = read_source(source, fetch, memory, before, _labelling(desk.parse, known_labels), now)
    with desk.store.write() as transaction:
        transaction.fence(claim.source, claim.epoch)
        state = transaction.sources()[source.name]
        changes = _reconcile(source, read, transaction, _rules(source, accepted=state.accepted), now)
        outcome = outcome_of(source, read, changes, now, since=state.outcome.at if state.outcome else None)
        _publish(desk, transaction, changes, outcome)
        remembered, gone = next_states(source, read, memory, changes, now), gone_documents(read, memory)
        transaction.remember(source.name, remembered)
        transaction.believe(source.name, accepted_bodies(read, changes))
        transaction.forget(source.name, gone)
        failures = state.failures + 1 if outcome.status is Status.FAILED else 0
        due = desk.due(source, outcome, failures)
        if state.outcome and is_no_reading(outcome):
            transaction.release(source.name, next_due=due)
        else:
            transaction.record(outcome, next_due=due, held=(*changes.held, *still_held(read, state.held)))
            status_feed.note(transaction, desk.config, outcome)
    desk.documents.keep(claim, memory, remembered, gone)
    return outcome


def dry_run(
    source: Source, view: View, *, fetch: Fetch, now: dt.datetime, parse: Parse = parse
) -> tuple[Changes, Outcome]:
    """What `refresh` would change, and how it would go; every document is read, and nothing is written."""
    known = view.documents(source.name)
    # Asked for whole, and read also where nothing has changed.
    memory = {name: replace(state, validators=Validators(), settled=False) for name, state in known.items()}
    before = partial(view.believed, source.name)
    read = read_source(source, fetch, memory, before, _labelling(parse, view.labels()), now)
    changes = _reconcile(source, read, view, _rules(source, accepted=False), now)
    return changes, outcome_of(source, read, changes, now)


def _publish(desk: RefreshContext, transaction: Transaction, changes: Changes, outcome: Outcome) -> None:
    """Write the entries and put every document that they touch in the place of what is published.

    Until something was published nobody can be served; a source that is rightly empty is enough to begin.
    """
    before = transaction.entries_by_id([entry.id for entry in changes.entries])
    after = transaction.apply(changes)
    begun = outcome.reason is None and not transaction.feeds()
    if after or changes.headings or begun:
        touched = None if begun else (*before.values(), *after)
        published = publish(transaction, desk.config, touched, now=outcome.at, fragments=desk.fragments)
        transaction.publish(published)
        transaction.announce(topics(published, outcome.at), outcome.at, hubs=desk.config.hubs)


def _labelling(parse: Parse, known: Container[str]) -> Parse:
    """Parse, and read labels as those that are known."""
    return lambda document, source: labels.apply_known_labels(parse(document, source), known)


def _before(store: Store, source: str, document: str) -> bytes | None:
    with store.read() as view:
        return view.believed(source, document)


def _reconcile(source: Source, read: SourceReading, view: View, rules: Rules, now: dt.datetime) -> Changes:
    """What the readings mean for what the ledger knows."""
    if not read.readings:
        return Changes(source.name)
    days = {when.day for reading in read.readings for when in reading.whens if when}
    known = view.known(
        source.name,
        frozenset[str]().union(*map(reconcile.keys, read.readings)),
        since=now - MATCH_WINDOW,
        documents=[reading.listing.document for reading in read.readings],
        noons={parsing.instant(When(day), rules.zone) for day in days},
    )
    beside = {*read.unchanged, *(fault.document for fault in read.faults)}
    return reconcile.reconcile(read.readings, known, rules, now=now, beside=beside)


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
