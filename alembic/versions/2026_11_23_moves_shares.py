"""Moves shares: acts end lots and make new ones; classes have dated terms."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.core.appendonly import guard_sql
from app.core.sealing import TransactionId

revision: str = "moves_shares"
down_revision: str | None = "checks_identity"
branch_labels: str | None = None
depends_on: str | None = None

STRING, WHOLE = sa.String(), sa.BigInteger()


def upgrade() -> None:
    _acts()
    _lots()
    _class_terms()
    for table in ("share_act", "lot_end", "share_class_terms"):
        op.create_index(op.f(f"ix_{table}_xact"), table, ["xact"])
        for statement in guard_sql(table):
            op.execute(statement)


def _xact() -> sa.Column[str]:
    return sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False)


def _acts() -> None:
    op.create_table(
        "share_act",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("kind", STRING, nullable=False),
        sa.Column("source", STRING, nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("reason", STRING, nullable=False),
        sa.Column("details", postgresql.JSONB(), nullable=False),
        sa.Column("entry_id", WHOLE, nullable=True),
        sa.Column("reverses_id", WHOLE, nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", WHOLE, nullable=True),
        sa.Column("proposed_by", WHOLE, nullable=True),
        _xact(),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_share_act_entry_id_entry")),
        sa.ForeignKeyConstraint(["reverses_id"], ["share_act.id"], name=op.f("fk_share_act_reverses_id_share_act")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_share_act_recorded_by_person")),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name=op.f("fk_share_act_proposed_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_act")),
        sa.UniqueConstraint("source", name=op.f("uq_share_act_source")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_share_act_entry_id")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_share_act_reverses_id")),
    )


def _lots() -> None:
    op.add_column("lot", sa.Column("act_id", WHOLE))
    op.add_column("lot", sa.Column("from_lot_id", WHOLE))
    op.add_column("lot", sa.Column("acquired_on", sa.Date()))
    op.create_foreign_key(op.f("fk_lot_act_id_share_act"), "lot", "share_act", ["act_id"], ["id"])
    op.create_foreign_key(op.f("fk_lot_from_lot_id_lot"), "lot", "lot", ["from_lot_id"], ["id"])
    op.create_index(op.f("ix_lot_act_id"), "lot", ["act_id"])
    op.create_index(op.f("ix_lot_from_lot_id"), "lot", ["from_lot_id"])
    op.alter_column("lot", "entry_id", nullable=True)
    op.drop_constraint(op.f("uq_lot_entry_id"), "lot")
    op.create_index(op.f("ix_lot_entry_id"), "lot", ["entry_id"])
    op.create_table(
        "lot_end",
        sa.Column("lot_id", WHOLE, nullable=False),
        sa.Column("act_id", WHOLE, nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_lot_end_lot_id_lot")),
        sa.ForeignKeyConstraint(["act_id"], ["share_act.id"], name=op.f("fk_lot_end_act_id_share_act")),
        sa.PrimaryKeyConstraint("lot_id", name=op.f("pk_lot_end")),
    )
    op.create_index(op.f("ix_lot_end_act_id"), "lot_end", ["act_id"])


def _class_terms() -> None:
    op.create_table(
        "share_class_terms",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("share_class_id", WHOLE, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("purpose", STRING, nullable=False),
        sa.Column("nominal_cents", WHOLE, nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("votes_rule", STRING, nullable=False),
        sa.Column("votes_cap", WHOLE, nullable=True),
        sa.Column("transferable", STRING, nullable=False),
        sa.Column("withdrawable", sa.Boolean(), nullable=False),
        sa.Column("notice_days", WHOLE, nullable=False),
        sa.Column("redemption_right", STRING, nullable=False),
        sa.Column("holder_shares_min", WHOLE, nullable=False),
        sa.Column("holder_shares_max", WHOLE, nullable=True),
        sa.Column("capital_min_cents", WHOLE, nullable=True),
        sa.Column("locked_until", sa.Date(), nullable=True),
        sa.Column("legends", sa.ARRAY(STRING), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", WHOLE, nullable=True),
        sa.Column("reason", STRING, nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(
            ["share_class_id"], ["share_class.id"], name=op.f("fk_share_class_terms_share_class_id_share_class")
        ),
        sa.ForeignKeyConstraint(["written_by"], ["person.id"], name=op.f("fk_share_class_terms_written_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_class_terms")),
    )
    op.create_index(
        op.f("ix_share_class_terms_share_class_id_valid_from"), "share_class_terms", ["share_class_id", "valid_from"]
    )


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
