"""Keeps the items of closes: every item of a closed month as it stood then, by the hash that the vault has it under."""

import sqlalchemy as sa
from alembic import op

from app.core.appendonly import guard_sql
from app.core.sealing import TransactionId

revision: str = "keeps_items_of_closes"
down_revision: str | None = "delegates_by_topic"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "period_items",
        sa.Column("period_closing_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("items", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["period_closing_id"], ["period_closing.id"], name=op.f("fk_period_items_period_closing_id_period_closing")
        ),
        sa.PrimaryKeyConstraint("period_closing_id", name=op.f("pk_period_items")),
    )
    op.create_index(op.f("ix_period_items_xact"), "period_items", ["xact"])
    for statement in guard_sql("period_items"):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
