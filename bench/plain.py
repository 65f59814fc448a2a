"""The obvious implementation: one Flask view that keeps the same bytes in memory and leaves the rest to Werkzeug."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import os
from pathlib import Path

from flask import Flask, Response, request
from werkzeug.wrappers import Response as Answer

_BODY = Path(os.environ["BENCH_DOCUMENT"]).read_bytes()
_BODIES = {"identity": _BODY, "gzip": gzip.compress(_BODY, 9, mtime=0)}
_ETAG = hashlib.blake2b(_BODY, digest_size=16).hexdigest()
_CHANGED = dt.datetime(2026, 11, 6, 12, tzinfo=dt.UTC)

app = Flask(__name__)


@app.get("/feeds/all.atom")
def feed() -> Answer:
    coding = request.accept_encodings.best_match(["gzip", "identity"], default="identity")
    response = Response(_BODIES[coding], content_type="application/atom+xml; charset=utf-8")
    if coding != "identity":
        response.content_encoding = coding
    response.set_etag(_ETAG if coding == "identity" else f"{_ETAG}-{coding}")
    response.last_modified = _CHANGED
    response.vary.add("Accept-Encoding")
    response.cache_control.max_age = 900
    return response.make_conditional(request)
