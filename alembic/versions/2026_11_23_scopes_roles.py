"""Scopes roles: to an offer, with a first and a last day; and holders without an e-mail address, who get paper."""

import sqlalchemy as sa
from alembic import op

from app.core.appendonly import guard_sql
from app.core.sealing import TransactionId

revision: str = "scopes_roles"
down_revision: str | None = "widens_offers"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.add_column("role_grant", sa.Column("subject", sa.String(), nullable=True))
    op.add_column("role_grant", sa.Column("valid_from", sa.Date(), nullable=True))
    op.add_column("role_grant", sa.Column("valid_until", sa.Date(), nullable=True))
    op.alter_column("person", "email", existing_type=sa.String(), nullable=True)
    op.add_column("letter", sa.Column("channel", sa.String(), server_default="email", nullable=False))
    op.create_table(
        "letter_posted",
        sa.Column("letter_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=False),
        sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_letter_posted_letter_id")),
        sa.PrimaryKeyConstraint("letter_id", name=op.f("pk_letter_posted")),
    )
    op.create_index(op.f("ix_letter_posted_xact"), "letter_posted", ["xact"])
    for statement in guard_sql("letter_posted"):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
