"""The desk of exchanges: drafted, looked at line by line, reckoned anew, proposed to a second person."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from sqlalchemy import select

from app.conversion.exchange.approving import propose_exchange
from app.conversion.exchange.drafting import YEARS_MOST, Replacement, draft_exchange, exchanges, find_exchange
from app.conversion.exchange.reckoning import start_reckoning
from app.conversion.exchange.showing import diff_lines, exchange_facts
from app.conversion.exchange.terms import FRACTIONS, Beyond, Terms
from app.core import clock
from app.core.database import reading
from app.core.errors import N_
from app.law.profiles import all_profiles
from app.members.access import Desk, Registrar
from app.members.roles import ReasonMissing
from app.members.signin.access import Fresh
from app.shares.acts.asking import percent_of
from app.shares.acts.exchanging import Fractions, Ratio
from app.shares.models import ShareClass
from app.web.database import Id, Snapshot, Tx
from app.web.forms import Fields, Form, shown_again
from app.web.pages import page, redirect

router = APIRouter(prefix="/desk/exchanges")
FORM, SHOW = "conversion/exchange_form.html", "conversion/exchange.html"


@router.get("")
def show_exchanges(request: Request, session: Snapshot, viewer: Desk) -> Response:
    """Every exchange, the latest first."""
    return page(request, "conversion/exchanges.html", exchanges=exchanges(session))


@router.get("/new")
def show_form(request: Request, session: Snapshot, viewer: Registrar) -> Response:
    """The form of an exchange."""
    return page(request, FORM, **_form_facts(session))


@router.post("/new")
def draft(request: Request, session: Tx, viewer: Registrar, fields: Fields) -> Response:
    """Draft an exchange; its list is reckoned at once."""
    facts = _form_facts(session)
    with shown_again(request, FORM, fields, **facts):
        form = Form(fields)
        classes = {row.code: row for row in facts["classes"]}
        currency = form.choice("currency", facts["currencies"])
        terms = Terms(
            Ratio(form.whole("new_shares", min=1, max=1_000_000), form.whole("old_shares", min=1, max=1_000_000)),
            Fractions[form.choice("fractions", [each.name for each in FRACTIONS]) or "CASH"],
            form.whole("least", max=1_000),
            form.money("nominal", currency or "USD").minor if form.peek("nominal") else None,
            Beyond[form.choice("beyond", [each.name for each in Beyond]) or "RESERVE"],
            form.whole_or_none("most", min=1),
            percent_of(form, "loan_rate") if form.peek("loan_rate") else 0,
            form.whole_or_none("loan_years", min=1, max=YEARS_MOST) or 0,
        )
        old, new = (form.choice(name, classes) for name in ("old_class", "new_class"))
        title, reason = form.text("title"), form.text("reason", 500)
        zone, effective_on, cash_due_on = (
            form.choice("zone", facts["zones"]),
            form.day("effective_on"),
            form.day("cash_due_on"),
        )
        key = form.key()
        form.done()
        row = draft_exchange(
            session, key, title, [Replacement(classes[old], classes[new], terms)], zone=zone,
            effective_on=effective_on, cash_due_on=cash_due_on, by=viewer.person_id, reason=reason,
        )  # fmt: skip
    return redirect(request, f"/desk/exchanges/{row.id}", N_("Drafted. The list is being reckoned."))


@router.get("/{exchange_id}")
def show_exchange(request: Request, session: Snapshot, viewer: Desk, exchange_id: Id, number: int = 1) -> Response:
    """An exchange: its sums, what stands against it, and what every member has before and after."""
    facts = exchange_facts(session, find_exchange(session, exchange_id), max(1, min(number, 1_000_000)))
    return page(request, SHOW, **facts)


@router.get("/{exchange_id}/list.csv")
def download(session: Snapshot, viewer: Desk, exchange_id: Id) -> Response:
    """The whole list as CSV."""
    find_exchange(session, exchange_id)
    disposition = {"Content-Disposition": f'attachment; filename="exchange-{exchange_id}.csv"'}
    return StreamingResponse(_streamed(exchange_id), media_type="text/csv; charset=utf-8", headers=disposition)


@router.post("/{exchange_id}/reckoning")
def reckon(request: Request, session: Tx, viewer: Registrar, exchange_id: Id, fields: Fields) -> Response:
    """Have the list reckoned from the shares as they stand now."""
    start_reckoning(session, find_exchange(session, exchange_id).id)
    return redirect(request, f"/desk/exchanges/{exchange_id}", N_("The list is being reckoned."))


@router.post("/{exchange_id}/proposal")
def propose(
    request: Request, session: Tx, viewer: Registrar, fresh: Fresh, exchange_id: Id, fields: Fields
) -> Response:
    """Propose the list to a second person."""
    with shown_again(request, SHOW, fields, **exchange_facts(session, find_exchange(session, exchange_id))):
        reason = fields.get("reason", "").strip()[:500]
        if not reason:
            raise ReasonMissing
        propose_exchange(session, exchange_id, fields.get("sha256", ""), by=viewer.person(session), reason=reason)
    return redirect(request, f"/desk/exchanges/{exchange_id}", N_("Proposed. Another person decides."))


def _streamed(exchange_id: int) -> Any:
    with reading() as session:
        yield from diff_lines(session, exchange_id)


def _form_facts(session: Snapshot) -> dict[str, Any]:
    return {
        "classes": list(session.scalars(select(ShareClass).order_by(ShareClass.code))),
        "currencies": ["USD", "EUR", "GBP"],
        "fractions": FRACTIONS,
        "beyond": list(Beyond),
        "zones": sorted({law.zone for law in all_profiles()} | {"UTC"}),
        "today": clock.today(),
    }
