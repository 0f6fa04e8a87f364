"""Prices classes: what a share of a class is issued at from a day on."""

import sqlalchemy as sa
from alembic import op

from app.core.appendonly import guard_sql
from app.core.sealing import TransactionId

revision: str = "prices_classes"
down_revision: str | None = "numbers_shares"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "share_class_price",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("share_class_id", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("price_cents", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.BigInteger(), nullable=False),
        sa.Column("proposed_by", sa.BigInteger(), nullable=False),
        sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.CheckConstraint("price_cents > 0", name=op.f("ck_share_class_price_price_positive")),
        sa.ForeignKeyConstraint(
            ["share_class_id"], ["share_class.id"], name=op.f("fk_share_class_price_share_class_id_share_class")
        ),
        sa.ForeignKeyConstraint(["written_by"], ["person.id"], name=op.f("fk_share_class_price_written_by_person")),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name=op.f("fk_share_class_price_proposed_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_class_price")),
    )
    op.create_index(
        op.f("ix_share_class_price_share_class_id_valid_from"), "share_class_price", ["share_class_id", "valid_from"]
    )
    op.create_index(op.f("ix_share_class_price_xact"), "share_class_price", ["xact"])
    for statement in guard_sql("share_class_price"):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
