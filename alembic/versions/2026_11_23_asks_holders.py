"""Asks who holds: what the pledge form keeps beyond the pledge itself, and money carried from request to request."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import SchemaItem

from app.core.appendonly import guard_sql
from app.core.sealing import TransactionId

revision: str = "asks_holders"
down_revision: str | None = "changes_terms"
branch_labels: str | None = None
depends_on: str | None = None

STRING, WHOLE, MOMENT = sa.String(), sa.BigInteger(), sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("pledge", sa.Column("replaces_id", WHOLE))
    op.create_foreign_key(op.f("fk_pledge_replaces_id_pledge"), "pledge", "pledge", ["replaces_id"], ["id"])
    op.create_unique_constraint(op.f("uq_pledge_replaces_id"), "pledge", ["replaces_id"])
    op.create_table(
        "pledge_private",
        sa.Column("pledge_id", WHOLE, nullable=False, autoincrement=False),
        sa.Column("answers", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["pledge_id"], ["pledge.id"], name=op.f("fk_pledge_private_pledge_id_pledge"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("pledge_id", name=op.f("pk_pledge_private")),
    )
    _sealed(
        "shown_text",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("language", STRING, nullable=False),
        sa.Column("body", STRING, nullable=False),
        sa.Column("first_shown_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_shown_text")),
    )
    _consents()
    _sealed(
        "pledge_likeness",
        sa.Column("id", WHOLE, nullable=False),
        _to("pledge_likeness", "pledge_id", "pledge"),
        _to("pledge_likeness", "other_pledge_id", "pledge"),
        sa.Column("points", WHOLE, nullable=False),
        sa.Column("reasons", sa.ARRAY(STRING), nullable=False),
        sa.Column("noticed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge_likeness")),
        sa.UniqueConstraint("pledge_id", "other_pledge_id", name=op.f("uq_pledge_likeness_pledge_id_other_pledge_id")),
    )
    op.create_index(op.f("ix_pledge_likeness_other_pledge_id"), "pledge_likeness", ["other_pledge_id"])
    _carries()


def _consents() -> None:
    _sealed(
        "pledge_consent",
        sa.Column("id", WHOLE, nullable=False),
        _to("pledge_consent", "pledge_id", "pledge"),
        sa.Column("what", STRING, nullable=False),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.Column("language", STRING, nullable=False),
        sa.Column("terms_version", WHOLE, nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["text_sha256"], ["shown_text.sha256"], name=op.f("fk_pledge_consent_text_sha256_shown_text")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge_consent")),
    )
    op.create_index(op.f("ix_pledge_consent_pledge_id"), "pledge_consent", ["pledge_id"])
    _sealed(
        "entry_test",
        _to("entry_test", "pledge_id", "pledge"),
        sa.Column("answers", postgresql.JSONB(), nullable=False),
        sa.Column("right_count", WHOLE, nullable=False),
        sa.Column("asked_count", WHOLE, nullable=False),
        sa.Column("taken_at", MOMENT, nullable=False),
        sa.CheckConstraint("right_count BETWEEN 0 AND asked_count", name=op.f("ck_entry_test_right_of_asked")),
        sa.PrimaryKeyConstraint("pledge_id", name=op.f("pk_entry_test")),
    )


def _carries() -> None:
    _sealed(
        "payment_carry",
        sa.Column("id", WHOLE, nullable=False),
        _to("payment_carry", "from_request_id", "payment_request"),
        _to("payment_carry", "to_request_id", "payment_request"),
        sa.Column("amount_cents", WHOLE, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("carried_at", MOMENT, nullable=False),
        _to("payment_carry", "entry_id", "entry"),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_payment_carry_amount_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_carry")),
        sa.UniqueConstraint("from_request_id", name=op.f("uq_payment_carry_from_request_id")),
        sa.UniqueConstraint("to_request_id", name=op.f("uq_payment_carry_to_request_id")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_payment_carry_entry_id")),
    )


def _sealed(table: str, *parts: SchemaItem) -> None:
    """Make an append-only table, whose rows are sealed."""
    xact = sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False)
    op.create_table(table, *parts, xact)
    op.create_index(op.f(f"ix_{table}_xact"), table, ["xact"])
    for statement in guard_sql(table):
        op.execute(statement)


def _to(table: str, name: str, other: str) -> sa.Column[int]:
    """A column that names a row of another table."""
    reference = sa.ForeignKey(f"{other}.id", name=op.f(f"fk_{table}_{name}_{other}"))
    return sa.Column(name, WHOLE, reference, nullable=False, autoincrement=False)


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
