"""Keeps the register of officers."""

import sqlalchemy as sa
from alembic import op

from app.core.appendonly import guard_sql
from app.core.sealing import TransactionId

revision: str = "keeps_officers"
down_revision: str | None = "reads_bank_statements"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "officer",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        _xact(),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_officer_person_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_officer_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer")),
    )
    op.create_index(op.f("ix_officer_person_id"), "officer", ["person_id"])
    op.create_index(op.f("ix_officer_recorded_by"), "officer", ["recorded_by"])
    op.create_table(
        "officer_end",
        sa.Column("officer_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("left_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        _xact(),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_officer_end_reason_given")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_officer_end_officer_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_officer_end_recorded_by")),
        sa.PrimaryKeyConstraint("officer_id", name=op.f("pk_officer_end")),
    )
    op.create_index(op.f("ix_officer_end_recorded_by"), "officer_end", ["recorded_by"])
    for table in ("officer", "officer_end"):
        op.create_index(op.f(f"ix_{table}_xact"), table, ["xact"])
        for statement in guard_sql(table):
            op.execute(statement)


def _xact() -> sa.Column:
    return sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False)


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
