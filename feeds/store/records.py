"""Types of what the store keeps besides entries: feeds, versions, sources, documents, claims, announcements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from feeds.changes import Held
from feeds.model import FeedKind, Outcome, Status, Validators


@dataclass(frozen=True, slots=True)
class RegisteredFeed:
    """A slug, registered for ever. `moved` is the slug that it redirects to (301); `retired` means 410."""

    slug: str
    kind: FeedKind
    key: str
    title: str
    since: dt.datetime
    moved: str | None = None
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Delta:
    """The bytes for a reader that holds an older version of a document: only what is new since (RFC 3229).

    `target` is the etag of the version that the reader holds afterwards.
    """

    target: str
    body: bytes
    codings: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a document that readers may hold. `delta` leads from it to the newest, which has no delta.

    `etag` is the one of its Representation. `parts` are the digests of its entries and tombstones, concatenated:
    enough to know what it did not hold.
    """

    path: str
    etag: str
    parts: bytes
    delta: Delta | None = None


@dataclass(frozen=True, slots=True)
class DocumentState:
    """The state by which the next reading knows whether a document has changed.

    `repeats` counts the consecutive readings that gave these bytes. Unless `settled`, a change that they contain
    has yet to be confirmed, so even the same bytes have to be parsed again.
    """

    digest: str
    validators: Validators = field(default_factory=Validators)
    read_at: dt.datetime | None = None
    repeats: int = 1
    settled: bool = True


@dataclass(frozen=True, slots=True)
class SourceState:
    """The state of a source: when it is due, how its last refresh went, and who is refreshing it now.

    `failures` counts consecutive failed refreshes. `last_success` is the last refresh whose reading was accepted,
    `last_changed` the last that changed something. With `accepted`, the next reading skips the plausibility checks.
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
    """The right to refresh a source until another refresher claims it with a higher epoch."""

    source: str
    epoch: int


@dataclass(frozen=True, slots=True)
class Announcement:
    """A changed document that a hub has to be notified of; `topic` is its path.

    `created` is when it last changed, `failures` the number of consecutive failed notifications.
    """

    topic: str
    hub: str
    generation: int
    created: dt.datetime
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Incident:
    """A time in which a source failed or its readings were held. `ended` is None while it lasts.

    `updated` is when the kind of fault last changed, or when the incident ended.
    """

    source: str
    since: dt.datetime
    status: Status
    reason: str | None
    message: str | None
    updated: dt.datetime
    ended: dt.datetime | None = None
