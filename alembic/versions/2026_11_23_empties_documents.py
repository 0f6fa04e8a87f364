"""Empties documents whose person is erased: their facts may be emptied, and by which decision they were is kept."""

import sqlalchemy as sa
from alembic import op

from app.core.appendonly import guard_sql
from app.core.redaction import redaction_sql
from app.core.sealing import TransactionId

revision: str = "empties_documents"
down_revision: str | None = "writes_by_hand"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "document_emptied",
        sa.Column("document_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("erasure_request_id", sa.BigInteger(), nullable=False),
        sa.Column("emptied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_document_emptied_document_id")),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_document_emptied")),
    )
    for column in ("erasure_request_id", "xact"):
        op.create_index(op.f(f"ix_document_emptied_{column}"), "document_emptied", [column])
    for statement in (*guard_sql("document_emptied"), *redaction_sql("document", ["facts"])):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
