"""Standing delegations by topic: topics, who lets whom vote on which, and every ballot on which that was used."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.core.appendonly import guard_sql
from app.core.sealing import TransactionId

revision: str = "delegates_by_topic"
down_revision: str | None = "lends_beyond_shares"
branch_labels: str | None = None
depends_on: str | None = None

TABLES = ("ballot_topic", "delegation", "delegation_answer", "delegation_end", "delegation_use")


def upgrade() -> None:
    op.create_table(
        "ballot_topic",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name", postgresql.JSONB(), nullable=False),
        _moment("created_at"),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        _xact(),
        _key("ballot_topic", "created_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot_topic")),
    )
    op.create_index(op.f("ix_ballot_topic_created_by"), "ballot_topic", ["created_by"])
    op.add_column("ballot_terms", sa.Column("topic_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_ballot_terms_topic_id"), "ballot_terms", "ballot_topic", ["topic_id"], ["id"])
    op.create_index(op.f("ix_ballot_terms_topic_id"), "ballot_terms", ["topic_id"])
    op.create_table(
        "delegation",
        sa.Column("id", sa.BigInteger(), nullable=False),
        *(sa.Column(column, sa.BigInteger(), nullable=False) for column in PARTIES),
        sa.Column("valid_until", sa.Date(), nullable=True),
        _moment("given_at"),
        _xact(),
        sa.CheckConstraint("principal_id <> holder_id", name=op.f("ck_delegation_two_people")),
        *(_key("delegation", column, of) for column, of in PARTIES.items()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
    )
    for column in PARTIES:
        op.create_index(op.f(f"ix_delegation_{column}"), "delegation", [column])
    op.create_table(
        "delegation_answer",
        _delegation_id(),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        _moment("answered_at"),
        _xact(),
        _key("delegation_answer", "delegation_id", "delegation"),
        sa.PrimaryKeyConstraint("delegation_id", name=op.f("pk_delegation_answer")),
    )
    op.create_table(
        "delegation_end",
        _delegation_id(),
        sa.Column("reason", sa.String(), nullable=False),
        _moment("ended_at"),
        sa.Column("ended_by", sa.BigInteger(), nullable=False),
        _xact(),
        _key("delegation_end", "delegation_id", "delegation"),
        _key("delegation_end", "ended_by", "person"),
        sa.PrimaryKeyConstraint("delegation_id", name=op.f("pk_delegation_end")),
    )
    op.create_index(op.f("ix_delegation_end_ended_by"), "delegation_end", ["ended_by"])
    op.create_table(
        "delegation_use",
        sa.Column("proxy_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("delegation_id", sa.BigInteger(), nullable=False),
        _xact(),
        _key("delegation_use", "proxy_id", "ballot_proxy"),
        _key("delegation_use", "delegation_id", "delegation"),
        sa.PrimaryKeyConstraint("proxy_id", name=op.f("pk_delegation_use")),
    )
    op.create_index(op.f("ix_delegation_use_delegation_id"), "delegation_use", ["delegation_id"])
    for table in TABLES:
        op.create_index(op.f(f"ix_{table}_xact"), table, ["xact"])
        for statement in guard_sql(table):
            op.execute(statement)


PARTIES = {"topic_id": "ballot_topic", "principal_id": "person", "holder_id": "person"}


def _delegation_id() -> "sa.Column[int]":
    return sa.Column("delegation_id", sa.BigInteger(), autoincrement=False, nullable=False)


def _key(table: str, column: str, of: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{of}.id"], name=op.f(f"fk_{table}_{column}"))


def _moment(name: str) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _xact() -> "sa.Column[str]":
    return sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False)


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
