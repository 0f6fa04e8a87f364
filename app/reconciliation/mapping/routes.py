"""The page on which a treasurer says how a bank's CSV is read, sees what comes of it, and takes it in."""

import io
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.core.errors import N_
from app.members.access import Treasurer
from app.members.signin.access import Fresh
from app.reconciliation.accounts import bank_accounts, find_account, save_columns
from app.reconciliation.mapping.keeping import kept_table, likely_account, likely_columns
from app.reconciliation.mapping.models import BankTable
from app.reconciliation.mapping.previewing import preview, refuse_incomplete
from app.reconciliation.models import BankAccount
from app.reconciliation.reading.csv import DAYS, DELIMITERS, MARKS, Columns, names_of
from app.reconciliation.reading.texts import ENCODINGS
from app.reconciliation.taking import take_file
from app.web.database import Id, Snapshot, Tx
from app.web.forms import Fields, FormFields, shown_again
from app.web.pages import page, redirect
from app.web.typed import Form

router = APIRouter(prefix="/desk/bank/tables")
PAGE = "reconciliation/table.html"
COLUMNS = {
    "booked": N_("Day of booking"),
    "value": N_("Value date"),
    "amount": N_("Amount with its sign"),
    "credit": N_("Credits, where they have a column of their own"),
    "debit": N_("Debits, where they have a column of their own"),
    "direction": N_("Word for credit or debit, where amounts have no sign"),
    "balance": N_("Balance after the line"),
    "counterparty": N_("Payer or payee"),
    "account": N_("Their account"),
    "end_to_end": N_("End-to-end reference"),
    "bank_id": N_("The bank’s own id of the line"),
    "currency": N_("Currency"),
}
_DELIMITERS = {title: sign for sign, title in DELIMITERS.items()}  # a tabulator is no value that browsers keep
TAKEN = N_("Imported: {lines} new lines; {known} were known before. The columns are saved for the account.")


@router.get("/{table_id}")
def show(request: Request, session: Snapshot, viewer: Treasurer, table_id: Id) -> Response:
    """How a bank's CSV is read, as it was saved or as it is guessed, with what comes of it."""
    row = kept_table(session, table_id)
    account = likely_account(session, row.content)
    return page(request, PAGE, **_facts(session, row, account, likely_columns(session, account, row.content)))


@router.post("/{table_id}")
def read(request: Request, session: Tx, viewer: Treasurer, fresh: Fresh, table_id: Id, fields: Fields) -> Response:
    """Show what comes of a table as it would be read now; or save how it is read, and take it in."""
    row = kept_table(session, table_id)
    account, columns = _typed(session, row, fields)
    facts = _facts(session, row, account, columns)
    if fields.get("act") == "preview":
        return page(request, PAGE, **facts, values=fields)
    with shown_again(request, PAGE, fields, **facts):
        refuse_incomplete(columns)
        content = io.BytesIO(row.content)
        taken = take_file(session, content, row.file_name, by=viewer.person_id, csv_of=account, columns=columns)
        save_columns(session, account, columns, by=viewer.person_id)
        session.delete(row)
    return redirect(request, "/desk/bank/lines", TAKEN, lines=taken.lines, known=taken.known)


def _typed(session: Session, row: BankTable, fields: FormFields) -> tuple[BankAccount, Columns]:
    """The account and the mapping as they were chosen."""
    form = Form(fields)
    account_id = form.choice("account_id", [str(each.id) for each in bank_accounts(session)])
    chosen: dict[str, Any] = {name: form.text(f"column_{name}", 200, required=False) for name in COLUMNS}
    chosen |= {
        "encoding": form.choice("encoding", ENCODINGS),
        "delimiter": _DELIMITERS[form.choice("delimiter", _DELIMITERS)],
        "day": form.choice("day", DAYS),
        "mark": form.choice("mark", MARKS),
        "skip": form.whole("skip", max=1000),
        "texts": tuple(dict.fromkeys(fields.several("texts"))),
    }
    form.done()
    return find_account(session, int(account_id)), Columns(**chosen)


def _facts(session: Session, row: BankTable, account: BankAccount, columns: Columns) -> dict[str, Any]:
    return {
        "table": row,
        "account": account,
        "columns": columns,
        "names": names_of(row.content, columns),
        "meanings": COLUMNS,
        "found": preview(session, account, columns, row.content, row.file_name),
        "accounts": [(str(each.id), f"{each.title} ({each.currency})") for each in bank_accounts(session)],
        "encodings": list(ENCODINGS.items()),
        "delimiters": list(_DELIMITERS),
        "delimiter": DELIMITERS[columns.delimiter],
        "days": list(DAYS.items()),
        "marks": list(MARKS.items()),
    }
