"""Suspends roles: one person lets a role of another not count for some days."""

import sqlalchemy as sa
from alembic import op

from app.core.appendonly import guard_sql
from app.core.sealing import TransactionId

revision: str = "suspends_roles"
down_revision: str | None = "names_proxies"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "role_suspension",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("grant_id", sa.BigInteger(), nullable=False),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("suspended_by", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(["grant_id"], ["role_grant.id"], name=op.f("fk_role_suspension_grant_id")),
        sa.ForeignKeyConstraint(["suspended_by"], ["person.id"], name=op.f("fk_role_suspension_suspended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_suspension")),
    )
    for column in ("grant_id", "suspended_by", "xact"):
        op.create_index(op.f(f"ix_role_suspension_{column}"), "role_suspension", [column])
    for statement in guard_sql("role_suspension"):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
