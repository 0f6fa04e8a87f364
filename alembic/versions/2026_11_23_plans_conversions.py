"""Plans conversions: frozen steps, their days, the evidence that meets them, and what is contested."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.core.appendonly import guard_sql
from app.core.sealing import TransactionId

revision: str = "plans_conversions"
down_revision: str | None = "keeps_officers"
branch_labels: str | None = None
depends_on: str | None = None

STRING, WHOLE, MOMENT = sa.String(), sa.BigInteger(), sa.DateTime(timezone=True)
INDEXED = {
    "conversion": ("follows_id", "started_by"),
    "conversion_step": (),
    "conversion_day": ("step_id", "set_by"),
    "conversion_evidence": ("step_id", "upload_id", "exchange_id", "recorded_by"),
    "conversion_contest": ("contested_by",),
}


def upgrade() -> None:
    _conversions()
    _evidence()
    for table, columns in INDEXED.items():
        for column in (*columns, "xact"):
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
        for statement in guard_sql(table):
            op.execute(statement)


def _xact() -> sa.Column[str]:
    return sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def _conversions() -> None:
    op.create_table(
        "conversion",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("slug", STRING, nullable=False),
        sa.Column("law", STRING, nullable=False),
        sa.Column("law_version", WHOLE, nullable=False),
        sa.Column("title", STRING, nullable=False),
        sa.Column("entity_name", STRING, nullable=False),
        sa.Column("resulting_name", STRING, nullable=False),
        sa.Column("zone", STRING, nullable=False),
        sa.Column("follows_id", WHOLE, nullable=True),
        sa.Column("reason", STRING, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("started_by", WHOLE, nullable=False),
        _xact(),
        _refers("conversion", "follows_id", "conversion"),
        _refers("conversion", "started_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversion")),
        sa.UniqueConstraint("slug", name=op.f("uq_conversion_slug")),
    )
    op.create_table(
        "conversion_step",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("conversion_id", WHOLE, nullable=False),
        sa.Column("position", WHOLE, nullable=False),
        sa.Column("key", STRING, nullable=False),
        sa.Column("definition", postgresql.JSONB(), nullable=False),
        _xact(),
        _refers("conversion_step", "conversion_id", "conversion"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversion_step")),
        sa.UniqueConstraint("conversion_id", "key", name=op.f("uq_conversion_step_conversion_id_key")),
        sa.UniqueConstraint("conversion_id", "position", name=op.f("uq_conversion_step_conversion_id_position")),
    )
    op.create_table(
        "conversion_day",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("step_id", WHOLE, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reason", STRING, nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.Column("set_by", WHOLE, nullable=False),
        _xact(),
        _refers("conversion_day", "step_id", "conversion_step"),
        _refers("conversion_day", "set_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversion_day")),
    )


def _evidence() -> None:
    op.create_table(
        "conversion_evidence",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("step_id", WHOLE, nullable=False),
        sa.Column("kind", STRING, nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("statement", STRING, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("upload_id", WHOLE, nullable=True),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.Column("ballot", STRING, nullable=True),
        sa.Column("exchange_id", WHOLE, nullable=True),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("recorded_by", WHOLE, nullable=False),
        _xact(),
        _refers("conversion_evidence", "step_id", "conversion_step"),
        _refers("conversion_evidence", "upload_id", "upload"),
        _refers("conversion_evidence", "exchange_id", "exchange"),
        _refers("conversion_evidence", "recorded_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversion_evidence")),
    )
    op.create_table(
        "conversion_contest",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("evidence_id", WHOLE, nullable=False),
        sa.Column("reason", STRING, nullable=False),
        sa.Column("contested_at", MOMENT, nullable=False),
        sa.Column("contested_by", WHOLE, nullable=False),
        _xact(),
        _refers("conversion_contest", "evidence_id", "conversion_evidence"),
        _refers("conversion_contest", "contested_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversion_contest")),
        sa.UniqueConstraint("evidence_id", name=op.f("uq_conversion_contest_evidence_id")),
    )


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
