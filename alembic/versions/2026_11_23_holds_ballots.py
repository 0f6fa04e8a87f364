"""Holds ballots: meetings, resolutions, electorates, recorded votes, results and minutes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.core.appendonly import guard_sql
from app.core.sealing import TransactionId

revision: str = "holds_ballots"
down_revision: str | None = "binds_bank_details"
branch_labels: str | None = None
depends_on: str | None = None


TABLES = (
    "meeting_terms",
    "ballot_item",
    "ballot_minutes",
    "ballot_move",
    "ballot_notice",
    "ballot_result",
    "ballot_terms",
    "electorate",
    "roll_correction",
    "ballot_certificate",
    "ballot_item_text",
    "ballot_item_withdrawal",
    "ballot_objection",
    "elector",
    "minutes_signature",
    "ballot_vote",
    "broker_statement",
    "ballot_vote_part",
    "paper_entry",
)


def upgrade() -> None:
    op.create_table(
        "meeting",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("terms_id", sa.BigInteger(), nullable=False),
        sa.Column("call", sa.BigInteger(), nullable=False),
        sa.Column("follows_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_meeting_created_by")),
        sa.ForeignKeyConstraint(["follows_id"], ["meeting.id"], name=op.f("fk_meeting_follows_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("slug", name=op.f("uq_meeting_slug")),
    )
    op.create_index(op.f("ix_meeting_follows_id"), "meeting", ["follows_id"], unique=False)
    op.create_index(op.f("ix_meeting_terms_id"), "meeting", ["terms_id"], unique=False)
    op.create_table(
        "ballot",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("terms_id", sa.BigInteger(), nullable=False),
        sa.Column("meeting_id", sa.BigInteger(), nullable=True),
        sa.Column("call", sa.BigInteger(), nullable=False),
        sa.Column("follows_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_ballot_created_by")),
        sa.ForeignKeyConstraint(["follows_id"], ["ballot.id"], name=op.f("fk_ballot_follows_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_ballot_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot")),
        sa.UniqueConstraint("slug", name=op.f("uq_ballot_slug")),
    )
    op.create_index(op.f("ix_ballot_follows_id"), "ballot", ["follows_id"], unique=False)
    op.create_index(op.f("ix_ballot_meeting_id"), "ballot", ["meeting_id"], unique=False)
    op.create_index(op.f("ix_ballot_terms_id"), "ballot", ["terms_id"], unique=False)
    op.create_table(
        "meeting_terms",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("meeting_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("agenda", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.BigInteger(), nullable=True),
        _xact(),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting.id"],
            name=op.f("fk_meeting_terms_meeting_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(["written_by"], ["person.id"], name=op.f("fk_meeting_terms_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_terms")),
        sa.UniqueConstraint("meeting_id", "version", name=op.f("uq_meeting_terms_meeting_id_version")),
    )
    op.create_table(
        "ballot_item",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("ballot_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_ballot_item_ballot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot_item")),
        sa.UniqueConstraint("ballot_id", "position", name=op.f("uq_ballot_item_ballot_id_position")),
    )
    op.create_table(
        "ballot_minutes",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("ballot_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.BigInteger(), nullable=True),
        _xact(),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_ballot_minutes_ballot_id")),
        sa.ForeignKeyConstraint(["written_by"], ["person.id"], name=op.f("fk_ballot_minutes_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot_minutes")),
        sa.UniqueConstraint("ballot_id", "version", name=op.f("uq_ballot_minutes_ballot_id_version")),
    )
    op.create_table(
        "ballot_move",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("ballot_id", sa.BigInteger(), nullable=False),
        sa.Column("to_state", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_ballot_move_ballot_id")),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_ballot_move_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot_move")),
    )
    op.create_index(op.f("ix_ballot_move_ballot_id"), "ballot_move", ["ballot_id"], unique=False)
    op.create_table(
        "ballot_notice",
        sa.Column("ballot_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("meets_on", sa.Date(), nullable=False),
        sa.Column("days", sa.BigInteger(), nullable=False),
        sa.Column("days_needed", sa.BigInteger(), nullable=False),
        sa.Column("clear_days", sa.Boolean(), nullable=False),
        sa.Column("texts_sha256", sa.String(length=64), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_by", sa.BigInteger(), nullable=True),
        _xact(),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_ballot_notice_ballot_id")),
        sa.ForeignKeyConstraint(["given_by"], ["person.id"], name=op.f("fk_ballot_notice_given_by")),
        sa.PrimaryKeyConstraint("ballot_id", name=op.f("pk_ballot_notice")),
    )
    op.create_table(
        "ballot_result",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("ballot_id", sa.BigInteger(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counted_by", sa.BigInteger(), nullable=True),
        _xact(),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_ballot_result_ballot_id")),
        sa.ForeignKeyConstraint(["counted_by"], ["person.id"], name=op.f("fk_ballot_result_counted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot_result")),
    )
    op.create_index(op.f("ix_ballot_result_ballot_id"), "ballot_result", ["ballot_id"], unique=False)
    op.create_table(
        "ballot_terms",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("ballot_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("summary", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("law", sa.String(), nullable=False),
        sa.Column("notice_kind", sa.String(), nullable=False),
        sa.Column("notice_days", sa.BigInteger(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("casting", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("votes_cap", sa.BigInteger(), nullable=True),
        sa.Column("classes", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("investor_classes", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("colleges", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("colleges_proportional", sa.Boolean(), nullable=False),
        sa.Column("record_date", sa.Date(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changes_allowed", sa.Boolean(), nullable=False),
        sa.Column("splits_allowed", sa.Boolean(), nullable=False),
        sa.Column("roll_shown", sa.String(), nullable=False),
        sa.Column("seed_from", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.BigInteger(), nullable=True),
        _xact(),
        sa.ForeignKeyConstraint(
            ["ballot_id"], ["ballot.id"], name=op.f("fk_ballot_terms_ballot_id"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(["written_by"], ["person.id"], name=op.f("fk_ballot_terms_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot_terms")),
        sa.UniqueConstraint("ballot_id", "version", name=op.f("uq_ballot_terms_ballot_id_version")),
    )
    op.create_table(
        "electorate",
        sa.Column("ballot_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("record_date", sa.Date(), nullable=False),
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rule", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("electors", sa.BigInteger(), nullable=False),
        sa.Column("weight", sa.BigInteger(), nullable=False),
        sa.Column("shares", sa.BigInteger(), nullable=False),
        sa.Column("outstanding_shares", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("frozen_by", sa.BigInteger(), nullable=True),
        _xact(),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_electorate_ballot_id")),
        sa.ForeignKeyConstraint(["frozen_by"], ["person.id"], name=op.f("fk_electorate_frozen_by")),
        sa.PrimaryKeyConstraint("ballot_id", name=op.f("pk_electorate")),
    )
    op.create_table(
        "roll_correction",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("ballot_id", sa.BigInteger(), nullable=False),
        sa.Column("struck_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by", sa.BigInteger(), nullable=False),
        sa.Column("approved_by", sa.BigInteger(), nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(["approved_by"], ["person.id"], name=op.f("fk_roll_correction_approved_by")),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_roll_correction_ballot_id")),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name=op.f("fk_roll_correction_proposed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roll_correction")),
        sa.UniqueConstraint("struck_id", name=op.f("uq_roll_correction_struck_id")),
    )
    op.create_index(op.f("ix_roll_correction_ballot_id"), "roll_correction", ["ballot_id"], unique=False)
    op.create_table(
        "ballot_certificate",
        sa.Column("result_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("first_teller", sa.BigInteger(), nullable=False),
        sa.Column("second_teller", sa.BigInteger(), nullable=False),
        sa.Column("statement", sa.String(), nullable=False),
        sa.Column("certified_at", sa.DateTime(timezone=True), nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(["first_teller"], ["person.id"], name=op.f("fk_ballot_certificate_first_teller")),
        sa.ForeignKeyConstraint(["result_id"], ["ballot_result.id"], name=op.f("fk_ballot_certificate_result_id")),
        sa.ForeignKeyConstraint(["second_teller"], ["person.id"], name=op.f("fk_ballot_certificate_second_teller")),
        sa.PrimaryKeyConstraint("result_id", name=op.f("pk_ballot_certificate")),
    )
    op.create_table(
        "ballot_item_text",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("text", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("question", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rule", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("is_amendment", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.BigInteger(), nullable=True),
        _xact(),
        sa.ForeignKeyConstraint(["item_id"], ["ballot_item.id"], name=op.f("fk_ballot_item_text_item_id")),
        sa.ForeignKeyConstraint(["written_by"], ["person.id"], name=op.f("fk_ballot_item_text_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot_item_text")),
        sa.UniqueConstraint("item_id", "version", name=op.f("uq_ballot_item_text_item_id_version")),
    )
    op.create_table(
        "ballot_item_withdrawal",
        sa.Column("item_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by", sa.BigInteger(), nullable=True),
        _xact(),
        sa.ForeignKeyConstraint(["item_id"], ["ballot_item.id"], name=op.f("fk_ballot_item_withdrawal_item_id")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["person.id"], name=op.f("fk_ballot_item_withdrawal_withdrawn_by")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_ballot_item_withdrawal")),
    )
    op.create_table(
        "ballot_objection",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("ballot_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=True),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("statement", sa.String(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        _xact(),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_ballot_objection_ballot_id")),
        sa.ForeignKeyConstraint(["item_id"], ["ballot_item.id"], name=op.f("fk_ballot_objection_item_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_ballot_objection_person_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_ballot_objection_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot_objection")),
    )
    op.create_index(op.f("ix_ballot_objection_ballot_id"), "ballot_objection", ["ballot_id"], unique=False)
    op.create_index(op.f("ix_ballot_objection_item_id"), "ballot_objection", ["item_id"], unique=False)
    op.create_index(op.f("ix_ballot_objection_person_id"), "ballot_objection", ["person_id"], unique=False)
    op.create_table(
        "elector",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("ballot_id", sa.BigInteger(), nullable=False),
        sa.Column("roll", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("membership_id", sa.BigInteger(), nullable=True),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("weight", sa.BigInteger(), nullable=False),
        sa.Column("shares", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("college", sa.String(), nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("leaf", sa.String(length=64), nullable=False),
        sa.Column("correction_id", sa.BigInteger(), nullable=True),
        _xact(),
        sa.CheckConstraint("weight > 0 AND shares >= 0", name=op.f("ck_elector_some_weight")),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_elector_ballot_id")),
        sa.ForeignKeyConstraint(["correction_id"], ["roll_correction.id"], name=op.f("fk_elector_correction_id")),
        sa.ForeignKeyConstraint(["membership_id"], ["membership.id"], name=op.f("fk_elector_membership_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_elector_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_elector")),
    )
    op.create_index(op.f("ix_elector_ballot_id_person_id"), "elector", ["ballot_id", "person_id"], unique=False)
    op.create_index(
        "ix_elector_correction_id_rare",
        "elector",
        ["correction_id"],
        unique=False,
        postgresql_where=sa.text("correction_id IS NOT NULL"),
    )
    op.create_index(op.f("ix_elector_person_id"), "elector", ["person_id"], unique=False)
    op.create_table(
        "minutes_signature",
        sa.Column("minutes_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("capacity", sa.String(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(["minutes_id"], ["ballot_minutes.id"], name=op.f("fk_minutes_signature_minutes_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_minutes_signature_person_id")),
        sa.PrimaryKeyConstraint("minutes_id", "person_id", name=op.f("pk_minutes_signature")),
    )
    op.create_index(op.f("ix_minutes_signature_person_id"), "minutes_signature", ["person_id"], unique=False)
    op.create_table(
        "ballot_vote",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("ballot_id", sa.BigInteger(), nullable=False),
        sa.Column("elector_id", sa.BigInteger(), nullable=False),
        sa.Column("replaces_id", sa.BigInteger(), nullable=True),
        sa.Column("form_key", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("cast_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cast_by", sa.BigInteger(), nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_ballot_vote_ballot_id")),
        sa.ForeignKeyConstraint(["cast_by"], ["person.id"], name=op.f("fk_ballot_vote_cast_by")),
        sa.ForeignKeyConstraint(["elector_id"], ["elector.id"], name=op.f("fk_ballot_vote_elector_id")),
        sa.ForeignKeyConstraint(["replaces_id"], ["ballot_vote.id"], name=op.f("fk_ballot_vote_replaces_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot_vote")),
        sa.UniqueConstraint("form_key", name=op.f("uq_ballot_vote_form_key")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_ballot_vote_replaces_id")),
    )
    op.create_index(op.f("ix_ballot_vote_ballot_id_id"), "ballot_vote", ["ballot_id", "id"], unique=False)
    op.create_index(op.f("ix_ballot_vote_cast_by"), "ballot_vote", ["cast_by"], unique=False)
    op.create_index(op.f("ix_ballot_vote_elector_id"), "ballot_vote", ["elector_id"], unique=False)
    op.create_index(
        "uq_ballot_vote_first",
        "ballot_vote",
        ["elector_id"],
        unique=True,
        postgresql_where=sa.text("replaces_id IS NULL"),
    )
    op.create_table(
        "broker_statement",
        sa.Column("elector_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("broker", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("shares", sa.BigInteger(), nullable=False),
        sa.Column("upload_id", sa.BigInteger(), nullable=True),
        sa.Column("seen_by", sa.BigInteger(), nullable=False),
        sa.Column("approved_by", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(["approved_by"], ["person.id"], name=op.f("fk_broker_statement_approved_by")),
        sa.ForeignKeyConstraint(["elector_id"], ["elector.id"], name=op.f("fk_broker_statement_elector_id")),
        sa.ForeignKeyConstraint(["seen_by"], ["person.id"], name=op.f("fk_broker_statement_seen_by")),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("fk_broker_statement_upload_id")),
        sa.PrimaryKeyConstraint("elector_id", name=op.f("pk_broker_statement")),
    )
    op.create_index(op.f("ix_broker_statement_upload_id"), "broker_statement", ["upload_id"], unique=False)
    op.create_table(
        "ballot_vote_part",
        sa.Column("vote_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("weight", sa.BigInteger(), nullable=False),
        _xact(),
        sa.CheckConstraint("weight > 0", name=op.f("ck_ballot_vote_part_some_weight")),
        sa.ForeignKeyConstraint(["item_id"], ["ballot_item.id"], name=op.f("fk_ballot_vote_part_item_id")),
        sa.ForeignKeyConstraint(["vote_id"], ["ballot_vote.id"], name=op.f("fk_ballot_vote_part_vote_id")),
        sa.PrimaryKeyConstraint("vote_id", "item_id", "answer", name=op.f("pk_ballot_vote_part")),
    )
    op.create_index(op.f("ix_ballot_vote_part_item_id"), "ballot_vote_part", ["item_id"], unique=False)
    op.create_table(
        "paper_entry",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("ballot_id", sa.BigInteger(), nullable=False),
        sa.Column("elector_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("vote_id", sa.BigInteger(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.BigInteger(), nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f("fk_paper_entry_ballot_id")),
        sa.ForeignKeyConstraint(["elector_id"], ["elector.id"], name=op.f("fk_paper_entry_elector_id")),
        sa.ForeignKeyConstraint(["entered_by"], ["person.id"], name=op.f("fk_paper_entry_entered_by")),
        sa.ForeignKeyConstraint(["vote_id"], ["ballot_vote.id"], name=op.f("fk_paper_entry_vote_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_entry")),
    )
    op.create_index(
        op.f("ix_paper_entry_ballot_id_elector_id"), "paper_entry", ["ballot_id", "elector_id"], unique=False
    )
    op.create_index(op.f("ix_paper_entry_elector_id"), "paper_entry", ["elector_id"], unique=False)
    op.create_index(op.f("ix_paper_entry_vote_id"), "paper_entry", ["vote_id"], unique=False)
    op.create_foreign_key(op.f("fk_meeting_terms_id"), "meeting", "meeting_terms", ["terms_id"], ["id"])
    op.create_foreign_key(op.f("fk_ballot_terms_id"), "ballot", "ballot_terms", ["terms_id"], ["id"])
    op.create_foreign_key(
        op.f("fk_roll_correction_struck_id"),
        "roll_correction",
        "elector",
        ["struck_id"],
        ["id"],
        deferrable=True,
        initially="DEFERRED",
    )
    for table in TABLES:
        op.create_index(op.f(f"ix_{table}_xact"), table, ["xact"])
        for statement in guard_sql(table):
            op.execute(statement)


def _xact() -> sa.Column[str]:
    return sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False)


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
