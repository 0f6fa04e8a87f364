"""Sends evidence about disputed charges to their banks: what was given to be sent, and what became of it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.core.appendonly import guard_sql
from app.core.redaction import redaction_sql
from app.core.sealing import TransactionId

revision: str = "sends_evidence"
down_revision: str | None = "seals_issues_of_documents"
branch_labels: str | None = None
depends_on: str | None = None

STRING, WHOLE, MOMENT = sa.String(), sa.BigInteger(), sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "dispute_evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dispute_id", WHOLE, nullable=False),
        sa.Column("person_id", WHOLE, nullable=False),
        sa.Column("document_number", WHOLE, nullable=False),
        sa.Column("pdf_sha256", sa.String(64), nullable=False),
        sa.Column("texts", postgresql.JSONB(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("asked_by", WHOLE, nullable=False),
        _xact(),
        *_foreign("dispute_evidence", dispute_id="dispute", person_id="person", asked_by="person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_evidence")),
    )
    for column in ("dispute_id", "person_id", "asked_by", "xact"):
        op.create_index(op.f(f"ix_dispute_evidence_{column}"), "dispute_evidence", [column])
    op.create_table(
        "dispute_evidence_move",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("status", STRING, nullable=False),
        sa.Column("file", STRING, nullable=False),
        sa.Column("reason", STRING, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _xact(),
        *_foreign("dispute_evidence_move", evidence_id="dispute_evidence"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_evidence_move")),
    )
    for column in ("evidence_id", "xact"):
        op.create_index(op.f(f"ix_dispute_evidence_move_{column}"), "dispute_evidence_move", [column])
    for table in ("dispute_evidence", "dispute_evidence_move"):
        for statement in guard_sql(table):
            op.execute(statement)
    for statement in redaction_sql("dispute_evidence", ["texts"]):
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
