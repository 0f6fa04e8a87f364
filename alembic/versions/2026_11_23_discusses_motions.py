"""Discusses motions: comments in versions, elected moderators, their acts in public, and appeals."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.core.appendonly import guard_sql
from app.core.redaction import redaction_sql
from app.core.sealing import TransactionId

revision: str = "discusses_motions"
down_revision: str | None = "opens_the_box"
branch_labels: str | None = None
depends_on: str | None = None

REDACTABLE = ("motion_comment_text", "motion_appeal")
APPEND_ONLY = (
    "motion_comment",
    "motion_comment_text",
    "motion_comment_withdrawal",
    "motion_moderator",
    "motion_moderator_end",
    "motion_moderation",
    "motion_appeal",
    "motion_appeal_decision",
)


def upgrade() -> None:
    op.create_table(
        "motion_comment",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("form_key", sa.String(), nullable=False),
        sa.Column("motion_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"], name=op.f("fk_motion_comment_motion_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_motion_comment_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_motion_comment")),
        sa.UniqueConstraint("form_key", name=op.f("uq_motion_comment_form_key")),
    )
    op.create_index(op.f("ix_motion_comment_motion_id"), "motion_comment", ["motion_id"])
    op.create_index(op.f("ix_motion_comment_person_id"), "motion_comment", ["person_id"])
    op.create_index(op.f("ix_motion_comment_xact"), "motion_comment", ["xact"])
    op.create_table(
        "motion_comment_text",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("comment_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["motion_comment.id"], name=op.f("fk_motion_comment_text_comment_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_motion_comment_text_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_motion_comment_text")),
        sa.UniqueConstraint("comment_id", "version", name=op.f("uq_motion_comment_text_comment_id_version")),
    )
    op.create_index(op.f("ix_motion_comment_text_person_id"), "motion_comment_text", ["person_id"])
    op.create_index(op.f("ix_motion_comment_text_xact"), "motion_comment_text", ["xact"])
    op.create_table(
        "motion_comment_withdrawal",
        sa.Column("comment_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["motion_comment.id"], name=op.f("fk_motion_comment_withdrawal_comment_id")
        ),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_motion_comment_withdrawal")),
    )
    op.create_index(op.f("ix_motion_comment_withdrawal_xact"), "motion_comment_withdrawal", ["xact"])
    op.create_table(
        "motion_moderator",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("ballot_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("elected_as", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by", sa.BigInteger(), nullable=False),
        sa.Column("approved_by", sa.BigInteger(), nullable=False),
        sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.CheckConstraint("proposed_by <> approved_by", name=op.f("ck_motion_moderator_two_people")),
        sa.CheckConstraint("valid_from <= valid_until", name=op.f("ck_motion_moderator_ends_after")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_motion_moderator_person_id")),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_motion_moderator_ballot_id")),
        sa.ForeignKeyConstraint(["item_id"], ["ballot_item.id"], name=op.f("fk_motion_moderator_item_id")),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name=op.f("fk_motion_moderator_proposed_by")),
        sa.ForeignKeyConstraint(["approved_by"], ["person.id"], name=op.f("fk_motion_moderator_approved_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_motion_moderator")),
    )
    op.create_index(op.f("ix_motion_moderator_approved_by"), "motion_moderator", ["approved_by"])
    op.create_index(op.f("ix_motion_moderator_ballot_id"), "motion_moderator", ["ballot_id"])
    op.create_index(op.f("ix_motion_moderator_item_id"), "motion_moderator", ["item_id"])
    op.create_index(op.f("ix_motion_moderator_person_id"), "motion_moderator", ["person_id"])
    op.create_index(op.f("ix_motion_moderator_proposed_by"), "motion_moderator", ["proposed_by"])
    op.create_index(op.f("ix_motion_moderator_xact"), "motion_moderator", ["xact"])
    op.create_table(
        "motion_moderator_end",
        sa.Column("moderator_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.BigInteger(), nullable=False),
        sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["moderator_id"], ["motion_moderator.id"], name=op.f("fk_motion_moderator_end_moderator_id")
        ),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"], name=op.f("fk_motion_moderator_end_ended_by")),
        sa.PrimaryKeyConstraint("moderator_id", name=op.f("pk_motion_moderator_end")),
    )
    op.create_index(op.f("ix_motion_moderator_end_ended_by"), "motion_moderator_end", ["ended_by"])
    op.create_index(op.f("ix_motion_moderator_end_xact"), "motion_moderator_end", ["xact"])
    op.create_table(
        "motion_moderation",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("motion_id", sa.BigInteger(), nullable=False),
        sa.Column("comment_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("rule", postgresql.JSONB(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.BigInteger(), nullable=False),
        sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"], name=op.f("fk_motion_moderation_motion_id")),
        sa.ForeignKeyConstraint(["comment_id"], ["motion_comment.id"], name=op.f("fk_motion_moderation_comment_id")),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_motion_moderation_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_motion_moderation")),
    )
    op.create_index(op.f("ix_motion_moderation_by"), "motion_moderation", ["by"])
    op.create_index(op.f("ix_motion_moderation_comment_id"), "motion_moderation", ["comment_id"])
    op.create_index(op.f("ix_motion_moderation_motion_id"), "motion_moderation", ["motion_id"])
    op.create_index(op.f("ix_motion_moderation_xact"), "motion_moderation", ["xact"])
    op.create_table(
        "motion_appeal",
        sa.Column("moderation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("appealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["moderation_id"], ["motion_moderation.id"], name=op.f("fk_motion_appeal_moderation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_motion_appeal_person_id")),
        sa.PrimaryKeyConstraint("moderation_id", name=op.f("pk_motion_appeal")),
    )
    op.create_index(op.f("ix_motion_appeal_person_id"), "motion_appeal", ["person_id"])
    op.create_index(op.f("ix_motion_appeal_xact"), "motion_appeal", ["xact"])
    op.create_table(
        "motion_appeal_decision",
        sa.Column("moderation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=False),
        sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["moderation_id"], ["motion_appeal.moderation_id"], name=op.f("fk_motion_appeal_decision_moderation_id")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_motion_appeal_decision_decided_by")),
        sa.PrimaryKeyConstraint("moderation_id", name=op.f("pk_motion_appeal_decision")),
    )
    op.create_index(op.f("ix_motion_appeal_decision_decided_by"), "motion_appeal_decision", ["decided_by"])
    op.create_index(op.f("ix_motion_appeal_decision_xact"), "motion_appeal_decision", ["xact"])
    for table in APPEND_ONLY:
        for statement in guard_sql(table):
            op.execute(statement)
    for table in REDACTABLE:
        for statement in redaction_sql(table, ["text"]):
            op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
