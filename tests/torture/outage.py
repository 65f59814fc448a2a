"""Thirty days with every source down, and restarts: readers notice nothing."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path

from feeds.errors import FetchError, ParseError, SourceError
from tests.kit import stories
from tests.kit.site import Site, configure
from tests.torture.figure import Figure, Findings, Step

DAYS = 30.0
DAY = 86_400.0
RESTARTS_IN_STEPS = 10
FAULTS: tuple[SourceError | bytes, ...] = (
    FetchError("missing", "404 Not Found"),
    FetchError("gone", "410 Gone"),
    FetchError("timeout", "took longer than 30 s"),
    FetchError("dns", "its host name has no address"),
    FetchError("tls", "certificate has expired"),
    FetchError("status", "500 Internal Server Error"),
    FetchError("retry_later", "503 Service Unavailable", 86_400),
    FetchError("truncated", "its answer was cut short"),
    ParseError("encoding", "cannot be decoded"),
    b"",
    b"<html><body><h1>Sign in</h1><form><input name=user></form></body></html>",
    b"503 Service Unavailable\n\nThe server cannot answer. Please try again later.\n",
    stories.listing(30)[:500],
)


def run(steps: int, step: Step) -> Findings:
    """One step is some hours; every tenth step also restarts everything."""
    findings = Findings({"days": 0, "readings": 0, "restarts": 0, "requests": 0})
    sources = [{"name": name, "url": f"http://{name}.example/", "interval": "15m"} for name in ("a", "b")]
    sources.append({"name": "c", "path": "/c.txt", "interval": "15m"})
    faults = itertools.cycle(FAULTS)
    with tempfile.TemporaryDirectory() as folder, Site(configure(Path(folder), *sources)) as site:
        site.says = dict.fromkeys("abc", stories.listing(30))
        while len(site.outcomes) < len(sources):
            site.tick()
        paths = ["/", "/status", *(f"/{path}" for path in site.tags(""))]
        before = {path: site.get(path)[1:] for path in paths}
        read = len(site.outcomes)
        for number in range(steps):
            for name in site.says:
                site.says[name] = next(faults)
            site.tick(DAYS * DAY / steps)
            if number % RESTARTS_IN_STEPS == 0:
                site.restart()
                findings.count("restarts")
            for path, answer in before.items():
                ask(site, path, answer, findings)
            step()
        findings.counts |= {"days": int(DAYS), "readings": len(site.outcomes) - read}
        recover(site, sources, findings)
    return findings


def ask(site: Site, path: str, answer: tuple[str | None, bytes], findings: Findings) -> None:
    """Check two requests for a path: feeds of news are unchanged; pages and feeds of incidents may change."""
    tag, body = answer
    findings.count("requests", 2)
    status, now, got = site.get(path)
    findings.expect(status == 200, f"{path} was answered {status}")
    if path.startswith("/feeds"):
        findings.expect((now, got) == (tag, body), f"{path} changed its tag from {tag} to {now}")
    status, then, _ = site.get(path, If_None_Match=now or "")
    # A status page is cached for a second, and may have changed since.
    another = status == 200 and then != now and not path.startswith("/feeds")
    findings.expect(status == 304 or another, f"{path} with its own tag was answered {status}")


def recover(site: Site, sources: list[dict[str, object]], findings: Findings) -> None:
    """Check that news is published once the sources are back."""
    before = site.tags()
    site.says = dict.fromkeys(site.says, stories.listing(31))
    for _ in range(len(sources)):
        site.tick(2 * DAY)
    findings.expect(site.tags()["feeds/all.atom"] != before["feeds/all.atom"], "it did not recover")


FIGURE = Figure(
    "outage",
    "all sources down for 30 days and 100 restarts: every request 200 or 304, no tag changes",
    run,
    long=1_000,
    quick=30,
)
