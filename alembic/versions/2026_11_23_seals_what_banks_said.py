"""Keeps what banks said with their lines in a table of its own, so that it can be sealed anew under another key."""

import sqlalchemy as sa
from alembic import op

revision: str = "seals_what_banks_said"
down_revision: str | None = "books_processor_payouts"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM bank_line")):
        raise RuntimeError("Bank lines were taken by a version that was never released. Restore a backup from before.")
    op.create_table(
        "bank_line_said",
        sa.Column("bank_line_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("said", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["bank_line_id"], ["bank_line.id"], name=op.f("fk_bank_line_said_bank_line_id")),
        sa.PrimaryKeyConstraint("bank_line_id", name=op.f("pk_bank_line_said")),
    )
    op.drop_column("bank_line", "said")


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
