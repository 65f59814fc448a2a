"""HTML pages: the index, feeds, entries and the status.

A page is a function of the store and the configuration. It is rendered when it is first asked for after a
change and then kept, finished; there is no script in it, and nothing that depends on who asks.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from importlib.resources import files
from pathlib import PurePath
from threading import Lock
from time import monotonic
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined

from feeds.config import Config
from feeds.errors import StoreError
from feeds.model import Entry, FeedKind, Scope
from feeds.publish.catalogue import scope
from feeds.publish.formats import FORMATS, opml
from feeds.store import RegisteredFeed, View
from feeds.unicode import normalise
from service.monitoring.status import STATES, SiteStatus, as_json, read_status
from service.web.conditional import PreparedResponse, Resource, error_response, page
from service.web.snapshot import Snapshot, SnapshotCache
from service.web.template_filters import TemplateFilters

KEPT = 256
NEWEST = 10
MAX_AGE = 60
ASSET_MAX_AGE = 86_400

_MEDIA_TYPES = {".css": "text/css", ".svg": "image/svg+xml"}
_HEADINGS = {
    FeedKind.SELECTION: "Selections",
    FeedKind.SECTION: "Sections",
    FeedKind.CATEGORY: "Categories",
    FeedKind.SOURCE: "Sources",
}


@dataclass(frozen=True, slots=True)
class FeedRow:
    """One row of the index."""

    feed: RegisteredFeed
    count: int
    newest: Entry | None


class Pages:
    """Render pages and cache the last `KEPT` of them until something changes."""

    def __init__(self, snapshots: SnapshotCache, config: Config) -> None:
        self._snapshots = snapshots
        self._config = config
        self._kept: OrderedDict[str, tuple[int, Resource]] = OrderedDict()
        self._keeping = Lock()
        self.assets = dict(_assets())
        self._templates = _templates(config, self.assets)

    def index(self) -> Resource:
        """Return the index: every feed, and what is new."""
        return self._of_snapshot("/", self._index)

    def feed(self, slug: str) -> Resource | None:
        """Return the page of a feed, or None if there is no such feed."""
        feed = self._snapshots.current().feeds.get(slug)
        if feed is None or feed.moved or feed.retired:
            return None
        return self._of_snapshot(f"/feeds/{slug}", lambda view, snapshot: self._feed(view, snapshot, feed))

    def entry(self, id: str) -> Resource | PreparedResponse | None:
        """Return the page of an entry, or None if there never was one."""
        with self._snapshots.store.read() as view:
            entry = view.entry(id)
        if entry is None:
            return None
        if entry.retracted:
            return error_response(HTTPStatus.GONE, "This item was withdrawn by its source.")
        return self._of_snapshot(
            f"/entries/{entry.uuid}",
            lambda _, snapshot: self._entry(entry, snapshot),
        )

    def status(self) -> Resource:
        """Return the status page."""
        return self._of_second("/status", lambda read: page(self._render("status.html", status=read)))

    def status_json(self) -> Resource:
        """Return the status as JSON."""
        return self._of_second("/status.json", lambda read: page(as_json(read), media_type="application/json"))

    def _index(self, view: View, snapshot: Snapshot) -> bytes:
        groups: dict[FeedKind, list[FeedRow]] = {kind: [] for kind in FeedKind}
        for feed in sorted(_live(snapshot), key=lambda feed: feed.title.casefold()):
            held = scope(feed, self._config)
            newest = view.entries(held, limit=1)
            groups[feed.kind].append(FeedRow(feed, view.count(held), newest[0] if newest else None))
        return self._render(
            "index.html",
            everything=groups.pop(FeedKind.ALL),
            groups=[(heading, groups[kind]) for kind, heading in _HEADINGS.items() if groups[kind]],
            newest=view.entries(Scope(), limit=NEWEST),
            names=self._names(snapshot),
        )

    def _feed(self, view: View, snapshot: Snapshot, feed: RegisteredFeed) -> bytes:
        held = scope(feed, self._config)
        entries = view.entries(held, limit=self._config.entries)
        return self._render(
            "feed.html",
            feed=feed,
            entries=entries,
            count=view.count(held),
            names=self._names(snapshot),
        )

    def _entry(self, entry: Entry, snapshot: Snapshot) -> bytes:
        names = self._names(snapshot)
        places = [
            (FeedKind.CATEGORY, entry.category),
            *((FeedKind.SECTION, key) for key in entry.sections),
            *((FeedKind.SOURCE, name) for name in entry.sources),
        ]
        feeds = [names[place] for place in places if place in names]
        return self._render("entry.html", entry=entry, feeds=feeds, names=names)

    def _names(self, snapshot: Snapshot) -> Mapping[tuple[str, str | None], RegisteredFeed]:
        """Return the feed of a category (by any of its keys), a section or a source."""
        names: dict[tuple[str, str | None], RegisteredFeed] = {(feed.kind, feed.key): feed for feed in _live(snapshot)}
        for rule in self._config.categories:
            feed = names.get((FeedKind.CATEGORY, normalise.key(rule.name)))
            names |= {(FeedKind.CATEGORY, normalise.key(alias)): feed for alias in rule.aliases if feed}
        return names

    def _render(self, template: str, **values: object) -> bytes:
        return self._templates.get_template(template).render(values).encode()

    def _of_snapshot(self, path: str, render: Callable[[View, Snapshot], bytes]) -> Resource:
        snapshot = self._snapshots.current()
        return self._keep(path, snapshot.generation, lambda view: page(render(view, snapshot), max_age=MAX_AGE))

    def _of_second(self, path: str, make: Callable[[SiteStatus], Resource]) -> Resource:
        """Return what identifies the state of the status pages, which change without a new generation."""
        return self._keep(path, int(monotonic()), lambda view: make(read_status(view, self._config)))

    def _keep(self, path: str, stamp: int, make: Callable[[View], Resource]) -> Resource:
        """Return the page cached under this stamp, or render it; return an older one if the store cannot be read."""
        kept = self._kept.get(path)
        if kept and kept[0] == stamp:
            return kept[1]
        try:
            with self._snapshots.store.read() as view:
                made = make(view)
        except StoreError:
            if kept is None:
                raise
            return kept[1]
        with self._keeping:
            self._kept[path] = stamp, made
            self._kept.move_to_end(path)
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return made


def _live(snapshot: Snapshot) -> Iterator[RegisteredFeed]:
    return (feed for feed in snapshot.feeds.values() if not feed.moved and not feed.retired)


def _assets() -> Iterator[tuple[str, Resource]]:
    for file in files("service.web").joinpath("static").iterdir():
        media_type = _MEDIA_TYPES[PurePath(file.name).suffix]
        yield file.name, page(file.read_bytes(), media_type=media_type, max_age=ASSET_MAX_AGE)


def _templates(config: Config, assets: Mapping[str, Resource]) -> Environment:
    """Return the template environment. Links within the site include the path of `base_url`."""
    environment = Environment(
        loader=PackageLoader("service.web"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    site, mount = config.site, urlsplit(config.base_url).path
    environment.filters.update(TemplateFilters(config).filters)
    environment.globals.update(
        heading=lambda feed: site.title if feed.kind is FeedKind.ALL else f"{site.title}: {feed.title}",
        site=site,
        formats=tuple(FORMATS.values()),
        mount=mount,
        opml=opml,
        states=STATES,
        assets={name: f"{mount}/static/{name}?v={asset.etag[:8]}" for name, asset in assets.items()},
    )
    return environment
