"""Shows campaigns: live totals, days, countries, updates, questions."""

revision: str = "shows_campaigns"
down_revision: str | None = "asks_holders"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
