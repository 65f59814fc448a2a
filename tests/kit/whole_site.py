"""Print digests of what Tidings publishes of `sources/`; test_architecture runs it in several environments.

`TRAVEL_TO` sets the clock of the process. The `now` of the readings is an argument, and always the same.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import sys
import tempfile
from functools import partial
from pathlib import Path

import time_machine

from feeds import config
from feeds.config import Config
from feeds.fetch.source import fetch
from feeds.refresh.pipeline import RefreshContext, refresh
from feeds.store import Store, migrate
from tests.kit.paths import ROOT

NOW = dt.datetime(2026, 11, 6, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def configuration(folder: Path) -> Config:
    """Return a configuration with `sources/` and so few entries a feed that there are archive pages."""
    file = folder / "config.toml"
    file.write_text(
        f'title = "Estuary"\nbase_url = "https://news.example"\nentries = 10\narchive_size = 5\n'
        f'[[sources]]\nname = "newsroom"\npath = "{ROOT / "sources"}/*.txt"\ntimezone = "Pacific/Auckland"\n',
        encoding="utf-8",
    )
    return config.load(file)


def published(site: Config) -> Store:
    """Return a store with everything that one reading publishes."""
    migrate(site.store)
    store = Store(site.store)
    context = RefreshContext(store, site, lambda source, outcome, failures: outcome.at + DAY)
    with store.write() as transaction:
        transaction.ensure_sources(["newsroom"], NOW)
        [claim] = transaction.claim(NOW, owner="test", lease=DAY, limit=1)
    refresh(site.sources[0], context, claim, fetch=partial(fetch, options=None), now=NOW)
    return store


def digests(store: Store) -> dict[str, str]:
    """Return a digest of everything that a request can see of each document."""
    with store.read() as view:
        documents = [document for _, document in view.representations()]
    return {each.path: hashlib.blake2b(repr(each).encode(), digest_size=8).hexdigest() for each in documents}


if __name__ == "__main__":
    with (
        tempfile.TemporaryDirectory() as folder,
        time_machine.travel(dt.datetime.fromisoformat(os.environ["TRAVEL_TO"]), tick=True),
    ):
        store = published(configuration(Path(folder)))
        json.dump(digests(store), sys.stdout)
        store.close()
