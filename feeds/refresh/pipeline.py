"""The main path: one source through all of it.

Fetch and parse with no transaction open, then everything that follows from it in one: entries, feeds and
the Outcome become visible together or not at all.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from feeds.changes import Changes, Held
from feeds.config import Config, Source
from feeds.dates import parsing
from feeds.fetch.source import Fault
from feeds.ledger import known_labels as labels
from feeds.ledger import reconcile
from feeds.ledger.state import Rules
from feeds.model import Outcome, Status, Validators, When
from feeds.parsers import parse
from feeds.plausibility import truncation
from feeds.plausibility.judge import Limits
from feeds.publish import status_feed
from feeds.publish.formats import Fragments
from feeds.publish.publisher import publish
from feeds.publish.websub import topics
from feeds.redaction import redact
from feeds.refresh import document_states
from feeds.refresh.document_states import Documents
from feeds.refresh.reading import Fetch, Intake, Parse, take_in
from feeds.store import Claim, DocumentState, Store, Transaction, View

MEMORY = dt.timedelta(days=60)
"""How long an item may be gone from a listing and still be recognised by what is near to it."""


@dataclass(frozen=True, slots=True)
class Desk:
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


def refresh(source: Source, desk: Desk, claim: Claim, *, fetch: Fetch, now: dt.datetime) -> Outcome:
    """Bring one source up to date. A fault of the source is an Outcome, never an exception."""
    with desk.store.read() as view:
        memory, known_labels = desk.documents.recall(claim, view), view.labels()
    before = partial(_before, desk.store, source.name)
    read = take_in(source, fetch, memory, before, _labelling(desk.parse, known_labels), now)
    with desk.store.write() as transaction:
        transaction.fence(claim.source, claim.epoch)
        state = transaction.sources()[source.name]
        changes = _reconcile(source, read, transaction, _rules(source, accepted=state.accepted), now)
        outcome = _outcome(source, read, changes, now, since=state.outcome.at if state.outcome else None)
        _publish(desk, transaction, changes, outcome)
        remembered, gone = _remembered(source, read, memory, changes, now), _gone(read, memory)
        transaction.remember(source.name, remembered)
        transaction.believe(source.name, _believed(read, changes))
        transaction.forget(source.name, gone)
        failures = state.failures + 1 if outcome.status is Status.FAILED else 0
        due = desk.due(source, outcome, failures)
        if state.outcome and _is_no_reading(outcome):
            transaction.release(source.name, next_due=due)
        else:
            transaction.record(outcome, next_due=due, held=(*changes.held, *_unread(read, state.held)))
            status_feed.note(transaction, desk.config, outcome)
    desk.documents.keep(claim, memory, remembered, gone)
    return outcome


def rehearse(
    source: Source, view: View, *, fetch: Fetch, now: dt.datetime, parse: Parse = parse
) -> tuple[Changes, Outcome]:
    """What `refresh` would change, and how it would go; every document is read, and nothing is written."""
    known = view.documents(source.name)
    # Asked for whole, and read also where nothing has changed.
    memory = {name: replace(state, validators=Validators(), settled=False) for name, state in known.items()}
    before = partial(view.believed, source.name)
    read = take_in(source, fetch, memory, before, _labelling(parse, view.labels()), now)
    changes = _reconcile(source, read, view, _rules(source, accepted=False), now)
    return changes, _outcome(source, read, changes, now)


def _publish(desk: Desk, transaction: Transaction, changes: Changes, outcome: Outcome) -> None:
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
    return lambda document, source: labels.recall(parse(document, source), known)


def _before(store: Store, source: str, document: str) -> bytes | None:
    with store.read() as view:
        return view.believed(source, document)


def _reconcile(source: Source, read: Intake, view: View, rules: Rules, now: dt.datetime) -> Changes:
    """What the readings mean for what the ledger knows."""
    if not read.readings:
        return Changes(source.name)
    days = {when.day for reading in read.readings for when in reading.whens if when}
    known = view.known(
        source.name,
        frozenset[str]().union(*map(reconcile.keys, read.readings)),
        since=now - MEMORY,
        documents=[reading.listing.document for reading in read.readings],
        noons={parsing.instant(When(day), rules.zone) for day in days},
    )
    beside = {*read.unchanged, *(fault.document for fault in read.faults)}
    return reconcile.reconcile(read.readings, known, rules, now=now, beside=beside)


def _rules(source: Source, *, accepted: bool) -> Rules:
    gate = source.gate
    limits = Limits(
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


def _remembered(
    source: Source, read: Intake, memory: Mapping[str, DocumentState], changes: Changes, now: dt.datetime
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


def _believed(read: Intake, changes: Changes) -> dict[str, bytes]:
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


def _confirmed(
    state: DocumentState, validators: Validators, now: dt.datetime, *, came: bool
) -> DocumentState:
    """The state of a document that is as it was. That its bytes came is noted when it was time for that."""
    read_at = now if came and not document_states.trusted(state, now) else state.read_at
    return replace(state, validators=validators, read_at=read_at)


def _gone(read: Intake, memory: Mapping[str, DocumentState]) -> frozenset[str]:
    """The documents that the source has no more; while something cannot be had, none counts as gone."""
    there = {document.name for document in read.documents} | read.unchanged
    return frozenset() if read.faults else frozenset(memory.keys() - there)


def _unread(read: Intake, held: Iterable[Held]) -> tuple[Held, ...]:
    """What is held of documents that could not be had this time: they wait as they did."""
    there = {reading.listing.document for reading in read.readings}
    return tuple(each for each in held if each.document not in there) if read.faults else ()


def _is_no_reading(outcome: Outcome) -> bool:
    """Whether there was nothing to be read but what someone is writing: how the source stood says more."""
    return outcome.reason == "unstable" and outcome.status is Status.UNCHANGED


def _outcome(
    source: Source, read: Intake, changes: Changes, now: dt.datetime, *, since: dt.datetime | None = None
) -> Outcome:
    """How it went; `since` is when the source was last read."""
    listings = [reading.listing for reading in read.readings]
    refused = [held for held in changes.held if held.whole]
    status, reason, message = Status.UNCHANGED, None, None
    if changes.entries:
        status = Status.CHANGED
    if changes.held:
        reason, message = changes.held[0].reason, "; ".join(held.message for held in changes.held)
    if refused:
        status = Status.HELD
        message = f"{message}; run `tidings accept {source.name}` if this is right"
    if read.faults:
        # A document that someone is writing just now is no failure, unless that takes no end.
        writing = since is None or now - since <= source.interval
        failed = [fault for fault in read.faults if fault.error.reason != "unstable" or not writing]
        status = Status.FAILED if failed else status
        reason = (failed or read.faults)[0].error.reason
        there = {document.name for document in read.documents} | read.unchanged
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
        wait=read.faults[0].error.retry_after if read.faults else read.fresh_for,
        problems=(*(problem for listing in listings for problem in listing.problems), *changes.problems),
    )


def _explained(fault: Fault, names: Mapping[str, str]) -> str:
    """Return what went wrong, and in which document where its address alone does not say."""
    name, shown, said = names.get(fault.document), redact(fault.document), str(fault.error)
    if name in (None, shown):
        return said
    begins = said.startswith((f"{shown}: ", f"{shown} "))
    return f"{name}{said.removeprefix(shown)}" if begins else f"{name}: {said}"
