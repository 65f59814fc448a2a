"""What is remembered of each source's documents, without asking the store for all of it each time.

It is written only by who holds the source, and every claim of a source has the next epoch. So whoever had
the last one too has seen everything that was written since.
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
"""How long an origin is believed that says, without a byte to show for it, that a document is as it was."""


def validators(source: Source, states: Mapping[str, DocumentState], now: dt.datetime) -> dict[str, Validators]:
    """What to ask for each known document with; nothing where an origin has to send it whole again."""
    return {
        name: state.validators if not source.addresses or trusted(state, now) else Validators()
        for name, state in states.items()
    }


def trusted(state: DocumentState, now: dt.datetime) -> bool:
    """Whether its bytes came lately enough to believe that they are the same; the future is not lately."""
    return state.read_at is not None and dt.timedelta() <= now - state.read_at < TRUST


def public_names(source: Source, documents: Iterable[str]) -> dict[str, str]:
    """Return what documents of a source are called where they are shown: addresses without secrets.

    Pages that then have one address are told apart by the source's name and an ordinal: those of the
    configuration first, in its order, then the others by length and spelling, so that page 2 is before 10.
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
        self._kept: dict[str, tuple[int, Mapping[str, DocumentState]]] = {}

    def recall(self, claim: Claim, view: View) -> Mapping[str, DocumentState]:
        """The documents of the source: from memory, unless someone else may have had it since."""
        epoch, states = self._kept.get(claim.source, (None, {}))
        return states if epoch == claim.epoch - 1 else view.documents(claim.source)

    def keep(
        self,
        claim: Claim,
        known: Mapping[str, DocumentState],
        new: Mapping[str, DocumentState],
        gone: Collection[str] = (),
    ) -> None:
        """Take note of what was committed under this claim, beside what was known and is not gone."""
        if new or gone:
            known = {name: state for name, state in (*known.items(), *new.items()) if name not in gone}
        self._kept[claim.source] = claim.epoch, known
