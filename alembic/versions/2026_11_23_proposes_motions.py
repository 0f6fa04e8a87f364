"""Proposes motions: texts, support against a threshold, the board's statement, and the ballots made of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.core.appendonly import guard_sql
from app.core.sealing import TransactionId

revision: str = "proposes_motions"
down_revision: str | None = "reads_tables_of_banks"
branch_labels: str | None = None
depends_on: str | None = None

APPEND_ONLY = (
    "motion_rules",
    "motion_text",
    "motion_move",
    "motion_gathering",
    "motion_support",
    "motion_support_end",
    "motion_statement",
    "motion_ballot",
)


def upgrade() -> None:
    op.create_table(
        "motion_rules",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("support_number", sa.BigInteger(), nullable=True),
        sa.Column("support_part", sa.String(), nullable=True),
        sa.Column("support_days", sa.BigInteger(), nullable=False),
        sa.Column("statement_days", sa.BigInteger(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("conduct", postgresql.JSONB(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by", sa.BigInteger(), nullable=False),
        sa.Column("approved_by", sa.BigInteger(), nullable=False),
        sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.CheckConstraint("proposed_by <> approved_by", name=op.f("ck_motion_rules_two_people")),
        sa.CheckConstraint(
            "support_number IS NOT NULL OR support_part IS NOT NULL", name=op.f("ck_motion_rules_says_how_many")
        ),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name=op.f("fk_motion_rules_proposed_by")),
        sa.ForeignKeyConstraint(["approved_by"], ["person.id"], name=op.f("fk_motion_rules_approved_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_motion_rules")),
    )
    op.create_index(op.f("ix_motion_rules_approved_by"), "motion_rules", ["approved_by"])
    op.create_index(op.f("ix_motion_rules_proposed_by"), "motion_rules", ["proposed_by"])
    op.create_index(op.f("ix_motion_rules_xact"), "motion_rules", ["xact"])
    op.create_table(
        "motion",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("form_key", sa.String(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_motion_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_motion")),
        sa.UniqueConstraint("form_key", name=op.f("uq_motion_form_key")),
    )
    op.create_index(op.f("ix_motion_person_id"), "motion", ["person_id"])
    op.create_table(
        "motion_text",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("motion_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        sa.Column("text", postgresql.JSONB(), nullable=False),
        sa.Column("grounds", postgresql.JSONB(), nullable=False),
        sa.Column("question", postgresql.JSONB(), nullable=False),
        sa.Column("rule", postgresql.JSONB(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.BigInteger(), nullable=False),
        sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"], name=op.f("fk_motion_text_motion_id")),
        sa.ForeignKeyConstraint(["written_by"], ["person.id"], name=op.f("fk_motion_text_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_motion_text")),
        sa.UniqueConstraint("motion_id", "version", name=op.f("uq_motion_text_motion_id_version")),
    )
    op.create_index(op.f("ix_motion_text_written_by"), "motion_text", ["written_by"])
    op.create_index(op.f("ix_motion_text_xact"), "motion_text", ["xact"])
    op.create_table(
        "motion_move",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("motion_id", sa.BigInteger(), nullable=False),
        sa.Column("to_state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.BigInteger(), nullable=True),
        sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"], name=op.f("fk_motion_move_motion_id")),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_motion_move_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_motion_move")),
    )
    op.create_index(op.f("ix_motion_move_motion_id"), "motion_move", ["motion_id"])
    op.create_index(op.f("ix_motion_move_xact"), "motion_move", ["xact"])
    op.create_table(
        "motion_gathering",
        sa.Column("motion_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("rules_id", sa.BigInteger(), nullable=True),
        sa.Column("members", sa.BigInteger(), nullable=False),
        sa.Column("needed", sa.BigInteger(), nullable=False),
        sa.Column("statement_days", sa.BigInteger(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.CheckConstraint("needed > 0", name=op.f("ck_motion_gathering_needs_somebody")),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"], name=op.f("fk_motion_gathering_motion_id")),
        sa.ForeignKeyConstraint(["rules_id"], ["motion_rules.id"], name=op.f("fk_motion_gathering_rules_id")),
        sa.PrimaryKeyConstraint("motion_id", name=op.f("pk_motion_gathering")),
    )
    op.create_index(op.f("ix_motion_gathering_rules_id"), "motion_gathering", ["rules_id"])
    op.create_index(op.f("ix_motion_gathering_xact"), "motion_gathering", ["xact"])
    op.create_table(
        "motion_support",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("motion_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("given_by", sa.BigInteger(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"], name=op.f("fk_motion_support_motion_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_motion_support_person_id")),
        sa.ForeignKeyConstraint(["given_by"], ["person.id"], name=op.f("fk_motion_support_given_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_motion_support")),
    )
    op.create_index(op.f("ix_motion_support_given_by"), "motion_support", ["given_by"])
    op.create_index(op.f("ix_motion_support_motion_id_person_id"), "motion_support", ["motion_id", "person_id"])
    op.create_index(op.f("ix_motion_support_person_id"), "motion_support", ["person_id"])
    op.create_index(op.f("ix_motion_support_xact"), "motion_support", ["xact"])
    op.create_table(
        "motion_support_end",
        sa.Column("support_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("taken_back_by", sa.BigInteger(), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(["support_id"], ["motion_support.id"], name=op.f("fk_motion_support_end_support_id")),
        sa.ForeignKeyConstraint(["taken_back_by"], ["person.id"], name=op.f("fk_motion_support_end_taken_back_by")),
        sa.PrimaryKeyConstraint("support_id", name=op.f("pk_motion_support_end")),
    )
    op.create_index(op.f("ix_motion_support_end_taken_back_by"), "motion_support_end", ["taken_back_by"])
    op.create_index(op.f("ix_motion_support_end_xact"), "motion_support_end", ["xact"])
    op.create_table(
        "motion_statement",
        sa.Column("motion_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("stance", sa.String(), nullable=False),
        sa.Column("text", postgresql.JSONB(), nullable=False),
        sa.Column("resolved", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.BigInteger(), nullable=False),
        sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"], name=op.f("fk_motion_statement_motion_id")),
        sa.ForeignKeyConstraint(["written_by"], ["person.id"], name=op.f("fk_motion_statement_written_by")),
        sa.PrimaryKeyConstraint("motion_id", name=op.f("pk_motion_statement")),
    )
    op.create_index(op.f("ix_motion_statement_written_by"), "motion_statement", ["written_by"])
    op.create_index(op.f("ix_motion_statement_xact"), "motion_statement", ["xact"])
    op.create_table(
        "motion_ballot",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("motion_id", sa.BigInteger(), nullable=False),
        sa.Column("ballot_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("text_id", sa.BigInteger(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drafted_by", sa.BigInteger(), nullable=False),
        sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"], name=op.f("fk_motion_ballot_motion_id")),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_motion_ballot_ballot_id")),
        sa.ForeignKeyConstraint(["item_id"], ["ballot_item.id"], name=op.f("fk_motion_ballot_item_id")),
        sa.ForeignKeyConstraint(["text_id"], ["motion_text.id"], name=op.f("fk_motion_ballot_text_id")),
        sa.ForeignKeyConstraint(["drafted_by"], ["person.id"], name=op.f("fk_motion_ballot_drafted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_motion_ballot")),
        sa.UniqueConstraint("item_id", name=op.f("uq_motion_ballot_item_id")),
    )
    op.create_index(op.f("ix_motion_ballot_ballot_id"), "motion_ballot", ["ballot_id"])
    op.create_index(op.f("ix_motion_ballot_drafted_by"), "motion_ballot", ["drafted_by"])
    op.create_index(op.f("ix_motion_ballot_motion_id"), "motion_ballot", ["motion_id"])
    op.create_index(op.f("ix_motion_ballot_text_id"), "motion_ballot", ["text_id"])
    op.create_index(op.f("ix_motion_ballot_xact"), "motion_ballot", ["xact"])
    for table in APPEND_ONLY:
        for statement in guard_sql(table):
            op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
