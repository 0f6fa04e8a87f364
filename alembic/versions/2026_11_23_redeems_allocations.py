"""Redeems allocations: what distributions had retained is paid out later, with every member's part, and reversals."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

from app.core.appendonly import guard_sql
from app.core.sealing import TransactionId

revision: str = "redeems_allocations"
down_revision: str | None = "discusses_motions"
branch_labels: str | None = None
depends_on: str | None = None

STRING, WHOLE, MOMENT = sa.String(), sa.BigInteger(), sa.DateTime(timezone=True)
TABLE, PART, END = "allocation_redemption", "allocation_redemption_part", "allocation_redemption_end"


def upgrade() -> None:
    _sealed(
        TABLE,
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("source", STRING, nullable=False),
        _to(TABLE, "distribution_id", "distribution"),
        *_amounts("percent_ppm"),
        sa.Column("list_sha256", sa.String(length=64), nullable=False),
        *_amounts("paid_cents", "withheld_cents"),
        sa.Column("redeemed_on", sa.Date(), nullable=False),
        sa.Column("payable_on", sa.Date(), nullable=False),
        sa.Column("reason", STRING, nullable=False),
        _to(TABLE, "entry_id", "entry"),
        sa.Column("recorded_at", MOMENT, nullable=False),
        _to(TABLE, "proposed_by", "person"),
        _to(TABLE, "approved_by", "person"),
        sa.CheckConstraint(
            "paid_cents > 0 AND withheld_cents BETWEEN 0 AND paid_cents", name=op.f(f"ck_{TABLE}_withheld_of_paid")
        ),
        sa.CheckConstraint("percent_ppm BETWEEN 1 AND 1000000", name=op.f(f"ck_{TABLE}_percent_of_rest")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("source", name=op.f(f"uq_{TABLE}_source")),
        sa.UniqueConstraint("entry_id", name=op.f(f"uq_{TABLE}_entry_id")),
    )
    _indexed(TABLE, "distribution_id", "proposed_by", "approved_by")
    _sealed(
        PART,
        _to(PART, "redemption_id", TABLE),
        _to(PART, "membership_id", "membership"),
        *_amounts("amount_cents", "withheld_cents", "prior_cents"),
        sa.CheckConstraint("amount_cents > 0 AND prior_cents >= amount_cents", name=op.f(f"ck_{PART}_of_the_balance")),
        sa.CheckConstraint("withheld_cents BETWEEN 0 AND amount_cents", name=op.f(f"ck_{PART}_withheld_of_amount")),
        sa.PrimaryKeyConstraint("redemption_id", "membership_id", name=op.f(f"pk_{PART}")),
    )
    _indexed(PART, "membership_id")
    _sealed(
        END,
        _to(END, "redemption_id", TABLE),
        _to(END, "entry_id", "entry"),
        sa.Column("reason", STRING, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=False),
        _to(END, "proposed_by", "person"),
        _to(END, "approved_by", "person"),
        sa.PrimaryKeyConstraint("redemption_id", name=op.f(f"pk_{END}")),
        sa.UniqueConstraint("entry_id", name=op.f(f"uq_{END}_entry_id")),
    )
    _indexed(END, "proposed_by", "approved_by")


def _amounts(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, WHOLE, nullable=False) for name in names]


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


def _to(table: str, name: str, other: str) -> sa.Column[int]:
    """A column that names a row of another table."""
    reference = sa.ForeignKey(f"{other}.id", name=op.f(f"fk_{table}_{name}_{other}"))
    return sa.Column(name, WHOLE, reference, nullable=False, autoincrement=False)


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
