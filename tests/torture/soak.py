"""Many refreshes and requests for unknown paths: memory, descriptors and metric series do not grow."""

from __future__ import annotations

import os
import random
import tempfile
from pathlib import Path
from urllib.parse import quote

from tests.kit import stories
from tests.kit.hostile import text
from tests.kit.measuring import descriptors, resident
from tests.kit.site import Site, configure
from tests.torture.figure import Figure, Findings, Step

GROWTH = 8 << 20
LOG = 24 << 20
CYCLE = 20
CHANGED_EVERY = 4


def run(rounds: int, step: Step) -> Findings:
    """A round is a refresh and a request; usage is measured after a quarter of the rounds, and at the end."""
    findings = Findings({"refreshes": 0, "changed": 0, "paths": 0})
    chance = random.Random(20)
    with tempfile.TemporaryDirectory() as folder, Site(configure(Path(folder))) as site:
        site.says["news"] = stories.listing(CYCLE)
        site.tick()
        early: dict[str, int] = {}
        for number in range(rounds):
            if number % CHANGED_EVERY == 0:
                edition = number // CHANGED_EVERY
                site.says["news"] = stories.listing(CYCLE + edition // 50, edition=edition)
            # More than a week between edits, or the entry would be held as flapping.
            [outcome] = site.tick(8 * 86_400.0 if number % CHANGED_EVERY == 0 else 60.0)
            findings.count("refreshes")
            findings.count("changed", int(bool(outcome.added or outcome.edited)))
            site.outcomes.clear()
            _ask(site, chance, findings)
            if number == rounds // 4:
                early = held(site, Path(folder))
            step()
        late = held(site, Path(folder))
    for name, bound in (("memory", GROWTH), ("descriptors", 0), ("series", 0)):
        findings.counts[f"{name} grew by"] = late[name] - early[name]
        findings.expect(late[name] - early[name] <= bound, f"{name}: {early[name]}, then {late[name]}")
    findings.counts["log KiB"] = late["log"] >> 10
    findings.expect(late["log"] <= LOG, f"the write-ahead log has {late['log']} bytes")
    return findings


def _ask(site: Site, chance: random.Random, findings: Findings) -> None:
    prefix = chance.choice(("/", "/feeds/", "/entries/", "/feeds/all/archive/", "/static/", "/feeds/all.atom?"))
    # Quoted as a reader would: the test client takes "//[" for the beginning of a host.
    path = prefix + quote(text(chance).encode("utf-8", "replace"), safe="")
    status, *_ = site.get(path, User_Agent=f"Reader/{chance.random()}")
    findings.count("paths")
    findings.expect(status < 500, f"{path!r} was answered {status}")


def held(site: Site, folder: Path) -> dict[str, int]:
    status, _, exposition = site.get("/metrics")
    assert status == 200
    log = folder / "tidings.db-wal"
    return {
        "memory": resident(),
        "descriptors": descriptors(),
        "series": len([line for line in exposition.splitlines() if not line.startswith(b"#")]),
        "log": os.stat(log).st_size if log.exists() else 0,
    }


FIGURE = Figure(
    "soak",
    "refreshes and random paths: memory, descriptors, metric series and the write-ahead log stay flat",
    run,
    long=20_000,
    quick=40,
    apart=True,
)
