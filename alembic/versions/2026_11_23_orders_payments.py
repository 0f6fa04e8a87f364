"""Orders payments: batches of payouts and refunds, their orders, and orders that came to nothing."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import SchemaItem

from app.core.appendonly import guard_sql
from app.core.sealing import TransactionId

revision: str = "orders_payments"
down_revision: str | None = "distributes"
branch_labels: str | None = None
depends_on: str | None = None

STRING, WHOLE, MOMENT = sa.String(), sa.BigInteger(), sa.DateTime(timezone=True)


def upgrade() -> None:
    _sealed(
        "payout_batch",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("number", WHOLE, nullable=False),
        sa.Column("form", STRING, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("payer", postgresql.JSONB(), nullable=False),
        sa.Column("execute_on", sa.Date(), nullable=False),
        sa.Column("reason", STRING, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        _to("payout_batch", "proposed_by", "person"),
        _to("payout_batch", "approved_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_batch")),
        sa.UniqueConstraint("number", name=op.f("uq_payout_batch_number")),
    )
    _indexed("payout_batch", "proposed_by", "approved_by")
    table = "payout_order"
    _sealed(
        table,
        sa.Column("id", WHOLE, nullable=False),
        _to(table, "batch_id", "payout_batch"),
        sa.Column("end_to_end_id", STRING, nullable=False),
        _to(table, "payout_id", "payout", nullable=True),
        _to(table, "refund_id", "refund", nullable=True),
        sa.Column("attempt", WHOLE, nullable=False),
        _to(table, "person_id", "person"),
        sa.Column("amount_cents", WHOLE, nullable=False),
        sa.Column("bank_account_id", WHOLE, nullable=False),
        sa.CheckConstraint("(payout_id IS NULL) <> (refund_id IS NULL)", name=op.f(f"ck_{table}_of_one_debt")),
        sa.CheckConstraint("amount_cents > 0 AND attempt > 0", name=op.f(f"ck_{table}_amount_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("end_to_end_id", name=op.f(f"uq_{table}_end_to_end_id")),
        sa.UniqueConstraint("payout_id", "attempt", name=op.f(f"uq_{table}_payout_id_attempt")),
        sa.UniqueConstraint("refund_id", "attempt", name=op.f(f"uq_{table}_refund_id_attempt")),
    )
    _indexed(table, "batch_id", "person_id")
    _sealed(
        "payout_order_end",
        _to("payout_order_end", "order_id", "payout_order"),
        sa.Column("reason", STRING, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=False),
        _to("payout_order_end", "ended_by", "person"),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_payout_order_end")),
    )
    _indexed("payout_order_end", "ended_by")


def _indexed(table: str, *names: str) -> None:
    for name in names:
        op.create_index(op.f(f"ix_{table}_{name}"), table, [name])


def _sealed(table: str, *parts: SchemaItem) -> None:
    """Make an append-only table, whose rows are sealed."""
    xact = sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False)
    op.create_table(table, *parts, xact)
    op.create_index(op.f(f"ix_{table}_xact"), table, ["xact"])
    for statement in guard_sql(table):
        op.execute(statement)


def _to(table: str, name: str, other: str, *, nullable: bool = False) -> sa.Column[int]:
    """A column that names a row of another table."""
    reference = sa.ForeignKey(f"{other}.id", name=op.f(f"fk_{table}_{name}_{other}"))
    return sa.Column(name, WHOLE, reference, nullable=nullable, autoincrement=False)


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
