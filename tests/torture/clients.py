"""Clients that never finish a request and clients that never read: all others are answered."""

from __future__ import annotations

import os
import resource
import tempfile
import time
from pathlib import Path

from tests.kit import clients, stories
from tests.kit.serving import serving
from tests.torture.figure import Figure, Findings, Step

PATH = "/feeds/all.atom"
CONFIG = """\
title = "Harbour"
base_url = "http://127.0.0.1:8000"
[[sources]]
name = "news"
path = "news.txt"
"""


def run(half_open: int, step: Step) -> Findings:
    """A quarter as many clients never read. All of them are connected before the first ordinary request."""
    never_reading = half_open // 4
    _allow_files(half_open + never_reading + 256)
    findings = Findings({"half open": half_open, "not reading": never_reading, "requests": 0})
    delays = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "config.toml").write_text(CONFIG)
        (folder / "news.txt").write_bytes(stories.listing(100, window=100))
        os.utime(folder / "news.txt", (1, 1))  # a file that changed within a second might still be written
        with serving(folder) as (port, _), clients.idle_clients(port, half_open, never_reading, path=PATH):
            for _ in range(half_open):
                delays.append(_ask(port, findings))
                step()
    delays.sort()
    findings.counts["p99 ms"] = round(delays[len(delays) * 99 // 100] * 1000, 1)
    return findings


def _ask(port: int, findings: Findings) -> float:
    start = time.monotonic()
    findings.count("requests")
    try:
        answer = clients.ask(port, clients.request(PATH, "Connection: close"))
        findings.expect(clients.statuses(answer) == [200], f"an answer of {answer[:80]!r}")
    except OSError as error:
        findings.broken.append(f"no answer: {error!r}")
    return time.monotonic() - start


def _allow_files(wanted: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))


FIGURE = Figure(
    "clients",
    "half-open clients, and a quarter as many that never read: others are answered without error",
    run,
    long=2_000,
    quick=60,
    apart=True,
)
