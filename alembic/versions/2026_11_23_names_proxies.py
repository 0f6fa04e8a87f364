"""Proxies of ballots: who lets whom vote, instructions, acceptance, ends, and the votes cast by them."""

import sqlalchemy as sa
from alembic import op

from app.core.appendonly import guard_sql
from app.core.sealing import TransactionId

revision: str = "names_proxies"
down_revision: str | None = "empties_documents"
branch_labels: str | None = None
depends_on: str | None = None

TABLES = ("ballot_proxy", "ballot_proxy_instruction", "ballot_proxy_answer", "ballot_proxy_end", "ballot_proxy_vote")


def upgrade() -> None:
    op.create_table(
        "ballot_proxy",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("ballot_id", sa.BigInteger(), nullable=True),
        sa.Column("meeting_id", sa.BigInteger(), nullable=True),
        sa.Column("principal_id", sa.BigInteger(), nullable=False),
        sa.Column("holder_id", sa.BigInteger(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        _moment("appointed_at"),
        _xact(),
        sa.CheckConstraint("(ballot_id IS NULL) <> (meeting_id IS NULL)", name=op.f("ck_ballot_proxy_one_scope")),
        sa.CheckConstraint("principal_id <> holder_id", name=op.f("ck_ballot_proxy_two_people")),
        *(
            sa.ForeignKeyConstraint([column], [f"{of}.id"], name=op.f(f"fk_ballot_proxy_{column}"))
            for column, of in REFERENCES.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot_proxy")),
    )
    for column in REFERENCES:
        op.create_index(op.f(f"ix_ballot_proxy_{column}"), "ballot_proxy", [column])
    op.create_table(
        "ballot_proxy_instruction",
        _proxy_id(),
        sa.Column("item_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        _xact(),
        _proxy_key("ballot_proxy_instruction"),
        sa.ForeignKeyConstraint(["item_id"], ["ballot_item.id"], name=op.f("fk_ballot_proxy_instruction_item_id")),
        sa.PrimaryKeyConstraint("proxy_id", "item_id", name=op.f("pk_ballot_proxy_instruction")),
    )
    op.create_index(op.f("ix_ballot_proxy_instruction_item_id"), "ballot_proxy_instruction", ["item_id"])
    op.create_table(
        "ballot_proxy_answer",
        _proxy_id(),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        _moment("answered_at"),
        _xact(),
        _proxy_key("ballot_proxy_answer"),
        sa.PrimaryKeyConstraint("proxy_id", name=op.f("pk_ballot_proxy_answer")),
    )
    op.create_table(
        "ballot_proxy_end",
        _proxy_id(),
        sa.Column("reason", sa.String(), nullable=False),
        _moment("ended_at"),
        sa.Column("ended_by", sa.BigInteger(), nullable=False),
        _xact(),
        _proxy_key("ballot_proxy_end"),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"], name=op.f("fk_ballot_proxy_end_ended_by")),
        sa.PrimaryKeyConstraint("proxy_id", name=op.f("pk_ballot_proxy_end")),
    )
    op.create_index(op.f("ix_ballot_proxy_end_ended_by"), "ballot_proxy_end", ["ended_by"])
    op.create_table(
        "ballot_proxy_vote",
        sa.Column("vote_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("proxy_id", sa.BigInteger(), nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(["vote_id"], ["ballot_vote.id"], name=op.f("fk_ballot_proxy_vote_vote_id")),
        _proxy_key("ballot_proxy_vote"),
        sa.PrimaryKeyConstraint("vote_id", name=op.f("pk_ballot_proxy_vote")),
    )
    op.create_index(op.f("ix_ballot_proxy_vote_proxy_id"), "ballot_proxy_vote", ["proxy_id"])
    for table in TABLES:
        op.create_index(op.f(f"ix_{table}_xact"), table, ["xact"])
        for statement in guard_sql(table):
            op.execute(statement)


REFERENCES = {"ballot_id": "ballot", "meeting_id": "meeting", "principal_id": "person", "holder_id": "person"}


def _proxy_id() -> "sa.Column[int]":
    return sa.Column("proxy_id", sa.BigInteger(), autoincrement=False, nullable=False)


def _proxy_key(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["proxy_id"], ["ballot_proxy.id"], name=op.f(f"fk_{table}_proxy_id"))


def _moment(name: str) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _xact() -> "sa.Column[str]":
    return sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False)


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
