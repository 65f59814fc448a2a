"""How many articles are announced twice in a year, by Tidings and by ids that are made from the current text.

python -m tests.kit.simulation.year --seeds 200 --days 365
"""

from __future__ import annotations

import datetime as dt
import hashlib
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache

import click

from feeds import parsers
from feeds.changes import Appearance, Changes, Held
from feeds.config import Source
from feeds.dates import parsing
from feeds.errors import ParseError
from feeds.ledger.known_labels import apply_known_labels
from feeds.ledger.reconcile import blocking_keys, reconcile
from feeds.ledger.state import Reading, Rules
from feeds.model import Document, Listing
from feeds.plausibility.truncation import compare_with_accepted
from tests.kit.simulation.memory import Memory
from tests.kit.simulation.newsroom import Newsroom, Page
from tests.kit.simulation.pages import Article

SOURCE = Source(name="newsroom", path="sources/*.txt")
RULES = Rules()
FAILURES = ("twice", "merged", "lost", "published", "stale", "false_alarms")
MATCH_WINDOW = dt.timedelta(days=60)


@dataclass
class Year:
    """One newsroom's year as its subscribers saw it. Every list names errors and should be empty."""

    newsroom: Newsroom
    memory: Memory = field(default_factory=Memory)
    accepted: dict[str, str] = field(default_factory=dict)
    ids: dict[int, str] = field(default_factory=dict)
    twice: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    published: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    false_alarms: list[str] = field(default_factory=list)
    readings: int = 0
    hash_ids: dict[str, dict[int, set[str]]] = field(default_factory=lambda: {"hash": {}, "title": {}})

    def live(self, days: int) -> Year:
        for page in self.newsroom.live(days):
            self.read(page, dt.datetime.combine(self.newsroom.today, dt.time(18), dt.UTC))
        return self

    def read(self, page: Page, now: dt.datetime) -> None:
        """Read one page; an incomplete reading is repeated an hour later, a broken page only sometimes."""
        for repeat in range(1, 4 if page.broken is None else 2 + self.readings % 2):
            if self.read_once(page, now + dt.timedelta(hours=repeat - 1), last=repeat == 3):
                break

    def read_once(self, page: Page, now: dt.datetime, *, last: bool) -> bool:
        readings, held = [], []
        for name, content in page.documents.items():
            try:
                readings.append(read(name, content, self.memory.labels(), self.accepted.get(name)))
            except ParseError as error:
                held.append(Held(name, error.reason, str(error)))
        known = self.memory.known("newsroom", keys(readings), now - MATCH_WINDOW)
        changes = reconcile(readings, known, RULES, now=now)
        self.memory.apply(changes)
        refused = {hold.document for hold in changes.held if hold.whole}
        for name in (each.listing.document for each in readings):
            accepted, before = page.documents[name], self.accepted.get(name)
            if before is None or not (name in refused or before.startswith(accepted)):
                self.accepted[name] = accepted
        self.readings += 1
        self.check(page, changes, (*held, *changes.held), now, last=last)
        complete = changes.complete and not held
        if complete or last:
            self.check_shown(page, {hold.document for hold in (*held, *changes.held)}, now)
        return complete

    def check(self, page: Page, changes: Changes, held: tuple[Held, ...], now: dt.datetime, *, last: bool) -> None:
        self.refused.update(f"{page.broken or 'good'}: {hold.reason}" for hold in held)
        if page.broken is None and last:
            self.false_alarms += [f"{now.date()} {hold.message}" for hold in held if hold.whole]
        truth = {words(a.title, a.summary): a.number for versions in self.newsroom.versions.values() for a in versions}
        for entry in (*changes.added, *changes.edited):
            number = truth.get(words(entry.title, entry.summary))
            if number is None:
                self.published.append(f"{now.date()} {page.broken}: {entry.title!r} {entry.summary!r}")

    def check_shown(self, page: Page, refused: set[str], now: dt.datetime) -> None:
        rows = {(row.document, row.place): row for row in self.memory.rows.values() if not row.gone}
        for name, numbers in self.newsroom.pages().items():
            if name in refused or page.broken:
                continue
            seen = [row for key, row in sorted(rows.items()) if key[0] == name and not row.missing]
            if len(seen) != len(numbers):
                self.lost.append(f"{now.date()} {name}: {len(numbers)} shown, {len(seen)} known")
                continue
            for number, row in zip(numbers, seen, strict=True):
                self.identify(number, row.entry, now)
                self.check_entry(number, row, now)

    def check_entry(self, number: int, row: Appearance, now: dt.datetime) -> None:
        """Check that a listed entry exists and has its article's text, unless it is flapping."""
        article, entry = self.newsroom.articles[number], self.memory.entries[row.entry]
        if entry.retracted:
            self.lost.append(f"{now.date()} {article.title}")
        if row.edits <= RULES.edits and words(entry.title, entry.summary) != words(article.title, article.summary):
            self.stale.append(f"{now.date()} {article} as {entry.title!r} {entry.summary!r}")

    def identify(self, number: int, id: str, now: dt.datetime) -> None:
        article = self.newsroom.articles[number]
        if number not in self.ids and id in self.ids.values():
            self.merged.append(f"{now.date()} {article}")
        if self.ids.setdefault(number, id) != id:
            self.twice.append(f"{now.date()} {self.newsroom.versions[number][-2:]}")
            self.ids[number] = id
        for name, value in naive_ids(article).items():
            self.hash_ids[name].setdefault(number, set()).add(value)

    def announced_twice(self, name: str) -> int:
        """Return how often ids made from the current text would have announced an article again."""
        return sum(len(ids) - 1 for ids in self.hash_ids[name].values())


def words(*fields: str | None) -> tuple[str, ...]:
    """Return the texts that a reader sees, in one Unicode form."""
    return tuple(unicodedata.normalize("NFC", value or "") for value in fields)


@lru_cache(maxsize=64)
def read(name: str, content: str, known: frozenset[str], before: str | None) -> Reading:
    def parse(document: Document) -> Listing:
        return apply_known_labels(parsers.parse(document, SOURCE), known)

    document = Document(name, content.encode())
    listing = parse(document)
    whens = parsing.resolve(listing, language="en", day_first=None)
    compared = compare_with_accepted(document, listing, before and before.encode(), parse)
    return Reading(listing, whens, *compared)


def keys(readings: list[Reading]) -> frozenset[str]:
    return frozenset(key for reading in readings for key in blocking_keys(reading))


def naive_ids(article: Article) -> dict[str, str]:
    everything = repr((article.title, article.day, article.summary, article.label, article.credit))
    return {
        "hash": hashlib.sha256(everything.encode()).hexdigest(),
        "title": f"{article.title}|{article.day}",
    }


@click.command()
@click.option("--seeds", default=200, show_default=True)
@click.option("--days", default=365, show_default=True)
@click.option("--first", default=0, show_default=True, help="The first seed.")
def main(seeds: int, days: int, first: int) -> None:
    """Simulate many years, and print how often each way of making ids would have announced articles twice."""
    totals: Counter[str] = Counter()
    with click.progressbar(range(first, first + seeds), label="years") as numbers:
        for seed in numbers:
            year = Year(Newsroom(seed)).live(days)
            for name in FAILURES:
                problems = getattr(year, name)
                totals[name] += len(problems)
                for problem in problems[:3]:
                    click.echo(f"  seed {seed} {name}: {problem}", err=True)
            totals["readings"] += year.readings
            totals["articles"] += len(year.ids)
            totals["hash"] += year.announced_twice("hash")
            totals["title"] += year.announced_twice("title")
            for reason, times in year.refused.items():
                totals[f"refused {reason}"] += times
    width = max(map(len, totals))
    for name, number in sorted(totals.items()):
        click.echo(f"{name:{width}} {number:10,}")


if __name__ == "__main__":
    main()
