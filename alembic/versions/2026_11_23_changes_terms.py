"""Changes terms of open offers: reconfirmation, results, and approvals."""

revision: str = "changes_terms"
down_revision: str | None = "takes_uploads"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
