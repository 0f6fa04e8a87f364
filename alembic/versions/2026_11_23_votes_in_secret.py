"""Votes in secret: tellers' keys, who took part, urns, and the papers that were in them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.core.appendonly import guard_sql
from app.core.sealing import TransactionId

revision: str = "votes_in_secret"
down_revision: str | None = "adopts_refunds"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "teller_key",
        sa.Column("id", sa.BigInteger(), nullable=False),
        _of_ballot(),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        _moment("made_at"),
        _xact(),
        _ballot_key("teller_key"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_teller_key_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teller_key")),
    )
    op.create_index(op.f("ix_teller_key_ballot_id_id"), "teller_key", ["ballot_id", "id"])
    op.create_index(op.f("ix_teller_key_person_id"), "teller_key", ["person_id"])
    op.create_table(
        "ballot_key",
        _of_ballot(),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        _moment("made_at"),
        _xact(),
        _ballot_key("ballot_key"),
        sa.PrimaryKeyConstraint("ballot_id", name=op.f("pk_ballot_key")),
    )
    op.create_table(
        "ballot_key_share",
        sa.Column("first_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("second_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(["first_id"], ["teller_key.id"], name=op.f("fk_ballot_key_share_first_id")),
        sa.ForeignKeyConstraint(["second_id"], ["teller_key.id"], name=op.f("fk_ballot_key_share_second_id")),
        sa.PrimaryKeyConstraint("first_id", "second_id", name=op.f("pk_ballot_key_share")),
    )
    op.create_index(op.f("ix_ballot_key_share_second_id"), "ballot_key_share", ["second_id"])
    op.create_table(
        "teller_key_use",
        sa.Column("key_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("layers", postgresql.JSONB(), nullable=False),
        _moment("used_at"),
        _xact(),
        sa.ForeignKeyConstraint(["key_id"], ["teller_key.id"], name=op.f("fk_teller_key_use_key_id")),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_teller_key_use")),
    )
    op.create_table(
        "participation",
        sa.Column("elector_id", sa.BigInteger(), autoincrement=False, nullable=False),
        _of_ballot(),
        sa.Column("channel", sa.String(), nullable=False),
        _moment("cast_at"),
        sa.Column("cast_by", sa.BigInteger(), nullable=False),
        _xact(),
        sa.ForeignKeyConstraint(["elector_id"], ["elector.id"], name=op.f("fk_participation_elector_id")),
        _ballot_key("participation"),
        sa.ForeignKeyConstraint(["cast_by"], ["person.id"], name=op.f("fk_participation_cast_by")),
        sa.PrimaryKeyConstraint("elector_id", name=op.f("pk_participation")),
    )
    op.create_index(op.f("ix_participation_ballot_id"), "participation", ["ballot_id"])
    op.create_index(op.f("ix_participation_cast_by"), "participation", ["cast_by"])
    op.create_table(
        "urn",
        _of_ballot(),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        _ballot_key("urn"),
        sa.PrimaryKeyConstraint("ballot_id", "number", name=op.f("pk_urn")),
    )
    _create_opened()
    for table in GUARDED:
        op.create_index(op.f(f"ix_{table}_xact"), table, ["xact"])
        for statement in guard_sql(table):
            op.execute(statement)


GUARDED = (
    "teller_key", "ballot_key", "ballot_key_share", "teller_key_use", "participation", "sealed_paper", "urns_emptied",
    "papers_opening", "opened_paper",
)  # fmt: skip


def _create_opened() -> None:
    op.create_table(
        "sealed_paper",
        _of_ballot(),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        _xact(),
        _ballot_key("sealed_paper"),
        sa.PrimaryKeyConstraint("ballot_id", "sha256", name=op.f("pk_sealed_paper")),
    )
    op.create_table(
        "urns_emptied",
        _of_ballot(),
        sa.Column("papers", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        _moment("emptied_at"),
        _xact(),
        _ballot_key("urns_emptied"),
        sa.PrimaryKeyConstraint("ballot_id", name=op.f("pk_urns_emptied")),
    )
    op.create_table(
        "papers_opening",
        _of_ballot(),
        sa.Column("private_key", sa.LargeBinary(), nullable=False),
        sa.Column("first_key_id", sa.BigInteger(), nullable=False),
        sa.Column("second_key_id", sa.BigInteger(), nullable=False),
        _moment("opened_at"),
        _xact(),
        _ballot_key("papers_opening"),
        sa.ForeignKeyConstraint(["first_key_id"], ["teller_key.id"], name=op.f("fk_papers_opening_first_key_id")),
        sa.ForeignKeyConstraint(["second_key_id"], ["teller_key.id"], name=op.f("fk_papers_opening_second_key_id")),
        sa.PrimaryKeyConstraint("ballot_id", name=op.f("pk_papers_opening")),
        sa.UniqueConstraint("first_key_id", "second_key_id", name=op.f("uq_papers_opening_first_key_id_second_key_id")),
    )
    op.create_index(op.f("ix_papers_opening_second_key_id"), "papers_opening", ["second_key_id"])
    op.create_table(
        "opened_paper",
        _of_ballot(),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tracker", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("college", sa.String(), nullable=False),
        sa.Column("answers", postgresql.JSONB(), nullable=False),
        _xact(),
        _ballot_key("opened_paper"),
        sa.PrimaryKeyConstraint("ballot_id", "number", name=op.f("pk_opened_paper")),
    )


def _of_ballot() -> "sa.Column[int]":
    return sa.Column("ballot_id", sa.BigInteger(), autoincrement=False, nullable=False)


def _moment(name: str) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _ballot_key(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["ballot_id"], ["ballot.id"], name=op.f(f"fk_{table}_ballot_id"))


def _xact() -> "sa.Column[str]":
    return sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False)


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
