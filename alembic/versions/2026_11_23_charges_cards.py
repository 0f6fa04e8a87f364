"""Charges cards: saved ways to pay, attempts, runs, events, refunds and disputes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.core.appendonly import guard_sql
from app.core.sealing import TransactionId

revision: str = "charges_cards"
down_revision: str | None = "works_the_desk"
branch_labels: str | None = None
depends_on: str | None = None

STRING, WHOLE, MOMENT = sa.String(), sa.BigInteger(), sa.DateTime(timezone=True)
APPEND_ONLY = (
    "card_payment",
    "charge_attempt",
    "charge_notice",
    "charge_outcome",
    "charge_run",
    "charge_run_move",
    "checkout",
    "checkout_opened",
    "dispute",
    "dispute_move",
    "parked_done",
    "parked_item",
    "processor_customer",
    "processor_fee",
    "processor_refund",
    "processor_refund_move",
    "saved_method",
    "saved_method_end",
    "stripe_event",
    "stripe_event_handled",
)


def upgrade() -> None:
    _saving()
    _runs()
    _attempts()
    _payments()
    _returning()
    _hearing()
    for table in APPEND_ONLY:
        op.create_index(op.f(f"ix_{table}_xact"), table, ["xact"])
        for statement in guard_sql(table):
            op.execute(statement)


def _xact() -> sa.Column[str]:
    return sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False)


def _saving() -> None:
    op.create_table(
        "processor_customer",
        sa.Column("person_id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("customer", STRING, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_processor_customer_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_processor_customer")),
        sa.UniqueConstraint("customer", name=op.f("uq_processor_customer_customer")),
    )
    op.create_table(
        "saved_method",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("person_id", WHOLE, nullable=False),
        sa.Column("payment_request_id", WHOLE, nullable=False),
        sa.Column("processor_customer", STRING, nullable=False),
        sa.Column("processor_method", STRING, nullable=False),
        sa.Column("kind", STRING, nullable=False),
        sa.Column("brand", STRING, nullable=False),
        sa.Column("last4", STRING, nullable=False),
        sa.Column("exp_month", WHOLE),
        sa.Column("exp_year", WHOLE),
        sa.Column("mandate", STRING, nullable=False),
        sa.Column("setup_id", STRING, nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(
            ["payment_request_id"], ["payment_request.id"], name=op.f("fk_saved_method_payment_request_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_saved_method_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_method")),
        sa.UniqueConstraint("payment_request_id", "setup_id", name=op.f("uq_saved_method_payment_request_id_setup_id")),
    )
    op.create_index(op.f("ix_saved_method_person_id"), "saved_method", ["person_id"])
    op.create_index(op.f("ix_saved_method_processor_method"), "saved_method", ["processor_method"])
    op.create_table(
        "saved_method_end",
        sa.Column("saved_method_id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=False),
        sa.Column("reason", STRING, nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(
            ["saved_method_id"], ["saved_method.id"], name=op.f("fk_saved_method_end_saved_method_id")
        ),
        sa.PrimaryKeyConstraint("saved_method_id", name=op.f("pk_saved_method_end")),
    )


def _runs() -> None:
    op.create_table(
        "charge_run",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("purpose", STRING, nullable=False),
        sa.Column("total_count", WHOLE, nullable=False),
        sa.Column("amount_cents", WHOLE, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("charge_on", sa.Date(), nullable=False),
        sa.Column("proposal_id", WHOLE),
        sa.Column("proposed_by", WHOLE),
        sa.Column("approved_by", WHOLE),
        sa.Column("created_at", MOMENT, nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(["approved_by"], ["person.id"], name=op.f("fk_charge_run_approved_by")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_charge_run_proposal_id")),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name=op.f("fk_charge_run_proposed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charge_run")),
    )
    op.create_index(op.f("ix_charge_run_purpose"), "charge_run", ["purpose"])
    op.create_table(
        "charge_run_move",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("run_id", WHOLE, nullable=False),
        sa.Column("to_state", STRING, nullable=False),
        sa.Column("reason", STRING, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", WHOLE),
        _xact(),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_charge_run_move_by")),
        sa.ForeignKeyConstraint(["run_id"], ["charge_run.id"], name=op.f("fk_charge_run_move_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charge_run_move")),
    )
    op.create_index(op.f("ix_charge_run_move_run_id"), "charge_run_move", ["run_id"])
    op.create_table(
        "charge_notice",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("run_id", WHOLE),
        sa.Column("instalment_id", WHOLE, nullable=False),
        sa.Column("saved_method_id", WHOLE, nullable=False),
        sa.Column("amount_cents", WHOLE, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("charge_on", sa.Date(), nullable=False),
        sa.Column("last4", STRING, nullable=False),
        sa.Column("descriptor", STRING, nullable=False),
        sa.Column("letter_id", WHOLE, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
        _xact(),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_charge_notice_amount_positive")),
        sa.ForeignKeyConstraint(["instalment_id"], ["instalment.id"], name=op.f("fk_charge_notice_instalment_id")),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_charge_notice_letter_id")),
        sa.ForeignKeyConstraint(["run_id"], ["charge_run.id"], name=op.f("fk_charge_notice_run_id")),
        sa.ForeignKeyConstraint(
            ["saved_method_id"], ["saved_method.id"], name=op.f("fk_charge_notice_saved_method_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charge_notice")),
    )
    op.create_index(op.f("ix_charge_notice_instalment_id"), "charge_notice", ["instalment_id"])
    op.create_index(op.f("ix_charge_notice_run_id_id"), "charge_notice", ["run_id", "id"])
    op.create_table(
        "processor_pace",
        sa.Column("name", STRING, nullable=False),
        sa.Column("next_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_processor_pace")),
    )


def _attempts() -> None:
    op.create_table(
        "charge_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("instalment_id", WHOLE, nullable=False),
        sa.Column("n", WHOLE, nullable=False),
        sa.Column("amount_cents", WHOLE, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("customer", STRING, nullable=False),
        sa.Column("method", STRING, nullable=False),
        sa.Column("saved_method_id", WHOLE),
        sa.Column("trigger", STRING, nullable=False),
        sa.Column("run_id", WHOLE),
        sa.Column("off_session", sa.Boolean(), nullable=False),
        sa.Column("params", postgresql.JSONB(), nullable=False),
        sa.Column("params_sha256", postgresql.BYTEA(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        _xact(),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_charge_attempt_amount_positive")),
        sa.ForeignKeyConstraint(["instalment_id"], ["instalment.id"], name=op.f("fk_charge_attempt_instalment_id")),
        sa.ForeignKeyConstraint(["run_id"], ["charge_run.id"], name=op.f("fk_charge_attempt_run_id")),
        sa.ForeignKeyConstraint(
            ["saved_method_id"], ["saved_method.id"], name=op.f("fk_charge_attempt_saved_method_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charge_attempt")),
        sa.UniqueConstraint("instalment_id", "n", name=op.f("uq_charge_attempt_instalment_id_n")),
    )
    op.create_index(op.f("ix_charge_attempt_run_id"), "charge_attempt", ["run_id"])
    op.create_index(op.f("ix_charge_attempt_saved_method_id"), "charge_attempt", ["saved_method_id"])
    op.create_table(
        "charge_outcome",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("seq", WHOLE, autoincrement=False, nullable=False),
        sa.Column("outcome", STRING, nullable=False),
        sa.Column("code", STRING, nullable=False),
        sa.Column("decline_code", STRING, nullable=False),
        sa.Column("network_code", STRING, nullable=False),
        sa.Column("kind", STRING),
        sa.Column("intent", STRING, nullable=False),
        sa.Column("charge", STRING, nullable=False),
        sa.Column("source", STRING, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(["attempt_id"], ["charge_attempt.id"], name=op.f("fk_charge_outcome_attempt_id")),
        sa.PrimaryKeyConstraint("attempt_id", "seq", name=op.f("pk_charge_outcome")),
    )
    op.create_index(op.f("ix_charge_outcome_at"), "charge_outcome", ["at"])
    op.create_index(op.f("ix_charge_outcome_intent"), "charge_outcome", ["intent"])
    op.create_index(
        "uq_charge_outcome_succeeded",
        "charge_outcome",
        ["attempt_id"],
        unique=True,
        postgresql_where=sa.text("outcome = 'succeeded'"),
    )
    op.create_table(
        "open_attempt",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("instalment_id", WHOLE, nullable=False),
        sa.Column("look_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["charge_attempt.id"], name=op.f("fk_open_attempt_attempt_id")),
        sa.ForeignKeyConstraint(["instalment_id"], ["instalment.id"], name=op.f("fk_open_attempt_instalment_id")),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_open_attempt")),
        sa.UniqueConstraint("instalment_id", name=op.f("uq_open_attempt_instalment_id")),
    )
    op.create_index(op.f("ix_open_attempt_look_at"), "open_attempt", ["look_at"])
    op.create_table(
        "charge_retry",
        sa.Column("instalment_id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("next_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["instalment_id"], ["instalment.id"], name=op.f("fk_charge_retry_instalment_id")),
        sa.PrimaryKeyConstraint("instalment_id", name=op.f("pk_charge_retry")),
    )
    op.create_index(op.f("ix_charge_retry_next_at"), "charge_retry", ["next_at"])
    op.create_table(
        "checkout",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payment_request_id", WHOLE, nullable=False),
        sa.Column("attempt_id", sa.Uuid()),
        sa.Column("kind", STRING, nullable=False),
        sa.Column("params", postgresql.JSONB(), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(["attempt_id"], ["charge_attempt.id"], name=op.f("fk_checkout_attempt_id")),
        sa.ForeignKeyConstraint(
            ["payment_request_id"], ["payment_request.id"], name=op.f("fk_checkout_payment_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkout")),
        sa.UniqueConstraint("attempt_id", name=op.f("uq_checkout_attempt_id")),
    )
    op.create_index(op.f("ix_checkout_payment_request_id"), "checkout", ["payment_request_id"])
    op.create_table(
        "checkout_opened",
        sa.Column("checkout_id", sa.Uuid(), nullable=False),
        sa.Column("session", STRING, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(["checkout_id"], ["checkout.id"], name=op.f("fk_checkout_opened_checkout_id")),
        sa.PrimaryKeyConstraint("checkout_id", name=op.f("pk_checkout_opened")),
        sa.UniqueConstraint("session", name=op.f("uq_checkout_opened_session")),
    )


def _payments() -> None:
    op.create_table(
        "card_payment",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("processor", STRING, nullable=False),
        sa.Column("charge", STRING, nullable=False),
        sa.Column("intent", STRING, nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("instalment_id", WHOLE, nullable=False),
        sa.Column("payment_request_id", WHOLE, nullable=False),
        sa.Column("amount_cents", WHOLE, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("entry_id", WHOLE, nullable=False),
        _xact(),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_card_payment_amount_positive")),
        sa.ForeignKeyConstraint(["attempt_id"], ["charge_attempt.id"], name=op.f("fk_card_payment_attempt_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_card_payment_entry_id")),
        sa.ForeignKeyConstraint(["instalment_id"], ["instalment.id"], name=op.f("fk_card_payment_instalment_id")),
        sa.ForeignKeyConstraint(
            ["payment_request_id"], ["payment_request.id"], name=op.f("fk_card_payment_payment_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_payment")),
        sa.UniqueConstraint("attempt_id", name=op.f("uq_card_payment_attempt_id")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_card_payment_entry_id")),
        sa.UniqueConstraint("processor", "charge", name=op.f("uq_card_payment_processor_charge")),
    )
    op.create_index(op.f("ix_card_payment_instalment_id"), "card_payment", ["instalment_id"])
    op.create_index(op.f("ix_card_payment_intent"), "card_payment", ["intent"])
    op.create_index(op.f("ix_card_payment_payment_request_id"), "card_payment", ["payment_request_id"])
    op.create_table(
        "processor_fee",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("balance_transaction", STRING, nullable=False),
        sa.Column("about", STRING, nullable=False),
        sa.Column("amount_cents", WHOLE, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("booked_at", MOMENT, nullable=False),
        sa.Column("entry_id", WHOLE, nullable=False),
        _xact(),
        sa.CheckConstraint("amount_cents <> 0", name=op.f("ck_processor_fee_amount_not_zero")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_processor_fee_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_processor_fee")),
        sa.UniqueConstraint("balance_transaction", name=op.f("uq_processor_fee_balance_transaction")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_processor_fee_entry_id")),
    )
    op.create_index(op.f("ix_processor_fee_about"), "processor_fee", ["about"])


def _returning() -> None:
    op.create_table(
        "processor_refund",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("refund_id", WHOLE, nullable=False),
        sa.Column("card_payment_id", WHOLE, nullable=False),
        sa.Column("charge", STRING, nullable=False),
        sa.Column("amount_cents", WHOLE, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("asked_by", WHOLE),
        _xact(),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_processor_refund_amount_positive")),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_processor_refund_asked_by")),
        sa.ForeignKeyConstraint(
            ["card_payment_id"], ["card_payment.id"], name=op.f("fk_processor_refund_card_payment_id")
        ),
        sa.ForeignKeyConstraint(["refund_id"], ["refund.id"], name=op.f("fk_processor_refund_refund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_processor_refund")),
    )
    op.create_index(op.f("ix_processor_refund_card_payment_id"), "processor_refund", ["card_payment_id"])
    op.create_index(op.f("ix_processor_refund_charge"), "processor_refund", ["charge"])
    op.create_index(op.f("ix_processor_refund_refund_id"), "processor_refund", ["refund_id"])
    op.create_table(
        "processor_refund_move",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("processor_refund_id", sa.Uuid(), nullable=False),
        sa.Column("processor_id", STRING, nullable=False),
        sa.Column("status", STRING, nullable=False),
        sa.Column("reason", STRING, nullable=False),
        sa.Column("source", STRING, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("entry_id", WHOLE),
        _xact(),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_processor_refund_move_entry_id")),
        sa.ForeignKeyConstraint(
            ["processor_refund_id"], ["processor_refund.id"], name=op.f("fk_processor_refund_move_processor_refund_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_processor_refund_move")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_processor_refund_move_entry_id")),
    )
    op.create_index(op.f("ix_processor_refund_move_processor_id"), "processor_refund_move", ["processor_id"])
    op.create_index(
        op.f("ix_processor_refund_move_processor_refund_id"), "processor_refund_move", ["processor_refund_id"]
    )
    op.create_table(
        "dispute",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("processor_id", STRING, nullable=False),
        sa.Column("card_payment_id", WHOLE, nullable=False),
        sa.Column("charge", STRING, nullable=False),
        sa.Column("amount_cents", WHOLE, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reason", STRING, nullable=False),
        sa.Column("evidence_due_by", MOMENT),
        sa.Column("opened_at", MOMENT, nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(["card_payment_id"], ["card_payment.id"], name=op.f("fk_dispute_card_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
        sa.UniqueConstraint("processor_id", name=op.f("uq_dispute_processor_id")),
    )
    op.create_index(op.f("ix_dispute_card_payment_id"), "dispute", ["card_payment_id"])
    op.create_table(
        "dispute_move",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("dispute_id", WHOLE, nullable=False),
        sa.Column("status", STRING, nullable=False),
        sa.Column("source", STRING, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("entry_id", WHOLE),
        _xact(),
        sa.ForeignKeyConstraint(["dispute_id"], ["dispute.id"], name=op.f("fk_dispute_move_dispute_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_dispute_move_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_move")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_dispute_move_entry_id")),
    )
    op.create_index(op.f("ix_dispute_move_dispute_id"), "dispute_move", ["dispute_id"])


def _hearing() -> None:
    op.create_table(
        "stripe_event",
        sa.Column("id", STRING, nullable=False),
        sa.Column("type", STRING, nullable=False),
        sa.Column("object_id", STRING, nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("account", STRING, nullable=False),
        sa.Column("payload_sha256", postgresql.BYTEA(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        _xact(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stripe_event")),
    )
    op.create_index(op.f("ix_stripe_event_received_at"), "stripe_event", ["received_at"])
    op.create_index(op.f("ix_stripe_event_type"), "stripe_event", ["type"])
    op.create_table(
        "stripe_event_payload",
        sa.Column("event_id", STRING, nullable=False),
        sa.Column("payload", postgresql.JSONB(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["stripe_event.id"], name=op.f("fk_stripe_event_payload_event_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_stripe_event_payload")),
    )
    op.create_index(op.f("ix_stripe_event_payload_received_at"), "stripe_event_payload", ["received_at"])
    op.create_table(
        "stripe_event_handled",
        sa.Column("event_id", STRING, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("outcome", STRING, nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(["event_id"], ["stripe_event.id"], name=op.f("fk_stripe_event_handled_event_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_stripe_event_handled")),
    )
    op.create_table(
        "parked_item",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("kind", STRING, nullable=False),
        sa.Column("subject", STRING, nullable=False),
        sa.Column("reason", STRING, nullable=False),
        sa.Column("payload", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _xact(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parked_item")),
        sa.UniqueConstraint("kind", "subject", name=op.f("uq_parked_item_kind_subject")),
    )
    op.create_table(
        "parked_done",
        sa.Column("parked_item_id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", WHOLE, nullable=False),
        sa.Column("note", STRING, nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_parked_done_by")),
        sa.ForeignKeyConstraint(["parked_item_id"], ["parked_item.id"], name=op.f("fk_parked_done_parked_item_id")),
        sa.PrimaryKeyConstraint("parked_item_id", name=op.f("pk_parked_done")),
    )


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
