"""Chains the audit: who, when, from where and why, each line sealed by hash."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.core.appendonly import guard_sql
from app.core.sealing import TransactionId

revision: str = "chains_the_audit"
down_revision: str | None = "signs_in_safely"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.add_column("audit_line", sa.Column("door", sa.String(), nullable=True))
    op.add_column("audit_line", sa.Column("network", sa.String(), nullable=True))
    op.add_column(
        "audit_line",
        sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
    )
    for column in ("actor_id", "at", "xact"):
        op.create_index(op.f(f"ix_audit_line_{column}"), "audit_line", [column])
    op.create_table(
        "audit_seal",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before_xact", TransactionId(), nullable=False),
        sa.Column("entry_count", sa.BigInteger(), nullable=False),
        sa.Column("sha256", postgresql.BYTEA(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_seal")),
    )
    for statement in guard_sql("audit_seal"):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
