"""Run by test_network_guard in its own process, because an audit hook cannot be removed.

Prints what sockets connected to while `origin.get` was asked for, and redirected to, every bad address.
"""

from __future__ import annotations

import collections
import contextlib
import json
import os
import socket
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))
os.environ.update(dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), "http://127.0.0.8:8"))

from feeds.errors import FetchError
from feeds.fetch import http, network_guard
from feeds.model import Validators
from tests.kit.fake_origin import FaultServer, answer
from tests.kit.paths import DATA

PUBLIC = "93.184.216.34"
NAMES = {
    "origin.test": ("127.0.0.1",),
    "localhost": ("127.0.0.1", "::1"),
    "localhost.": ("127.0.0.1",),
    "private.test": ("10.0.0.1",),
    "metadata.google.internal": ("169.254.169.254",),
    "mixed.test": (PUBLIC, "127.0.0.1"),
    "mixed6.test": (PUBLIC, "::1"),
    "mapped.test": ("::ffff:127.0.0.1",),
    "local.test": ("fe80::1%lo",),
}
HOSTS = DATA.joinpath("hosts.txt").read_text().split()
WHOLE = (
    "file:///etc/passwd",
    "gopher://127.0.0.1:70/",
    f"http://{PUBLIC}@127.0.0.1/",
    "http://origin.test:22/",
    "https://127.0.0.1/",
    "http://127.0.0.%31/",
)

connected: list[tuple[str, int]] = []


def audit(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.connect":
        address = arguments[1]
        connected.append(address[:2])
        if address[:2] != ("127.0.0.1", server.port):
            raise ConnectionRefusedError("refused by the audit")


def resolve(host: str, port: int) -> tuple[str, ...]:
    if host == "rebinding.test":
        flips.append(host)
        return (PUBLIC,) if len(flips) == 1 else ("127.0.0.1",)
    return NAMES.get(host) or network_guard.resolve(host, port)


def reason(url: str, **options: bool) -> str:
    asked = http.Options(agent="Tidings", monotonic=time.monotonic, resolve=resolve, **options)
    try:
        http.conditional_get(url, Validators(), options=asked)
    except FetchError as error:
        return error.reason
    return "got it"


flips: list[str] = []
bad = [f"http://{host}/latest/meta-data" for host in HOSTS] + list(WHOLE)
# A configured url may have any port; a redirect to another port is refused.
led = [*bad, f"http://{PUBLIC}:22/", f"https://{PUBLIC}:8443/"]
redirects = {f"/{n}": answer(b"", 302, f"Location: {url}") for n, url in enumerate(led)}
with FaultServer(redirects | {"/public": answer(b"", 307, f"Location: http://{PUBLIC}/")}) as server:
    sys.addaudithook(audit)
    reasons = [reason(url) for url in bad]
    reasons += [reason(server.url(path, "origin.test"), allow_private=True) for path in redirects]
    reason(server.url("/public", "origin.test"), allow_private=True)
    reason(f"https://{PUBLIC}/")
    before = len(connected)
    refused = reason("http://rebinding.test/")
    rebinding = {"connected": connected[before:], "resolved": len(flips), "reason": refused}
    with contextlib.suppress(OSError):
        socket.create_connection(("127.0.0.9", 9), timeout=1)
    summary = {
        "asked": len(reasons),
        "reasons": collections.Counter(reasons),
        "connected": connected,
        "port": server.port,
        "rebinding": rebinding,
    }
json.dump(summary, sys.stdout)
