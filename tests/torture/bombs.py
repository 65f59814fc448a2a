"""Decompression bombs and similar documents: what each costs until it is refused."""

from __future__ import annotations

import gzip
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from feeds.fetch import http
from feeds.fetch import source as fetch
from tests.kit.fake_origin import FaultServer, Request, Script, answer
from tests.kit.measuring import Cost, cost
from tests.kit.site import Site, configure
from tests.torture.figure import Figure, Findings, Step

MIB = 1 << 20
SECONDS, MEMORY = 1.0, 64 * MIB
ENTITIES = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
LAUGHS = f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a0 "ha">{ENTITIES}]><a>&a9;</a>'.encode()
PAGES: dict[str, bytes] = {
    "1e5-deep": b"<div>" * 100_000 + b"News" + b"</div>" * 100_000,
    "1e5-deep lists": b"<ul><li>" * 100_000,
    "1e5 open formats": b"<b><p>" * 100_000,
    "1e5 open tables": b"<table><tr><td>" * 100_000,
    "billion laughs": LAUGHS,
    "comments that do not end": b"<!--" * 500_000,
    "comments that end": b"<!---->" * 500_000,
    "comments that nearly end": b"<!--->--!>" * 300_000 + b"<!-- --",
    "tags that do not end": b"<a " * 700_000,
    "quotes that do not end": b'<a href="' * 300_000,
    "opening brackets": b"<" * 2_000_000,
    "attributes": b"<p " + b" ".join(b"a%d=b" % n for n in range(200_000)) + b">News</p>",
    "references": b"&amp;" * 400_000,
    "scripts that do not end": b"<script>" * 300_000,
    "doctypes": b"<!DOCTYPE " * 200_000,
    "CDATA": b"<![CDATA[" * 200_000,
}
TEXTS: dict[str, bytes] = {
    "a line of words": b"news " * 1_600_000,
    "a long word": b"n" * 8_000_000,
    "empty lines": b"\n" * 8_000_000 + b"x",
    "blanks": b" " * 8_000_000 + b"x",
    "digits": b"1" * 8_000_000,
    "numbers": b"1. " * 2_500_000,
    "dates": b"12 August 2021 " * 500_000,
    "marks": b"- \n" * 2_500_000,
    "square brackets": b"[" * 4_000_000,
    "tabs": b"\t" * 8_000_000 + b"x",
    "pipes": b"|" * 8_000_000,
    "accents": "e\u0301".encode() * 2_500_000,
}


def run(bombs: int, step: Step) -> Findings:
    findings = Findings({"bombs": 0, "refused": 0, "worst CPU s": 0.0, "worst MiB": 0})
    everything = list(scripts().items())
    chosen = dict(everything[:: max(1, len(everything) // bombs)])
    with FaultServer({f"/{place}": script for place, script in enumerate(chosen.values())}) as server:
        for place, name in enumerate(chosen):
            judge(name, cost(partial(read, server.url(f"/{place}"))), findings)
            step()
    return findings


def scripts() -> dict[str, Script]:
    """Return the script of the origin for each bomb."""
    return {
        "gzip": answer(_gzip(1024), 200, "Content-Encoding: gzip"),
        "gzip below the limit": answer(_gzip(9), 200, "Content-Encoding: gzip"),
        "gzip of gzip": answer(gzip.compress(_gzip(1024)), 200, "Content-Encoding: gzip, gzip"),
        "100 MB in a line": _hundred_megabytes,
        **{name: answer(body, 200, "Content-Type: text/html; charset=utf-8") for name, body in PAGES.items()},
        **{name: answer(body, 200, "Content-Type: text/plain") for name, body in TEXTS.items()},
    }


def _hundred_megabytes(_: Request) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    for _ in range(100):
        yield b"a" * MIB


def _gzip(mebibytes: int) -> bytes:
    """Return gzip members of 8 MiB each: many members make one body, and are faster to compress."""
    return gzip.compress(bytes(8 * MIB)) * (mebibytes // 8) + gzip.compress(bytes(mebibytes % 8 * MIB))


def read(url: str) -> str:
    """Refresh a site whose one source is the bomb; return why it was refused."""
    source = {"name": "bomb", "url": url, "interval": "1m", "allow_private": True}
    options = http.Options(agent="Tidings", monotonic=time.monotonic)
    asking = partial(fetch.fetch, options=options)
    with tempfile.TemporaryDirectory() as folder, Site(configure(Path(folder), source), fetch=asking) as site:
        while not site.outcomes:
            site.tick(0.0)
            if site.defects:
                raise site.defects[0]
        [outcome] = site.outcomes
        return f"{outcome.status}: {outcome.reason}, {outcome.added} added: {outcome.message}"


def judge(name: str, found: Cost, findings: Findings) -> None:
    findings.count("bombs")
    findings.counts["worst CPU s"] = max(float(str(findings.counts["worst CPU s"])), round(found.seconds, 2))
    findings.counts["worst MiB"] = max(int(str(findings.counts["worst MiB"])), found.memory // MIB)
    told = f"{name}: {found.seconds:.2f} s CPU, {found.memory / MIB:.0f} MiB: {found.result}"
    findings.expect(found.seconds < SECONDS and found.memory < MEMORY, told)
    findings.count("refused", int(str(found.result).startswith(("failed", "held"))))
    findings.expect(", 0 added" in str(found.result), told)


FIGURE = Figure(
    "bombs",
    "gzip, long lines, deep HTML, billion laughs, floods: refused in under a second of CPU and 64 MiB",
    run,
    long=4 + len(PAGES) + len(TEXTS),
    quick=4,
    apart=True,
)
