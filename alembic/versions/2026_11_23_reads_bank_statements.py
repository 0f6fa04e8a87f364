"""Reads bank statements: accounts, files, lines, what each was found to be; and receipts can be reversed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.core.appendonly import guard_sql
from app.core.sealing import TransactionId

revision: str = "reads_bank_statements"
down_revision: str | None = "orders_payments"
branch_labels: str | None = None
depends_on: str | None = None

TABLES = (
    "bank_account",
    "bank_import",
    "bank_columns",
    "bank_line",
    "bank_statement",
    "bank_line_booked",
    "bank_line_note",
    "bank_match",
    "receipt_reversal",
    "bank_match_end",
)


def upgrade() -> None:
    op.create_table(
        "bank_account",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("number_key", sa.String(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.BigInteger()),
        _xact(),
        sa.ForeignKeyConstraint(["opened_by"], ["person.id"], name=op.f("fk_bank_account_opened_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_account")),
        sa.UniqueConstraint("number_key", "currency", name=op.f("uq_bank_account_number_key_currency")),
    )
    op.create_table(
        "bank_import",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.Column("known", sa.BigInteger(), nullable=False),
        sa.Column("pending", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.BigInteger()),
        _xact(),
        sa.ForeignKeyConstraint(["taken_by"], ["person.id"], name=op.f("fk_bank_import_taken_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_import")),
    )
    op.create_index(op.f("ix_bank_import_sha256"), "bank_import", ["sha256"])
    op.create_table(
        "bank_columns",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("bank_account_id", sa.BigInteger(), nullable=False),
        sa.Column("columns", postgresql.JSONB(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.BigInteger()),
        _xact(),
        sa.ForeignKeyConstraint(["bank_account_id"], ["bank_account.id"], name=op.f("fk_bank_columns_bank_account_id")),
        sa.ForeignKeyConstraint(["saved_by"], ["person.id"], name=op.f("fk_bank_columns_saved_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_columns")),
    )
    op.create_index(op.f("ix_bank_columns_bank_account_id"), "bank_columns", ["bank_account_id"])
    op.create_table(
        "bank_line",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("bank_import_id", sa.BigInteger(), nullable=False),
        sa.Column("bank_account_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("value_on", sa.Date(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("said", sa.LargeBinary(), nullable=False),
        sa.Column("payer_index", postgresql.BYTEA()),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("returned", sa.String(), nullable=False),
        sa.Column("fingerprint", postgresql.BYTEA(), nullable=False),
        _xact(),
        sa.CheckConstraint("amount_cents <> 0", name=op.f("ck_bank_line_amount_not_zero")),
        sa.ForeignKeyConstraint(["bank_account_id"], ["bank_account.id"], name=op.f("fk_bank_line_bank_account_id")),
        sa.ForeignKeyConstraint(["bank_import_id"], ["bank_import.id"], name=op.f("fk_bank_line_bank_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_line")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_bank_line_fingerprint")),
    )
    op.create_index(op.f("ix_bank_line_bank_account_id"), "bank_line", ["bank_account_id"])
    op.create_index(op.f("ix_bank_line_bank_import_id"), "bank_line", ["bank_import_id"])
    op.create_index(op.f("ix_bank_line_booked_on"), "bank_line", ["booked_on"])
    op.create_index(op.f("ix_bank_line_payer_index"), "bank_line", ["payer_index"])
    op.create_table(
        "bank_statement",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("bank_import_id", sa.BigInteger(), nullable=False),
        sa.Column("bank_account_id", sa.BigInteger(), nullable=False),
        sa.Column("previous_id", sa.BigInteger()),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("opening_cents", sa.BigInteger(), nullable=False),
        sa.Column("closing_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(
            ["bank_account_id"], ["bank_account.id"], name=op.f("fk_bank_statement_bank_account_id")
        ),
        sa.ForeignKeyConstraint(["bank_import_id"], ["bank_import.id"], name=op.f("fk_bank_statement_bank_import_id")),
        sa.ForeignKeyConstraint(["previous_id"], ["bank_statement.id"], name=op.f("fk_bank_statement_previous_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_statement")),
        sa.UniqueConstraint("previous_id", name=op.f("uq_bank_statement_previous_id")),
    )
    op.create_index(op.f("ix_bank_statement_bank_account_id"), "bank_statement", ["bank_account_id"])
    op.create_index(op.f("ix_bank_statement_bank_import_id"), "bank_statement", ["bank_import_id"])
    op.create_table(
        "bank_line_booked",
        sa.Column("bank_line_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("bank_statement_id", sa.BigInteger(), nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(["bank_line_id"], ["bank_line.id"], name=op.f("fk_bank_line_booked_bank_line_id")),
        sa.ForeignKeyConstraint(
            ["bank_statement_id"], ["bank_statement.id"], name=op.f("fk_bank_line_booked_bank_statement_id")
        ),
        sa.PrimaryKeyConstraint("bank_line_id", name=op.f("pk_bank_line_booked")),
    )
    op.create_index(op.f("ix_bank_line_booked_bank_statement_id"), "bank_line_booked", ["bank_statement_id"])
    op.create_table(
        "bank_line_note",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("bank_line_id", sa.BigInteger(), nullable=False),
        sa.Column("parked", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.BigInteger()),
        _xact(),
        sa.ForeignKeyConstraint(["bank_line_id"], ["bank_line.id"], name=op.f("fk_bank_line_note_bank_line_id")),
        sa.ForeignKeyConstraint(["written_by"], ["person.id"], name=op.f("fk_bank_line_note_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_line_note")),
    )
    op.create_index(op.f("ix_bank_line_note_bank_line_id"), "bank_line_note", ["bank_line_id"])
    op.create_table(
        "bank_match",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("bank_line_id", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.Column("certain", sa.Boolean(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("matched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("matched_by", sa.BigInteger()),
        _xact(),
        sa.CheckConstraint("amount_cents <> 0", name=op.f("ck_bank_match_amount_not_zero")),
        sa.ForeignKeyConstraint(["bank_line_id"], ["bank_line.id"], name=op.f("fk_bank_match_bank_line_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_bank_match_entry_id")),
        sa.ForeignKeyConstraint(["matched_by"], ["person.id"], name=op.f("fk_bank_match_matched_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_match")),
    )
    op.create_index(op.f("ix_bank_match_bank_line_id"), "bank_match", ["bank_line_id"])
    op.create_index(op.f("ix_bank_match_entry_id"), "bank_match", ["entry_id"])
    op.create_index(op.f("ix_bank_match_subject"), "bank_match", ["subject"])
    op.create_table(
        "receipt_reversal",
        sa.Column("receipt_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("reversed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reversed_by", sa.BigInteger()),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_receipt_reversal_entry_id")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_receipt_reversal_receipt_id")),
        sa.ForeignKeyConstraint(["reversed_by"], ["person.id"], name=op.f("fk_receipt_reversal_reversed_by")),
        sa.PrimaryKeyConstraint("receipt_id", name=op.f("pk_receipt_reversal")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_receipt_reversal_entry_id")),
    )
    op.create_table(
        "bank_match_end",
        sa.Column("bank_match_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("entry_id", sa.BigInteger()),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.BigInteger()),
        _xact(),
        sa.ForeignKeyConstraint(["bank_match_id"], ["bank_match.id"], name=op.f("fk_bank_match_end_bank_match_id")),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"], name=op.f("fk_bank_match_end_ended_by")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_bank_match_end_entry_id")),
        sa.PrimaryKeyConstraint("bank_match_id", name=op.f("pk_bank_match_end")),
    )
    op.create_index(op.f("ix_bank_match_end_entry_id"), "bank_match_end", ["entry_id"])
    for table in TABLES:
        op.create_index(op.f(f"ix_{table}_xact"), table, ["xact"])
        for statement in guard_sql(table):
            op.execute(statement)


def _xact() -> sa.Column[str]:
    return sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
