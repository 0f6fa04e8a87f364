"""Acts on shares: requests and queues, rules of redemption, limits, charges, calls, loans, payouts, closed periods."""

import sqlalchemy as sa
from alembic import op

from app.core.appendonly import guard_sql
from app.core.sealing import TransactionId

revision: str = "acts_on_shares"
down_revision: str | None = "shares_in_solidarity"
branch_labels: str | None = None
depends_on: str | None = None

TABLES = (
    "payout", "payout_payment", "payout_end", "period_closing", "transfer_request", "transfer_consent",
    "transfer_request_end", "withdrawal", "withdrawal_end", "redemption", "redemption_rule",
    "share_class_limit", "share_charge", "share_charge_end", "share_call", "share_call_part", "loan",
    "loan_instalment", "loan_instalment_due", "loan_conversion",
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "payout",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        _xact(),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_payout_amount_positive")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_payout_entry_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_payout_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout")),
        sa.UniqueConstraint("source", name=op.f("uq_payout_source")),
    )
    op.create_index(op.f("ix_payout_entry_id"), "payout", ["entry_id"])
    op.create_index(op.f("ix_payout_person_id"), "payout", ["person_id"])
    op.create_table(
        "payout_payment",
        sa.Column("payout_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("bank_reference", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_payout_payment_entry_id")),
        sa.ForeignKeyConstraint(["payout_id"], ["payout.id"], name=op.f("fk_payout_payment_payout_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_payout_payment_recorded_by")),
        sa.PrimaryKeyConstraint("payout_id", name=op.f("pk_payout_payment")),
        sa.UniqueConstraint("bank_reference", name=op.f("uq_payout_payment_bank_reference")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_payout_payment_entry_id")),
    )
    op.create_table(
        "payout_end",
        sa.Column("payout_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_payout_end_entry_id")),
        sa.ForeignKeyConstraint(["payout_id"], ["payout.id"], name=op.f("fk_payout_end_payout_id")),
        sa.PrimaryKeyConstraint("payout_id", name=op.f("pk_payout_end")),
    )
    op.create_index(op.f("ix_payout_end_entry_id"), "payout_end", ["entry_id"])
    op.create_table(
        "period_closing",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.BigInteger(), nullable=False),
        sa.Column("proposed_by", sa.BigInteger(), nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(["closed_by"], ["person.id"], name=op.f("fk_period_closing_closed_by")),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name=op.f("fk_period_closing_proposed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_period_closing")),
        sa.UniqueConstraint("until", name=op.f("uq_period_closing_until")),
    )
    op.create_table(
        "transfer_request",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("form_key", sa.String(), nullable=False),
        sa.Column("membership_id", sa.BigInteger(), nullable=False),
        sa.Column("share_class_id", sa.BigInteger(), nullable=False),
        sa.Column("shares", sa.BigInteger(), nullable=False),
        sa.Column("recipient_id", sa.BigInteger(), nullable=False),
        sa.Column("price_cents", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        _xact(),
        sa.CheckConstraint("shares > 0", name=op.f("ck_transfer_request_shares_positive")),
        sa.ForeignKeyConstraint(["membership_id"], ["membership.id"], name=op.f("fk_transfer_request_membership_id")),
        sa.ForeignKeyConstraint(["recipient_id"], ["person.id"], name=op.f("fk_transfer_request_recipient_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_transfer_request_recorded_by")),
        sa.ForeignKeyConstraint(
            ["share_class_id"], ["share_class.id"], name=op.f("fk_transfer_request_share_class_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer_request")),
        sa.UniqueConstraint("form_key", name=op.f("uq_transfer_request_form_key")),
    )
    op.create_index(op.f("ix_transfer_request_membership_id"), "transfer_request", ["membership_id"])
    op.create_index(op.f("ix_transfer_request_recipient_id"), "transfer_request", ["recipient_id"])
    op.create_table(
        "transfer_consent",
        sa.Column("request_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_by", sa.BigInteger(), nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(["given_by"], ["person.id"], name=op.f("fk_transfer_consent_given_by")),
        sa.ForeignKeyConstraint(["request_id"], ["transfer_request.id"], name=op.f("fk_transfer_consent_request_id")),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_transfer_consent")),
    )
    op.create_table(
        "transfer_request_end",
        sa.Column("request_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("act_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.BigInteger(), nullable=True),
        _xact(),
        sa.ForeignKeyConstraint(["act_id"], ["share_act.id"], name=op.f("fk_transfer_request_end_act_id")),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"], name=op.f("fk_transfer_request_end_ended_by")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["transfer_request.id"], name=op.f("fk_transfer_request_end_request_id")
        ),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_transfer_request_end")),
    )
    op.create_table(
        "withdrawal",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("form_key", sa.String(), nullable=False),
        sa.Column("membership_id", sa.BigInteger(), nullable=False),
        sa.Column("share_class_id", sa.BigInteger(), nullable=False),
        sa.Column("shares", sa.BigInteger(), nullable=False),
        sa.Column("requested_on", sa.Date(), nullable=False),
        sa.Column("payable_from", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        _xact(),
        sa.CheckConstraint("shares > 0", name=op.f("ck_withdrawal_shares_positive")),
        sa.ForeignKeyConstraint(["membership_id"], ["membership.id"], name=op.f("fk_withdrawal_membership_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_withdrawal_recorded_by")),
        sa.ForeignKeyConstraint(["share_class_id"], ["share_class.id"], name=op.f("fk_withdrawal_share_class_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawal")),
        sa.UniqueConstraint("form_key", name=op.f("uq_withdrawal_form_key")),
    )
    op.create_index(op.f("ix_withdrawal_membership_id"), "withdrawal", ["membership_id"])
    op.create_index(op.f("ix_withdrawal_share_class_id_requested_on"), "withdrawal", ["share_class_id", "requested_on"])
    op.create_table(
        "withdrawal_end",
        sa.Column("withdrawal_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.BigInteger(), nullable=True),
        _xact(),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"], name=op.f("fk_withdrawal_end_ended_by")),
        sa.ForeignKeyConstraint(["withdrawal_id"], ["withdrawal.id"], name=op.f("fk_withdrawal_end_withdrawal_id")),
        sa.PrimaryKeyConstraint("withdrawal_id", name=op.f("pk_withdrawal_end")),
    )
    op.create_table(
        "redemption",
        sa.Column("act_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("withdrawal_id", sa.BigInteger(), nullable=False),
        sa.Column("shares", sa.BigInteger(), nullable=False),
        sa.Column("paid_cents", sa.BigInteger(), nullable=False),
        sa.Column("value_cents", sa.BigInteger(), nullable=False),
        sa.Column("set_off_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(["act_id"], ["share_act.id"], name=op.f("fk_redemption_act_id")),
        sa.ForeignKeyConstraint(["withdrawal_id"], ["withdrawal.id"], name=op.f("fk_redemption_withdrawal_id")),
        sa.PrimaryKeyConstraint("act_id", name=op.f("pk_redemption")),
    )
    op.create_index(op.f("ix_redemption_withdrawal_id"), "redemption", ["withdrawal_id"])
    op.create_table(
        "redemption_rule",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("share_class_id", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("suspended", sa.Boolean(), nullable=False),
        sa.Column("cap_cents", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("value_ppm", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.BigInteger(), nullable=False),
        sa.Column("proposed_by", sa.BigInteger(), nullable=False),
        _xact(),
        sa.CheckConstraint("value_ppm BETWEEN 0 AND 1000000", name=op.f("ck_redemption_rule_at_most_par")),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name=op.f("fk_redemption_rule_proposed_by")),
        sa.ForeignKeyConstraint(["share_class_id"], ["share_class.id"], name=op.f("fk_redemption_rule_share_class_id")),
        sa.ForeignKeyConstraint(["written_by"], ["person.id"], name=op.f("fk_redemption_rule_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redemption_rule")),
    )
    op.create_index(
        op.f("ix_redemption_rule_share_class_id_valid_from"), "redemption_rule", ["share_class_id", "valid_from"]
    )
    op.create_table(
        "share_class_limit",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("share_class_id", sa.BigInteger(), nullable=False),
        sa.Column("authorized_shares", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.BigInteger(), nullable=False),
        sa.Column("proposed_by", sa.BigInteger(), nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name=op.f("fk_share_class_limit_proposed_by")),
        sa.ForeignKeyConstraint(
            ["share_class_id"], ["share_class.id"], name=op.f("fk_share_class_limit_share_class_id")
        ),
        sa.ForeignKeyConstraint(["written_by"], ["person.id"], name=op.f("fk_share_class_limit_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_class_limit")),
    )
    op.create_index(op.f("ix_share_class_limit_share_class_id"), "share_class_limit", ["share_class_id"])
    op.create_table(
        "share_charge",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("membership_id", sa.BigInteger(), nullable=False),
        sa.Column("share_class_id", sa.BigInteger(), nullable=False),
        sa.Column("shares", sa.BigInteger(), nullable=False),
        sa.Column("creditor", sa.String(), nullable=False),
        sa.Column("debt", sa.String(), nullable=False),
        sa.Column("charged_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=False),
        sa.Column("proposed_by", sa.BigInteger(), nullable=False),
        _xact(),
        sa.CheckConstraint("shares > 0", name=op.f("ck_share_charge_shares_positive")),
        sa.ForeignKeyConstraint(["membership_id"], ["membership.id"], name=op.f("fk_share_charge_membership_id")),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name=op.f("fk_share_charge_proposed_by")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_share_charge_recorded_by")),
        sa.ForeignKeyConstraint(["share_class_id"], ["share_class.id"], name=op.f("fk_share_charge_share_class_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_charge")),
        sa.UniqueConstraint("source", name=op.f("uq_share_charge_source")),
    )
    op.create_index(op.f("ix_share_charge_membership_id"), "share_charge", ["membership_id"])
    op.create_table(
        "share_charge_end",
        sa.Column("charge_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("released_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=False),
        sa.Column("proposed_by", sa.BigInteger(), nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(["charge_id"], ["share_charge.id"], name=op.f("fk_share_charge_end_charge_id")),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name=op.f("fk_share_charge_end_proposed_by")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_share_charge_end_recorded_by")),
        sa.PrimaryKeyConstraint("charge_id", name=op.f("pk_share_charge_end")),
    )
    op.create_table(
        "share_call",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("share_class_id", sa.BigInteger(), nullable=False),
        sa.Column("per_share_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("called_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=False),
        sa.Column("proposed_by", sa.BigInteger(), nullable=False),
        _xact(),
        sa.CheckConstraint("per_share_cents > 0", name=op.f("ck_share_call_amount_positive")),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name=op.f("fk_share_call_proposed_by")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_share_call_recorded_by")),
        sa.ForeignKeyConstraint(["share_class_id"], ["share_class.id"], name=op.f("fk_share_call_share_class_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_call")),
        sa.UniqueConstraint("source", name=op.f("uq_share_call_source")),
    )
    op.create_table(
        "share_call_part",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("payment_request_id", sa.BigInteger(), nullable=False),
        _xact(),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_share_call_part_amount_positive")),
        sa.ForeignKeyConstraint(["call_id"], ["share_call.id"], name=op.f("fk_share_call_part_call_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_share_call_part_lot_id")),
        sa.ForeignKeyConstraint(
            ["payment_request_id"], ["payment_request.id"], name=op.f("fk_share_call_part_payment_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_call_part")),
        sa.UniqueConstraint("payment_request_id", name=op.f("uq_share_call_part_payment_request_id")),
    )
    op.create_index(op.f("ix_share_call_part_call_id"), "share_call_part", ["call_id"])
    op.create_index(op.f("ix_share_call_part_lot_id"), "share_call_part", ["lot_id"])
    op.create_table(
        "loan",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("principal_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("rate_ppm", sa.BigInteger(), nullable=False),
        sa.Column("day_count", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("conversion_class_id", sa.BigInteger(), nullable=True),
        sa.Column("conversion_price_cents", sa.BigInteger(), nullable=True),
        sa.Column("payment_request_id", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=False),
        sa.Column("proposed_by", sa.BigInteger(), nullable=False),
        _xact(),
        sa.CheckConstraint("principal_cents > 0 AND rate_ppm >= 0", name=op.f("ck_loan_amounts_positive")),
        sa.ForeignKeyConstraint(["conversion_class_id"], ["share_class.id"], name=op.f("fk_loan_conversion_class_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_loan_entry_id")),
        sa.ForeignKeyConstraint(
            ["payment_request_id"], ["payment_request.id"], name=op.f("fk_loan_payment_request_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_loan_person_id")),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name=op.f("fk_loan_proposed_by")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_loan_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_loan_entry_id")),
        sa.UniqueConstraint("payment_request_id", name=op.f("uq_loan_payment_request_id")),
        sa.UniqueConstraint("source", name=op.f("uq_loan_source")),
    )
    op.create_index(op.f("ix_loan_person_id"), "loan", ["person_id"])
    op.create_table(
        "loan_instalment",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("loan_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("principal_cents", sa.BigInteger(), nullable=False),
        sa.Column("interest_cents", sa.BigInteger(), nullable=False),
        _xact(),
        sa.CheckConstraint(
            "principal_cents >= 0 AND interest_cents >= 0", name=op.f("ck_loan_instalment_amounts_not_negative")
        ),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_loan_instalment_loan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_instalment")),
        sa.UniqueConstraint("loan_id", "number", name=op.f("uq_loan_instalment_loan_id_number")),
    )
    op.create_table(
        "loan_instalment_due",
        sa.Column("instalment_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_loan_instalment_due_entry_id")),
        sa.ForeignKeyConstraint(
            ["instalment_id"], ["loan_instalment.id"], name=op.f("fk_loan_instalment_due_instalment_id")
        ),
        sa.PrimaryKeyConstraint("instalment_id", name=op.f("pk_loan_instalment_due")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_loan_instalment_due_entry_id")),
    )
    op.create_table(
        "loan_conversion",
        sa.Column("act_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("loan_id", sa.BigInteger(), nullable=False),
        sa.Column("principal_cents", sa.BigInteger(), nullable=False),
        sa.Column("interest_cents", sa.BigInteger(), nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(["act_id"], ["share_act.id"], name=op.f("fk_loan_conversion_act_id")),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_loan_conversion_loan_id")),
        sa.PrimaryKeyConstraint("act_id", name=op.f("pk_loan_conversion")),
    )
    op.create_index(op.f("ix_loan_conversion_loan_id"), "loan_conversion", ["loan_id"])
    for table in TABLES:
        op.create_index(op.f(f"ix_{table}_xact"), table, ["xact"])
        for statement in guard_sql(table):
            op.execute(statement)


def _xact() -> sa.Column[str]:
    return sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False)


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
