"""Keeps an organization's own copies of legal profiles, and what counsel said of single values."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.core.appendonly import guard_sql

revision: str = "keeps_own_law"
down_revision: str | None = "opens_the_books"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "law_adaptation",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("base_id", sa.String(), nullable=False),
        sa.Column("base_version", sa.BigInteger(), nullable=False),
        sa.Column("departures", postgresql.JSONB(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_law_adaptation")),
    )
    op.create_table(
        "counsel_confirmation",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("profile_id", sa.String(), nullable=False),
        sa.Column("profile_version", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("confirms", sa.Boolean(), nullable=False),
        sa.Column("counsel", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counsel_confirmation")),
    )
    op.create_index(op.f("ix_counsel_confirmation_profile_id_key"), "counsel_confirmation", ["profile_id", "key"])
    for table in ("law_adaptation", "counsel_confirmation"):
        for statement in guard_sql(table):
            op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Decisions are append-only: there is no way back. Restore a backup instead.")
