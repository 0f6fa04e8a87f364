"""Redacts identity checks at the processor when their person is erased: what is asked, and that it was done."""

import sqlalchemy as sa
from alembic import op

from app.core.appendonly import guard_sql
from app.core.sealing import TransactionId

revision: str = "redacts_identity_checks"
down_revision: str | None = "suspends_roles"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    for table, moment, to in (
        ("identity_redaction", "asked_at", "identity_visit.id"),
        ("identity_redacted", "at", "identity_redaction.visit_id"),
    ):
        op.create_table(
            table,
            sa.Column("visit_id", sa.Uuid(), nullable=False),
            sa.Column(moment, sa.DateTime(timezone=True), nullable=False),
            sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
            sa.ForeignKeyConstraint(["visit_id"], [to], name=op.f(f"fk_{table}_visit_id")),
            sa.PrimaryKeyConstraint("visit_id", name=op.f(f"pk_{table}")),
        )
        op.create_index(op.f(f"ix_{table}_xact"), table, ["xact"])
        for statement in guard_sql(table):
            op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
