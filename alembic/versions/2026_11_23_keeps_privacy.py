"""Keeps privacy: consents, sealed fields, requests and decisions of erasure."""

revision: str = "keeps_privacy"
down_revision: str | None = "chains_the_audit"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
