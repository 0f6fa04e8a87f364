"""People sign documents: who is asked in which place, and the version that each signature made."""

import sqlalchemy as sa
from alembic import op

from app.core.appendonly import guard_sql
from app.core.sealing import TransactionId

revision: str = "signs_documents"
down_revision: str | None = "votes_in_secret"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "document_signatory",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_document_signatory_document_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_document_signatory_person_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_document_signatory_asked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_signatory")),
        sa.UniqueConstraint("document_id", "place", name=op.f("uq_document_signatory_document_id_place")),
    )
    op.create_index(op.f("ix_document_signatory_person_id"), "document_signatory", ["person_id"])
    op.create_index(op.f("ix_document_signatory_asked_by"), "document_signatory", ["asked_by"])
    op.create_table(
        "document_signature",
        sa.Column("signatory_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("signed_id", sa.BigInteger(), nullable=False),
        sa.Column("made_id", sa.BigInteger(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(
            ["signatory_id"], ["document_signatory.id"], name=op.f("fk_document_signature_signatory_id")
        ),
        sa.ForeignKeyConstraint(["signed_id"], ["document.id"], name=op.f("fk_document_signature_signed_id")),
        sa.ForeignKeyConstraint(["made_id"], ["document.id"], name=op.f("fk_document_signature_made_id")),
        sa.PrimaryKeyConstraint("signatory_id", name=op.f("pk_document_signature")),
        sa.UniqueConstraint("signed_id", name=op.f("uq_document_signature_signed_id")),
        sa.UniqueConstraint("made_id", name=op.f("uq_document_signature_made_id")),
    )
    for table in ("document_signatory", "document_signature"):
        op.create_index(op.f(f"ix_{table}_xact"), table, ["xact"])
        for statement in guard_sql(table):
            op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")


def _xact() -> sa.Column[str]:
    return sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False)
