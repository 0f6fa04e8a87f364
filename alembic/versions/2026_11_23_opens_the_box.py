"""Opens the box: envelopes of secret ballots on paper, what tellers read of their sheets, and boxes put in."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.core.appendonly import guard_sql
from app.core.sealing import TransactionId

revision: str = "opens_the_box"
down_revision: str | None = "says_who_earns"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "ballot_envelope",
        *(sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=False) for name in ("elector_id", "noted_by")),
        sa.Column("ballot_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        _moment("noted_at"),
        _xact(),
        _key("ballot_envelope", "elector_id", "elector"),
        _key("ballot_envelope", "noted_by", "person"),
        _key("ballot_envelope", "ballot_id", "ballot"),
        sa.PrimaryKeyConstraint("elector_id", "noted_by", name=op.f("pk_ballot_envelope")),
    )
    for column in ("noted_by", "ballot_id"):
        op.create_index(op.f(f"ix_ballot_envelope_{column}"), "ballot_envelope", [column])
    op.create_table(
        "box_reading",
        *(sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=False) for name in ("ballot_id", "teller_id")),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        _key("box_reading", "ballot_id", "ballot"),
        _key("box_reading", "teller_id", "person"),
        sa.PrimaryKeyConstraint("ballot_id", "teller_id", name=op.f("pk_box_reading")),
    )
    op.create_index(op.f("ix_box_reading_teller_id"), "box_reading", ["teller_id"])
    op.create_table(
        "box_put_in",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("ballot_id", sa.BigInteger(), nullable=False),
        sa.Column("sheets", sa.BigInteger(), nullable=False),
        sa.Column("groups", postgresql.JSONB(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in TELLERS),
        _moment("put_in_at"),
        _xact(),
        _key("box_put_in", "ballot_id", "ballot"),
        *(_key("box_put_in", name, "person") for name in TELLERS),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_box_put_in")),
    )
    for column in ("ballot_id", *TELLERS):
        op.create_index(op.f(f"ix_box_put_in_{column}"), "box_put_in", [column])
    for table in ("ballot_envelope", "box_put_in"):
        op.create_index(op.f(f"ix_{table}_xact"), table, ["xact"])
        for statement in guard_sql(table):
            op.execute(statement)


TELLERS = ("first_teller", "second_teller")


def _key(table: str, column: str, of: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{of}.id"], name=op.f(f"fk_{table}_{column}"))


def _moment(name: str) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _xact() -> "sa.Column[str]":
    return sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False)


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
