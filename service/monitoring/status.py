"""The state of the sources: one query for the status page, its JSON and the metrics."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from feeds.changes import Held
from feeds.config import Config, Source
from feeds.model import Outcome, Scope
from feeds.refresh.document_states import public_names
from feeds.store import View


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """The state of one configured source; `state` is a key of `STATES`."""

    name: str
    title: str
    state: str
    failures: int = 0
    outcome: Outcome | None = None
    held: tuple[Held, ...] = ()
    last_success: dt.datetime | None = None
    last_changed: dt.datetime | None = None
    next_due: dt.datetime | None = None


STATES: Mapping[str, str] = {
    "ok": "it was read as expected",
    "held": "some of what was read is held",
    "failing": "it could not be read; what was published stays",
    "waiting": "it has not been read yet",
}


@dataclass(frozen=True, slots=True)
class SiteStatus:
    """The state of the site: the most urgent state of its sources."""

    state: str
    generation: int
    feeds: int
    entries: int
    sources: tuple[SourceStatus, ...]


def read_status(view: View, config: Config) -> SiteStatus:
    """Return the state of every configured source."""
    known = view.sources()
    sources = []
    for source in config.sources:
        title, state = source.title or source.name, known.get(source.name)
        # A file that was always being written was never read.
        unread = state is None or state.outcome is None or not (state.last_success or state.failures)
        if state is None or (unread and not state.held):
            sources.append(SourceStatus(source.name, title, "waiting"))
            continue
        word = "failing" if state.failures else "held" if state.held else "ok"
        sources.append(
            SourceStatus(
                name=source.name,
                title=title,
                state=word,
                failures=state.failures,
                outcome=state.outcome,
                held=shown(source, state.held, view),
                last_success=state.last_success,
                last_changed=state.last_changed,
                next_due=state.next_due,
            )
        )
    worst = next(word for word in ("failing", "held", "waiting", "ok") if any(each.state == word for each in sources))
    live = [feed for feed in view.feeds() if not feed.moved and not feed.retired]
    return SiteStatus(worst, view.generation(), len(live), view.count(Scope()), tuple(sources))


def shown(source: Source, held: Sequence[Held], view: View) -> tuple[Held, ...]:
    """Return what is held, its documents by the names that may be shown."""
    if not held or not source.addresses:
        return tuple(held)
    names = public_names(source, {*view.documents(source.name), *(each.document for each in held)})
    return tuple(replace(each, document=names[each.document]) for each in held)


def as_json(status: SiteStatus) -> bytes:
    """Return the status as JSON: instants as RFC 3339, null for what never happened."""
    document = {
        "state": status.state,
        "generation": status.generation,
        "feeds": status.feeds,
        "entries": status.entries,
        "sources": [_source(source) for source in status.sources],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _source(source: SourceStatus) -> dict[str, object]:
    outcome = source.outcome
    return {
        "name": source.name,
        "title": source.title,
        "state": source.state,
        "failures": source.failures,
        "last_success": _instant(source.last_success),
        "last_changed": _instant(source.last_changed),
        "next_due": _instant(source.next_due),
        "held": [{"document": each.document, "reason": each.reason, "message": each.message} for each in source.held],
        "outcome": outcome
        and {
            "at": _instant(outcome.at),
            "status": outcome.status,
            "reason": outcome.reason,
            "message": outcome.message,
            "documents": outcome.documents,
            "items": outcome.items,
            "added": outcome.added,
            "edited": outcome.edited,
            "retracted": outcome.retracted,
            "unchanged": outcome.unchanged,
            "problems": [{"line": each.line, "message": each.message} for each in outcome.problems],
        },
    }


def _instant(moment: dt.datetime | None) -> str | None:
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return a count with its noun: `1 entry`, `2 entries`."""
    return f"{number} {one if number == 1 else many or one + 's'}"
