"""Changes terms of open offers: reconfirmation, results, and approvals."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

from app.core.appendonly import guard_sql
from app.core.sealing import TransactionId

revision: str = "changes_terms"
down_revision: str | None = "takes_uploads"
branch_labels: str | None = None
depends_on: str | None = None

STRING, WHOLE, MOMENT = sa.String(), sa.BigInteger(), sa.DateTime(timezone=True)


def upgrade() -> None:
    _sealed(
        "payment_request_amount",
        _id(),
        _to("payment_request_amount", "payment_request_id", "payment_request"),
        sa.Column("amount_cents", WHOLE, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reason", STRING, nullable=False),
        sa.Column("lowered_at", MOMENT, nullable=False),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_payment_request_amount_amount_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_request_amount")),
    )
    _indexed("payment_request_amount", "payment_request_id")
    _sealed(
        "pledge_reconfirmation",
        _id(),
        _to("pledge_reconfirmation", "pledge_id", "pledge"),
        _to("pledge_reconfirmation", "terms_id", "offer_terms"),
        sa.Column("reconfirmed_at", MOMENT, nullable=False),
        _to("pledge_reconfirmation", "reconfirmed_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge_reconfirmation")),
        sa.UniqueConstraint("pledge_id", "terms_id", name=op.f("uq_pledge_reconfirmation_pledge_id_terms_id")),
    )
    op.create_table(
        "offer_room",
        _to("offer_room", "offer_id", "offer"),
        sa.Column("taken_cents", WHOLE, nullable=False),
        sa.CheckConstraint("taken_cents >= 0", name=op.f("ck_offer_room_taken_not_negative")),
        sa.PrimaryKeyConstraint("offer_id", name=op.f("pk_offer_room")),
    )
    _results()


def _results() -> None:
    _sealed(
        "early_closing",
        _id(),
        _to("early_closing", "offer_id", "offer"),
        sa.Column("closes_at", MOMENT, nullable=False),
        sa.Column("announced_at", MOMENT, nullable=False),
        _to("early_closing", "announced_by", "person", nullable=True),
        sa.Column("reason", STRING, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_early_closing")),
    )
    _indexed("early_closing", "offer_id")
    _sealed(
        "offer_result",
        _to("offer_result", "offer_id", "offer"),
        _to("offer_result", "terms_id", "offer_terms"),
        sa.Column("sha256", STRING, nullable=False),
        sa.Column("seed", STRING, nullable=False),
        sa.Column("pledged_cents", WHOLE, nullable=False),
        sa.Column("allotted_cents", WHOLE, nullable=False),
        sa.Column("approved_at", MOMENT, nullable=False),
        _to("offer_result", "approved_by", "person", nullable=True),
        sa.PrimaryKeyConstraint("offer_id", name=op.f("pk_offer_result")),
    )
    _sealed(
        "collecting_window",
        _id(),
        _to("collecting_window", "offer_id", "offer"),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
        _to("collecting_window", "set_by", "person", nullable=True),
        sa.Column("reason", STRING, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collecting_window")),
    )
    _indexed("collecting_window", "offer_id")


def _sealed(table: str, *parts: SchemaItem) -> None:
    """Make an append-only table, whose rows are sealed."""
    xact = sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False)
    op.create_table(table, *parts, xact)
    _indexed(table, "xact")
    for statement in guard_sql(table):
        op.execute(statement)


def _id() -> sa.Column[int]:
    return sa.Column("id", WHOLE, nullable=False)


def _to(table: str, name: str, other: str, *, nullable: bool = False) -> sa.Column[int]:
    """A column that names a row of another table."""
    reference = sa.ForeignKey(f"{other}.id", name=op.f(f"fk_{table}_{name}"))
    return sa.Column(name, WHOLE, reference, nullable=nullable, autoincrement=False)


def _indexed(table: str, column: str) -> None:
    op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
