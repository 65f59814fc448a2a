"""A small site for tests of the web processes: invented documents, committed from another connection."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
from dataclasses import replace

import brotli
from werkzeug.test import Client

from feeds.config import Config
from feeds.model import FeedKind, Representation
from feeds.publish.formats import FORMATS
from feeds.store import Delta, RegisteredFeed, Store, Version, migrate

NOON = dt.datetime(2026, 11, 6, 12, tzinfo=dt.UTC)
OLDER = "0123456789abcdef" * 2
BASE = "https://news.example.org/tidings"


def config(url: str) -> Config:
    sources = [{"name": "newsroom", "path": "newsroom.txt"}]
    return Config.model_validate({"title": "News", "base_url": BASE, "store": url, "sources": sources})


def representation(path: str, body: bytes, *, media_type: str = "text/plain", at: dt.datetime = NOON) -> Representation:
    return Representation(
        path=path,
        media_type=media_type,
        body=body,
        etag=hashlib.blake2b(body, digest_size=16).hexdigest(),
        last_modified=at,
        max_age=900,
        links=f'<{BASE}/{path}>; rel="self"',
        codings={"gzip": gzip.compress(body, mtime=0), "br": brotli.compress(body)},
    )


def documents(slug: str, words: bytes) -> tuple[Representation, ...]:
    return tuple(
        representation(f"feeds/{slug}.{name}", words + name.encode(), media_type=format.media_type)
        for name, format in FORMATS.items()
    )


def version(current: Representation, etag: str, body: bytes) -> tuple[Version, ...]:
    """Return the versions of a document: the newest, and one with this etag that has a delta."""
    delta = Delta(current.etag, body, {"gzip": gzip.compress(body, mtime=0)})
    return Version(current.path, current.etag, b""), Version(current.path, etag, b"", delta)


def registered(slug: str, **values: object) -> RegisteredFeed:
    feed = RegisteredFeed(slug, FeedKind.CATEGORY, slug, slug.title(), NOON)
    return replace(feed, **values)


def publish(
    url: str,
    *feeds: RegisteredFeed,
    representations: tuple[Representation, ...] = (),
    withdrawn: tuple[str, ...] = (),
    versions: tuple[Version, ...] = (),
) -> None:
    """Commit from another connection, as the refresher does."""
    store = Store(url)
    with store.write() as transaction:
        for feed in feeds:
            transaction.register(feed)
        transaction.publish(representations)
        transaction.withdraw(withdrawn)
        for path in {each.path for each in versions}:
            transaction.replace_versions(path, versions)
    store.close()


def fill(url: str) -> None:
    """Fill a store with two feeds, an archive page, the list of feeds, renamed slugs, and a retired feed.

    `feeds/all.atom` has a delta from its version OLDER.
    """
    migrate(url)
    everything = documents("all", b"everything " * 20)
    publish(
        url,
        replace(registered("all", title="All"), kind=FeedKind.ALL, key=""),
        registered("photography"),
        registered("photos", moved="photography"),
        registered("pictures", moved="photos"),
        registered("ended", retired=True),
        registered("awaited"),
        representations=(
            *everything,
            *documents("photography", b"pictures " * 20),
            representation("feeds/all/archive/1.atom", b"long ago"),
            representation("feeds.opml", b"<opml/>", media_type="text/x-opml"),
        ),
        versions=version(everything[0], OLDER, b"what is new " * 5),
    )


def answered(client: Client, method: str, path: str, fields: dict[str, str]) -> tuple[object, ...]:
    """Return status, header fields and body of the response."""
    got = client.open(path, method=method, headers=fields)
    return got.status, got.headers.to_wsgi_list(), got.data
