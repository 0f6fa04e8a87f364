"""Shows campaigns: live totals, days, countries, updates, questions."""

import sqlalchemy as sa
from alembic import op

from app.core.appendonly import guard_sql
from app.core.redaction import redaction_sql
from app.core.sealing import TransactionId

revision: str = "shows_campaigns"
down_revision: str | None = "asks_holders"
branch_labels: str | None = None
depends_on: str | None = None

STRING, WHOLE, MOMENT = sa.String(), sa.BigInteger(), sa.DateTime(timezone=True)
COUNTS = ("people", "shares", "amount_cents", "paid_cents", "paid_people")

# What the books and the pledges say at this moment, as `app.offers.public.counting` counts it from now on.
_WEIGHED = """
    SELECT p.id, p.offer_id, p.country,
        (state IN ('confirmed', 'allotted', 'lapsed', 'returned'))::int AS people,
        CASE WHEN state IN ('confirmed', 'allotted', 'lapsed', 'returned') THEN shares ELSE 0 END AS shares,
        CASE WHEN state IN ('confirmed', 'allotted', 'lapsed', 'returned') THEN amount_cents ELSE 0 END AS amount_cents,
        coalesce(-b.amount, 0) + CASE WHEN state = 'allotted'
            THEN coalesce(allotted_shares, shares) * price_cents ELSE 0 END AS paid_cents,
        (state = 'allotted' OR coalesce(-b.amount, 0) >= amount_cents)::int AS paid_people,
        (SELECT max(at AT TIME ZONE 'UTC')::date FROM pledge_move m WHERE m.pledge_id = p.id) AS day
    FROM pledge p
    LEFT JOIN account a ON a.kind = 'subscriptions_held' AND a.subject = 'request:' || p.payment_request_id
    LEFT JOIN balance b ON b.account_id = a.id AND b.unit = p.currency
    WHERE p.person_id IS NOT NULL
"""


def upgrade() -> None:
    _counters()
    _words()
    _questions()


def _counters() -> None:
    for table, columns in (
        ("offer_total", []),
        ("offer_day", [sa.Column("day", sa.Date(), nullable=False)]),
        ("offer_country", [sa.Column("country", STRING, nullable=False)]),
    ):
        names = [column.name for column in columns]
        op.create_table(
            table,
            sa.Column("offer_id", WHOLE, autoincrement=False, nullable=False),
            *columns,
            sa.Column("slot", WHOLE, autoincrement=False, nullable=False),
            *[sa.Column(name, WHOLE, nullable=False) for name in COUNTS],
            sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f(f"fk_{table}_offer_id_offer")),
            sa.PrimaryKeyConstraint("offer_id", *names, "slot", name=op.f(f"pk_{table}")),
            postgresql_with={"fillfactor": 40, "autovacuum_vacuum_scale_factor": 0},
        )
        keys = ", ".join(["offer_id", *names])
        sums = ", ".join(f"sum({name})" for name in COUNTS)
        op.execute(
            f"INSERT INTO {table} ({keys}, slot, {', '.join(COUNTS)}) SELECT {keys}, 0, {sums} "
            f"FROM ({_WEIGHED}) AS weighed GROUP BY {keys}"
        )


def _xact() -> sa.Column:
    return sa.Column("xact", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False)


def _create(table: str, *columns: sa.Column, keys: dict[str, str], unique: tuple[str, ...] = ()) -> None:
    """An append-only table with an id; `keys` are its columns that name rows of other tables."""
    op.create_table(
        table,
        sa.Column("id", WHOLE, nullable=False),
        *columns,
        _xact(),
        *[
            sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))
            for column, other in keys.items()
        ],
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        *([sa.UniqueConstraint(*unique, name=op.f(f"uq_{table}_{'_'.join(unique)}"))] if unique else []),
    )
    op.create_index(op.f(f"ix_{table}_xact"), table, ["xact"])
    for statement in guard_sql(table):
        op.execute(statement)


def _column(name: str, kind: sa.types.TypeEngine, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, kind, nullable=nullable)


def _words() -> None:
    _create(
        "offer_words",
        _column("offer_id", WHOLE),
        _column("version", WHOLE),
        *[_column(name, STRING) for name in ("organization", "people", "share_text", "hashtag")],
        _column("company_cents", WHOLE, nullable=True),
        _column("written_at", MOMENT),
        _column("written_by", WHOLE, nullable=True),
        keys={"offer_id": "offer", "written_by": "person"},
        unique=("offer_id", "version"),
    )
    _create(
        "offer_update",
        _column("offer_id", WHOLE),
        _column("number", WHOLE),
        _column("version", WHOLE),
        *[_column(name, STRING) for name in ("title", "text", "reason")],
        _column("written_at", MOMENT),
        _column("written_by", WHOLE, nullable=True),
        keys={"offer_id": "offer", "written_by": "person"},
        unique=("offer_id", "number", "version"),
    )


def _questions() -> None:
    _create(
        "offer_question",
        _column("form_key", STRING),
        _column("offer_id", WHOLE),
        _column("person_id", WHOLE),
        _column("text", STRING),
        _column("asked_at", MOMENT),
        keys={"offer_id": "offer", "person_id": "person"},
        unique=("form_key",),
    )
    for statement in redaction_sql("offer_question", ["text"]):
        op.execute(statement)
    _create(
        "offer_answer",
        _column("question_id", WHOLE),
        _column("text", STRING),
        _column("answered_at", MOMENT),
        _column("answered_by", WHOLE, nullable=True),
        keys={"question_id": "offer_question", "answered_by": "person"},
    )
    _create(
        "offer_question_move",
        _column("question_id", WHOLE),
        _column("hidden", sa.Boolean()),
        _column("reason", STRING),
        _column("at", MOMENT),
        _column("by", WHOLE, nullable=True),
        keys={"question_id": "offer_question", "by": "person"},
    )
    for table, column in (
        ("offer_question", "offer_id"),
        ("offer_question", "person_id"),
        ("offer_answer", "question_id"),
        ("offer_question_move", "question_id"),
    ):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def downgrade() -> None:
    raise RuntimeError("There is no way back. Restore a backup instead.")
