"""Clock steps and every change of local time: no reading is missed, no id and no date changes."""

from __future__ import annotations

import contextlib
import datetime as dt
import random
import signal
import tempfile
import threading
import time
import zoneinfo
from collections.abc import Iterator
from pathlib import Path

import time_machine

from feeds.changes import PriorState
from feeds.config import Config
from feeds.dates import parsing
from feeds.errors import StoreError
from feeds.ledger.reconcile import reconcile
from feeds.ledger.state import Reading, Rules
from feeds.model import Item, Listing, Scope, Section, When
from feeds.store import Store
from service.config_reload import Settings
from service.refresher import scheduler
from tests.kit import stories
from tests.kit.clock import NOON
from tests.kit.site import Site, configure
from tests.torture.figure import Figure, Findings, Step

HOUR, DAY, YEAR = 3_600.0, 86_400.0, 365.25 * 86_400.0
STEPS = (-HOUR, 3 * DAY, 10 * YEAR, -3 * DAY, HOUR, -10 * YEAR, -5.0, 5.0)
INTERVAL = 60.0
ALLOWED = INTERVAL + 10
FIRST, LAST = dt.datetime(2000, 1, 1, tzinfo=dt.UTC), dt.datetime(2041, 1, 1, tzinfo=dt.UTC)
AROUND = dt.timedelta(hours=30)
ZONES_A_STEP = 3
PATIENCE, LATE = 60.0, 11.0


def run(zones: int, step: Step) -> Findings:
    """One case is one zone; the refresher's clock is set once for several zones."""
    findings = Findings({"zones": 0, "changes of local time": 0, "steps": 0, "longest wait s": 0.0})
    names = sorted(zoneinfo.available_timezones())
    chance = random.Random(10)
    chosen = names if zones >= len(names) else chance.sample(names, zones)
    with tempfile.TemporaryDirectory() as folder:
        step_clocks(Path(folder), max(len(STEPS), zones // ZONES_A_STEP), chance, findings)
        for name in chosen:
            cross_changes(zoneinfo.ZoneInfo(name), name, findings)
            findings.count("zones")
            step()
    for offset in (-HOUR, 3 * DAY, 10 * YEAR)[: max(1, zones // 100)]:
        run_scheduler(offset, findings)
    return findings


def step_clocks(folder: Path, steps: int, chance: random.Random, findings: Findings) -> None:
    """Set the wall clock while sources are read; each is still read in time, by the monotonic clock."""
    sources = [
        {"name": "file", "path": "/file.txt", "interval": "1m"},
        {"name": "site", "url": "http://site.example/", "interval": "1m"},
    ]
    with Site(configure(folder, *sources)) as site:
        site.says = dict.fromkeys(("file", "site"), stories.listing(20))
        last = dict.fromkeys(site.says, 0.0)
        entries: dict[str, tuple[str, object]] = {}
        for number in range(steps):
            site.clock.step(STEPS[number % len(STEPS)])
            if number % 3 == 0:
                site.restart()
            for _ in range(chance.randrange(1, 90)):
                for outcome in site.tick(1.0):
                    wait = site.clock.passed - last[outcome.source]
                    last[outcome.source] = site.clock.passed
                    _waited(outcome.source, wait, findings)
            for name, since in last.items():
                _waited(name, site.clock.passed - since, findings)
            entries = _same(site, entries, findings)
            findings.count("steps")


def _waited(source: str, seconds: float, findings: Findings) -> None:
    longest = float(str(findings.counts["longest wait s"]))
    findings.counts["longest wait s"] = max(longest, round(seconds, 1))
    findings.expect(seconds <= ALLOWED, f"{source} was not read for {seconds} s")


def _same(site: Site, before: dict[str, tuple[str, object]], findings: Findings) -> dict[str, tuple[str, object]]:
    with site.store.read() as view:
        shown = view.entries(Scope(), limit=1000)
    now = {entry.title: (entry.id, entry.published) for entry in shown}
    for title, said in before.items():
        findings.expect(now.get(title) == said, f"{title} was {said} and is {now.get(title)}")
    return now


def cross_changes(zone: zoneinfo.ZoneInfo, name: str, findings: Findings) -> None:
    """Read items dated to the minute before, at and after every change of local time."""
    rules = Rules(zone=zone)
    for change in changes(zone):
        findings.count("changes of local time")
        local = change.astimezone(zone).replace(tzinfo=None)
        walls = [local + dt.timedelta(minutes=minutes) for minutes in (-90, -61, -30, -1, 0, 1, 30, 61, 90)]
        items = tuple(Item(n, title=f"Notice {wall:%H.%M} of {n}") for n, wall in enumerate(walls))
        listing = Listing("notices", (Section(None, 1, items),))
        whens = tuple(When(wall.date(), wall.time()) for wall in walls)
        reading = Reading(listing, whens)
        first = reconcile([reading], PriorState("s"), rules, now=change + dt.timedelta(hours=12))
        for item, when in zip(items, whens, strict=True):
            _check_instant(when, zone, f"{name} {item.title}", findings)
        known = PriorState("s", {entry.id: entry for entry in first.entries}, first.appearances)
        for hours in (12, 13, 24, 5_000):
            again = reconcile([reading], known, rules, now=change + dt.timedelta(hours=hours))
            findings.expect(not again.entries, f"{name} at {change}: {again.entries[:1]} changed")


def _check_instant(when: When, zone: zoneinfo.ZoneInfo, what: str, findings: Findings) -> None:
    """Check an instant: a local time that exists is the first instant that has it; one that is skipped is later."""
    assert when.time is not None
    wall = dt.datetime.combine(when.day, when.time, dt.UTC)
    offsets = [_offset(wall + each, zone) for each in (-AROUND, AROUND)]
    shown_at = [wall - offset for offset in offsets if _offset(wall - offset, zone) == offset]
    expected = min(shown_at) if shown_at else wall - min(offsets)
    found = parsing.instant(when, zone)
    findings.expect(found == expected, f"{what}: {wall:%F %R} is {found} and not {expected}")


def _offset(moment: dt.datetime, zone: zoneinfo.ZoneInfo) -> dt.timedelta:
    return moment.astimezone(zone).utcoffset() or dt.timedelta(0)


def changes(zone: zoneinfo.ZoneInfo) -> Iterator[dt.datetime]:
    """Yield the instants at which the offset of the zone changes, found by bisection."""
    moment, step = FIRST, dt.timedelta(days=7)
    while moment < LAST:
        if _offset(moment, zone) != _offset(moment + step, zone):
            yield _edge(zone, moment, moment + step)
        moment += step


def _edge(zone: zoneinfo.ZoneInfo, low: dt.datetime, high: dt.datetime) -> dt.datetime:
    before = _offset(low, zone)
    while high - low > dt.timedelta(seconds=1):
        middle = (low + (high - low) / 2).replace(microsecond=0)
        low, high = (middle, high) if _offset(middle, zone) == before else (low, middle)
    return high


def run_scheduler(offset: float, findings: Findings) -> None:
    """Run the real scheduler in real time: set the clock of this process, and wait for the next reading."""
    findings.count("real steps")
    with tempfile.TemporaryDirectory() as name, time_machine.travel(NOON, tick=True) as traveller:
        folder = Path(name)
        source = {"name": "news", "path": str(folder / "news.txt"), "interval": "1s"}
        config = configure(folder, source)
        (folder / "news.txt").write_bytes(stories.listing(20))
        found: list[bool] = []

        def watch() -> None:
            found.append(_published(config, stories.title(20), PATIENCE))
            traveller.shift(offset)
            (folder / "news.txt").write_bytes(stories.listing(21))
            found.append(_published(config, stories.title(21), LATE))
            signal.raise_signal(signal.SIGTERM)

        watcher = threading.Thread(target=watch)
        watcher.start()
        scheduler.run(Settings(folder / "config.toml", config))
        watcher.join()
        findings.expect(found == [True, True], f"after a step of {offset} s no reading within {LATE} s: {found}")


def _published(config: Config, title: str, patience: float) -> bool:
    """Wait, by the monotonic clock, until an entry is published."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        time.sleep(0.1)
        with (
            contextlib.suppress(StoreError),
            contextlib.closing(Store(config.store, read_only=True)) as store,
            store.read() as view,
        ):
            if any(entry.title == title for entry in view.entries(Scope(), limit=50)):
                return True
    return False


FIGURE = Figure(
    "clocks",
    "clock steps and every DST change of every zone: read in time, no id or date changes",
    run,
    long=len(zoneinfo.available_timezones()),
    quick=6,
    apart=True,
)
