"""Proofs of the books: what must always be true of them, checked from the rows alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.core import clock
from app.core.appendonly import sealed_columns
from app.core.errors import N_
from app.core.rowseals import RowSeal, broken_blocks, broken_chain, waiting_since
from app.core.sealing import broken_seals
from app.ledger.chart import KINDS
from app.ledger.journal import Leg, content_sha256
from app.ledger.sealing import JOURNAL
from app.ledger.standing import fallen_guards, wanted_guards

SEALED_WITHIN = timedelta(days=1)


@dataclass(frozen=True)
class Finding:
    """What a proof found: a figure for people, and what is wrong (nothing, when the proof holds)."""

    figure: str
    wrong: Sequence[str] = field(default_factory=tuple)

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not self.wrong


@dataclass(frozen=True)
class Proof:
    """Something that must always be true, by name, and how it is checked."""

    name: str
    check: Callable[[Session], Finding]


def rows_wrong(session: Session, sql: str) -> list[str]:
    """Up to twenty rows of a query that looks for what must not be, each as one line of text."""
    return [" ".join(str(value) for value in row) for row in session.execute(text(sql)).fetchmany(20)]


def count(session: Session, sql: str) -> int:
    """The single number a query gives."""
    return int(session.execute(text(sql)).scalar_one())


def _entries_balance(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        "SELECT 'entry', entry_id, 'leaves', sum(amount), unit FROM posting "
        "GROUP BY entry_id, unit HAVING sum(amount) <> 0 ORDER BY entry_id",
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM posting')} postings", wrong)


def _entries_are_whole(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        "SELECT 'entry', id, 'has no postings' FROM entry "
        "WHERE NOT EXISTS (SELECT FROM posting WHERE entry_id = entry.id) ORDER BY id",
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM entry')} entries", wrong)


def _contents_match(session: Session) -> Finding:
    rows = session.execute(
        text(
            "SELECT e.id, e.nature, e.effective_on, e.reverses_id, e.content_sha256, "
            "a.kind, a.subject, p.unit, p.amount FROM entry e JOIN posting p ON p.entry_id = e.id "
            "JOIN account a ON a.id = p.account_id ORDER BY e.id"
        ),
        execution_options={"yield_per": 10_000},
    )
    wrong, seen = [], 0
    for entry_id, group in groupby(rows, key=lambda row: row.id):
        lines = list(group)
        head = lines[0]
        legs = [Leg(line.kind, line.subject, line.unit, line.amount) for line in lines]
        seen += 1
        if content_sha256(head.nature, head.effective_on, head.reverses_id, legs) != bytes(head.content_sha256):
            wrong.append(f"entry {entry_id} is not what was booked")
    return Finding(f"{seen} entries", wrong[:20])


def _balances_agree(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        SELECT 'account', account_id, unit, 'keeps', coalesce(b.amount, 0), 'but sums to', coalesce(p.amount, 0)
        FROM balance b FULL JOIN (
            SELECT account_id, unit, sum(amount) AS amount FROM posting JOIN account ON account.id = account_id
            WHERE guarded GROUP BY account_id, unit
        ) p USING (account_id, unit) WHERE coalesce(b.amount, 0) <> coalesce(p.amount, 0)
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM balance')} balances", wrong)


def _nothing_overdrawn(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        "SELECT kind, subject, 'stands at', sum(amount), unit FROM posting JOIN account ON account.id = account_id "
        "WHERE guarded GROUP BY account.id, unit HAVING sum(amount) * side < 0",
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM account WHERE guarded')} guarded accounts", wrong)


def _reversals_are_opposite(session: Session) -> Finding:
    legs = "(SELECT account_id, unit, {sign} amount FROM posting WHERE entry_id = e.{column})"
    undone, done = legs.format(sign="-", column="id"), legs.format(sign="", column="reverses_id")
    wrong = rows_wrong(
        session,
        f"SELECT 'entry', id, 'is not the opposite of', reverses_id FROM entry e WHERE reverses_id IS NOT NULL "
        f"AND (EXISTS ({undone} EXCEPT ALL {done}) OR EXISTS ({done} EXCEPT ALL {undone}))",
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM entry WHERE reverses_id IS NOT NULL')} reversals", wrong)


def _guards_stand(session: Session) -> Finding:
    return Finding(f"{len(wanted_guards())} guards", fallen_guards(session)[:20])


def _accounts_follow_the_chart(session: Session) -> Finding:
    rows = session.execute(text("SELECT kind, subject, side, guarded FROM account ORDER BY id"))
    wrong, seen = [], 0
    for kind, subject, side, guarded in rows:
        seen += 1
        known = KINDS.get(kind)
        if known is None or (side, guarded) != (known.side.value, known.guarded):
            wrong.append(f"account {kind} {subject} is not kept as the chart says")
    return Finding(f"{seen} accounts", wrong[:20])


def _seals_hold(session: Session) -> Finding:
    return Finding(*broken_seals(session, JOURNAL))


def _rows_are_as_sealed(session: Session) -> Finding:
    seals = session.scalars(select(RowSeal).order_by(RowSeal.id)).all()
    if wrong := broken_chain(seals):
        return Finding(f"{len(seals)} seals", wrong[:20])
    rows = sum(table["rows"] for seal in seals for table in seal.tables.values())
    wrong = broken_blocks(session, seals)
    return Finding(f"{len(seals)} seals over {rows} rows of {len(sealed_columns())} tables", wrong[:20])


def _nothing_waits_long(session: Session) -> Finding:
    last = session.scalars(select(RowSeal).order_by(RowSeal.id.desc()).limit(1)).first()
    if last is None:
        return Finding("no seals", ["nothing is sealed"])
    figure = f"last seal {last.sealed_at:%Y-%m-%d %H:%M} UTC"
    return Finding(figure, waiting_since(session, last, clock.now() - SEALED_WITHIN))


PROOFS = [
    Proof(N_("Every entry balances in every unit"), _entries_balance),
    Proof(N_("Every entry has postings"), _entries_are_whole),
    Proof(N_("Every entry is what was booked"), _contents_match),
    Proof(N_("Kept balances equal the sum of their postings"), _balances_agree),
    Proof(N_("No guarded account is overdrawn"), _nothing_overdrawn),
    Proof(N_("Every reversal is the exact opposite"), _reversals_are_opposite),
    Proof(N_("The database's guards stand"), _guards_stand),
    Proof(N_("Every account is kept as the chart says"), _accounts_follow_the_chart),
    Proof(N_("The seals hold"), _seals_hold),
    Proof(N_("Every sealed row is as it was"), _rows_are_as_sealed),
    Proof(N_("Nothing settled stays unsealed too long"), _nothing_waits_long),
]
