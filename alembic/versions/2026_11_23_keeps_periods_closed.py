"""Keeps periods closed: the database itself takes no entry that takes effect in one."""

from alembic import op

from app.ledger.guards import CLOSED_PERIODS

revision: str = "keeps_periods_closed"
down_revision: str | None = "seals_what_banks_said"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    for statement in CLOSED_PERIODS:
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
