"""Notes returns: paid orders that the payee's bank sent back, by its code."""

import sqlalchemy as sa
from alembic import op

from app.core.appendonly import guard_sql
from app.core.sealing import TransactionId

revision: str = "notes_returns"
down_revision: str | None = "counts_duties"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "payout_order_return",
        sa.Column("order_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_by", sa.BigInteger(), nullable=False),
        sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["payout_order.id"], name=op.f("fk_payout_order_return_order_id_payout_order")
        ),
        sa.ForeignKeyConstraint(["told_by"], ["person.id"], name=op.f("fk_payout_order_return_told_by_person")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_payout_order_return")),
    )
    op.create_index(op.f("ix_payout_order_return_told_by"), "payout_order_return", ["told_by"])
    op.create_index(op.f("ix_payout_order_return_xact"), "payout_order_return", ["xact"])
    for statement in guard_sql("payout_order_return"):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
