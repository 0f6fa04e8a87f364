"""Checks identity with a provider."""

revision: str = "checks_identity"
down_revision: str | None = "charges_cards"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
