"""Lends beyond shares: what an exchange leaves above the most or the nominal may become loans; exits settle anew."""

import sqlalchemy as sa
from alembic import op

revision: str = "lends_beyond_shares"
down_revision: str | None = "redacts_identity_checks"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    for column in ("most", "loan_rate_ppm", "loan_years"):
        op.add_column("exchange_terms", sa.Column(column, sa.BigInteger()))
    op.create_check_constraint(op.f("ck_exchange_terms_most_positive"), "exchange_terms", "most > 0")
    op.create_check_constraint(
        op.f("ck_exchange_terms_loan_repaid"), "exchange_terms", "loan_rate_ppm >= 0 AND loan_years > 0"
    )
    op.add_column("exchange_line", sa.Column("loan_cents", sa.BigInteger(), server_default="0", nullable=False))
    op.alter_column("loan", "payment_request_id", nullable=True)
    op.drop_constraint(op.f("uq_loan_entry_id"), "loan")
    op.create_index(op.f("ix_loan_entry_id"), "loan", ["entry_id"])
    op.drop_constraint(op.f("pk_exit_settlement"), "exit_settlement")
    op.create_primary_key(op.f("pk_exit_settlement"), "exit_settlement", ["acceptance_id", "act_id"])


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
