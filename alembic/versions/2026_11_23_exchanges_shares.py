"""Exchanges shares: terms, the list of what each lot becomes, its approval and its execution."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.core.appendonly import guard_sql
from app.core.sealing import TransactionId

revision: str = "exchanges_shares"
down_revision: str | None = "holds_ballots"
branch_labels: str | None = None
depends_on: str | None = None

STRING, WHOLE, MOMENT = sa.String(), sa.BigInteger(), sa.DateTime(timezone=True)
GUARDED = (
    "exchange",
    "exchange_terms",
    "exchange_reckoning",
    "exchange_approval",
    "exchange_halt",
    "exchange_execution",
)


def upgrade() -> None:
    _plans()
    _lists()
    _acts()
    for table in GUARDED:
        op.create_index(op.f(f"ix_{table}_xact"), table, ["xact"])
        for statement in guard_sql(table):
            op.execute(statement)


def _xact() -> sa.Column[str]:
    return sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def _plans() -> None:
    op.create_table(
        "exchange",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("form_key", STRING, nullable=False),
        sa.Column("title", STRING, nullable=False),
        sa.Column("zone", STRING, nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("cash_due_on", sa.Date(), nullable=False),
        sa.Column("reason", STRING, nullable=False),
        sa.Column("drafted_at", MOMENT, nullable=False),
        sa.Column("drafted_by", WHOLE, nullable=False),
        _xact(),
        _refers("exchange", "drafted_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange")),
        sa.UniqueConstraint("form_key", name=op.f("uq_exchange_form_key")),
    )
    op.create_index(op.f("ix_exchange_drafted_by"), "exchange", ["drafted_by"])
    op.create_table(
        "exchange_terms",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("exchange_id", WHOLE, nullable=False),
        sa.Column("old_class_id", WHOLE, nullable=False),
        sa.Column("new_class_id", WHOLE, nullable=False),
        sa.Column("new_shares", WHOLE, nullable=False),
        sa.Column("old_shares", WHOLE, nullable=False),
        sa.Column("fractions", STRING, nullable=False),
        sa.Column("least", WHOLE, nullable=False),
        sa.Column("nominal_cents", WHOLE, nullable=True),
        sa.Column("beyond", STRING, nullable=False),
        _xact(),
        sa.CheckConstraint(
            "new_shares > 0 AND old_shares > 0 AND least >= 0", name=op.f("ck_exchange_terms_ratio_positive")
        ),
        sa.CheckConstraint("nominal_cents >= 0", name=op.f("ck_exchange_terms_nominal_not_negative")),
        sa.CheckConstraint("old_class_id <> new_class_id", name=op.f("ck_exchange_terms_another_class")),
        _refers("exchange_terms", "exchange_id", "exchange"),
        _refers("exchange_terms", "old_class_id", "share_class"),
        _refers("exchange_terms", "new_class_id", "share_class"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_terms")),
        sa.UniqueConstraint("exchange_id", "old_class_id", name=op.f("uq_exchange_terms_exchange_id_old_class_id")),
    )
    for column in ("old_class_id", "new_class_id"):
        op.create_index(op.f(f"ix_exchange_terms_{column}"), "exchange_terms", [column])


def _lists() -> None:
    op.create_table(
        "exchange_line",
        sa.Column("exchange_id", WHOLE, nullable=False),
        sa.Column("lot_id", WHOLE, nullable=False),
        sa.Column("membership_id", WHOLE, nullable=False),
        sa.Column("terms_id", WHOLE, nullable=False),
        sa.Column("shares", WHOLE, nullable=False),
        sa.Column("paid_cents", WHOLE, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("new_shares", WHOLE, nullable=False),
        sa.Column("new_paid_cents", WHOLE, nullable=False),
        sa.Column("cash_cents", WHOLE, nullable=False),
        sa.Column("reserve_cents", WHOLE, nullable=False),
        _refers("exchange_line", "exchange_id", "exchange"),
        _refers("exchange_line", "lot_id", "lot"),
        _refers("exchange_line", "membership_id", "membership"),
        _refers("exchange_line", "terms_id", "exchange_terms"),
        sa.PrimaryKeyConstraint("exchange_id", "lot_id", name=op.f("pk_exchange_line")),
    )
    for columns in (["exchange_id", "membership_id"], ["lot_id"], ["membership_id"], ["terms_id"]):
        op.create_index(op.f(f"ix_exchange_line_{'_'.join(columns)}"), "exchange_line", columns)
    op.create_table(
        "exchange_reckoning",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("exchange_id", WHOLE, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("holders", WHOLE, nullable=False),
        sa.Column("lots", WHOLE, nullable=False),
        sa.Column("totals", postgresql.JSONB(), nullable=False),
        sa.Column("reckoned_at", MOMENT, nullable=False),
        _xact(),
        _refers("exchange_reckoning", "exchange_id", "exchange"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_reckoning")),
    )
    op.create_index(op.f("ix_exchange_reckoning_exchange_id"), "exchange_reckoning", ["exchange_id"])


def _acts() -> None:
    op.create_table(
        "exchange_approval",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("reckoning_id", WHOLE, nullable=False),
        sa.Column("approved_at", MOMENT, nullable=False),
        sa.Column("approved_by", WHOLE, nullable=False),
        sa.Column("proposed_by", WHOLE, nullable=False),
        _xact(),
        _refers("exchange_approval", "reckoning_id", "exchange_reckoning"),
        _refers("exchange_approval", "approved_by", "person"),
        _refers("exchange_approval", "proposed_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_approval")),
        sa.UniqueConstraint("reckoning_id", name=op.f("uq_exchange_approval_reckoning_id")),
    )
    for column in ("approved_by", "proposed_by"):
        op.create_index(op.f(f"ix_exchange_approval_{column}"), "exchange_approval", [column])
    op.create_table(
        "exchange_halt",
        sa.Column("approval_id", WHOLE, nullable=False),
        sa.Column("reason", STRING, nullable=False),
        sa.Column("halted_at", MOMENT, nullable=False),
        _xact(),
        _refers("exchange_halt", "approval_id", "exchange_approval"),
        sa.PrimaryKeyConstraint("approval_id", name=op.f("pk_exchange_halt")),
    )
    op.create_table(
        "exchange_execution",
        sa.Column("exchange_id", WHOLE, nullable=False),
        sa.Column("approval_id", WHOLE, nullable=False),
        sa.Column("executed_at", MOMENT, nullable=False),
        sa.Column("acts", WHOLE, nullable=False),
        _xact(),
        _refers("exchange_execution", "exchange_id", "exchange"),
        _refers("exchange_execution", "approval_id", "exchange_approval"),
        sa.PrimaryKeyConstraint("exchange_id", name=op.f("pk_exchange_execution")),
        sa.UniqueConstraint("approval_id", name=op.f("uq_exchange_execution_approval_id")),
    )


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
