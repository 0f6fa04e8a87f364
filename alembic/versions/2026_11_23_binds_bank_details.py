"""Binds bank details to their row: the sealed hash of a person, their account and its moments."""

import sqlalchemy as sa
from alembic import op

revision: str = "binds_bank_details"
down_revision: str | None = "checks_documents_online"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.add_column("person_bank_account", sa.Column("bound", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
