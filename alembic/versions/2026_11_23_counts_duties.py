"""Counts duties: the end of a co-operative's year, and the evidence that ticks what is due in it."""

import sqlalchemy as sa
from alembic import op

from app.core.appendonly import guard_sql
from app.core.sealing import TransactionId

revision: str = "counts_duties"
down_revision: str | None = "redeems_allocations"
branch_labels: str | None = None
depends_on: str | None = None

STRING, WHOLE, MOMENT = sa.String(), sa.BigInteger(), sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "duty_year",
        *_begin("duty_year"),
        sa.Column("month", WHOLE, nullable=False),
        sa.Column("day", WHOLE, nullable=False),
        sa.Column("reason", STRING, nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.Column("set_by", WHOLE, nullable=False),
        _refers("duty_year", "set_by", "person"),
        sa.CheckConstraint("month BETWEEN 1 AND 12 AND day BETWEEN 1 AND 31", name=op.f("ck_duty_year_day_of_a_year")),
    )
    op.create_table(
        "duty_evidence",
        *_begin("duty_evidence"),
        sa.Column("key", STRING, nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("kind", STRING, nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("statement", STRING, nullable=False),
        sa.Column("sha256", sa.String(64)),
        sa.Column("upload_id", WHOLE),
        sa.Column("ballot", STRING),
        sa.Column("distribution_id", WHOLE),
        sa.Column("takes_back_id", WHOLE),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("recorded_by", WHOLE, nullable=False),
        _refers("duty_evidence", "upload_id", "upload"),
        _refers("duty_evidence", "distribution_id", "distribution"),
        _refers("duty_evidence", "takes_back_id", "duty_evidence"),
        _refers("duty_evidence", "recorded_by", "person"),
        sa.UniqueConstraint("takes_back_id", name=op.f("uq_duty_evidence_takes_back_id")),
    )
    op.create_index(
        op.f("ix_duty_evidence_conversion_id_key_period_end"), "duty_evidence", ["conversion_id", "key", "period_end"]
    )
    indexed = {
        "duty_year": ("conversion_id", "set_by", "xact"),
        "duty_evidence": ("upload_id", "distribution_id", "recorded_by", "xact"),
    }
    for table, columns in indexed.items():
        for column in columns:
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
        for statement in guard_sql(table):
            op.execute(statement)


def _begin(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("conversion_id", WHOLE, nullable=False),
        sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        _refers(table, "conversion_id", "conversion"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
