"""Limits rates: windows shared by every process."""

revision: str = "limits_rates"
down_revision: str | None = "opens_the_api"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
