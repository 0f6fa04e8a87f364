"""Bank statements over the API: files taken in, and the lines they brought; reading a line is chosen at the desk."""

import io
from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import select

from app.api.access import LongRoute, Once, ReadsPayments, WritesPayments
from app.api.bank.shapes import (
    BankAccountGiven,
    BankImportGiven,
    BankLineGiven,
    LineState,
    StatementTaken,
    account_given,
    import_given,
    line_given,
)
from app.api.files import content_of
from app.core.errors import N_
from app.reconciliation.accounts import bank_accounts, find_account
from app.reconciliation.lines import is_matched, is_parked, last_import
from app.reconciliation.models import BankImport, BankLine
from app.reconciliation.taking import take_file
from app.reconciliation.working import parked_lines
from app.web.database import Snapshot
from app.web.paging import Listed, Pages

router = APIRouter(prefix="/api/v1/bank", route_class=LongRoute, tags=["Payments"])
Wanted = Annotated[LineState | None, Query(description="Only lines in this state.")]
_STANDS = {
    LineState.OPEN: ~is_matched() & ~is_parked(),
    LineState.PARKED: ~is_matched() & is_parked(),
    LineState.MATCHED: is_matched(),
}


@router.get("/accounts", operation_id="listBankAccounts", summary=N_("List bank accounts"))
def list_accounts(caller: ReadsPayments, session: Snapshot, paging: Pages) -> Listed[BankAccountGiven]:
    """The organization's own accounts, in the order in which they were added."""
    after = paging.after()
    rows = [row for row in bank_accounts(session) if after is None or row.id > after[0]]
    return paging.listed(rows[: paging.limit + 1], lambda row: [row.id], lambda row: account_given(session, row))


@router.get("/imports", operation_id="listBankImports", summary=N_("List bank statements"))
def list_imports(caller: ReadsPayments, session: Snapshot, paging: Pages) -> Listed[BankImportGiven]:
    """The files of statements that were taken in, the newest first."""
    wanted = select(BankImport).order_by(BankImport.id.desc()).limit(paging.limit + 1)
    if (after := paging.after()) is not None:
        wanted = wanted.where(BankImport.id < after[0])
    return paging.listed(session.scalars(wanted).all(), lambda row: [row.id], import_given)


@router.post("/imports", operation_id="importBankStatement", summary=N_("Take in a bank statement"), status_code=201)
def take(caller: WritesPayments, session: Once, wanted: StatementTaken) -> BankImportGiven:
    """Take in a file, all of it or nothing: a refusal says the line and why; the same file is taken once."""
    account = find_account(session, wanted.account_id) if wanted.account_id is not None else None
    take_file(session, io.BytesIO(content_of(wanted.file)), wanted.file_name, by=caller.person_id, csv_of=account)
    taken = last_import(session)
    assert taken is not None, "it was just taken, and imports go one at a time"
    return import_given(taken)


@router.get("/lines", operation_id="listBankLines", summary=N_("List bank lines"))
def list_lines(caller: ReadsPayments, session: Snapshot, paging: Pages, state: Wanted = None) -> Listed[BankLineGiven]:
    """Each movement on the accounts, the newest first: open, parked with a note, or matched, and with what."""
    wanted = select(BankLine).order_by(BankLine.id.desc()).limit(paging.limit + 1)
    if state is not None:
        wanted = wanted.where(_STANDS[state])
    if (after := paging.after()) is not None:
        wanted = wanted.where(BankLine.id < after[0])
    notes = {line.id: note.note for line, note in parked_lines(session)}
    rows = session.scalars(wanted).all()
    return paging.listed(rows, lambda row: [row.id], lambda row: line_given(session, row, notes.get(row.id)))
