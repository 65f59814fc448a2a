"""Costs within one process: rendering after an edit, an unchanged refresh, parsing."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from bench.measure import Row, alternate, work
from bench.samples import NOON, SITE, entries, feed, listings
from feeds.config import Config, Source
from feeds.fetch import files
from feeds.model import Document, Feed, Outcome, Validators
from feeds.parsers import parse
from feeds.publish.formats import FORMATS, Fragments, atom, common, rss
from feeds.publish.formats.feedgen_extension import escape_plain_text
from feeds.refresh.pipeline import RefreshContext, refresh
from feeds.refresh.reading import Fetch
from feeds.store import Claim, DocumentState, Store, migrate
from service.refresher.backoff import next_due
from service.refresher.http_client import make_fetcher
from service.refresher.refresher import Refresher

WINDOW, DOCUMENTS, LISTINGS = 50, 10_000, 200


def rows(folder: Path) -> Iterator[Row]:
    yield edit()
    yield unchanged(folder)
    yield parsing()


def edit() -> Row:
    """Measure rendering Atom and RSS after one entry was edited, compared with feedgen rendering the whole feed."""
    several, memory = entries(WINDOW), Fragments()
    numbers = count(1)

    def edited() -> Feed:
        """Return the feed after one more edit, with new objects for all entries, as the store returns them."""
        number = next(numbers)
        before = several[number % WINDOW]
        updated = NOON + timedelta(seconds=number)
        several[number % WINDOW] = replace(before, title=f"Edited {number}", updated=updated)
        return feed([replace(entry) for entry in several])

    def spliced(current: Feed) -> dict[str, bytes]:
        return {name: FORMATS[name].render(current, SITE, memory) for name in ("atom", "rss")}

    def measured() -> float:
        spent = 0
        for _ in range(WINDOW):
            current = edited()
            before = time.process_time_ns()
            spliced(current)
            spent += time.process_time_ns() - before
        return spent / WINDOW / 1000

    current = edited()
    assert spliced(current) == {name: escape_plain_text(body) for name, body in _plain(current).items()}
    taken = alternate({"spliced": measured, "feedgen": work(lambda: _plain(current), times=20)})
    what = f"one of {WINDOW} entries edited, Atom and RSS"
    return Row(what, taken["spliced"], "feedgen, the whole feed", taken["feedgen"], "1/15")


def _plain(current: Feed) -> dict[str, bytes]:
    whole = {"atom": atom.generator(current, SITE), "rss": rss.generator(current, SITE)}
    for entry in current.entries:
        term = common.term(entry, current)
        whole["atom"].add_entry(atom.feed_entry(entry, SITE, term), order="append")
        whole["rss"].add_entry(rss.feed_entry(entry, SITE, term), order="append")
    return {"atom": whole["atom"].atom_str(), "rss": whole["rss"].rss_str()}


def unchanged(folder: Path) -> Row:
    """Measure a refresh of a source whose documents are unchanged, from its claim to the record of its outcome."""
    sources = folder / "many"
    for number, listing in enumerate(listings(DOCUMENTS, items=1)):
        path = sources / f"{number // 1000}" / f"{number:05}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(listing, encoding="utf-8")
    source = {"name": "many", "path": f"{sources}/*/*.txt"}
    store_url = f"sqlite:///{folder}/many.db"
    config = Config.model_validate(
        {"title": "Many", "base_url": "https://news.example", "store": store_url, "sources": [source]}
    )
    migrate(config.store)
    store = Store(config.store)
    with store.write() as transaction:
        _, found = files.find(str(config.sources[0].path))
        known = {name: DocumentState("0f", Validators(tag), NOON) for name, tag in found}
        transaction.remember("many", known)
    context = RefreshContext(store, config, next_due)

    def read(source: Source, claim: Claim, fetch: Fetch, now: datetime) -> Outcome:
        return refresh(source, context, claim, fetch=fetch, now=now)

    refresher = Refresher(config, store, read=read, fetch=make_fetcher())
    refresher.start()

    def ours() -> None:
        (outcome,) = refresher.once(["many"])
        assert (outcome.documents, outcome.status) == (DOCUMENTS, "unchanged"), outcome

    ours()
    state: dict[str, tuple[int, int, int]] = {}
    taken = alternate({"unchanged refresh": work(ours), "scandir and stat": work(lambda: _sweep(sources, state))})
    refresher.close()
    store.close()
    return Row(
        f"unchanged refresh of {DOCUMENTS:,} documents",
        taken["unchanged refresh"],
        "scandir, stat and compare",
        taken["scandir and stat"],
        "1.5 x",
    )


def _sweep(root: Path, state: dict[str, tuple[int, int, int]]) -> None:
    """Do the least work that notices a change of any of these files."""
    for folder in os.scandir(root):
        with os.scandir(folder) as entries:
            for entry in entries:
                found = entry.stat()
                seen = (found.st_ino, found.st_size, found.st_mtime_ns)
                if state.get(entry.path) != seen:
                    state[entry.path] = seen


def parsing() -> Row:
    """Measure parsing text listings of ten items, compared with splitting them at the numbers, which finds no field."""
    source = Source(name="desk", path="*.txt")
    documents = [Document(f"{number}.txt", text.encode()) for number, text in enumerate(listings(LISTINGS, items=10))]
    assert all(len(parse(document, source).items) == 10 for document in documents)
    number = re.compile(r"^ {1,3}\d+\. ", re.MULTILINE)
    contenders = {
        "parse": work(lambda: [parse(document, source) for document in documents]),
        "split": work(lambda: [number.split(document.body.decode()) for document in documents], times=10),
    }
    taken = alternate(contenders)
    return Row(
        "a text listing of 10 items parsed",
        taken["parse"] / LISTINGS,
        "decode and re.split",
        taken["split"] / LISTINGS,
        "",
    )
