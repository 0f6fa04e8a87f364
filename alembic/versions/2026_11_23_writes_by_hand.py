"""Writes by hand: accounts as the accountant calls them, and entries with their evidence."""

import sqlalchemy as sa
from alembic import op

from app.core.appendonly import guard_sql
from app.core.sealing import TransactionId

revision: str = "writes_by_hand"
down_revision: str | None = "signs_documents"
branch_labels: str | None = None
depends_on: str | None = None

STRING, WHOLE, MOMENT = sa.String(), sa.BigInteger(), sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "chart_account",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("kind", STRING, nullable=False),
        sa.Column("subject", STRING, nullable=False),
        sa.Column("number", STRING, nullable=False),
        sa.Column("title", STRING, nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.Column("written_by", WHOLE),
        _xact(),
        sa.ForeignKeyConstraint(["written_by"], ["person.id"], name=op.f("fk_chart_account_written_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chart_account")),
    )
    op.create_index(op.f("ix_chart_account_kind_subject"), "chart_account", ["kind", "subject"])
    op.create_index(op.f("ix_chart_account_written_by"), "chart_account", ["written_by"])
    op.create_table(
        "manual_entry",
        sa.Column("entry_id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("reason", STRING, nullable=False),
        sa.Column("evidence", STRING, nullable=False),
        sa.Column("proposed_by", WHOLE, nullable=False),
        sa.Column("approved_by", WHOLE, nullable=False),
        sa.Column("booked_at", MOMENT, nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_manual_entry_entry_id_entry")),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name=op.f("fk_manual_entry_proposed_by_person")),
        sa.ForeignKeyConstraint(["approved_by"], ["person.id"], name=op.f("fk_manual_entry_approved_by_person")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_manual_entry")),
    )
    for column in ("proposed_by", "approved_by"):
        op.create_index(op.f(f"ix_manual_entry_{column}"), "manual_entry", [column])
    for table in ("chart_account", "manual_entry"):
        op.create_index(op.f(f"ix_{table}_xact"), table, ["xact"])
        for statement in guard_sql(table):
            op.execute(statement)


def _xact() -> sa.Column:
    return sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False)


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
