"""Helpers for tests of one request: an ordinary page, options that allow loopback, and how a fault is caught."""

from __future__ import annotations

import time

import pytest

from feeds.errors import FetchError
from feeds.fetch.http import Options, conditional_get
from feeds.model import Document, Validators
from tests.kit.fake_origin import FaultServer, Script

AGENT = "Tidings/1.0 (+https://feeds.example)"
NONE = Validators()
PAGE = b"<p>News</p>"


def options(**changes: object) -> Options:
    given = {"agent": AGENT, "monotonic": time.monotonic, "allow_private": True, "timeout": 20.0}
    return Options(**given | changes)


def fault(url: str, **changes: object) -> FetchError:
    with pytest.raises(FetchError) as caught:
        conditional_get(url, NONE, options=options(**changes))
    return caught.value


def body(script: Script, **changes: object) -> bytes:
    """Return the body that is read from an origin with this script."""
    with FaultServer({"/": script}) as server:
        document = conditional_get(server.url(), NONE, options=options(**changes))
    assert isinstance(document, Document)
    return document.body


def reason(script: Script, **changes: object) -> str:
    """Return the reason why no document is read from an origin with this script."""
    with FaultServer({"/": script}) as server:
        return fault(server.url(), **changes).reason
