"""Seals every row: each append-only table keeps the transaction of its rows, and one chain of seals covers them all."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.core import clock
from app.core.appendonly import guard_sql
from app.core.rowseals import first_seal
from app.core.sealing import TransactionId

revision: str = "seals_every_row"
down_revision: str | None = "limits_rates"
branch_labels: str | None = None
depends_on: str | None = None

# Entries and audit lines keep it since they exist. What is there already counts as written by this migration.
TABLES = (
    "account",
    "application_decision",
    "audit_seal",
    "consent",
    "contact",
    "counsel_confirmation",
    "document",
    "erasure_decision",
    "erasure_request",
    "estate",
    "expulsion",
    "heir",
    "identity_check",
    "law_adaptation",
    "letter",
    "letter_sent",
    "lot",
    "membership",
    "membership_application",
    "membership_end",
    "offer_move",
    "offer_terms",
    "particulars",
    "payment_request",
    "payment_request_end",
    "person_merge",
    "person_unmerge",
    "platform_proof",
    "pledge_move",
    "proposal",
    "proposal_decision",
    "receipt",
    "refund",
    "refund_payment",
    "representation",
    "representation_end",
    "restriction",
    "role_end",
    "role_grant",
    "seal",
)


def upgrade() -> None:
    for table in TABLES:
        now = sa.text("pg_current_xact_id()")
        op.add_column(table, sa.Column("xact", TransactionId(), server_default=now, nullable=False))
        op.create_index(op.f(f"ix_{table}_xact"), table, ["xact"])
    seals = op.create_table(
        "row_seal",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before_xact", TransactionId(), nullable=False),
        sa.Column("tables", postgresql.JSONB(), nullable=False),
        sa.Column("sha256", postgresql.BYTEA(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_row_seal")),
    )
    op.bulk_insert(seals, [first_seal(clock.now())])
    for statement in guard_sql("row_seal"):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
