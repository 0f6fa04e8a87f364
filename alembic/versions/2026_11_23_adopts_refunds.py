"""Adopts refunds that were made on the processor's own pages: what was found, and what became of it."""

import sqlalchemy as sa
from alembic import op

from app.core.appendonly import guard_sql
from app.core.sealing import TransactionId

revision: str = "adopts_refunds"
down_revision: str | None = "offers_exits"
branch_labels: str | None = None
depends_on: str | None = None

STRING, WHOLE, MOMENT = sa.String(), sa.BigInteger(), sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "adopted_refund",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("processor_id", STRING, nullable=False),
        sa.Column("card_payment_id", WHOLE, nullable=False),
        sa.Column("amount_cents", WHOLE, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("found_at", MOMENT, nullable=False),
        _xact(),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_adopted_refund_amount_positive")),
        *_foreign("adopted_refund", card_payment_id="card_payment"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adopted_refund")),
        sa.UniqueConstraint("processor_id", name=op.f("uq_adopted_refund_processor_id")),
    )
    op.create_table(
        "adopted_refund_move",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("adopted_refund_id", WHOLE, nullable=False),
        sa.Column("status", STRING, nullable=False),
        sa.Column("source", STRING, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("entry_id", WHOLE, nullable=True),
        _xact(),
        *_foreign("adopted_refund_move", adopted_refund_id="adopted_refund", entry_id="entry"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adopted_refund_move")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_adopted_refund_move_entry_id")),
    )
    op.create_index(op.f("ix_adopted_refund_card_payment_id"), "adopted_refund", ["card_payment_id"])
    op.create_index(op.f("ix_adopted_refund_move_adopted_refund_id"), "adopted_refund_move", ["adopted_refund_id"])
    for table in ("adopted_refund", "adopted_refund_move"):
        op.create_index(op.f(f"ix_{table}_xact"), table, ["xact"])
        for statement in guard_sql(table):
            op.execute(statement)


def _foreign(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))
        for column, to in columns.items()
    ]


def _xact() -> sa.Column[str]:
    return sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False)


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
