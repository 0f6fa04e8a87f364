"""Keeps privacy: consents, files of personal data, erasure, and what was restricted."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.core.appendonly import guard_sql
from app.core.redaction import FUNCTION, redaction_sql

revision: str = "keeps_privacy"
down_revision: str | None = "chains_the_audit"
branch_labels: str | None = None
depends_on: str | None = None

APPEND_ONLY = ("consent", "erasure_decision", "erasure_request", "restriction")
REDACTED = {"contact": ["value"], "letter": ["to_address", "facts"], "membership_application": ["statement"]}


def _moment(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _number(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _text(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.String(), nullable=nullable)


def _person(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["person.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        "consent",
        _number("id"),
        _number("person_id"),
        _text("purpose"),
        _number("text_version"),
        _text("language"),
        sa.Column("given", sa.Boolean(), nullable=False),
        _moment("at"),
        _text("door", nullable=True),
        _person("consent", "person_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index(op.f("ix_consent_person_id_purpose"), "consent", ["person_id", "purpose"])
    op.create_table(
        "personal_file",
        _number("id"),
        _text("public_id"),
        _number("person_id"),
        _moment("asked_at"),
        _moment("made_at", nullable=True),
        _moment("expires_at", nullable=True),
        sa.Column("json", sa.LargeBinary(), nullable=True),
        sa.Column("pdf", sa.LargeBinary(), nullable=True),
        _person("personal_file", "person_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_file")),
        sa.UniqueConstraint("public_id", name=op.f("uq_personal_file_public_id")),
    )
    op.create_index(op.f("ix_personal_file_person_id"), "personal_file", ["person_id"])
    op.create_table(
        "erasure_request",
        _number("id"),
        _number("person_id"),
        _moment("asked_at"),
        _number("asked_by"),
        _text("reason"),
        _person("erasure_request", "person_id"),
        _person("erasure_request", "asked_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure_request")),
    )
    op.create_index(op.f("ix_erasure_request_person_id"), "erasure_request", ["person_id"])
    op.create_table(
        "erasure_decision",
        _number("request_id"),
        sa.Column("granted", sa.Boolean(), nullable=False),
        _text("reason"),
        _number("decided_by"),
        _moment("decided_at"),
        sa.Column("erased", postgresql.JSONB(), nullable=False),
        sa.Column("kept", postgresql.JSONB(), nullable=False),
        sa.Column("delete_after", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["request_id"], ["erasure_request.id"], name=op.f("fk_erasure_decision_request_id")),
        _person("erasure_decision", "decided_by"),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_erasure_decision")),
    )
    op.create_table(
        "restriction",
        _number("person_id"),
        _moment("restricted_at"),
        _person("restriction", "person_id"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_restriction")),
    )
    for table in APPEND_ONLY:
        for statement in guard_sql(table):
            op.execute(statement)
    op.execute(FUNCTION)
    for table, columns in REDACTED.items():
        for statement in redaction_sql(table, columns):
            op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
