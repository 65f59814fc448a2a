"""A site whose addresses have markers in every part that can be secret, and everything that it outputs.

A place is where an address comes from: the configuration, a redirect, a page or a feed. A part is the part of an
address that can be secret.
"""

from __future__ import annotations

import gzip
import json
import logging
from dataclasses import dataclass, field
from pathlib import Path

import brotli
from click.testing import CliRunner
from werkzeug.test import Client

from feeds.config import load
from feeds.model import Scope
from feeds.store import Store
from service.cli.main import tidings
from service.logs import JSONFormatter, LineFormatter
from service.web.app import wsgi
from tests.kit.fake_origin import FaultServer, answer

ALL = ("user", "password", "query", "fragment")
ASKED = ("query", "fragment")  # an address with a user is refused, and not requested
PLACES = {
    # in the configuration, each for a source with another outcome
    "rss": ASKED, "named": ASKED, "atom": ASKED, "jsonfeed": ASKED, "moving": ASKED, "jumping": ASKED,
    "looping": ASKED, "missing": ASKED, "closed": ASKED, "crashing": ASKED, "wrong": ASKED, "pages": ASKED,
    "anchors": ASKED, "first": ASKED, "second": ASKED, "here": ASKED, "away": ASKED,
    # in redirects
    "moved": ASKED, "jumped": ALL, "looped": ASKED,
    # in what is fetched
    "self": ASKED, "title": ALL, "atomid": ALL, "atomlink": ALL, "jsonid": ALL, "jsonhome": ALL,
    "next": ASKED, "other": ASKED,
}  # fmt: skip
MARKERS = [f"mark-{place}-{part}" for place, parts in PLACES.items() for part in parts]
HUB = "mark-hub-query"
FEED = "https://jsonfeed.org/version/1.1"
STORIES = ("A bridge is closed", "New rules for boats", "A series on soil", "Paint for lighthouses", "Tides")


def marked(address: str, place: str) -> str:
    """Return an address with a marker in every part that this place can have."""
    has = {part: f"mark-{place}-{part}" for part in PLACES[place]}
    if "user" in has:
        address = address.replace("://", f"://{has['user']}:{has['password']}@")
    return f"{address}?a={has['query']}#{has['fragment']}"


def listing(word: str) -> bytes:
    rows = (
        f"  {number}. Press release\n\n    {title} ({word})\n\n    {20 - number} August 2021\n\n    {word}."
        for number, title in enumerate(STORIES, 1)
    )
    return answer(("News\n\n" + "\n\n".join(rows) + "\n").encode(), 200, "Content-Type: text/plain")


def rss(word: str, about: str = "") -> bytes:
    items = "".join(
        f"<item><title>{story} ({word})</title><guid isPermaLink='false'>{word} {number}</guid></item>"
        for number, story in enumerate(STORIES)
    )
    return answer(f"<rss version='2.0'><channel>{about}{items}</channel></rss>".encode())


def page(word: str, href: str, following: str = "") -> bytes:
    rows = "".join(
        f"<li>{20 - number} August 2021 <a href='{href.format(number)}'>{story} ({word})</a></li>"
        for number, story in enumerate(STORIES)
    )
    whole = f"<ul>{rows}</ul><a rel=next href='{following}'>on</a>"
    return answer(whole.encode(), 200, "Content-Type: text/html")


@dataclass
class Origin:
    """An origin, and the configuration of the sources that are read from it."""

    server: FaultServer
    config: str = ""
    sources: dict[str, list[str]] = field(default_factory=dict)

    def add(self, name: str, *places: str, more: str = "") -> None:
        self.sources[name] = [marked(self.server.url(f"/{name}"), place) for place in places or (name,)]
        where = json.dumps(self.sources[name])
        self.config += f'[[sources]]\nname = "{name}"\nallow_private = true\nurls = {where}\n{more}\n'

    def say(self, path: str, place: str, said: bytes) -> None:
        self.server.scripts[f"{path}?a=mark-{place}-query"] = said

    def lead(self, path: str, place: str, status: int, where: str) -> None:
        self.say(path, place, answer(b"", status, f"Location: {where}"))

    def open(self) -> None:
        there = self.server.url
        for name in ("rss", "named", "atom", "jsonfeed", "moving", "jumping", "looping", "missing", "closed"):
            self.add(name)
        self.add("crashing")
        self.add("wrong", more='parser = "feed"')
        self.add("pages", more='next = "a[rel=next]"\nparser = "html"\nselect = {item = "li"}')
        self.add("anchors", more='parser = "html"\nselect = {item = "li"}')
        self.add("twins", "first", "second")
        self.add("half", "here", "away")
        self.server.scripts["/robots.txt"] = answer(b"User-agent: *\nDisallow: /closed\n")
        self.server.scripts[f"/hub?a={HUB}"] = answer(b"", 500)
        self.lead("/moving", "moving", 301, marked(there("/found"), "moved"))
        self.lead("/jumping", "jumping", 302, marked(there("/found"), "jumped"))
        self.lead("/looping", "looping", 302, marked(there("/looping"), "looped"))
        self.lead("/looping", "looped", 302, marked(there("/looping"), "looped"))
        self._serve_feeds_and_pages()
        for path, place in (("/twins", "first"), ("/twins", "second"), ("/half", "here")):
            self.say(path, place, listing(place))
        self.say("/crashing", "crashing", listing("crashing"))

    def _serve_feeds_and_pages(self) -> None:
        """Serve feeds that name themselves, and pages that link to others."""
        there = self.server.url
        about = f"<title>{marked(there('/named'), 'title')}</title><link>{marked(there('/named'), 'self')}</link>"
        self.say("/rss", "rss", rss("bare"))
        self.say("/named", "named", rss("named", about))
        self.say("/found", "moved", rss("found"))
        id, link = (marked(there("/a"), place) for place in ("atomid", "atomlink"))
        entries = "".join(
            f"<entry><id>tag:a.example,2026:{number}</id><title>{story} (Atom)</title></entry>"
            for number, story in enumerate(STORIES)
        )
        atom = f"<feed xmlns='http://www.w3.org/2005/Atom'><id>{id}</id><link href='{link}'/>{entries}</feed>"
        self.say("/atom", "atom", answer(atom.encode()))
        feed, home = (marked(there("/j"), place) for place in ("jsonid", "jsonhome"))
        items = [{"id": f"tag:j.example,2026:{number}", "title": f"{s} (JSON)"} for number, s in enumerate(STORIES)]
        said = {"version": FEED, "feed_url": feed, "home_page_url": home, "items": items}
        self.say("/jsonfeed", "jsonfeed", answer(json.dumps(said).encode()))
        self.say("/wrong", "wrong", answer(f'{{"version": "{FEED}", "items": ['.encode()))
        self.say("/pages", "pages", page("page one", "/one-{}", marked("", "next")))
        self.say("/pages", "next", page("page two", "/two-{}", marked("http://other.example/", "other")))
        # A link that is only a scheme is a link to the page itself.
        self.say("/anchors", "anchors", page("anchors", "http:"))

    def empty(self) -> None:
        """Remove all items from two pages of one source."""
        for place in ("first", "second"):
            self.say("/twins", place, answer(b"News\n\nThere is none.\n", 200, "Content-Type: text/plain"))


@dataclass
class Leaving:
    """A site in a folder, and all its output by what wrote it."""

    folder: Path
    left: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: str) -> str:
        result = CliRunner().invoke(tidings, arguments, prog_name="tidings")
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        said = result.stdout + result.stderr
        self.left[f"{len(self.left)} tidings {' '.join(arguments[:2])}"] = said
        return said

    def ask(self, when: str) -> dict[str, str]:
        """Request every address of the site, and return the bodies by their addresses."""
        config = load(self.folder / "config.toml")
        store = Store(config.store, read_only=True)
        with store.read() as view:
            paths = [f"/{published.path}" for _, published in view.representations()]
            paths += [f"/feeds/{feed.slug}" for feed in view.feeds()]
            paths += [f"/entries/{entry.uuid}" for entry in view.entries(Scope(), limit=1000)]
        client = Client(wsgi(store, config))
        paths += [
            "/",
            "/status",
            "/status.json",
            "/metrics",
            "/livez",
            "/readyz",
            "/feeds/none.atom",
            "/none",
        ]
        answers = {path: client.get(path) for path in paths}
        store.close()
        self.left |= {f"{when} GET {path}": f"{got.headers}{got.text}" for path, got in answers.items()}
        return {path: got.text for path, got in answers.items()}

    def export(self, name: str) -> None:
        self.run("export", name)
        unpack = {".gz": gzip.decompress, ".br": brotli.decompress}
        for file in (self.folder / name).rglob("*"):
            if file.is_file():
                body = unpack.get(file.suffix, bytes)(file.read_bytes())
                self.left[str(file.relative_to(self.folder))] = body.decode("utf-8", "replace")


class Records(logging.Handler):
    """Keeps every log record as both kinds of line and with its fields."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.events: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        self.events.add(record.getMessage())
        self.lines += [formatter.format(record) for formatter in (JSONFormatter(), LineFormatter())]
        self.lines.append(str({name: said for name, said in vars(record).items() if name != "exc_info"}))
