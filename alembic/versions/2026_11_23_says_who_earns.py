"""Says who earns: the terms of an offer say what intermediaries earn from a purchase; null while that is not said."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "says_who_earns"
down_revision: str | None = "proposes_motions"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.add_column("offer_terms", sa.Column("intermediaries", postgresql.JSONB(), nullable=True))


def downgrade() -> None:
    op.drop_column("offer_terms", "intermediaries")
