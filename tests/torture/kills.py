"""SIGKILL at any instant of a refresh: everything announced is there, complete, with the same ids."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import random
import sqlite3
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import brotli

from feeds.config import Config
from feeds.model import Representation, Scope
from feeds.store import Store, View
from tests.kit import stories
from tests.kit.clock import NOON, ManualClock
from tests.kit.killing import Killed, kill
from tests.kit.site import Site, configure
from tests.torture.figure import Figure, Findings, Step

LONGEST = 0.6
PAUSE = 0.005  # so that some are killed while they wait for the disk; seconds
CHECK_EVERY = 25
ATOM = "{http://www.w3.org/2005/Atom}"
A_STORE = 125
"""Kills for each store: every start reads the whole store, so it must not grow without bounds."""


def run(kills: int, step: Step) -> Findings:
    findings = Findings({"kills": 0, "announced": 0, "generations": 0, "entries": 0})
    chance = random.Random(9)
    for first in range(0, kills, A_STORE):
        with tempfile.TemporaryDirectory() as folder:
            config = configure(Path(folder), entries=10, archive_size=10)
            kill_repeatedly(config, min(A_STORE, kills - first), chance, findings, step)
    announced = int(str(findings.counts["announced"]))
    findings.expect(announced >= kills // 4, "too little was announced")
    return findings


def kill_repeatedly(config: Config, kills: int, chance: random.Random, findings: Findings, step: Step) -> None:
    """Kill one refresher after the other on one store, which each finds as the last one left it."""
    with Site(config, ManualClock()) as site:
        site.says["news"] = stories.listing(stories.WINDOW)
        site.tick()
    truth = Truth(findings)
    for number in range(kills):
        newest = truth.newest + 1
        killed = kill(
            lambda say, first=newest: work(config, first, say),
            chance.uniform(0, LONGEST),
            chance.choice((0.0, chance.uniform(0, PAUSE))),
        )
        truth.hear(killed)
        truth.check(config)
        if number % CHECK_EVERY == 0 or number == kills - 1:
            truth.check_file(config.store.removeprefix("sqlite:///"))
        findings.count("kills")
        step()
    findings.count("generations", truth.generation)
    findings.count("entries", len(truth.ids))


def work(config: Config, newest: int, say: Callable[[str], None]) -> None:
    """Publish one story after the other, edit some, and report each publication with `say`."""
    # Each process starts at a later time than the one before it.
    site = Site(config, ManualClock(NOON))
    site.clock.move(newest * 300.0)
    with site:
        say("{}")
        while True:
            site.says["news"] = stories.listing(newest, edition=newest // 3)
            [outcome] = site.tick()
            with site.store.read() as view:
                say(json.dumps({"newest": newest, "ids": _ids(view, 3)} | announcement(view)))
            assert outcome.reason is None, outcome
            newest += 1


def _ids(view: View, limit: int) -> dict[str, str]:
    return {entry.title: entry.id for entry in view.entries(Scope(), limit=limit)}


def announcement(view: View) -> dict[str, object]:
    published = sorted((each.path, each.etag) for _, each in view.representations())
    digest = hashlib.sha256(repr(published).encode()).hexdigest()
    return {"generation": view.generation(), "published": digest}


@dataclass
class Truth:
    """Everything that was announced, which has to stay true."""

    findings: Findings
    ids: dict[str, str] = field(default_factory=dict)
    newest: int = stories.WINDOW
    generation: int = 0
    published: object = None

    def hear(self, killed: Killed) -> None:
        if killed.ended is not None:
            self.findings.broken.append(f"it ended by itself: {killed.ended}")
            return
        for line in killed.said[1:]:
            told = json.loads(line)
            self.findings.count("announced")
            self.generation, self.published = told["generation"], told["published"]
            self.newest = told["newest"]
            for title, id in told["ids"].items():
                self._identify(title, id)

    def check(self, config: Config) -> None:
        with contextlib.closing(Store(config.store, read_only=True)) as store, store.read() as view:
            ids = _ids(view, 1 << 20)
            found = announcement(view)
            documents = {each.path: each for _, each in view.representations(after=self.generation - 20)}
            slugs = [feed.slug for feed in view.feeds()]
        generation = int(str(found["generation"]))
        self.findings.expect(generation >= self.generation, f"generation {self.generation} was announced")
        if generation == self.generation:
            self.findings.expect(found["published"] == self.published, f"{generation} is not as announced")
        for title in self.ids.keys() - ids.keys():
            self.findings.broken.append(f"generation {generation}: {title} was announced, and is lost")
        for title, id in ids.items():
            self._identify(title, id)
        # After a kill between commit and announcement, the store has more than was announced.
        newest = [number for number in (self.newest + 1, self.newest) if stories.title(number) in ids]
        self.newest = newest[0] if newest else self.newest
        self.findings.broken += mixed(documents, slugs, ids.values())

    def check_file(self, path: str) -> None:
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            result = connection.execute("PRAGMA integrity_check").fetchone()[0]
            orphans = connection.execute("PRAGMA foreign_key_check").fetchall()
        self.findings.expect((result, orphans) == ("ok", []), f"the database: {result} {orphans[:3]}")

    def _identify(self, title: str, id: str) -> None:
        known = self.ids.setdefault(title, id)
        self.findings.expect(known == id, f"{title} was {known} and is {id}")


def mixed(documents: dict[str, Representation], slugs: Iterable[str], ids: Iterable[str]) -> list[str]:
    """Return the faults of published documents: formats of a feed with different entries, codings of other bytes."""
    broken = []
    known = set(ids)
    for path, each in documents.items():
        digest = hashlib.blake2b(each.body, digest_size=16).hexdigest()
        decoders = {"gzip": gzip.decompress, "br": brotli.decompress}
        bodies = [decoders[coding](coded) for coding, coded in each.codings.items()]
        if digest != each.etag or any(body != each.body for body in bodies):
            broken.append(f"{path}: its tag or a coding is of other bytes")
    for slug in slugs:
        told = [
            reader(documents[f"feeds/{slug}.{name}"].body)
            for name, reader in _READERS.items()
            if f"feeds/{slug}.{name}" in documents
        ]
        if any(other != told[0] for other in told) or not known.issuperset(*told[:1]):
            broken.append(f"{slug}: its formats have different entries")
    return broken


def _atom(body: bytes) -> list[str]:
    return [entry.findtext(f"{ATOM}id", "") for entry in ET.fromstring(body).iterfind(f"{ATOM}entry")]


def _rss(body: bytes) -> list[str]:
    return [item.findtext("guid", "") for item in ET.fromstring(body).iter("item")]


def _json(body: bytes) -> list[str]:
    return [item["id"] for item in json.loads(body)["items"]]


_READERS = {"atom": _atom, "rss": _rss, "json": _json}


FIGURE = Figure(
    "kills",
    "kill -9 during refresh: nothing announced is lost or mixed, no id changes, the database is intact",
    run,
    long=1_000,
    quick=10,
    apart=True,
)
