"""Asks who holds: what the pledge form keeps beyond the pledge itself."""

revision: str = "asks_holders"
down_revision: str | None = "changes_terms"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
