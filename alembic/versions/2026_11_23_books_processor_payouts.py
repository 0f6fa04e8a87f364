"""Books payouts of the card processor: each with its moves, its lines, and what comparing them came to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

from app.core.appendonly import guard_sql
from app.core.sealing import TransactionId

revision: str = "books_processor_payouts"
down_revision: str | None = "plans_conversions"
branch_labels: str | None = None
depends_on: str | None = None

STRING, WHOLE, MOMENT = sa.String(), sa.BigInteger(), sa.DateTime(timezone=True)


def upgrade() -> None:
    table = "processor_payout"
    _sealed(
        table,
        sa.Column("processor_id", STRING, nullable=False),
        sa.Column("amount_cents", WHOLE, nullable=False),
        sa.Column("fee_cents", WHOLE, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("arrives_on", sa.Date(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        _to(table, "entry_id", "entry"),
        sa.CheckConstraint("amount_cents <> 0", name=op.f(f"ck_{table}_amount_not_zero")),
        sa.UniqueConstraint("processor_id", name=op.f(f"uq_{table}_processor_id")),
        sa.UniqueConstraint("entry_id", name=op.f(f"uq_{table}_entry_id")),
    )
    _indexed(table, "arrives_on")
    table = "processor_payout_move"
    _sealed(
        table,
        _to(table, "payout_id", "processor_payout"),
        sa.Column("status", STRING, nullable=False),
        sa.Column("reason", STRING, nullable=False),
        sa.Column("trace", STRING, nullable=False),
        sa.Column("source", STRING, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _to(table, "entry_id", "entry", nullable=True),
        sa.UniqueConstraint("entry_id", name=op.f(f"uq_{table}_entry_id")),
    )
    _indexed(table, "payout_id")
    table = "processor_payout_item"
    _sealed(
        table,
        _to(table, "payout_id", "processor_payout"),
        sa.Column("balance_transaction", STRING, nullable=False),
        sa.Column("type", STRING, nullable=False),
        sa.Column("source", STRING, nullable=False),
        sa.Column("amount_cents", WHOLE, nullable=False),
        sa.Column("fee_cents", WHOLE, nullable=False),
        sa.Column("net_cents", WHOLE, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.CheckConstraint("net_cents = amount_cents - fee_cents", name=op.f(f"ck_{table}_net_of_fee")),
        sa.UniqueConstraint("balance_transaction", name=op.f(f"uq_{table}_balance_transaction")),
    )
    _indexed(table, "payout_id")
    table = "processor_payout_check"
    _sealed(
        table,
        _to(table, "payout_id", "processor_payout"),
        sa.Column("explained", sa.Boolean(), nullable=False),
        sa.Column("reason", STRING, nullable=False),
        sa.Column("about", STRING, nullable=False),
        sa.Column("remainder_cents", WHOLE, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "NOT explained OR (remainder_cents = 0 AND reason = '')", name=op.f(f"ck_{table}_nothing_remains")
        ),
    )
    _indexed(table, "payout_id")


def _indexed(table: str, name: str) -> None:
    op.create_index(op.f(f"ix_{table}_{name}"), table, [name])


def _sealed(table: str, *parts: SchemaItem) -> None:
    """Make an append-only table, whose rows are sealed."""
    number = sa.Column("id", WHOLE, nullable=False)
    xact = sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False)
    op.create_table(table, number, *parts, xact, sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")))
    op.create_index(op.f(f"ix_{table}_xact"), table, ["xact"])
    for statement in guard_sql(table):
        op.execute(statement)


def _to(table: str, name: str, other: str, *, nullable: bool = False) -> sa.Column[int]:
    """A column that names a row of another table."""
    reference = sa.ForeignKey(f"{other}.id", name=op.f(f"fk_{table}_{name}_{other}"))
    return sa.Column(name, WHOLE, reference, nullable=nullable, autoincrement=False)


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
