"""Documents have versions, codes by which they are verified, several persons concerned, and later files."""

import sqlalchemy as sa
from alembic import op

from app.core.appendonly import guard_sql
from app.core.sealing import TransactionId

revision: str = "versions_documents"
down_revision: str | None = "acts_on_shares"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.alter_column("document", "person_id", nullable=True)
    op.alter_column("document", "pdf_sha256", nullable=True)
    op.add_column("document", sa.Column("version", sa.BigInteger(), server_default="1", nullable=False))
    op.add_column("document", sa.Column("schema_version", sa.BigInteger(), server_default="1", nullable=False))
    op.add_column("document", sa.Column("profile_id", sa.String()))
    op.add_column("document", sa.Column("profile_version", sa.BigInteger()))
    op.add_column("document", sa.Column("verify_code", sa.String()))
    op.add_column("document", sa.Column("replaces_id", sa.BigInteger()))
    op.add_column("document", sa.Column("engine", sa.String(), server_default="", nullable=False))
    op.create_foreign_key(op.f("fk_document_replaces_id"), "document", "document", ["replaces_id"], ["id"])
    op.create_unique_constraint(op.f("uq_document_replaces_id"), "document", ["replaces_id"])
    op.create_unique_constraint(op.f("uq_document_verify_code"), "document", ["verify_code"])
    op.create_table(
        "document_concern",
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_document_concern_document_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_document_concern_person_id")),
        sa.PrimaryKeyConstraint("document_id", "person_id", name=op.f("pk_document_concern")),
    )
    op.create_index(op.f("ix_document_concern_person_id"), "document_concern", ["person_id"])
    op.create_table(
        "document_file",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_document_file_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_file")),
    )
    op.create_index(op.f("ix_document_file_document_id"), "document_file", ["document_id"])
    for table in ("document_concern", "document_file"):
        op.create_index(op.f(f"ix_{table}_xact"), table, ["xact"])
        for statement in guard_sql(table):
            op.execute(statement)


def _xact() -> sa.Column[str]:
    return sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False)
