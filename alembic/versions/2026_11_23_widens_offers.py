"""Widens offers: laws, limits, countries, prices by date, instalments, and who the holder is."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.core.appendonly import guard_sql
from app.core.sealing import TransactionId

revision: str = "widens_offers"
down_revision: str | None = "seals_every_row"
branch_labels: str | None = None
depends_on: str | None = None

STRING, WHOLE = sa.String(), sa.BigInteger()


def upgrade() -> None:
    _terms()
    _pledges()
    _instalments()


def _terms() -> None:
    columns = [
        sa.Column("kind", STRING, server_default="subscription", nullable=False),
        sa.Column("law", STRING, server_default="", nullable=False),
        sa.Column("minimum_cents", WHOLE),
        sa.Column("cap_cents", WHOLE),
        sa.Column("oversubscription", STRING, server_default="first come, first served", nullable=False),
        sa.Column("lottery_seed_from", STRING, server_default="", nullable=False),
        sa.Column("price_steps", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("countries", sa.ARRAY(STRING), server_default="{}", nullable=False),
        sa.Column("closed_countries", sa.ARRAY(STRING), server_default="{}", nullable=False),
        sa.Column("pay_when", STRING, server_default="at once", nullable=False),
        sa.Column("ways_to_pay", sa.ARRAY(STRING), server_default="{bank transfer}", nullable=False),
        sa.Column("instalments_max", WHOLE, server_default="1", nullable=False),
        sa.Column("instalment_months", WHOLE, server_default="1", nullable=False),
        sa.Column("collecting_days", WHOLE, server_default="0", nullable=False),
        sa.Column("warnings", sa.ARRAY(STRING), server_default="{}", nullable=False),
        sa.Column("platform_users_only", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("solidarity", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("record_date", sa.Date()),
        sa.Column("settlement_days", WHOLE, server_default="0", nullable=False),
        sa.Column("follows_offer_id", WHOLE),
        sa.Column("reconfirm_by", sa.DateTime(timezone=True)),
        sa.Column("change_reason", STRING, server_default="", nullable=False),
    ]
    for column in columns:
        op.add_column("offer_terms", column)
    name = op.f("fk_offer_terms_follows_offer_id_offer")
    op.create_foreign_key(name, "offer_terms", "offer", ["follows_offer_id"], ["id"])


def _pledges() -> None:
    columns = [
        sa.Column("kind", STRING, server_default="own", nullable=False),
        sa.Column("price_cents", WHOLE),
        sa.Column("telephone", STRING, server_default="", nullable=False),
        sa.Column("holder_kind", STRING, server_default="person", nullable=False),
        sa.Column("holder", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("holder_id", WHOLE),
        sa.Column("pay_by", STRING, server_default="bank transfer", nullable=False),
        sa.Column("instalments", WHOLE, server_default="1", nullable=False),
        sa.Column("allotted_shares", WHOLE),
        sa.Column("from_pledge_id", WHOLE),
    ]
    for column in columns:
        op.add_column("pledge", column)
    op.execute(
        "UPDATE pledge SET holder_id = person_id, price_cents = t.price_cents FROM offer_terms t WHERE t.id = terms_id"
    )
    op.alter_column("pledge", "price_cents", nullable=False)
    op.create_foreign_key(op.f("fk_pledge_holder_id_person"), "pledge", "person", ["holder_id"], ["id"])
    op.create_foreign_key(op.f("fk_pledge_from_pledge_id_pledge"), "pledge", "pledge", ["from_pledge_id"], ["id"])
    op.create_unique_constraint(op.f("uq_pledge_from_pledge_id"), "pledge", ["from_pledge_id"])
    op.create_index(op.f("ix_pledge_holder_id"), "pledge", ["holder_id"])
    op.drop_index("uq_pledge_offer_id_person_id_standing", "pledge")
    op.create_index(
        "uq_pledge_offer_id_holder_id_standing",
        "pledge",
        ["offer_id", "holder_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('confirmed', 'allotted')"),
    )


def _instalments() -> None:
    op.create_table(
        "instalment",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("payment_request_id", WHOLE, nullable=False),
        sa.Column("number", WHOLE, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount_cents", WHOLE, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("scheduled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_instalment_amount_positive")),
        sa.ForeignKeyConstraint(
            ["payment_request_id"],
            ["payment_request.id"],
            name=op.f("fk_instalment_payment_request_id_payment_request"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instalment")),
        sa.UniqueConstraint("payment_request_id", "number", name=op.f("uq_instalment_payment_request_id_number")),
    )
    op.create_index(op.f("ix_instalment_xact"), "instalment", ["xact"])
    for statement in guard_sql("instalment"):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
