"""Works the desk: notes, the funnel, reminders, imports, and indexes to look through millions of pledges."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.core import redaction
from app.core.appendonly import guard_sql
from app.core.redaction import redaction_sql
from app.core.sealing import TransactionId

revision: str = "works_the_desk"
down_revision: str | None = "shows_campaigns"
branch_labels: str | None = None
depends_on: str | None = None

STRING, WHOLE, MOMENT = sa.String(), sa.BigInteger(), sa.DateTime(timezone=True)


def upgrade() -> None:
    _notes_and_imports()
    _funnel()
    _reminders()
    _holders()
    _indexes()


def _xact() -> sa.Column:
    return sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False)


def _guard(table: str) -> None:
    op.create_index(op.f(f"ix_{table}_xact"), table, ["xact"])
    for statement in guard_sql(table):
        op.execute(statement)


def _notes_and_imports() -> None:
    op.execute(redaction.FUNCTION.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))  # knows pledges from now on
    op.create_table(
        "pledge_note",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("pledge_id", WHOLE, nullable=False),
        sa.Column("text", STRING, nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.Column("written_by", WHOLE, nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledge.id"], name=op.f("fk_pledge_note_pledge_id_pledge")),
        sa.ForeignKeyConstraint(["written_by"], ["person.id"], name=op.f("fk_pledge_note_written_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge_note")),
    )
    op.create_index(op.f("ix_pledge_note_pledge_id"), "pledge_note", ["pledge_id"])
    _guard("pledge_note")
    for statement in redaction_sql("pledge_note", ["text"]):
        op.execute(statement)
    op.create_table(
        "imported_pledge",
        sa.Column("pledge_id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("offer_id", WHOLE, nullable=False),
        sa.Column("external_id", STRING, nullable=False),
        sa.Column("imported_at", MOMENT, nullable=False),
        sa.Column("imported_by", WHOLE),
        _xact(),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledge.id"], name=op.f("fk_imported_pledge_pledge_id_pledge")),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_imported_pledge_offer_id_offer")),
        sa.ForeignKeyConstraint(["imported_by"], ["person.id"], name=op.f("fk_imported_pledge_imported_by_person")),
        sa.PrimaryKeyConstraint("pledge_id", name=op.f("pk_imported_pledge")),
        sa.UniqueConstraint("offer_id", "external_id", name=op.f("uq_imported_pledge_offer_id_external_id")),
    )
    _guard("imported_pledge")


def _funnel() -> None:
    op.create_table(
        "funnel_count",
        sa.Column("offer_id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("stage", STRING, nullable=False),
        sa.Column("shard", WHOLE, autoincrement=False, nullable=False),
        sa.Column("count", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_funnel_count_offer_id_offer")),
        sa.PrimaryKeyConstraint("offer_id", "day", "stage", "shard", name=op.f("pk_funnel_count")),
    )


def _reminders() -> None:
    op.create_table(
        "reminder_run",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("offer_id", WHOLE, nullable=False),
        sa.Column("kind", STRING, nullable=False),
        sa.Column("reason", STRING, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("started_by", WHOLE, nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_reminder_run_offer_id_offer")),
        sa.ForeignKeyConstraint(["started_by"], ["person.id"], name=op.f("fk_reminder_run_started_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_run")),
    )
    op.create_index(op.f("ix_reminder_run_offer_id"), "reminder_run", ["offer_id"])
    _guard("reminder_run")
    op.create_table(
        "reminder",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("run_id", WHOLE, nullable=False),
        sa.Column("pledge_id", WHOLE, nullable=False),
        sa.Column("letter_id", WHOLE, nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(["run_id"], ["reminder_run.id"], name=op.f("fk_reminder_run_id_reminder_run")),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledge.id"], name=op.f("fk_reminder_pledge_id_pledge")),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_reminder_letter_id_letter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint("pledge_id", "run_id", name=op.f("uq_reminder_pledge_id_run_id")),
    )
    op.create_index(op.f("ix_reminder_run_id"), "reminder", ["run_id"])
    _guard("reminder")


def _holders() -> None:
    op.create_table(
        "holder_import",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("lines", WHOLE, nullable=False),
        sa.Column("imported_at", MOMENT, nullable=False),
        sa.Column("imported_by", WHOLE),
        _xact(),
        sa.ForeignKeyConstraint(["imported_by"], ["person.id"], name=op.f("fk_holder_import_imported_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holder_import")),
    )
    _guard("holder_import")
    op.create_table(
        "imported_holding",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("holder_key", sa.String(length=64), nullable=False),
        sa.Column("import_id", WHOLE, nullable=False),
        sa.Column("membership_id", WHOLE, nullable=False),
        sa.Column("lot_id", WHOLE),
        sa.Column("digests", postgresql.JSONB(), nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(
            ["import_id"], ["holder_import.id"], name=op.f("fk_imported_holding_import_id_holder_import")
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_imported_holding_membership_id_membership")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_imported_holding_lot_id_lot")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_imported_holding")),
        sa.UniqueConstraint("lot_id", name=op.f("uq_imported_holding_lot_id")),
    )
    op.create_index(op.f("ix_imported_holding_holder_key"), "imported_holding", ["holder_key"])
    op.create_index(op.f("ix_imported_holding_import_id"), "imported_holding", ["import_id"])
    op.create_index(op.f("ix_imported_holding_membership_id"), "imported_holding", ["membership_id"])
    _guard("imported_holding")


def _indexes() -> None:
    for columns in (["offer_id", "country", "id"], ["offer_id", "amount_cents", "id"], ["offer_id", "made_at"]):
        op.create_index(op.f("ix_pledge_" + "_".join(columns)), "pledge", columns)
    op.create_index(
        "ix_pledge_holder_kind_rare",
        "pledge",
        ["offer_id", "holder_kind", "id"],
        postgresql_where=sa.text("holder_kind <> 'person'"),
    )
    op.create_index(
        "ix_pledge_pay_by_rare",
        "pledge",
        ["offer_id", "pay_by", "id"],
        postgresql_where=sa.text("pay_by <> 'bank transfer'"),
    )
    op.create_index(
        "ix_pledge_email_lower",
        "pledge",
        [sa.text("lower(email)")],
        postgresql_ops={"lower(email)": "text_pattern_ops"},
    )
    op.create_index(
        "ix_pledge_legal_name_words",
        "pledge",
        [sa.text("to_tsvector('simple'::regconfig, legal_name)")],
        postgresql_using="gin",
    )
    op.create_index(op.f("ix_pledge_move_at"), "pledge_move", ["at"])


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
