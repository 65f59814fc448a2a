"""The tables, the same for SQLite and PostgreSQL.

Instants are whole seconds since 1970 UTC and ids are the sixteen bytes of their UUID: rows are short, and both
databases order them alike whatever their collation. A change here needs a new file in `feeds/store/migrations`
and the next `VERSION`; a test compares the two.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

VERSION = "0002"
VERSION_TABLE = "tidings_version"

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_SECOND = dt.timedelta(seconds=1)


class Instant(sa.types.TypeDecorator[dt.datetime]):
    """An aware datetime as whole seconds. A naive one raises `TypeError`."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else (value - _EPOCH) // _SECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> dt.datetime | None:
        return None if value is None else _EPOCH + dt.timedelta(seconds=value)


class EntryId(sa.types.TypeDecorator[str]):
    """`urn:uuid:…` as sixteen bytes."""

    impl = sa.LargeBinary(16)
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else uuid.UUID(value).bytes

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        # The same as `UUID(bytes=…).urn` in a quarter of the time: this runs for every row that is read.
        text = value.hex()
        return f"urn:uuid:{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


class Digest(sa.types.TypeDecorator[str]):
    """A key of any length as sixteen bytes: it is only compared for equality and never read back."""

    impl = sa.LargeBinary(16)
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else key_digest(value)


def key_digest(key: str) -> bytes:
    """Return the stored form of a key."""
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def position(rank: dt.datetime) -> int:
    """Return an entry's position in a feed: smaller is newer, so that an index lists the newest first."""
    return (_EPOCH - rank) // _SECOND


metadata = sa.MetaData()

# One row. `generation` is the number of the last change; on PostgreSQL its row is the writers' lock.
counter = sa.Table(
    "counter",
    metadata,
    sa.Column("id", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("generation", sa.BigInteger, nullable=False),
)

# Columns are named as the fields of `model.Entry`.
entries = sa.Table(
    "entries",
    metadata,
    sa.Column("id", EntryId, primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("first_seen", Instant, nullable=False),
    sa.Column("updated", Instant, nullable=False),
    sa.Column("rank", Instant, nullable=False),
    sa.Column("published", Instant),
    sa.Column("precision", sa.Text),
    sa.Column("summary", sa.Text),
    sa.Column("link", sa.Text),
    sa.Column("credit", sa.Text),
    sa.Column("label", sa.Text),
    sa.Column("category", sa.Text),
    sa.Column("sections", sa.JSON, nullable=False),
    sa.Column("sources", sa.JSON, nullable=False),
    sa.Column("retracted", Instant),
    sa.Column("change", sa.BigInteger, nullable=False),
    sa.Column("origin_id", sa.Text),
    sa.Column("source_feed", sa.JSON(none_as_null=True)),
    sa.Index("entries_change", "change", "id"),
    sa.Index("entries_rank", "rank"),
    sa.Index(
        "entries_retracted",
        "retracted",
        sqlite_where=sa.text("retracted IS NOT NULL"),
        postgresql_where=sa.text("retracted IS NOT NULL"),
    ),
)

# Every blocking key that an item of the entry ever had.
entry_keys = sa.Table(
    "entry_keys",
    metadata,
    sa.Column("key", Digest, primary_key=True),
    sa.Column("entry", EntryId, sa.ForeignKey("entries.id"), primary_key=True),
    sqlite_with_rowid=False,
)

appearances = sa.Table(
    "appearances",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("document", sa.Text, primary_key=True),
    sa.Column("entry", EntryId, sa.ForeignKey("entries.id"), primary_key=True),
    sa.Column("section", sa.Text),
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("item", sa.JSON, nullable=False),
    sa.Column("dated", sa.Text),
    sa.Column("first_seen", Instant, nullable=False),
    sa.Column("last_seen", Instant, nullable=False),
    sa.Column("missing", sa.Integer, nullable=False),
    sa.Column("gone", sa.Boolean, nullable=False),
    sa.Column("edits", sa.Integer, nullable=False),
    sa.Column("edited", Instant),
    sa.Index("appearances_seen", "source", "gone", "last_seen"),
    sa.Index("appearances_entry", "entry"),
)

revisions = sa.Table(
    "revisions",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("entry", EntryId, sa.ForeignKey("entries.id"), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("fields", sa.JSON, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Index("revisions_entry", "entry"),
)

headings = sa.Table(
    "headings",
    metadata,
    sa.Column("section", sa.Text, primary_key=True),
    sa.Column("heading", sa.Text, nullable=False),
)

# The number of entries, without the retracted, that write a category with this spelling.
labels = sa.Table(
    "labels",
    metadata,
    sa.Column("category", sa.Text, primary_key=True),
    sa.Column("label", sa.Text, primary_key=True),
    sa.Column("entries", sa.Integer, nullable=False),
)

# The scopes that entries can belong to, and their sizes. `kind` is a `model.FeedKind`; "all" has the key "".
scopes = sa.Table(
    "scopes",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("entries", sa.Integer, nullable=False),
    sa.UniqueConstraint("kind", "key", name="scopes_kind_key"),
)

# The entries of a scope, without the retracted. The primary key is the order of a feed.
memberships = sa.Table(
    "memberships",
    metadata,
    sa.Column("scope", sa.Integer, sa.ForeignKey("scopes.id"), primary_key=True),
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("entry", EntryId, sa.ForeignKey("entries.id"), primary_key=True),
    sqlite_with_rowid=False,
)

feeds = sa.Table(
    "feeds",
    metadata,
    sa.Column("slug", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("since", Instant, nullable=False),
    sa.Column("moved", sa.Text),
    sa.Column("retired", sa.Boolean, nullable=False),
)

representations = sa.Table(
    "representations",
    metadata,
    sa.Column("path", sa.Text, primary_key=True),
    sa.Column("media_type", sa.Text, nullable=False),
    sa.Column("etag", sa.Text, nullable=False),
    sa.Column("last_modified", Instant, nullable=False),
    sa.Column("max_age", sa.Integer, nullable=False),
    sa.Column("links", sa.Text, nullable=False),
    sa.Column("generation", sa.BigInteger, nullable=False),
    sa.Column("gzip", sa.LargeBinary),
    sa.Column("br", sa.LargeBinary),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Index("representations_generation", "generation"),
)

# The last versions of a document; the newest has place 0, and the deltas of the others lead to it.
versions = sa.Table(
    "versions",
    metadata,
    sa.Column("path", sa.Text, primary_key=True),
    sa.Column("place", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("etag", sa.Text, nullable=False),
    sa.Column("parts", sa.LargeBinary, nullable=False),
    sa.Column("target", sa.Text),
    sa.Column("gzip", sa.LargeBinary),
    sa.Column("body", sa.LargeBinary),
)

sources = sa.Table(
    "sources",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("next_due", Instant, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("outcome", sa.JSON(none_as_null=True)),
    sa.Column("held", sa.JSON, nullable=False),
    sa.Column("last_changed", Instant),
    sa.Column("last_success", Instant),
    sa.Column("epoch", sa.BigInteger, nullable=False),
    sa.Column("owner", sa.Text),
    sa.Column("leased_until", Instant),
    sa.Column("accepted", sa.Boolean, nullable=False),
    sa.Index("sources_due", "next_due"),
)

documents = sa.Table(
    "documents",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("etag", sa.Text),
    sa.Column("last_modified", sa.Text),
    sa.Column("read_at", Instant),
    sa.Column("repeats", sa.Integer, nullable=False),
    sa.Column("settled", sa.Boolean, nullable=False),
    sqlite_with_rowid=False,
)

# The last accepted body of each document, or its first one if none was accepted yet, compressed by zlib.
accepted_bodies = sa.Table(
    "believed",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("document", sa.Text, primary_key=True),
    sa.Column("body", sa.LargeBinary, nullable=False),
)

# One row for each topic and hub; nothing has to be sent where `due` is null.
outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("topic", sa.Text, primary_key=True),
    sa.Column("hub", sa.Text, primary_key=True),
    sa.Column("generation", sa.BigInteger, nullable=False),
    sa.Column("created", Instant, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("due", Instant),
    sa.Column("sent", Instant),
    sa.Index("outbox_due", "due"),
)

# Incidents of sources; `ended` is null while one lasts.
incidents = sa.Table(
    "incidents",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("since", Instant, primary_key=True),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("message", sa.Text),
    sa.Column("updated", Instant, nullable=False),
    sa.Column("ended", Instant),
)
