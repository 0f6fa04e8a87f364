"""Offers exits: the price for those who leave, who accepted it, and the act that redeemed their shares."""

import sqlalchemy as sa
from alembic import op

from app.core.appendonly import guard_sql
from app.core.sealing import TransactionId

revision: str = "offers_exits"
down_revision: str | None = "signs_closes"
branch_labels: str | None = None
depends_on: str | None = None

STRING, WHOLE, MOMENT = sa.String(), sa.BigInteger(), sa.DateTime(timezone=True)
INDEXED = {
    "exit_offer": ("conversion_id", "share_class_id", "proposed_by", "approved_by"),
    "exit_acceptance": ("membership_id", "accepted_by"),
    "exit_settlement": (),
}


def upgrade() -> None:
    _offers()
    _exits()
    for table, columns in INDEXED.items():
        for column in (*columns, "xact"):
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
        for statement in guard_sql(table):
            op.execute(statement)


def _xact() -> sa.Column[str]:
    return sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def _offers() -> None:
    op.create_table(
        "exit_offer",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("conversion_id", WHOLE, nullable=False),
        sa.Column("share_class_id", WHOLE, nullable=False),
        sa.Column("price_cents", WHOLE, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("objectors_only", sa.Boolean(), nullable=False),
        sa.Column("basis", STRING, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("proposed_by", WHOLE, nullable=False),
        sa.Column("approved_by", WHOLE, nullable=False),
        _xact(),
        sa.CheckConstraint("price_cents > 0", name=op.f("ck_exit_offer_price_positive")),
        sa.CheckConstraint("closes_on >= opens_on", name=op.f("ck_exit_offer_days_in_order")),
        _refers("exit_offer", "conversion_id", "conversion"),
        _refers("exit_offer", "share_class_id", "share_class"),
        _refers("exit_offer", "proposed_by", "person"),
        _refers("exit_offer", "approved_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exit_offer")),
    )


def _exits() -> None:
    op.create_table(
        "exit_acceptance",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("offer_id", WHOLE, nullable=False),
        sa.Column("membership_id", WHOLE, nullable=False),
        sa.Column("shares", WHOLE, nullable=False),
        sa.Column("accepted_at", MOMENT, nullable=False),
        sa.Column("accepted_by", WHOLE, nullable=False),
        _xact(),
        sa.CheckConstraint("shares > 0", name=op.f("ck_exit_acceptance_shares_positive")),
        _refers("exit_acceptance", "offer_id", "exit_offer"),
        _refers("exit_acceptance", "membership_id", "membership"),
        _refers("exit_acceptance", "accepted_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exit_acceptance")),
        sa.UniqueConstraint("offer_id", "membership_id", name=op.f("uq_exit_acceptance_offer_id_membership_id")),
    )
    op.create_table(
        "exit_settlement",
        sa.Column("acceptance_id", WHOLE, nullable=False),
        sa.Column("act_id", WHOLE, nullable=False),
        sa.Column("paid_cents", WHOLE, nullable=False),
        sa.Column("value_cents", WHOLE, nullable=False),
        sa.Column("settled_at", MOMENT, nullable=False),
        _xact(),
        _refers("exit_settlement", "acceptance_id", "exit_acceptance"),
        _refers("exit_settlement", "act_id", "share_act"),
        sa.PrimaryKeyConstraint("acceptance_id", name=op.f("pk_exit_settlement")),
        sa.UniqueConstraint("act_id", name=op.f("uq_exit_settlement_act_id")),
    )


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
