"""Keeps solidarity funds: gifts, requests, and every move of their money."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

from app.core.appendonly import guard_sql
from app.core.sealing import TransactionId

revision: str = "shares_in_solidarity"
down_revision: str | None = "moves_shares"
branch_labels: str | None = None
depends_on: str | None = None

STRING, WHOLE, MOMENT = sa.String(), sa.BigInteger(), sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "solidarity_gift",
        _id(),
        _text("public_id"),
        _text("form_key"),
        _to("solidarity_gift", "offer_id", "offer"),
        _to("solidarity_gift", "pledge_id", "pledge", nullable=True),
        _whole("shares"),
        _whole("price_cents"),
        *_money(),
        _text("email"),
        _text("language"),
        _text("legal_name"),
        sa.Column(
            "consent_sha256",
            sa.String(length=64),
            sa.ForeignKey("shown_text.sha256", name=op.f("fk_solidarity_gift_consent_sha256")),
            nullable=False,
        ),
        sa.Column("made_at", MOMENT, nullable=False),
        _to("solidarity_gift", "person_id", "person", nullable=True),
        sa.Column("confirmed_at", MOMENT),
        _to("solidarity_gift", "payment_request_id", "payment_request", nullable=True),
        sa.CheckConstraint(
            "shares > 0 AND amount_cents = shares * price_cents", name=op.f("ck_solidarity_gift_whole_shares")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_solidarity_gift")),
        *(_unique("solidarity_gift", name) for name in ("public_id", "form_key", "pledge_id", "payment_request_id")),
    )
    _indexed("solidarity_gift", "offer_id")
    _indexed("solidarity_gift", "person_id")
    op.create_table(
        "solidarity_request",
        _to("solidarity_request", "pledge_id", "pledge"),
        _to("solidarity_request", "offer_id", "offer"),
        _to("solidarity_request", "person_id", "person", nullable=True),
        sa.Column("asked_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        _to("solidarity_request", "ended_by", "person", nullable=True),
        sa.Column("ended_reason", STRING, server_default="", nullable=False),
        sa.PrimaryKeyConstraint("pledge_id", name=op.f("pk_solidarity_request")),
    )
    _indexed("solidarity_request", "offer_id")
    _indexed("solidarity_request", "person_id")
    _moves()


def _moves() -> None:
    _sealed(
        "solidarity_matching",
        _id(),
        _to("solidarity_matching", "offer_id", "offer"),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        *_money(),
        _text("reason"),
        sa.Column("matched_at", MOMENT, nullable=False),
        _to("solidarity_matching", "matched_by", "person", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_solidarity_matching")),
    )
    _indexed("solidarity_matching", "offer_id")
    _sealed(
        "solidarity_part",
        _id(),
        _to("solidarity_part", "matching_id", "solidarity_matching"),
        _to("solidarity_part", "gift_id", "solidarity_gift"),
        *_money(),
        *_booked("solidarity_part"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_solidarity_part")),
        sa.UniqueConstraint("matching_id", "gift_id", name=op.f("uq_solidarity_part_matching_id_gift_id")),
    )
    _indexed("solidarity_part", "gift_id")
    _sealed(
        "solidarity_grant",
        _to("solidarity_grant", "pledge_id", "pledge"),
        _to("solidarity_grant", "matching_id", "solidarity_matching"),
        _whole("shares"),
        *_money(),
        *_booked("solidarity_grant"),
        sa.PrimaryKeyConstraint("pledge_id", name=op.f("pk_solidarity_grant")),
    )
    _indexed("solidarity_grant", "matching_id")
    _sealed(
        "solidarity_comeback",
        _id(),
        _text("source"),
        _to("solidarity_comeback", "pledge_id", "pledge"),
        *_money(),
        _text("reason"),
        sa.Column("came_at", MOMENT, nullable=False),
        *_booked("solidarity_comeback"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_solidarity_comeback")),
        _unique("solidarity_comeback", "source"),
    )
    _indexed("solidarity_comeback", "pledge_id")


def _sealed(table: str, *parts: SchemaItem) -> None:
    """Make an append-only table, whose rows are sealed."""
    xact = sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False)
    op.create_table(table, *parts, xact)
    _indexed(table, "xact")
    for statement in guard_sql(table):
        op.execute(statement)


def _id() -> sa.Column[int]:
    return sa.Column("id", WHOLE, nullable=False)


def _whole(name: str) -> sa.Column[int]:
    return sa.Column(name, WHOLE, nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, STRING, nullable=False)


def _money() -> tuple[SchemaItem, SchemaItem]:
    return _whole("amount_cents"), sa.Column("currency", sa.String(length=3), nullable=False)


def _booked(table: str) -> tuple[SchemaItem, ...]:
    """The entry that a row was booked with, and the check of its amount."""
    positive = sa.CheckConstraint("amount_cents > 0", name=op.f(f"ck_{table}_amount_positive"))
    return _to(table, "entry_id", "entry"), positive, _unique(table, "entry_id")


def _unique(table: str, column: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(column, name=op.f(f"uq_{table}_{column}"))


def _to(table: str, name: str, other: str, *, nullable: bool = False) -> sa.Column[int]:
    """A column that names a row of another table."""
    reference = sa.ForeignKey(f"{other}.id", name=op.f(f"fk_{table}_{name}"))
    return sa.Column(name, WHOLE, reference, nullable=nullable, autoincrement=False)


def _indexed(table: str, column: str) -> None:
    op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
