"""Run by test_architecture in its own process, because an audit hook cannot be removed.

Watch what the process does, first while a site is published and then while everything on it is requested in many
ways; print both as JSON. The first proves that the watch sees something.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from types import FrameType

from werkzeug.test import Client

from feeds.model import Scope
from feeds.store import Store
from service.web.app import wsgi
from tests.kit.whole_site import configuration, published

OUTSIDE = ("os.", "shutil.", "socket.", "subprocess.")
LOOKING = ("os.listdir", "os.scandir", "os.walk")
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
# Code that fetches, parses, decides or renders, ours and of libraries: no request may call it.
MAKING = (
    "/feedgen/", "/lxml/", "/feeds/parsers/", "/feeds/dates/", "/feeds/fetch/", "/feeds/ledger/",
    "/feeds/linkage/", "/feeds/plausibility/", "/feeds/refresh/", "/feeds/publish/publisher",
    "/feeds/publish/formats/atom", "/feeds/publish/formats/rss", "/feeds/publish/formats/jsonfeed",
    "/feeds/publish/formats/feedgen_extension", "/feeds/store/transaction",
)  # fmt: skip
ALWAYS = (
    "/", "/status", "/status.json", "/metrics", "/livez", "/readyz", "/favicon.ico", "/static/tidings.css",
    "/feeds/nothing.atom", "/feeds/ALL.rss", "/feeds/all/archive/99.atom", "/entries/none", "/elsewhere",
)  # fmt: skip
CONDITIONS = ({}, {"If-None-Match": "*"}, {"If-None-Match": '"x"'}, {"If-Modified-Since": "tomorrow"})

databases: set[str] = set()
touched: set[str] = set()
called: set[str] = set()


def audit(event: str, arguments: tuple[object, ...]) -> None:
    if event == "sqlite3.connect":
        databases.add(str(arguments[0]))
    elif event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING:
        touched.add(f"open {arguments[0]}")
    elif event.startswith(OUTSIDE) and event not in LOOKING:
        touched.add(f"{event} {arguments}")


def profile(frame: FrameType, event: str, _: object) -> None:
    code = frame.f_code
    if event == "call" and any(part in code.co_filename for part in MAKING):
        called.add(f"{code.co_filename}: {code.co_qualname}")


def seen() -> dict[str, list[str]]:
    """Return what was seen since the last call."""
    sets = {"databases": databases, "touched": touched, "called": called}
    found = {name: sorted(several) for name, several in sets.items()}
    for several in sets.values():
        several.clear()
    return found


def addresses(store: Store) -> Iterator[str]:
    with store.read() as view:
        yield from (
            f"/{path}" for path in view.paths() if path.startswith(("feeds/all.", "feeds/all/archive/1", "feeds."))
        )
        yield from (f"/feeds/{feed.slug}" for feed in view.feeds()[:3])
        yield from (f"/entries/{entry.uuid}" for entry in view.entries(Scope(), limit=3))
    yield from ALWAYS


def ask(store: Store, client: Client) -> list[str]:
    """Request each address in each way, and return the statuses."""
    sys.setprofile(profile)
    ways = product(sorted(addresses(store)), ("GET", "HEAD"), ("identity", "gzip, br"), CONDITIONS)
    statuses = [
        client.open(address, method=method, headers={"Accept-Encoding": coding, **condition}).status
        for address, method, coding, condition in ways
    ]
    sys.setprofile(None)
    return statuses


def files(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.blake2b(path.read_bytes()).hexdigest() for path in folder.iterdir()}


if __name__ == "__main__":
    sys.addaudithook(audit)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        site = configuration(folder)
        sys.setprofile(profile)
        published(site).close()
        sys.setprofile(None)
        result: dict[str, object] = {"publishing": seen()}
        store = Store(site.store, read_only=True)
        client = Client(wsgi(store, site))
        before = files(folder / "data")
        statuses = ask(store, client)
        result |= {"serving": seen(), "answers": len(statuses), "statuses": sorted(set(statuses))}
        result["store_changed"] = files(folder / "data") != before
        store.close()
    json.dump(result, sys.stdout)
