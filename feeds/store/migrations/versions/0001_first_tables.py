"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "counter",
        sa.Column("id", sa.SmallInteger(), primary_key=True, autoincrement=False),
        sa.Column("generation", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "documents",
        sa.Column("source", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text()),
        sa.Column("last_modified", sa.Text()),
        sa.Column("read_at", sa.BigInteger()),
        sa.Column("repeats", sa.Integer(), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "entries",
        sa.Column("id", sa.LargeBinary(16), primary_key=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("published", sa.BigInteger()),
        sa.Column("precision", sa.Text()),
        sa.Column("summary", sa.Text()),
        sa.Column("link", sa.Text()),
        sa.Column("credit", sa.Text()),
        sa.Column("label", sa.Text()),
        sa.Column("category", sa.Text()),
        sa.Column("sections", sa.JSON(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("retracted", sa.BigInteger()),
        sa.Column("change", sa.BigInteger(), nullable=False),
        sa.Column("origin_id", sa.Text()),
        sa.Column("source_feed", sa.JSON()),
    )
    op.create_index("entries_change", "entries", ["change", "id"])
    op.create_index("entries_rank", "entries", ["rank"])
    op.create_index(
        "entries_retracted",
        "entries",
        ["retracted"],
        sqlite_where=sa.text("retracted IS NOT NULL"),
        postgresql_where=sa.text("retracted IS NOT NULL"),
    )
    op.create_table(
        "feeds",
        sa.Column("slug", sa.Text(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("moved", sa.Text()),
        sa.Column("retired", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "headings",
        sa.Column("section", sa.Text(), primary_key=True),
        sa.Column("heading", sa.Text(), nullable=False),
    )
    op.create_table(
        "labels",
        sa.Column("category", sa.Text(), primary_key=True),
        sa.Column("label", sa.Text(), primary_key=True),
        sa.Column("entries", sa.Integer(), nullable=False),
    )
    op.create_table(
        "incidents",
        sa.Column("source", sa.Text(), primary_key=True),
        sa.Column("since", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("message", sa.Text()),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.Column("ended", sa.BigInteger()),
    )
    op.create_table(
        "outbox",
        sa.Column("topic", sa.Text(), primary_key=True),
        sa.Column("hub", sa.Text(), primary_key=True),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("due", sa.BigInteger()),
        sa.Column("sent", sa.BigInteger()),
    )
    op.create_index("outbox_due", "outbox", ["due"])
    op.create_table(
        "representations",
        sa.Column("path", sa.Text(), primary_key=True),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("last_modified", sa.BigInteger(), nullable=False),
        sa.Column("max_age", sa.Integer(), nullable=False),
        sa.Column("links", sa.Text(), nullable=False),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.Column("gzip", sa.LargeBinary()),
        sa.Column("br", sa.LargeBinary()),
        sa.Column("body", sa.LargeBinary(), nullable=False),
    )
    op.create_index("representations_generation", "representations", ["generation"])
    op.create_table(
        "scopes",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.UniqueConstraint("kind", "key", name="scopes_kind_key"),
    )
    op.create_table(
        "sources",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("next_due", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.JSON()),
        sa.Column("held", sa.JSON(), nullable=False),
        sa.Column("last_changed", sa.BigInteger()),
        sa.Column("last_success", sa.BigInteger()),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("owner", sa.Text()),
        sa.Column("leased_until", sa.BigInteger()),
        sa.Column("accepted", sa.Boolean(), nullable=False),
    )
    op.create_index("sources_due", "sources", ["next_due"])
    op.create_table(
        "versions",
        sa.Column("path", sa.Text(), primary_key=True),
        sa.Column("place", sa.SmallInteger(), primary_key=True, autoincrement=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("parts", sa.LargeBinary(), nullable=False),
        sa.Column("target", sa.Text()),
        sa.Column("gzip", sa.LargeBinary()),
        sa.Column("body", sa.LargeBinary()),
    )
    op.create_table(
        "appearances",
        sa.Column("source", sa.Text(), primary_key=True),
        sa.Column("document", sa.Text(), primary_key=True),
        sa.Column("entry", sa.LargeBinary(16), sa.ForeignKey("entries.id"), primary_key=True),
        sa.Column("section", sa.Text()),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("item", sa.JSON(), nullable=False),
        sa.Column("dated", sa.Text()),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.Column("last_seen", sa.BigInteger(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("edits", sa.Integer(), nullable=False),
        sa.Column("edited", sa.BigInteger()),
    )
    op.create_index("appearances_entry", "appearances", ["entry"])
    op.create_index("appearances_seen", "appearances", ["source", "gone", "last_seen"])
    op.create_table(
        "entry_keys",
        sa.Column("key", sa.LargeBinary(16), primary_key=True),
        sa.Column("entry", sa.LargeBinary(16), sa.ForeignKey("entries.id"), primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "memberships",
        sa.Column("scope", sa.Integer(), sa.ForeignKey("scopes.id"), primary_key=True),
        sa.Column("position", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("entry", sa.LargeBinary(16), sa.ForeignKey("entries.id"), primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "revisions",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("entry", sa.LargeBinary(16), sa.ForeignKey("entries.id"), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
    )
    op.create_index("revisions_entry", "revisions", ["entry"])
    op.execute("INSERT INTO counter (id, generation) VALUES (1, 0)")
