"""Issues of documents: many records, sealed together by one root with one timestamp."""

import sqlalchemy as sa
from alembic import op

from app.core.appendonly import guard_sql
from app.core.sealing import TransactionId

revision: str = "seals_issues_of_documents"
down_revision: str | None = "files_conversions"
branch_labels: str | None = None
depends_on: str | None = None

TABLES = (
    "document_issue",
    "document_leaf",
    "document_issue_block",
    "document_issue_seal",
    "document_issue_timestamp",
)


def upgrade() -> None:
    op.create_table(
        "document_issue",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        _xact(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_issue")),
    )
    op.create_index(op.f("ix_document_issue_cause"), "document_issue", ["cause"])
    op.create_table(
        "document_leaf",
        sa.Column("document_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("issue_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_document_leaf_document_id")),
        sa.ForeignKeyConstraint(["issue_id"], ["document_issue.id"], name=op.f("fk_document_leaf_issue_id")),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_document_leaf")),
        sa.UniqueConstraint("issue_id", "place", name=op.f("uq_document_leaf_issue_id_place")),
    )
    op.create_table(
        "document_issue_block",
        sa.Column("issue_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(["issue_id"], ["document_issue.id"], name=op.f("fk_document_issue_block_issue_id")),
        sa.PrimaryKeyConstraint("issue_id", "place", name=op.f("pk_document_issue_block")),
    )
    op.create_table(
        "document_issue_seal",
        sa.Column("issue_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("root_sha256", sa.String(length=64), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("is_test", sa.Boolean(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(["issue_id"], ["document_issue.id"], name=op.f("fk_document_issue_seal_issue_id")),
        sa.PrimaryKeyConstraint("issue_id", name=op.f("pk_document_issue_seal")),
    )
    op.create_table(
        "document_issue_timestamp",
        sa.Column("issue_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("stamped_at", sa.DateTime(timezone=True), nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(["issue_id"], ["document_issue.id"], name=op.f("fk_document_issue_timestamp_issue_id")),
        sa.PrimaryKeyConstraint("issue_id", name=op.f("pk_document_issue_timestamp")),
    )
    for table in TABLES:
        op.create_index(op.f(f"ix_{table}_xact"), table, ["xact"])
        for statement in guard_sql(table):
            op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")


def _xact() -> sa.Column[str]:
    return sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False)
