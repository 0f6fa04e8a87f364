"""Takes uploads, and keeps declarations and bank details sealed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.core.appendonly import guard_sql
from app.core.sealing import TransactionId

revision: str = "takes_uploads"
down_revision: str | None = "scopes_roles"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "upload",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("shown_name", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("uploaded_by", sa.BigInteger(), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(["uploaded_by"], ["person.id"], name=op.f("fk_upload_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )
    op.create_index(op.f("ix_upload_subject"), "upload", ["subject"])
    op.create_index(op.f("ix_upload_uploaded_by"), "upload", ["uploaded_by"])
    op.create_index(op.f("ix_upload_xact"), "upload", ["xact"])
    for statement in guard_sql("upload"):
        op.execute(statement)
    op.create_table(
        "person_declaration",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("income_cents", sa.LargeBinary(), nullable=False),
        sa.Column("net_worth_cents", sa.LargeBinary(), nullable=False),
        sa.Column("bought_12m_cents", sa.LargeBinary(), nullable=False),
        sa.Column("accredited", sa.LargeBinary(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_declaration_person_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_person_declaration_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_declaration")),
    )
    op.create_index(op.f("ix_person_declaration_person_id"), "person_declaration", ["person_id"])
    op.create_table(
        "person_bank_account",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("scheme", sa.String(), nullable=False),
        sa.Column("holder_name", sa.LargeBinary(), nullable=True),
        sa.Column("number", sa.LargeBinary(), nullable=True),
        sa.Column("bank_code", sa.LargeBinary(), nullable=True),
        sa.Column("bic", sa.LargeBinary(), nullable=True),
        sa.Column("number_index", postgresql.BYTEA(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("usable_from", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_bank_account_person_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_person_bank_account_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_bank_account")),
    )
    op.create_index(op.f("ix_person_bank_account_person_id"), "person_bank_account", ["person_id"])
    op.create_index(op.f("ix_person_bank_account_number_index"), "person_bank_account", ["number_index"])


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
