"""Distributes: drafts, declared distributions with every member's part and its basis, and reversals."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import SchemaItem

from app.core.appendonly import guard_sql
from app.core.sealing import TransactionId

revision: str = "distributes"
down_revision: str | None = "exchanges_shares"
branch_labels: str | None = None
depends_on: str | None = None

STRING, WHOLE, MOMENT = sa.String(), sa.BigInteger(), sa.DateTime(timezone=True)


def upgrade() -> None:
    _sealed(
        "distribution_draft",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("form_key", STRING, nullable=False),
        sa.Column("terms", postgresql.JSONB(), nullable=False),
        sa.Column("drafted_at", MOMENT, nullable=False),
        _to("distribution_draft", "drafted_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_distribution_draft")),
        sa.UniqueConstraint("form_key", name=op.f("uq_distribution_draft_form_key")),
    )
    op.create_index(op.f("ix_distribution_draft_drafted_by"), "distribution_draft", ["drafted_by"])
    _declared()
    _parts()
    _sealed(
        "distribution_end",
        _to("distribution_end", "distribution_id", "distribution"),
        _to("distribution_end", "entry_id", "entry"),
        sa.Column("reason", STRING, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=False),
        _to("distribution_end", "proposed_by", "person"),
        _to("distribution_end", "approved_by", "person"),
        sa.PrimaryKeyConstraint("distribution_id", name=op.f("pk_distribution_end")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_distribution_end_entry_id")),
    )
    _indexed("distribution_end", "proposed_by", "approved_by")


def _declared() -> None:
    _sealed(
        "distribution",
        sa.Column("id", WHOLE, nullable=False),
        _to("distribution", "draft_id", "distribution_draft"),
        sa.Column("kind", STRING, nullable=False),
        sa.Column("title", STRING, nullable=False),
        sa.Column("terms", postgresql.JSONB(), nullable=False),
        sa.Column("list_sha256", sa.String(length=64), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        *_amounts("declared_cents", "cash_cents", "retained_cents", "withheld_cents"),
        sa.Column("declared_on", sa.Date(), nullable=False),
        sa.Column("payable_on", sa.Date(), nullable=False),
        _to("distribution", "entry_id", "entry"),
        sa.Column("recorded_at", MOMENT, nullable=False),
        _to("distribution", "proposed_by", "person"),
        _to("distribution", "approved_by", "person"),
        sa.CheckConstraint("declared_cents > 0", name=op.f("ck_distribution_declared_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_distribution")),
        sa.UniqueConstraint("draft_id", name=op.f("uq_distribution_draft_id")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_distribution_entry_id")),
    )
    _indexed("distribution", "proposed_by", "approved_by")


def _parts() -> None:
    table = "distribution_part"
    _sealed(
        table,
        _to(table, "distribution_id", "distribution"),
        _to(table, "membership_id", "membership"),
        *_amounts("amount_cents", "cash_cents", "retained_cents", "withheld_cents", "prior_cents", "shares"),
        *_amounts("share_cents"),
        _to(table, "share_act_id", "share_act", nullable=True),
        sa.CheckConstraint("cash_cents + retained_cents = amount_cents", name=op.f(f"ck_{table}_parts_of_amount")),
        sa.CheckConstraint(
            "amount_cents > 0 AND cash_cents >= 0 AND retained_cents >= 0", name=op.f(f"ck_{table}_not_negative")
        ),
        sa.CheckConstraint("withheld_cents BETWEEN 0 AND cash_cents", name=op.f(f"ck_{table}_withheld_of_cash")),
        sa.CheckConstraint("share_cents BETWEEN 0 AND retained_cents", name=op.f(f"ck_{table}_shares_of_retained")),
        sa.PrimaryKeyConstraint("distribution_id", "membership_id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("share_act_id", name=op.f(f"uq_{table}_share_act_id")),
    )
    _indexed(table, "membership_id")
    table = "distribution_line"
    _sealed(
        table,
        _to(table, "distribution_id", "distribution"),
        _to(table, "membership_id", "membership"),
        sa.Column("business", STRING, nullable=False),
        *_amounts("basis", "amount_cents"),
        sa.CheckConstraint("basis >= 0 AND amount_cents >= 0", name=op.f(f"ck_{table}_not_negative")),
        sa.PrimaryKeyConstraint("distribution_id", "membership_id", "business", name=op.f(f"pk_{table}")),
    )
    _indexed(table, "membership_id")


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


def _to(table: str, name: str, other: str, *, nullable: bool = False) -> sa.Column[int]:
    """A column that names a row of another table."""
    reference = sa.ForeignKey(f"{other}.id", name=op.f(f"fk_{table}_{name}_{other}"))
    return sa.Column(name, WHOLE, reference, nullable=nullable, autoincrement=False)


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
