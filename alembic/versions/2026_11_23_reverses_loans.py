"""Reverses loans: the day from which the taking up of a loan is undone, and the entry that did it."""

import sqlalchemy as sa
from alembic import op

from app.core.appendonly import guard_sql
from app.core.sealing import TransactionId

revision: str = "reverses_loans"
down_revision: str | None = "notes_returns"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "loan_end",
        sa.Column("loan_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=False),
        sa.Column("proposed_by", sa.BigInteger(), nullable=False),
        sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_loan_end_loan_id_loan")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_loan_end_entry_id_entry")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_loan_end_recorded_by_person")),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name=op.f("fk_loan_end_proposed_by_person")),
        sa.PrimaryKeyConstraint("loan_id", name=op.f("pk_loan_end")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_loan_end_entry_id")),
    )
    op.create_index(op.f("ix_loan_end_xact"), "loan_end", ["xact"])
    for statement in guard_sql("loan_end"):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
