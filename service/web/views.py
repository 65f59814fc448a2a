"""Routes: each view returns a resource, a prepared response, or None for 404."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from flask import request

from feeds.config import Config
from feeds.publish import status_feed
from feeds.publish.formats import opml
from feeds.store.engine import parse_url, sqlite_path
from service.heartbeat import Heartbeat
from service.monitoring import metrics
from service.monitoring.status import read_status
from service.web.conditional import PreparedResponse, Resource, uncached
from service.web.pages import Pages
from service.web.snapshot import SnapshotCache


@dataclass(frozen=True, slots=True)
class Process:
    """What a process knows of itself: whether its configuration is what the file says, and its refresher."""

    config_ok: bool = True
    heartbeat: Heartbeat | None = None


class Views:
    """One method an address."""

    def __init__(self, snapshots: SnapshotCache, config: Config, process: Process) -> None:
        self._process = process
        self._store = sqlite_path(parse_url(config.store))
        self.snapshots = snapshots
        self.pages = Pages(snapshots, config)
        self._config = config

    def index(self) -> Resource:
        return self.pages.index()

    def document(self) -> Resource | None:
        return self.snapshots.current().documents.get(request.path)

    def feed(self, name: str) -> Resource | None:
        return self.document() or self.pages.feed(name)

    def archive(self, slug: str, name: str) -> Resource | None:
        return self.snapshots.archived(request.path)

    def entry(self, id: UUID) -> Resource | PreparedResponse | None:
        return self.pages.entry(id.urn)

    def asset(self, name: str) -> Resource | None:
        return self.pages.assets.get(name)

    def icon(self) -> Resource:
        return self.pages.assets["tidings.svg"]

    def status(self) -> Resource:
        return self.pages.status()

    def status_json(self) -> Resource:
        return self.pages.status_json()

    def incidents(self) -> Resource | None:
        return self.document()

    def livez(self) -> PreparedResponse:
        """Alive is who answers, unless the refresher beside it is known to hang. No source has a say."""
        if self._process.heartbeat is not None and self._process.heartbeat.expired:
            return uncached(b"the refresher hangs\n", "text/plain", status=HTTPStatus.SERVICE_UNAVAILABLE)
        return uncached(b"ok\n", "text/plain")

    def readyz(self) -> PreparedResponse:
        """Ready is who can read the store and has something to serve."""
        snapshot = self.snapshots.poll()
        readable = self.snapshots.readable
        ready = readable and bool(snapshot.feeds)
        detail = {
            "ready": ready,
            "store": "readable" if readable else "unreadable",
            "writable": self._writable(),
            "generation": snapshot.generation,
            "documents": len(snapshot.documents),
        }
        code = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
        return uncached(json.dumps(detail).encode() + b"\n", "application/json", status=code)

    def _writable(self) -> bool | None:
        """Whether this user could write the store; None where it is a server's own affair."""
        path = self._store
        return None if path is None else os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)

    def metrics(self) -> PreparedResponse:
        with self.snapshots.store.read() as view:
            reading = read_status(view, self._config)
        return uncached(metrics.exposition(reading, config_ok=self._process.config_ok), metrics.CONTENT_TYPE)


ROUTES: Mapping[str, Callable[..., Resource | PreparedResponse | None]] = {
    "/": Views.index,
    f"/{opml.PATH}": Views.document,
    "/feeds/<name>": Views.feed,
    "/feeds/<slug>/archive/<name>": Views.archive,
    "/entries/<uuid:id>": Views.entry,
    "/static/<name>": Views.asset,
    "/favicon.ico": Views.icon,
    "/status": Views.status,
    "/status.json": Views.status_json,
    f"/{status_feed.PATH}": Views.incidents,
    "/livez": Views.livez,
    "/readyz": Views.readyz,
    "/metrics": Views.metrics,
}
# The addresses that always have something: those without a name in them.
FIXED = frozenset(route for route in ROUTES if "<" not in route)
