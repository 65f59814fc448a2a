"""Hostile entries: every output is read by parsers that are independent of what wrote it."""

from __future__ import annotations

import json
import random
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

from feeds import model
from feeds.changes import Changes, PriorState
from feeds.dates import parsing
from feeds.ledger.reconcile import reconcile
from feeds.ledger.state import Reading, Rules
from feeds.model import Entry, Feed, FeedKind, Item, Listing, Section
from feeds.parsers.urls import absolute
from feeds.publish.formats import FORMATS
from feeds.publish.publisher import publish
from feeds.unicode import normalise
from tests.kit import hostile
from tests.kit.clock import NOON
from tests.kit.site import BASE, Site, configure
from tests.torture.figure import Figure, Findings, Step

BATCH = 100
PAGES_EVERY = 50
URLS = (
    "href",
    "src",
    "action",
    "formaction",
    "data",
    "poster",
    "background",
    "xlink:href",
    "srcset",
    "style",
)
ATOM = "{http://www.w3.org/2005/Atom}"


def run(entries: int, step: Step) -> Findings:
    findings = Findings({"entries": 0, "outputs": 0, "pages": 0, "titles": 0})
    chance = random.Random(20260301)
    for batch in range(-(-entries // BATCH)):
        raw, changes = hostile_reading(chance, f"hostile-{batch}")
        titles = expected(raw, changes)
        findings.count("entries", len(changes.added))
        check_formats(changes.added, titles, findings)
        if batch % PAGES_EVERY == 0:
            # Every entry has its own category, so a store of many batches would have too many feeds.
            with tempfile.TemporaryDirectory() as folder, Site(configure(Path(folder))) as site:
                check_pages(changes, titles, site, findings)
        for _ in range(BATCH):
            step()
    return findings


def hostile_reading(chance: random.Random, name: str) -> tuple[list[str], Changes]:
    """Return raw titles, and the changes of a first reading of items with these and other hostile fields."""
    raw = [hostile.text(chance) + f" {number}" for number in range(BATCH)]
    items = tuple(
        Item(
            number,
            title=normalise.line(title),
            label=normalise.line(hostile.text(chance)) or None,
            summary=normalise.paragraphs(hostile.text(chance)) or None,
            credit=normalise.line(hostile.text(chance)) or None,
            link=_linked(chance),
            date="12 August 2021",
        )
        for number, title in enumerate(raw, start=1)
    )
    heading = normalise.line(hostile.text(chance)) or None
    listing = Listing("listing", (Section(heading, 1, items),))
    whens = parsing.resolve(listing, language="en", day_first=None)
    return raw, reconcile([Reading(listing, whens)], PriorState(name), Rules(accepted=True), now=NOON)


def _linked(chance: random.Random) -> str | None:
    """Return a link as a parser resolves it, or as a careless one would leave it."""
    link = normalise.clean(hostile.link(chance))
    return absolute("https://news.example/", link) if chance.random() < 0.5 else link


def expected(raw: Sequence[str], changes: Changes) -> dict[str, str]:
    """Return the title that each entry must have; several items of one entry may have had different ones."""
    return {row.entry: hostile.cleaned(raw[row.place]) for row in changes.appearances}


def check_formats(entries: Sequence[Entry], titles: dict[str, str], findings: Findings) -> None:
    site = model.Site("Harbour", BASE)
    feed = Feed("all", FeedKind.ALL, "", "All", NOON, entries=tuple(entries))
    for name, format in FORMATS.items():
        findings.count("outputs")
        try:
            told = list(_READERS[name](format.render(feed, site)))
        except (ET.ParseError, ValueError, AttributeError) as error:
            findings.broken.append(f"{name} is not well-formed: {error}")
            continue
        findings.expect(len(told) == len(entries), f"{name}: {len(told)} of {len(entries)} entries")
        for entry, (id, title, link, html) in zip(entries, told, strict=False):
            findings.count("titles")
            findings.expect(id == entry.id, f"{name}: {id!r} is in the place of {entry.id}")
            findings.expect(title == titles[entry.id], f"{name}: {titles[entry.id]!r} came out as {title!r}")
            findings.expect(link.startswith(("http://", "https://")), f"{name}: a link to {link!r}")
            for escape in escapes(html, inert={"p", "html", "head", "body"}):
                findings.broken.append(f"{name}: {escape}")


Told = tuple[str, str, str, str]


def _atom(body: bytes) -> Iterator[Told]:
    for entry in ET.fromstring(body).iterfind(f"{ATOM}entry"):
        texts = [*entry.iterfind(f"{ATOM}summary"), *entry.iterfind(f"{ATOM}content")]
        html = "".join(each.text or "" for each in texts if each.get("type") == "html")
        yield (
            entry.findtext(f"{ATOM}id", ""),
            entry.findtext(f"{ATOM}title", ""),
            entry.find(f"{ATOM}link").attrib["href"],
            html,
        )


def _rss(body: bytes) -> Iterator[Told]:
    for item in ET.fromstring(body).iter("item"):
        fields = (item.findtext(name, "") for name in ("guid", "title", "link", "description"))
        yield tuple(fields)


def _json(body: bytes) -> Iterator[Told]:
    for item in json.loads(body)["items"]:
        yield item["id"], item["title"], item["url"], item.get("content_html", "")


_READERS = {"atom": _atom, "rss": _rss, "json": _json}


def check_pages(changes: Changes, titles: dict[str, str], site: Site, findings: Findings) -> None:
    """Check the same entries on our HTML pages."""
    with site.store.write() as transaction:
        transaction.apply(changes)
        transaction.publish(publish(transaction, site.config, None, now=NOON))
        slugs = [feed.slug for feed in transaction.feeds()]
    permalinks = {f"/entries/{id.removeprefix('urn:uuid:')}": title for id, title in [*titles.items()][:20]}
    paths = ["/", "/status", *(f"/feeds/{slug}" for slug in slugs[-30:]), *permalinks]
    for path in paths:
        status, _, body = site.get(path)
        findings.count("pages")
        findings.expect(status in (200, 302), f"{path} was answered {status}")
        for escape in escapes(body.decode(), inert=None):
            findings.broken.append(f"{path}: {escape}")
        if path in permalinks and status == 200:
            heading = LexborHTMLParser(body.decode()).css_first("h1")
            shown = " ".join(heading.text().split()) if heading else None
            findings.expect(shown == permalinks[path], f"{path}: {permalinks[path]!r} is shown as {shown!r}")


def escapes(html: str, *, inert: Iterable[str] | None) -> Iterator[str]:
    """Yield what in this HTML would run, or is an element that is not ours."""
    if not html:
        return
    for node in LexborHTMLParser(html).css("*"):
        if node.tag == "script" or (inert is not None and node.tag not in inert):
            yield f"an element {node.tag} in {html[:200]!r}"
        for name, value in node.attributes.items():
            target = "".join((value or "").split()).lower()
            if name.startswith("on") or (name in URLS and target.startswith(("javascript:", "data:text", "vbscript:"))):
                yield f"an attribute {name}={value!r}"
            if inert is not None:
                yield f"an attribute {name}={value!r} where none belongs"


FIGURE = Figure(
    "hostile",
    "hostile entries: every output is well-formed, nothing runs, titles come out as they went in",
    run,
    long=200_000,
    quick=1_000,
)
