"""Add the table of the last accepted body of each document."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "believed",
        sa.Column("source", sa.Text(), primary_key=True),
        sa.Column("document", sa.Text(), primary_key=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
    )
