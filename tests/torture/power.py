"""A power cut at any write or sync of a refresh: everything announced is there, complete."""

from __future__ import annotations

import contextlib
import random
import sqlite3
import tempfile
from pathlib import Path

from feeds.errors import StoreError
from feeds.store import Store
from tests.kit import stories
from tests.kit.power import Disk, Recorder
from tests.kit.site import Site, configure
from tests.torture import kills
from tests.torture.figure import Figure, Findings, Step

REFRESHES = 12
EMPTIED_EVERY = 4
FILES = ("tidings.db", "tidings.db-wal")
Announced = tuple[int, object]


def run(cuts: int, step: Step) -> Findings:
    """Refresh a few times, and cut the power at `cuts` of the recorded disk operations."""
    findings = Findings({"refreshes": 0, "steps": 0, "cuts": 0, "torn": 0})
    chance = random.Random(52)
    recorder = Recorder()
    recorder.install()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "site").mkdir()
        disk, announced = record(folder / "site", recorder, findings)
        steps = list(recorder.steps)
        places = sorted(chance.sample(range(len(steps)), min(cuts, len(steps))))
        done = 0
        for number, place in enumerate(places):
            for each in steps[done : place + 1]:
                disk.do(each)
            done = place + 1
            left = disk.cut(chance)
            lost = any(left.get(each, b"") != full for each, full in disk.whole().items())
            findings.count("torn", int(lost))
            judge(folder / str(number), left, announced, place, findings)
            findings.count("cuts")
            step()
    return findings


def record(folder: Path, recorder: Recorder, findings: Findings) -> tuple[Disk, list[tuple[int, Announced]]]:
    """Return the disk at the start, and the states with the number of the operation after which each was announced."""
    with Site(configure(folder, entries=10, archive_size=10)) as site:
        site.says["news"] = stories.listing(stories.WINDOW)
        site.tick()
        site.store.checkpoint()
        disk = Disk({each: (folder / each).read_bytes() for each in FILES})
        recorder.steps.clear()
        announced = [(-1, state(site.store))]
        for number in range(1, REFRESHES + 1):
            site.says["news"] = stories.listing(stories.WINDOW + number, edition=number // 3)
            [outcome] = site.tick()
            assert outcome.reason is None, outcome
            announced.append((len(recorder.steps) - 1, state(site.store)))
            findings.count("refreshes")
            if number % EMPTIED_EVERY == 0:
                site.store.checkpoint()
        findings.counts["steps"] = len(recorder.steps)
        # Closing the site writes too, which is not part of the record.
        del recorder.steps[int(str(findings.counts["steps"])) :]
        ended = list(recorder.steps)
    recorder.steps[:] = ended
    return disk, announced


def state(store: Store) -> Announced:
    with store.read() as view:
        found = kills.announcement(view)
    return int(str(found["generation"])), found["published"]


def judge(
    folder: Path,
    left: dict[str, bytes],
    announced: list[tuple[int, Announced]],
    place: int,
    findings: Findings,
) -> None:
    folder.mkdir()
    for name, body in left.items():
        if name in FILES:
            (folder / name).write_bytes(body)
    newest = max(number for number, (step, _) in enumerate(announced) if step <= place)
    allowed = [state for _, state in announced[newest : newest + 2]]
    what = f"after step {place}"
    try:
        with contextlib.closing(Store(f"sqlite:///{folder}/tidings.db")) as store:
            found = state(store)
        with contextlib.closing(sqlite3.connect(folder / "tidings.db")) as connection:
            result = connection.execute("PRAGMA integrity_check").fetchone()[0]
    except (StoreError, sqlite3.Error) as error:
        findings.broken.append(f"{what}: {error}")
        return
    findings.expect(result == "ok", f"{what}: {result}")
    findings.expect(found in allowed, f"{what}: {found[0]} is not one of {[state[0] for state in allowed]}")


FIGURE = Figure(
    "power",
    "the power fails at any write of a refresh, and unsynced writes are torn: nothing announced is lost",
    run,
    long=1_000,
    quick=25,
    apart=True,
)
