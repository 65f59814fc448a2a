"""Every byte prefix of every document, read after the whole document."""

from __future__ import annotations

import datetime as dt
import itertools
import tempfile
from dataclasses import replace
from pathlib import Path

from feeds.model import Document, Entry, Scope
from tests.kit import prefixes
from tests.kit.clock import ManualClock
from tests.kit.site import Site, configure
from tests.torture.figure import Figure, Findings, Step

HOUR = dt.timedelta(hours=1)
FEWEST = 3
WRITTEN = 25  # for each document, if every prefix is tried
LATE = dt.datetime(2036, 3, 1, 12, tzinfo=dt.UTC)  # later than every date in the documents


def run(cuts: int, step: Step) -> Findings:
    findings = Findings({"documents": 0, "prefixes": 0, "refused": 0, "written": 0})
    paths = prefixes.documents()
    # A short run tries many prefixes of the documents in `sources/`, not one or two of each document.
    paths = paths[: max(FEWEST, len(paths) * cuts // FIGURE.long)]
    stride = max(1, sum(path.stat().st_size for path in paths) // cuts)
    for path in paths:
        with tempfile.TemporaryDirectory() as folder:
            news = {"name": "news", "url": "http://origin.example/", "interval": "1m"}
            with Site(configure(Path(folder), news), ManualClock(LATE)) as site:
                read_prefixes(site, prefixes.document(path), stride, findings, step)
    return findings


def read_prefixes(site: Site, whole: Document, stride: int, findings: Findings, step: Step) -> None:
    site.says["news"] = whole
    _read(site)
    truth = _entries(site)
    findings.count("documents")
    now = site.clock.at.replace(microsecond=0) + HOUR
    cuts = range(1, len(whole.body), stride)
    for cut, found in prefixes.readings(site, whole, cuts, now):
        step()
        findings.count("prefixes")
        place = f"{whole.name} up to byte {cut}"
        if isinstance(found, Exception):
            findings.broken.append(f"{place}: {found!r}")
            continue
        changes, outcome = found
        findings.count("refused", int(outcome.reason is not None))
        for entry in changes.retracted:
            findings.broken.append(f"{place}: lost {entry.title!r}")
        for entry in (*changes.added, *changes.edited, *changes.returned, *changes.updated_silently):
            known = truth.get(entry.id)
            if known is None or prefixes.words(entry) != prefixes.words(known):
                findings.broken.append(f"{place}: published {prefixes.words(entry)}")
    _write(site, whole, max(4 * stride, len(whole.body) // WRITTEN), findings)


def _write(site: Site, whole: Document, stride: int, findings: Findings) -> None:
    """Commit the readings of some prefixes too, each followed by the whole document."""
    tags, truth = site.tags(), _entries(site)
    for cut in range(1, len(whole.body), stride):
        findings.count("written")
        for body in (whole.body[:cut], whole.body):
            site.says["news"] = replace(whole, body=body)
            _read(site)
            shown = _entries(site)
            lost = [entry.title for id, entry in truth.items() if id not in shown]
            wrong = [entry for id, entry in shown.items() if id not in truth]
            place = f"{whole.name} up to byte {cut}, written"
            findings.expect(not lost, f"{place}: lost {lost}")
            findings.expect(not wrong, f"{place}: published {[prefixes.words(entry) for entry in wrong]}")
        findings.expect(site.tags() == tags, f"{place}: then whole, the site is not what it was")
        tags = site.tags()


def _read(site: Site) -> None:
    """Tick until the source is read: a failing site is asked less often, but at least once in two days."""
    for _ in itertools.takewhile(lambda _: not site.tick(2 * 86_400.0), range(10)):
        pass


def _entries(site: Site) -> dict[str, Entry]:
    with site.store.read() as view:
        return {entry.id: entry for entry in view.entries(Scope(), limit=10_000)}


FIGURE = Figure(
    "prefixes",
    "every byte prefix of every document: nothing lost, nothing wrong published",
    run,
    long=sum(path.stat().st_size for path in prefixes.documents()),
    quick=120,
)
