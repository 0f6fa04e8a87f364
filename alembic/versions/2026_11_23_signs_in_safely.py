"""Signs in safely: passkeys, second factors, recovery codes, sessions with their devices, outside accounts."""

revision: str = "signs_in_safely"
down_revision: str | None = "knows_persons_fully"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
