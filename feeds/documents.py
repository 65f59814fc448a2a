"""What is remembered of each source's documents, without asking the store for all of it each time.

It is written only by who holds the source, and every claim of a source has the next epoch. So whoever had
the last one too has seen everything that was written since.
"""

from __future__ import annotations

from collections.abc import Mapping

from feeds.store import Claim, DocumentState, View


class Documents:
    """The states of documents, by source and name, as of the epoch in which they were last written."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[int, Mapping[str, DocumentState]]] = {}

    def recall(self, claim: Claim, view: View) -> Mapping[str, DocumentState]:
        """The documents of the source: from memory, unless someone else may have had it since."""
        epoch, states = self._kept.get(claim.source, (None, {}))
        return states if epoch == claim.epoch - 1 else view.documents(claim.source)

    def keep(
        self, claim: Claim, known: Mapping[str, DocumentState], new: Mapping[str, DocumentState]
    ) -> None:
        """Take note of what was committed under this claim, beside what was known."""
        self._kept[claim.source] = claim.epoch, {**known, **new} if new else known
