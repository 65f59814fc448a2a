"""A disk that is full at each page that a refresh writes: readers notice nothing, and the site recovers."""

from __future__ import annotations

import tempfile
from pathlib import Path

from feeds.errors import StoreError
from service.refresher.refresher import PAUSE
from tests.kit import stories
from tests.kit.disk import Disk, full_disk
from tests.kit.site import Site, configure
from tests.torture.figure import Figure, Findings, Step

MOST = 400  # more pages than a refresh of this site writes


def run(steps: int, step: Step) -> Findings:
    """Leave no page, then one, then two, until a refresh fits; then begin again."""
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
    """Refresh with this many pages left, request everything, free the disk, and wait for the site to recover."""
    paths = ["/", "/status", *(f"/{path}" for path in site.tags(""))]
    site.says["news"] = stories.listing(newest)
    # With an empty write-ahead log, every page that a refresh writes needs new space.
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
    findings.expect(healed, f"it did not recover after {pages} pages")
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
    "disk full at every write of a refresh: readers get no error, and it recovers by itself",
    run,
    long=400,
    quick=6,
    apart=True,
)
