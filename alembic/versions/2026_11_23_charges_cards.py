"""Charges cards: saved ways to pay, attempts, runs, events, disputes."""

revision: str = "charges_cards"
down_revision: str | None = "works_the_desk"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
