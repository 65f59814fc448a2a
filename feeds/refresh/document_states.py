"""A cache of the states of each source's documents, so that not every refresh reads them from the store.

Only the holder of a source's claim writes them, and each claim has the next epoch. So a process that also had
the claim before has seen every write since.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from feeds.config import Source
from feeds.model import Validators
from feeds.redaction import redact
from feeds.store import Claim, DocumentState, View

TRUST = dt.timedelta(days=1)
"""How long an origin's "not modified" is accepted without seeing the bytes."""


def validators(source: Source, states: Mapping[str, DocumentState], now: dt.datetime) -> dict[str, Validators]:
    """Return the validators to send for each known document; empty ones make the origin send it whole."""
    return {
        name: state.validators if not source.addresses or trusted(state, now) else Validators()
        for name, state in states.items()
    }


def trusted(state: DocumentState, now: dt.datetime) -> bool:
    """Whether the bytes were received within `TRUST`; a time in the future does not count."""
    return state.read_at is not None and dt.timedelta() <= now - state.read_at < TRUST


def public_names(source: Source, documents: Iterable[str]) -> dict[str, str]:
    """Return the names under which documents of a source are shown: addresses without secrets.

    Pages whose redacted addresses are equal get the source's name and an ordinal: those of the configuration
    first, in its order, then the others by length and spelling, so that page 2 comes before page 10.
    """
    alike: dict[str, list[str]] = defaultdict(list)
    ordered = sorted(documents, key=lambda name: (len(name), name))
    for name in dict.fromkeys((*source.addresses, *ordered)):
        alike[redact(name)].append(name)
    return {
        name: shown if len(names) == 1 else f"{shown} ({source.name} {ordinal})"
        for shown, names in alike.items()
        for ordinal, name in enumerate(names, start=1)
    }


class Documents:
    """The states of documents, by source and name, as of the epoch in which they were last written."""

    def __init__(self) -> None:
        self._states: dict[str, tuple[int, Mapping[str, DocumentState]]] = {}

    def get(self, claim: Claim, view: View) -> Mapping[str, DocumentState]:
        """Return the states of the source: from memory, unless another holder may have written since."""
        epoch, states = self._states.get(claim.source, (None, {}))
        return states if epoch == claim.epoch - 1 else view.documents(claim.source)

    def put(
        self,
        claim: Claim,
        known: Mapping[str, DocumentState],
        new: Mapping[str, DocumentState],
        gone: Collection[str] = (),
    ) -> None:
        """Remember the states committed under this claim, and the known ones that are not gone."""
        if new or gone:
            known = {name: state for name, state in (*known.items(), *new.items()) if name not in gone}
        self._states[claim.source] = claim.epoch, known
