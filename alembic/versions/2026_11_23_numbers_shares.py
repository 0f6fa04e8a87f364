"""Numbers shares: classes whose shares have distinguishing numbers, and the ranges of each lot."""

import sqlalchemy as sa
from alembic import op

from app.core.appendonly import guard_sql
from app.core.sealing import TransactionId

revision: str = "numbers_shares"
down_revision: str | None = "reverses_loans"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "share_numbering",
        sa.Column("share_class_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.BigInteger(), nullable=True),
        sa.Column("proposed_by", sa.BigInteger(), nullable=True),
        sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["share_class_id"], ["share_class.id"], name=op.f("fk_share_numbering_share_class_id_share_class")
        ),
        sa.ForeignKeyConstraint(["written_by"], ["person.id"], name=op.f("fk_share_numbering_written_by_person")),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name=op.f("fk_share_numbering_proposed_by_person")),
        sa.PrimaryKeyConstraint("share_class_id", name=op.f("pk_share_numbering")),
    )
    op.create_table(
        "share_numbers",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("share_class_id", sa.BigInteger(), nullable=False),
        sa.Column("first_number", sa.BigInteger(), nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.CheckConstraint(
            "0 < first_number AND first_number <= last_number", name=op.f("ck_share_numbers_range_in_order")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_share_numbers_lot_id_lot")),
        sa.ForeignKeyConstraint(
            ["share_class_id"], ["share_class.id"], name=op.f("fk_share_numbers_share_class_id_share_class")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_numbers")),
    )
    for column in ("written_by", "proposed_by"):
        op.create_index(op.f(f"ix_share_numbering_{column}"), "share_numbering", [column])
    op.create_index(op.f("ix_share_numbers_lot_id"), "share_numbers", ["lot_id"])
    op.create_index(
        op.f("ix_share_numbers_share_class_id_first_number"), "share_numbers", ["share_class_id", "first_number"]
    )
    for table in ("share_numbering", "share_numbers"):
        op.create_index(op.f(f"ix_{table}_xact"), table, ["xact"])
        for statement in guard_sql(table):
            op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
