"""Reads tables of banks: a CSV file waits, sealed and for a day, until somebody has said how it is read."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "reads_tables_of_banks"
down_revision: str | None = "keeps_items_of_closes"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "bank_table",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("content", postgresql.BYTEA(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["sent_by"], ["person.id"], name=op.f("fk_bank_table_sent_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_table")),
    )
    op.create_index(op.f("ix_bank_table_sent_by"), "bank_table", ["sent_by"])


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
