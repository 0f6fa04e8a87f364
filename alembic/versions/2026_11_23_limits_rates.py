"""Limits rates: windows shared by every process."""

import sqlalchemy as sa
from alembic import op

revision: str = "limits_rates"
down_revision: str | None = "opens_the_api"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "rate_window",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", "starts_at", name=op.f("pk_rate_window")),
        prefixes=["UNLOGGED"],
    )


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
