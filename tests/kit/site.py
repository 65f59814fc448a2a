"""A whole site in one process: its store, its refresher with a manual clock, and its web application."""

from __future__ import annotations

import datetime as dt
import functools
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from werkzeug.test import Client

from feeds.config import Config, Source
from feeds.errors import SourceError
from feeds.fetch.source import Fetched
from feeds.model import Document, Outcome, Validators
from feeds.publish.publisher import publish
from feeds.refresh.pipeline import RefreshContext, refresh
from feeds.store import Store, migrate
from service.refresher.backoff import next_due
from service.refresher.refresher import Refresher
from service.web.app import wsgi
from tests.kit.clock import ManualClock

if TYPE_CHECKING:
    from feeds.refresh.reading import Fetch
    from feeds.store import Claim

BASE = "https://news.example"
Saying = bytes | Document | SourceError


def configure(folder: Path, *sources: Mapping[str, object], **settings: object) -> Config:
    given = {"title": "Harbour", "base_url": BASE, "store": f"sqlite:///{folder}/tidings.db"}
    if not sources:
        sources = ({"name": "news", "path": "/news.txt", "interval": "1m"},)
    return Config.model_validate(given | settings | {"sources": sources})


@functools.cache
def _migrated() -> bytes:
    """Return the bytes of an empty store. They are always the same, and slow to make."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tidings.db"
        migrate(f"sqlite:///{path}")
        return path.read_bytes()


class Site:
    """A site whose sources give what `says` has under their names: bytes, a document, or a fault.

    An open site is a refresher and a web worker in one process.
    """

    def __init__(self, config: Config, clock: ManualClock | None = None, *, fetch: Fetch | None = None) -> None:
        self.config = config
        self.clock = clock or ManualClock()
        self.says: dict[str, Saying] = {}
        self.outcomes: list[Outcome] = []
        self.defects: list[Exception] = []
        self._fetch = fetch or self._tell

    def __enter__(self) -> Site:
        path = Path(self.config.store.removeprefix("sqlite:///"))
        if not path.exists():
            path.write_bytes(_migrated())
        migrate(self.config.store)
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def open(self) -> None:
        """Start as after a kill; like every process, first publish what it would render differently."""
        self.store = Store(self.config.store)
        self.context = RefreshContext(self.store, self.config, next_due)
        self.refresher = Refresher(
            self.config, self.store, read=self._read, fetch=self._fetch, clock=self.clock.as_clock()
        )
        self.refresher.start()
        with self.store.write() as transaction:
            if transaction.paths():
                now = self.clock.at.replace(microsecond=0)
                transaction.publish(publish(transaction, self.config, None, now=now))
        self.serving = Store(self.config.store, read_only=True)
        self.client = Client(wsgi(self.serving, self.config))

    def close(self) -> None:
        self.refresher.close()
        self.serving.close()
        self.store.close()

    def restart(self) -> None:
        self.close()
        self.open()

    def tick(self, seconds: float = 60.0) -> list[Outcome]:
        """Advance the clock, read what is then due, and return the outcomes."""
        self.clock.move(seconds)
        before = len(self.outcomes)
        self.refresher.tick()
        return self.outcomes[before:]

    def get(self, path: str, **fields: str) -> tuple[int, str | None, bytes]:
        """Return status, entity tag and body of the response."""
        got = self.client.get(path, headers={name.replace("_", "-"): value for name, value in fields.items()})
        return got.status_code, got.headers.get("ETag"), got.data

    def tags(self, under: str = "feeds/") -> dict[str, str]:
        """Return the entity tag of every published document below a path."""
        with self.store.read() as view:
            found = [each for _, each in view.representations()]
        return {each.path: each.etag for each in found if each.path.startswith(under)}

    def _tell(self, source: Source, remembered: Mapping[str, Validators], now: dt.datetime) -> Fetched:
        said = self.says[source.name]
        if isinstance(said, SourceError):
            raise said
        name = source.url or source.name
        return Fetched((said if isinstance(said, Document) else Document(name, said),))

    def _read(self, source: Source, claim: Claim, fetch: Fetch, now: dt.datetime) -> Outcome:
        try:
            outcome = refresh(source, self.context, claim, fetch=fetch, now=now)
        except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, RecursionError) as error:
            # The refresher catches it, and a test must not wait for an outcome that never comes.
            self.defects.append(error)
            raise
        self.outcomes.append(outcome)
        return outcome
