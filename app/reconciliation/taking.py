"""Taking a file of statements: all of it or nothing; each line once, each statement where the one before closed."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import IO

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app.core import audit, clock, jobs
from app.core.bulk import new_ids
from app.core.cipher import blind_index
from app.core.database import one_at_a_time
from app.core.errors import N_, Refusal
from app.core.money import Money
from app.members.people.bank.accounts import Scheme
from app.members.people.bank.recording import PURPOSE
from app.reconciliation.accounts import account_of, columns_of
from app.reconciliation.models import BankAccount, BankImport, BankLine, BankLineBooked, BankLineSaid, BankStatement
from app.reconciliation.placing import Placed, place
from app.reconciliation.reading.csv import Columns, read_csv
from app.reconciliation.reading.detecting import LARGE_MAX, detect, read_statements, refuse_large
from app.reconciliation.reading.records import Line, NoFormat, Statement

MATCH_JOB = "bank.match"
AT_ONCE = 2_000
_CHUNK = 1024 * 1024


class TakenAlready(Refusal):
    """The very same file."""

    message = N_("This file was imported on {day} already. Nothing was changed.")
    status = 409
    field = "file"


class InTheFuture(Refusal):
    """A line is booked on a day that has not come."""

    message = N_("Line {line}: {day} lies in the future. Nothing of this file was imported.")
    field = "file"


@dataclass
class Taken:
    """What a file brought: new lines, lines that were known, announced entries, and the sums of new lines."""

    file_name: str
    statements: int = 0
    lines: int = 0
    known: int = 0
    pending: int = 0
    sums: dict[str, int] = field(default_factory=dict)
    accounts: list[str] = field(default_factory=list)


def take_file(
    session: Session,
    stream: IO[bytes],
    name: str,
    *,
    by: int | None,
    csv_of: BankAccount | None = None,
    columns: Columns | None = None,
) -> Taken:
    """Take every statement of a file; a refusal leaves nothing of it. CSV needs the account, and once its columns."""
    one_at_a_time(session, "bank imports")
    sha256, placed, taken = _weighed(session, stream, name, csv_of, columns)
    row = BankImport(
        sha256=sha256,
        file_name=name[:200],
        lines=taken.lines,
        known=taken.known,
        pending=taken.pending,
        taken_at=clock.now(),
        taken_by=by,
    )
    session.add(row)
    session.flush()
    for account, statement, lines in placed:
        _write(session, row, account, statement, lines)
    audit.record(session, audit.Tag.BANK_IMPORTED, f"bank-import:{row.id}", by=by, lines=taken.lines, known=taken.known)
    if taken.lines:
        jobs.defer(session, MATCH_JOB)
    return taken


def would_take(
    session: Session, stream: IO[bytes], name: str, *, csv_of: BankAccount | None = None, columns: Columns | None = None
) -> Taken:
    """What `take_file` would bring, or its refusal; nothing is written."""
    return _weighed(session, stream, name, csv_of, columns)[2]


_Kept = tuple[BankAccount, Statement, list[Placed] | None]
"""A statement with its account and its lines as they are kept; None when all of it is known."""


def _weighed(
    session: Session, stream: IO[bytes], name: str, csv_of: BankAccount | None, columns: Columns | None
) -> tuple[str, list[_Kept], Taken]:
    """The hash of a file, its statements as they would be kept, and what they would bring."""
    refuse_large(stream, LARGE_MAX)
    sha256 = _digest(stream)
    earlier = session.scalars(select(BankImport).where(BankImport.sha256 == sha256)).first()
    if earlier is not None:
        raise TakenAlready(day=earlier.taken_at.date())
    placed = list(_placed(session, _statements(session, stream, csv_of, columns)))
    taken = Taken(name, statements=len(placed))
    for account, statement, lines in placed:
        _count(taken, account, statement, lines)
    return sha256, placed, taken


def _digest(stream: IO[bytes]) -> str:
    found = hashlib.sha256()
    while chunk := stream.read(_CHUNK):
        found.update(chunk)
    stream.seek(0)
    return found.hexdigest()


def _statements(
    session: Session, stream: IO[bytes], csv_of: BankAccount | None, columns: Columns | None
) -> Iterator[Statement]:
    if detect(stream) is not None or csv_of is None:
        return read_statements(stream)
    refuse_large(stream)
    columns = columns or columns_of(session, csv_of)
    if columns is None:
        raise NoFormat
    return read_csv(stream, columns, csv_of.number, csv_of.currency)


def _placed(session: Session, statements: Iterator[Statement]) -> Iterator[_Kept]:
    """Each statement with its account and its lines as they are kept, the file's own order being that of the chain."""
    closings: dict[int, Money | None] = {}
    openings: dict[int, set[int]] = {}
    moved: dict[int, Counter[date]] = {}
    twins: dict[int, Counter[bytes]] = {}
    fresh: dict[bytes, bool] = {}

    def known(prints: Sequence[bytes]) -> dict[bytes, bool]:
        found = {each: fresh[each] for each in prints if each in fresh}
        return found | _known(session, [each for each in prints if each not in fresh])

    for statement in statements:
        _refuse_future(statement.lines)
        account = account_of(session, statement.account, statement.currency)
        if account.id not in closings:
            closings[account.id], openings[account.id] = _chain(session, account)
        counter, here = twins.setdefault(account.id, Counter()), moved.setdefault(account.id, Counter())
        closing = closings[account.id]
        began = partial(_began, session, account, closing, here)
        lines = place(account.id, statement, closing, openings[account.id], began, counter, known)
        if lines is not None:
            fresh |= {each.fingerprint: statement.opening is not None or each.booked for each in lines}
            if statement.opening is not None:
                closings[account.id] = statement.closing
                openings[account.id].add(statement.opening.minor)
                for each in lines:
                    here[each.line.booked_on] += 0 if each.booked else each.line.amount.minor
        yield account, statement, lines


def _refuse_future(lines: Sequence[Line]) -> None:
    last = clock.latest_today()
    for line in lines:
        if line.booked_on > last:
            raise InTheFuture(line=line.at, day=line.booked_on)


def last_statement(session: Session, account: BankAccount) -> BankStatement | None:
    """The statement with which an account's chain ends now."""
    return session.scalars(
        select(BankStatement)
        .where(BankStatement.bank_account_id == account.id)
        .order_by(BankStatement.id.desc())
        .limit(1)
    ).first()


def _chain(session: Session, account: BankAccount) -> tuple[Money | None, set[int]]:
    """Where an account's chain of statements ends, and every balance at which one of them opened."""
    last = last_statement(session, account)
    opened = select(BankStatement.opening_cents).where(BankStatement.bank_account_id == account.id)
    return (None if last is None else Money(last.closing_cents, last.currency)), set(session.scalars(opened))


def _began(session: Session, account: BankAccount, closing: Money | None, here: Counter[date], day: date) -> int:
    """The balance at which a day began: where the chain ends, less what moved since, on record and in this file."""
    assert closing is not None, "only a chain is asked for its days"
    since = (
        select(func.coalesce(func.sum(BankLine.amount_cents), 0))
        .join(BankLineBooked, BankLineBooked.bank_line_id == BankLine.id)
        .where(BankLine.bank_account_id == account.id, BankLine.booked_on >= day)
    )
    kept = int(session.scalars(since).one())
    return closing.minor - kept - sum(cents for on, cents in here.items() if on >= day)


def _known(session: Session, prints: Sequence[bytes]) -> dict[bytes, bool]:
    found: dict[bytes, bool] = {}
    for start in range(0, len(prints), AT_ONCE):
        rows = session.execute(
            select(BankLine.fingerprint, BankLineBooked.bank_line_id)
            .outerjoin(BankLineBooked, BankLineBooked.bank_line_id == BankLine.id)
            .where(BankLine.fingerprint.in_(prints[start : start + AT_ONCE]))
        )
        found |= {bytes(row.fingerprint): row.bank_line_id is not None for row in rows}
    return found


def _count(taken: Taken, account: BankAccount, statement: Statement, lines: list[Placed] | None) -> None:
    taken.pending += statement.pending
    if account.title not in taken.accounts:
        taken.accounts.append(account.title)
    new = [each for each in lines or () if not each.known]
    taken.lines += len(new)
    taken.known += len(statement.lines) - len(new)
    if new:
        so_far = taken.sums.get(account.currency, 0)
        taken.sums[account.currency] = so_far + sum(each.line.amount.minor for each in new)


def _write(
    session: Session, row: BankImport, account: BankAccount, statement: Statement, lines: list[Placed] | None
) -> None:
    if lines is None:
        return
    new = [each for each in lines if not each.known]
    ids = dict(zip((each.fingerprint for each in new), new_ids(session, BankLine, len(new)), strict=True))
    for start in range(0, len(new), AT_ONCE):
        part = new[start : start + AT_ONCE]
        session.execute(insert(BankLine), [_values(ids[each.fingerprint], row, account, each) for each in part])
        said = [{"bank_line_id": ids[each.fingerprint], "said": _said(each)} for each in part]
        session.execute(insert(BankLineSaid), said)
    if statement.opening is None or statement.closing is None:
        return
    last = last_statement(session, account)
    kept = BankStatement(
        bank_import_id=row.id,
        bank_account_id=account.id,
        previous_id=last.id if last else None,
        number=statement.number[:80],
        opening_cents=statement.opening.minor if last is None else last.closing_cents,
        closing_cents=statement.closing.minor,
        currency=account.currency,
        closed_on=statement.closed_on or max(each.booked_on for each in statement.lines),
    )
    session.add(kept)
    session.flush()
    unbooked = [each.fingerprint for each in lines if not each.booked]
    ids |= _ids(session, [each for each in unbooked if each not in ids])
    booked = [{"bank_line_id": ids[each], "bank_statement_id": kept.id} for each in unbooked]
    for start in range(0, len(booked), AT_ONCE):
        session.execute(insert(BankLineBooked), booked[start : start + AT_ONCE])


def _ids(session: Session, prints: Sequence[bytes]) -> dict[bytes, int]:
    found: dict[bytes, int] = {}
    for start in range(0, len(prints), AT_ONCE):
        wanted = BankLine.fingerprint.in_(prints[start : start + AT_ONCE])
        found |= {
            bytes(each): number
            for each, number in session.execute(select(BankLine.fingerprint, BankLine.id).where(wanted))
        }
    return found


def payer_index(account: str) -> bytes | None:
    """The keyed hash of a payer's account, the same as of the account that a person gave; None without one."""
    if not account:
        return None
    key = f"{Scheme.IBAN}::{account.upper()}" if account[:2].isalpha() else f"number:{account}"
    return blind_index(PURPOSE, key)


def _values(number: int, row: BankImport, account: BankAccount, placed: Placed) -> dict[str, object]:
    line = placed.line
    return {
        "id": number,
        "bank_import_id": row.id,
        "bank_account_id": account.id,
        "at": line.at,
        "booked_on": line.booked_on,
        "value_on": line.value_on,
        "amount_cents": line.amount.minor,
        "currency": line.amount.currency,
        "payer_index": payer_index(line.account),
        "code": line.code[:40],
        "returned": line.returned[:40],
        "fingerprint": placed.fingerprint,
    }


def _said(placed: Placed) -> str:
    line = placed.line
    said = {
        "name": line.counterparty,
        "account": line.account,
        "text": line.text,
        "references": [list(each) for each in line.references],
        "bank_id": line.bank_id,
    }
    return json.dumps(said, ensure_ascii=False)
