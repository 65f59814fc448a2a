"""A disk that fills up at every write of a refresh, page by page: readers notice nothing, and it heals."""

from __future__ import annotations

import tempfile
from pathlib import Path

from feeds.errors import StoreError
from service.refresher.refresher import PAUSE
from tests.kit import stories
from tests.kit.disk import Disk, full_disk
from tests.kit.site import Site, configure
from tests.torture.figure import Figure, Findings, Step

MOST = 400  # pages that a refresh of this site needs, and some more


def run(steps: int, step: Step) -> Findings:
    """With no page left, then one, then two: until a refresh fits, and from none again."""
    findings = Findings({"disk": "", "refreshes": 0, "met a full disk": 0, "requests": 0})
    with tempfile.TemporaryDirectory() as name, full_disk(Path(name) / "disk") as disk:
        findings.counts["disk"] = disk.kind
        sources = [{"name": "news", "path": "/news.txt", "interval": "1m"}]
        with Site(configure(Path(name) / "disk", *sources)) as site:
            site.says["news"] = stories.listing(20)
            site.tick()
            pages, stride = 0, max(1, MOST // steps)
            for number in range(steps):
                fits = fill(site, disk, pages, 21 + number, findings)
                pages = 0 if fits else pages + stride
                step()
    findings.expect(findings.counts["met a full disk"], "the disk was never full")
    return findings


def fill(site: Site, disk: Disk, pages: int, newest: int, findings: Findings) -> bool:
    """Refresh with so few pages left, ask for everything meanwhile, make room, and wait for it to heal."""
    paths = ["/", "/status", *(f"/{path}" for path in site.tags(""))]
    site.says["news"] = stories.listing(newest)
    # With its log empty every page that a refresh writes needs room of its own.
    site.store.checkpoint()
    disk.leave(pages)
    outcomes = site.tick()
    findings.count("refreshes")
    findings.count("met a full disk", int(not outcomes))
    ask(site, paths, findings)
    site.tick()
    ask(site, paths, findings)
    disk.free()
    for _ in range(3):
        site.tick(max(PAUSE, 60.0))
    status, _, body = site.get("/feeds/all.atom")
    healed = status == 200 and stories.title(newest).encode() in body
    findings.expect(healed, f"it did not heal after {pages} pages")
    return bool(outcomes)


def ask(site: Site, paths: list[str], findings: Findings) -> None:
    for path in paths:
        findings.count("requests")
        status, *_ = site.get(path)
        findings.expect(status == 200, f"{path} was answered {status} on a full disk")
    try:
        site.tags()
    except StoreError as error:
        findings.broken.append(f"the store cannot be read: {error}")


FIGURE = Figure(
    "disk",
    "disk full at every write of a refresh: readers get no error, and it heals by itself",
    run,
    long=400,
    quick=6,
    apart=True,
)
