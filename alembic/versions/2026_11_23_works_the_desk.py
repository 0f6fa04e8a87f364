"""Works the desk: notes, the funnel, reminders, imports."""

revision: str = "works_the_desk"
down_revision: str | None = "shows_campaigns"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
