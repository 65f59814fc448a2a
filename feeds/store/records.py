"""What the store keeps beside the ledger: feeds, versions, sources, documents, claims, announcements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from feeds.changes import Held
from feeds.model import FeedKind, Outcome, Status, Validators


@dataclass(frozen=True, slots=True)
class RegisteredFeed:
    """A slug given out for ever. `moved` names the slug that it answers 301 to; `retired` means 410."""

    slug: str
    kind: FeedKind
    key: str
    title: str
    since: dt.datetime
    moved: str | None = None
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Delta:
    """What is new in a document since an older version of it, finished as a Representation is (RFC 3229).

    `target` is the etag of the version that it leads to.
    """

    target: str
    body: bytes
    codings: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a document that readers may hold; `delta` leads from it to the newest, which has none.

    `etag` is that of its Representation. `parts` are the digests of its entries and tombstones, one after
    the other: enough to tell what it did not hold.
    """

    path: str
    etag: str
    parts: bytes
    delta: Delta | None = None


@dataclass(frozen=True, slots=True)
class DocumentState:
    """What is remembered of a document to tell whether it changed.

    `repeats` counts the readings in a row that gave these bytes. Unless `settled`, something that they said
    waits to be seen again, and even the same bytes have to be read.
    """

    digest: str
    validators: Validators = field(default_factory=Validators)
    read_at: dt.datetime | None = None
    repeats: int = 1
    settled: bool = True


@dataclass(frozen=True, slots=True)
class SourceState:
    """How a source stands: when it is due, how its last refresh went, and who is refreshing it now.

    `failures` counts the failed refreshes in a row. `last_success` is the last one whose reading was
    believed, `last_changed` the last that changed something. `accepted` lets the next reading pass the gate.
    """

    name: str
    next_due: dt.datetime
    failures: int = 0
    outcome: Outcome | None = None
    held: tuple[Held, ...] = ()
    last_changed: dt.datetime | None = None
    last_success: dt.datetime | None = None
    epoch: int = 0
    owner: str | None = None
    leased_until: dt.datetime | None = None
    accepted: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to refresh a source until someone with a higher epoch has taken over."""

    source: str
    epoch: int


@dataclass(frozen=True, slots=True)
class Announcement:
    """A document whose change a hub is to be told of: `topic` is its path.

    `created` is when it last changed, `failures` how often in a row the hub did not take the news.
    """

    topic: str
    hub: str
    generation: int
    created: dt.datetime
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Incident:
    """A time in which a source could not be read, or was not believed: `ended` is None while it lasts.

    `updated` is when it last became another fault than before, or ended.
    """

    source: str
    since: dt.datetime
    status: Status
    reason: str | None
    message: str | None
    updated: dt.datetime
    ended: dt.datetime | None = None
