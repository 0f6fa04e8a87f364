"""Bank lines judged per second among `--size` open items, against one bare indexed look-up for each line in SQL.

The items are payment requests, each with its own valid reference; `--lines` lines are taken in as a camt.053. Nine in
ten carry a reference in one of the spellings of banks, the tenth nothing but a name. Each is judged as the worker does
before it posts: read, opened, matched against all items. The same is measured with a tenth of the items and lines:
`growth` is how many times as long the whole takes, ten when time grows linearly.
"""

import argparse
import io
import json
import time
from datetime import date
from typing import Any

from sqlalchemy import select, text

from app.core.database import engine, reading, transaction
from app.members.persons import known_person
from app.reconciliation.accounts import add_account
from app.reconciliation.models import BankLine
from app.reconciliation.taking import take_file
from app.reconciliation.working import AT_ONCE, judged

OWN = "NL40MOCK0000000019"
DAY = date(2026, 11, 20)
CENTS = 2300_00
ROUNDS = 3
REFERENCE = """
'RF' || lpad((98 - ((CAST({n} AS text) || '271500')::numeric % 97))::text, 2, '0') || CAST({n} AS text)
"""
FILL = f"""
INSERT INTO payment_request (reference, purpose, person_id, amount_cents, currency, requested_at)
SELECT {REFERENCE.format(n="n")}, 'bench:' || n, (SELECT min(id) FROM person), {CENTS}, 'USD', '2026-11-01'
FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) AS n
"""
FIRST = 1_000_000_000
BARE = "SELECT id, amount_cents FROM payment_request WHERE reference = %s"


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench matching", description=__doc__)
    parser.add_argument("--size", type=int, default=100_000, help="open items (default: %(default)s)")
    parser.add_argument("--lines", type=int, default=10_000, help="bank lines that are judged (default: %(default)s)")
    given = parser.parse_args(arguments)
    size, lines = max(given.size, 20), min(max(given.lines, 20), max(given.size, 20))
    with transaction() as session:
        add_account(session, OWN, "USD", "Main account", by=None)
        known_person(session, "bench@example.org", "en")
    tenth = _run(size // 10, lines // 10, already=0)
    whole = _run(size, lines, already=size // 10)
    print(
        json.dumps(
            {
                "bench": "matching", "size": size, "lines": lines, "ours": round(whole["ours"]),
                "limit": round(whole["limit"]), "unit": "lines/s", "ratio": round(whole["ours"] / whole["limit"], 3),
                "seconds": round(lines / whole["ours"], 3), "tenth_ours": round(tenth["ours"]),
                "growth": round((lines / whole["ours"]) / (lines // 10 / tenth["ours"]), 2),
            }
        )
    )  # fmt: skip


def _run(size: int, lines: int, *, already: int) -> dict[str, float]:
    """Fill up to `size` items, take `lines` lines in, and judge exactly those."""
    with transaction() as session:
        session.execute(text(FILL), {"first": FIRST + already, "last": FIRST + size - 1})
    with engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE payment_request"))
    with reading() as session:
        every = session.execute(
            text("SELECT reference FROM payment_request ORDER BY (id * 7919) % 1000003 LIMIT :lines"), {"lines": lines}
        )
        references = list(every.scalars())
        before = session.scalar(text("SELECT coalesce(max(id), 0) FROM bank_line")) or 0
        opening = session.scalar(text("SELECT closing_cents FROM bank_statement ORDER BY id DESC LIMIT 1")) or 0
    with transaction() as session:
        take_file(session, io.BytesIO(_statement(references, opening)), f"{size}.xml", by=None)
    ours = min(_judge(before, lines) for _ in range(ROUNDS))
    limit = min(_look_up(references) for _ in range(ROUNDS))
    print(f"{size} items, {lines} lines: {lines / ours:.0f} lines/s; bare {lines / limit:.0f}/s", flush=True)
    return {"ours": lines / ours, "limit": lines / limit}


def _judge(before: int, lines: int) -> float:
    """Seconds to judge the lines after an id, in the worker's portions; nine in ten must be certain."""
    begun, certain, seen = time.perf_counter(), 0, 0
    with reading() as session:
        last = before
        while rows := list(
            session.scalars(select(BankLine).where(BankLine.id > last).order_by(BankLine.id).limit(AT_ONCE))
        ):
            verdicts = judged(session, rows)
            certain += sum(verdict.certain is not None for _, _, verdict in verdicts)
            seen, last = seen + len(rows), rows[-1].id
            session.expunge_all()
    assert seen == lines, f"{seen} of {lines} lines"
    assert certain == lines - lines // 10, f"{certain} of {lines} lines are certain"
    return time.perf_counter() - begun


def _look_up(references: list[str]) -> float:
    connection: Any = engine().raw_connection()
    try:
        with connection.cursor() as cursor:
            begun = time.perf_counter()
            for reference in references:
                cursor.execute(BARE, (reference,), prepare=True)
                assert cursor.fetchone() is not None
            return time.perf_counter() - begun
    finally:
        connection.close()


def _statement(references: list[str], opening: int) -> bytes:
    """A camt.053 whose lines pay the references, each tenth without one."""
    entries = "".join(_entry(number, reference) for number, reference in enumerate(references, 1))
    closing = opening + CENTS * len(references)
    balances = "".join(
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='USD'>{cents / 100:.2f}</Amt>"
        f"<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{DAY}</Dt></Dt></Bal>"
        for code, cents in (("OPBD", opening), ("CLBD", closing))
    )
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>M{opening}</MsgId><CreDtTm>{DAY}T23:00:00</CreDtTm></GrpHdr>"
        f"<Stmt><Id>S{opening}</Id><CreDtTm>{DAY}T23:00:00</CreDtTm><Acct><Id><IBAN>{OWN}</IBAN></Id><Ccy>USD</Ccy></Acct>"
        f"{balances}{entries}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def _entry(number: int, reference: str) -> str:
    spaced = " ".join(reference[at : at + 4] for at in range(0, len(reference), 4))
    said = ("for shares", spaced, reference.lower(), f"{reference[:9]}\n{reference[9:]}", f"pledge {reference} thanks")
    told = f"<RmtInf><Ustrd>{said[0] if number % 10 == 0 else said[1 + number % 4]}</Ustrd></RmtInf>"
    return (
        f"<Ntry><Amt Ccy='USD'>{CENTS // 100}.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>"
        f"<BookgDt><Dt>{DAY}</Dt></BookgDt><ValDt><Dt>{DAY}</Dt></ValDt><AcctSvcrRef>B{reference}</AcctSvcrRef>"
        "<NtryDtls><TxDtls><RltdPties><Dbtr><Pty><Nm>Ada Bench{number}</Nm></Pty></Dbtr></RltdPties>"
        f"{told}</TxDtls></NtryDtls></Ntry>"
    )
