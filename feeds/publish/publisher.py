"""Feeds → finished bytes: the representations that differ from what is published, and only those.

catalogue → contents → render → represent → compare. The bytes are a function of the store and the configuration;
`now` is only for Last-Modified.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import count

import brotli

from feeds.config import Config
from feeds.model import Entry, Feed, Representation, Scope, Site
from feeds.publish.catalogue import Catalogue, build_catalogue
from feeds.publish.contents import Contents, lifetime
from feeds.publish.deltas import FeedVersion, advance
from feeds.publish.formats import FORMATS, Fragments, common, opml
from feeds.store import Transaction, Version, View
from feeds.store.membership import holds

_SECOND = dt.timedelta(seconds=1)


def publish(
    transaction: Transaction,
    config: Config,
    entries: Iterable[Entry] | None,
    *,
    now: dt.datetime,
    fragments: Fragments | None = None,
) -> tuple[Representation, ...]:
    """Register new feeds, withdraw ended ones, and return every representation that differs from what is published.

    `entries` are the changed ones, each as it is and, if it was known before, as it was. With None everything is
    rendered, for a new configuration or a new version of Tidings.
    """
    catalogue = build_catalogue(transaction, config, now=now)
    for row in catalogue.changed:
        transaction.register(row)
    changed = None if entries is None or not catalogue.only_new else tuple(entries)
    rows = catalogue.feeds if changed is None else catalogue.affected_by(changed)
    renderer = _Renderer(transaction, config, Fragments() if fragments is None else fragments, now)
    published = [*renderer.list(catalogue)]
    for row in rows:
        contents = Contents(transaction, catalogue, row)
        published += renderer.feed(contents, _oldest(changed, catalogue.scopes[row.slug]))
        transaction.withdraw(_surplus_pages(transaction, row.slug, contents.pages))
    if changed is None:
        transaction.withdraw(_orphans(transaction.paths(), catalogue))
    return tuple(published)


class _Renderer:
    """Renders the documents of one site, and yields those that differ from what is published."""

    def __init__(self, transaction: Transaction, config: Config, fragments: Fragments, now: dt.datetime) -> None:
        self._transaction = transaction
        self._site = config.site
        self._deltas = config.deltas
        self._fragments = fragments
        self._now = now

    def feed(self, contents: Contents, oldest: dt.datetime | None) -> Iterator[Representation]:
        """Yield the current document, and the archive pages back to the first that cannot have changed."""
        yield from self._document(contents.current())
        for number in range(contents.pages, 0, -1):
            page = contents.archive(number)
            differing = tuple(self._document(page))
            yield from differing
            if not differing and oldest is not None and page.entries[0].rank < oldest:
                return

    def list(self, catalogue: Catalogue) -> Iterator[Representation]:
        """Yield the list of feeds."""
        feeds = [Feed(row.slug, row.kind, row.key, row.title, row.since) for row in catalogue.feeds]
        links = (
            common.Link("self", f"{self._site.base_url}/{opml.PATH}", opml.MEDIA_TYPE),
            common.Link("alternate", f"{self._site.base_url}/", "text/html"),
        )
        ttl = lifetime(catalogue.config.sources)
        draft = represent(opml.PATH, opml.MEDIA_TYPE, opml.render(feeds, self._site), links=links, ttl=ttl)
        yield from self._differing(draft, self._transaction.representation(opml.PATH))

    def _document(self, feed: Feed) -> Iterator[Representation]:
        for name, format in FORMATS.items():
            newest = FeedVersion(format, feed, self._site, self._fragments)
            path = common.path(feed.slug, name, archive=feed.archive)
            links = _links(feed, self._site, name)
            draft = represent(path, format.media_type, newest.whole(), links=links, ttl=feed.ttl)
            published = self._transaction.representation(path)
            if feed.archive is None and (published is None or published.etag != draft.etag):
                self._save_versions(newest, draft, published)
            yield from self._differing(draft, published)

    def _save_versions(self, newest: FeedVersion, draft: Representation, published: Representation | None) -> None:
        """Store the versions of a document, with their deltas to what is about to be published."""
        versions: tuple[Version, ...] = ()
        if self._deltas:
            known = self._transaction.versions(draft.path)
            # If something was published while deltas were switched off, the versions are out of date.
            kept = known if known and published and known[0].etag == published.etag else ()
            versions = advance(kept, newest, path=draft.path, etag=draft.etag)
        self._transaction.replace_versions(draft.path, versions)

    def _differing(self, draft: Representation, published: Representation | None) -> Iterator[Representation]:
        finished = finalise(draft, published, now=self._now)
        if finished is not None:
            yield finished


def represent(
    path: str, media_type: str, body: bytes, *, links: Iterable[common.Link], ttl: dt.timedelta
) -> Representation:
    """Return a draft: it has no codings yet, because most drafts equal what is published."""
    return Representation(
        path=path,
        media_type=media_type,
        body=body,
        etag=hashlib.blake2b(body, digest_size=16).hexdigest(),
        last_modified=dt.datetime.min.replace(tzinfo=dt.UTC),
        max_age=ttl // _SECOND,
        links=", ".join(map(_link_value, links)),
    )


def finalise(draft: Representation, published: Representation | None, *, now: dt.datetime) -> Representation | None:
    """Return the finished draft, None if it equals what is published.

    Last-Modified changes only with the bytes, and always by at least a second forward.
    """
    if published is None or published.etag != draft.etag:
        modified = now if published is None else max(now, published.last_modified + _SECOND)
        return replace(draft, last_modified=modified, codings=_compress(draft.body))
    same = replace(published, media_type=draft.media_type, max_age=draft.max_age, links=draft.links)
    return None if same == published else same


def _compress(body: bytes) -> dict[str, bytes]:
    """Return the codings that make the body smaller; the same body always gives the same bytes."""
    coded = {"gzip": gzip.compress(body, 9, mtime=0), "br": brotli.compress(body, quality=5)}
    return {coding: compressed for coding, compressed in coded.items() if len(compressed) < len(body)}


def _links(feed: Feed, site: Site, name: str) -> Iterator[common.Link]:
    """Yield the document's own links, and links to the same feed in the other formats."""
    yield from common.links(feed, site, name, FORMATS[name].media_type)
    for other, format in FORMATS.items():
        if other != name:
            href = f"{site.base_url}/{common.path(feed.slug, other, archive=feed.archive)}"
            yield common.Link("alternate", href, format.media_type)


def _link_value(link: common.Link) -> str:
    """Return a link in the syntax of the `Link` header field (RFC 8288 §3)."""
    kind = "" if link.type is None else f'; type="{link.type}"'
    return f'<{link.href}>; rel="{link.rel}"{kind}'


def _oldest(changed: tuple[Entry, ...] | None, scope: Scope) -> dt.datetime | None:
    """Return the rank of the oldest changed entry of the feed; None if any entry may have changed."""
    return min((entry.rank for entry in changed or () if holds(scope, entry)), default=None)


def _surplus_pages(view: View, slug: str, pages: int) -> list[str]:
    """Return the paths of archive pages after the last, which were published before entries were withdrawn."""
    surplus: list[str] = []
    for number in count(pages + 1):
        paths = (common.path(slug, name, archive=number) for name in FORMATS)
        published = [path for path in paths if view.representation(path)]
        if not published:
            break
        surplus += published
    return surplus


def _orphans(paths: Iterable[str], catalogue: Catalogue) -> frozenset[str]:
    """Return the published paths of feeds that no longer exist."""
    slugs = {row.slug for row in catalogue.feeds}
    return frozenset(
        path for path in paths if path.startswith("feeds/") and path.split("/")[1].split(".")[0] not in slugs
    )
