"""Checks documents online: visits to the processor's identity check, and what it verified."""

import sqlalchemy as sa
from alembic import op

from app.core.appendonly import guard_sql
from app.core.sealing import TransactionId

revision: str = "checks_documents_online"
down_revision: str | None = "versions_documents"
branch_labels: str | None = None
depends_on: str | None = None

STRING, WHOLE, MOMENT = sa.String(), sa.BigInteger(), sa.DateTime(timezone=True)
APPEND_ONLY = ("identity_visit", "identity_visit_opened", "online_identity_check")


def upgrade() -> None:
    op.create_table(
        "online_identity_check",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("person_id", WHOLE, nullable=False),
        sa.Column("provider", STRING, nullable=False),
        sa.Column("provider_check", STRING, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_online_identity_check_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_online_identity_check")),
        sa.UniqueConstraint("provider_check", name=op.f("uq_online_identity_check_provider_check")),
    )
    op.create_index(op.f("ix_online_identity_check_person_id"), "online_identity_check", ["person_id"])
    op.create_table(
        "identity_visit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", WHOLE, nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_identity_visit_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_visit")),
    )
    op.create_index(op.f("ix_identity_visit_person_id"), "identity_visit", ["person_id"])
    op.create_table(
        "identity_visit_opened",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("session", STRING, nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(["visit_id"], ["identity_visit.id"], name=op.f("fk_identity_visit_opened_visit_id")),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_identity_visit_opened")),
        sa.UniqueConstraint("session", name=op.f("uq_identity_visit_opened_session")),
    )
    for table in APPEND_ONLY:
        op.create_index(op.f(f"ix_{table}_xact"), table, ["xact"])
        for statement in guard_sql(table):
            op.execute(statement)


def _xact() -> sa.Column[str]:
    return sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False)


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
