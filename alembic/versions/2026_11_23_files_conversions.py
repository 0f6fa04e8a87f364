"""Files conversions: the organization's answers, and evidence that is a document filed here."""

import sqlalchemy as sa
from alembic import op

from app.core.appendonly import guard_sql
from app.core.sealing import TransactionId

revision: str = "files_conversions"
down_revision: str | None = "keeps_periods_closed"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.add_column("conversion_evidence", sa.Column("document", sa.String(), nullable=True))
    op.create_table(
        "conversion_answer",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("conversion_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by", sa.BigInteger(), nullable=False),
        sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversion_id"], ["conversion.id"], name=op.f("fk_conversion_answer_conversion_id_conversion")
        ),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_conversion_answer_answered_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversion_answer")),
    )
    op.create_index(op.f("ix_conversion_answer_conversion_id_key"), "conversion_answer", ["conversion_id", "key"])
    op.create_index(op.f("ix_conversion_answer_answered_by"), "conversion_answer", ["answered_by"])
    op.create_index(op.f("ix_conversion_answer_xact"), "conversion_answer", ["xact"])
    for statement in guard_sql("conversion_answer"):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
