"""Ways to make a source's address lead to an internal one; an audit hook records every connection."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from feeds.errors import FetchError
from feeds.fetch import http, network_guard
from feeds.model import Validators
from tests.kit.audit.watching import Place, Watch
from tests.kit.fake_origin import FaultServer, Request, answer
from tests.kit.spellings import CLOSED, spelling
from tests.torture.figure import Figure, Findings, Step

PUBLIC = "93.184.216.34"
Resolver = Callable[[str, int], tuple[str, ...]]


def run(tries: int, step: Step) -> Findings:
    """A try is an address that is requested, one that is redirected to, or a name that is rebound."""
    findings = Findings({"spelt": 0, "redirected": 0, "rebound": 0, "connections inside": 0})
    chance = random.Random(6)

    def redirect(request: Request) -> tuple[bytes]:
        return (answer(b"", chance.choice((301, 302, 303, 307, 308)), f"Location: {target[0]}"),)

    target = [""]
    with FaultServer({"/": redirect}) as server:
        watch = Watch(lambda place: place == ("127.0.0.1", server.port))
        watch.begin()
        for _ in range(tries):
            kind = chance.choice(("spelt", "redirected", "rebound"))
            target[0] = f"{chance.choice(('http', 'https'))}://{spelling(chance)}/latest/meta-data"
            before = len(watch.connected)
            if kind == "redirected":
                _get(server.url("/", "127.0.0.1"), network_guard.resolve, findings, allow_private=True)
            elif kind == "spelt":
                _get(target[0], network_guard.resolve, findings)
            else:
                _get("http://rebinding.example/", _rebinding(chance), findings)
            allowed = {("127.0.0.1", server.port)} if kind == "redirected" else {(PUBLIC, 80)}
            _judge(watch.connected[before:], allowed, f"{kind} {target[0]}", findings)
            findings.count(kind)
            step()
        _prove(watch, findings)
    return findings


def _get(url: str, resolve: Resolver, findings: Findings, *, allow_private: bool = False) -> None:
    options = http.Options(
        agent="Tidings", monotonic=time.monotonic, resolve=resolve, allow_private=allow_private, timeout=5
    )
    try:
        http.conditional_get(url, Validators(), options=options)
    except FetchError:
        return
    findings.broken.append(f"{url} gave a document")


def _rebinding(chance: random.Random) -> Resolver:
    """Return a resolver whose name is public at first and internal later, or both at once, or only internal."""
    inside = CLOSED_ADDRESSES[chance.randrange(len(CLOSED_ADDRESSES))]
    answers = chance.choice((((PUBLIC,), (inside,)), ((PUBLIC, inside),), ((inside, PUBLIC),), ((inside,),)))
    asked: list[str] = []

    def resolve(host: str, port: int) -> tuple[str, ...]:
        asked.append(host)
        return answers[min(len(asked), len(answers)) - 1]

    return resolve


def _judge(connected: list[Place], allowed: set[Place], what: str, findings: Findings) -> None:
    for place in connected:
        if place not in allowed:
            findings.count("connections inside")
            findings.broken.append(f"{what}: connected to {place}")


def _prove(watch: Watch, findings: Findings) -> None:
    """Check that the watch saw the allowed connections; otherwise it would prove nothing."""
    seen = {place for place in watch.connected if place[0] in ("127.0.0.1", PUBLIC)}
    findings.expect(len(seen) >= 2, f"the watch saw only {sorted(seen)}")


CLOSED_ADDRESSES = [text.partition("/")[0] for text in CLOSED]

FIGURE = Figure(
    "reaching",
    "spellings, redirects and rebinding: no connection outside of what is allowed",
    run,
    long=10_000,
    quick=400,
    apart=True,
)
