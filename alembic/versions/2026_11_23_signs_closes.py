"""Signs closes: the buckets by which a month was closed, and what was said of what remained."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.core.appendonly import guard_sql
from app.core.sealing import TransactionId

revision: str = "signs_closes"
down_revision: str | None = "makes_register_files"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "period_reconciliation",
        sa.Column("period_closing_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.Column("facts_sha256", sa.String(length=64), nullable=False),
        sa.Column("explanations", postgresql.JSONB(), nullable=False),
        sa.Column("reckoned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["period_closing_id"],
            ["period_closing.id"],
            name=op.f("fk_period_reconciliation_period_closing_id_period_closing"),
        ),
        sa.PrimaryKeyConstraint("period_closing_id", name=op.f("pk_period_reconciliation")),
    )
    op.create_index(op.f("ix_period_reconciliation_xact"), "period_reconciliation", ["xact"])
    for statement in guard_sql("period_reconciliation"):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
