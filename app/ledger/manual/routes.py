"""The accountant's pages: the chart of accounts, and entries that are written by hand."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import N_
from app.core.language import translator
from app.core.money import UnknownCurrency, currency_code
from app.ledger.chart import KINDS, OWN_KINDS
from app.ledger.manual.charting import chart, name_account, open_account
from app.ledger.manual.writing import accounts_by_hand, manual_entries, propose_entry
from app.members.access import SignedInViewer, Treasurer, holding
from app.members.models import Person
from app.members.persons import called
from app.members.roles import Role
from app.members.signin.access import Fresh
from app.web.database import Snapshot, Tx
from app.web.forms import Fields, Form, shown_again
from app.web.language import language_of
from app.web.pages import page, redirect

router = APIRouter(prefix="/desk/books")
CHART, ENTRIES = "ledger/chart.html", "ledger/entries.html"
LINES = 4
Reader = Annotated[SignedInViewer, Depends(holding(Role.TREASURER, Role.AUDITOR))]


@router.get("/chart")
def show_chart(request: Request, session: Snapshot, viewer: Reader) -> Response:
    """The chart of accounts with the accountant's numbers and titles."""
    return page(request, CHART, **_chart(session))


@router.post("/chart")
def write_chart(request: Request, session: Tx, fields: Fields, viewer: Treasurer, fresh: Fresh) -> Response:
    """Open an account of one's own."""
    with shown_again(request, CHART, fields, **_chart(session)):
        form = Form(fields)
        kind, number, title = form.choice("kind", OWN_KINDS), form.text("number", 20), form.text("title", 100)
        form.done()
        open_account(session, kind, number, title, by=viewer.person_id)
    return redirect(request, "/desk/books/chart", N_("The account is open."))


@router.post("/chart/name")
def rename(request: Request, session: Tx, fields: Fields, viewer: Treasurer, fresh: Fresh) -> Response:
    """Give an account of the chart a number and a title of the accountant's."""
    with shown_again(request, CHART, fields, **_chart(session)):
        form = Form(fields)
        account = form.choice("account", [each.name for each in chart(session)])
        number, title = form.text("new_number", 20, required=False), form.text("new_title", 100)
        form.done()
        kind, _, subject = account.partition(":")
        name_account(session, kind, subject, number, title, by=viewer.person_id)
    return redirect(request, "/desk/books/chart", N_("The account has its new name."))


@router.get("/entries")
def show_entries(request: Request, session: Snapshot, viewer: Reader) -> Response:
    """Entries that were written by hand, and the form for the next one."""
    return page(request, ENTRIES, **_entries(request, session))


@router.post("/entries")
def propose(request: Request, session: Tx, fields: Fields, viewer: Treasurer, fresh: Fresh) -> Response:
    """Propose an entry to a second person."""
    with shown_again(request, ENTRIES, fields, **_entries(request, session)):
        form = Form(fields)
        key, on, reason = form.key(), form.day("on"), form.text("reason", 500)
        evidence = form.text("evidence", 500, required=False)
        try:
            currency = currency_code(form.text("currency", 3))
        except UnknownCurrency as refusal:
            form.refuse("currency", refusal)
        form.done()
        lines = _lines(session, form, currency)
        form.done()
        propose_entry(
            session, on, currency, lines, evidence=evidence, form_key=key, by=viewer.person(session), reason=reason
        )
    return redirect(request, "/desk/books/entries", N_("Proposed. Another person decides."))


def _lines(session: Session, form: Form, currency: str) -> list[tuple[str, str, int]]:
    """The lines that were filled in: kind, subject and amount, debit positive."""
    known = [each.name for each in accounts_by_hand(session)]
    found = []
    for number in range(1, LINES + 1):
        if not any(form.peek(f"{name}_{number}") for name in ("debit", "credit")):
            continue
        kind, _, subject = form.choice(f"account_{number}", known).partition(":")
        debit = form.money(f"debit_{number}", currency).minor if form.peek(f"debit_{number}") else 0
        credit = form.money(f"credit_{number}", currency).minor if form.peek(f"credit_{number}") else 0
        found.append((kind, subject, debit - credit))
    return found


def _chart(session: Session) -> dict[str, Any]:
    rows = [(KINDS[each.kind].heading.value, each) for each in chart(session)]
    return {"rows": rows, "kinds": {name: KINDS[name].heading.value for name in OWN_KINDS}}


def _entries(request: Request, session: Session) -> dict[str, Any]:
    say = translator(language_of(request))
    names = {
        each.name: f"{each.number} {_said(each.title, each.is_own, say)}".strip() for each in accounts_by_hand(session)
    }
    rows = [
        (
            each,
            [
                (names.get(f"{p.account.kind}:{p.account.subject}") or say(KINDS[p.account.kind].title), p)
                for p in each.entry.postings
            ],
            called(session.get_one(Person, each.proposed_by)),
            called(session.get_one(Person, each.approved_by)),
        )
        for each in manual_entries(session)
    ]
    return {"accounts": names, "lines": LINES, "rows": rows, "today": clock.today()}


def _said(title: str, own: bool, say: Any) -> str:
    return title if own else str(say(title))
