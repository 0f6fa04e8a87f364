"""The desk of shares: every act is previewed, then proposed to a second person; lists of what they work on."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import N_, NotFound
from app.members.access import Desk, SignedInViewer, holding
from app.members.models import Membership
from app.members.signin.access import Fresh
from app.shares.acts.asking import DECIDERS, Kind, read_form
from app.shares.acts.deciding import KINDS, kind_named, propose_act, try_out, waiting
from app.shares.acts.redeeming import PERIODS
from app.shares.acts.uncalling import calls
from app.shares.desk import showing
from app.shares.desk.filling import filled
from app.shares.desk.showing import class_options
from app.shares.loans.lending import KINDS as LOAN_KINDS
from app.shares.loans.models import DayCount
from app.web.database import Id, Snapshot, Tx
from app.web.forms import Fields, Form, shown_again
from app.web.pages import Reply, page, redirect

router = APIRouter(prefix="/desk/shares")
Keeper = Annotated[SignedInViewer, Depends(holding(*DECIDERS))]
"""Whoever may propose acts on shares."""


@router.get("")
def show_acts(request: Request, session: Snapshot, viewer: Desk) -> Response:
    """The acts on shares: what can be done, what waits, and the latest ones."""
    facts: dict[str, Any] = {
        "kinds": list(KINDS.values()),
        "waiting": waiting(session),
        "acts": showing.latest_acts(session),
    }
    return page(request, "shares/desk/index.html", **facts)


@router.get("/members/{number}/statement")
def show_statement(request: Request, session: Snapshot, viewer: Desk, number: Id, on: str = "") -> Response:
    """A member's account as of a day."""
    member = session.scalars(select(Membership).where(Membership.number == number)).first()
    if member is None:
        raise NotFound
    path = f"/desk/shares/members/{number}/statement"
    return page(request, "shares/statement.html", **showing.statement_facts(session, member.person, on, path))


@router.get("/queue")
def show_queue(request: Request, session: Snapshot, viewer: Desk) -> Response:
    """Withdrawals in their turn, and members' requests for transfers."""
    return page(request, "shares/desk/queue.html", **showing.queue_facts(session))


@router.get("/classes")
def show_classes(request: Request, session: Snapshot, viewer: Desk) -> Response:
    """The classes with their terms, limits and rules as they hold today, and those that were written before."""
    return page(
        request, "shares/desk/classes.html", classes=showing.class_facts(session, clock.today()), periods=PERIODS
    )


@router.get("/charges")
def show_charges(request: Request, session: Snapshot, viewer: Desk) -> Response:
    """The register of charges on shares."""
    return page(request, "shares/desk/charges.html", rows=showing.charge_facts(session))


@router.get("/calls")
def show_calls(request: Request, session: Snapshot, viewer: Desk) -> Response:
    """The calls on part-paid shares, each with what is open of it."""
    return page(request, "shares/desk/calls.html", rows=calls(session), today=clock.today())


@router.get("/loans")
def show_loans(request: Request, session: Snapshot, viewer: Desk) -> Response:
    """Loans and bonds with their schedules."""
    titles: dict[str, Any] = {"kinds": LOAN_KINDS, "day_counts": {each.name: each.value for each in DayCount}}
    return page(request, "shares/desk/loans.html", rows=showing.loan_facts(session), **titles)


@router.get("/acts/{act_id}")
def show_act(request: Request, session: Snapshot, viewer: Desk, act_id: Id) -> Response:
    """One act: the lots it ended and made, and its entry in the books."""
    return page(request, "shares/desk/act.html", **showing.act_facts(session, act_id))


@router.get("/new/{kind}")
def show_form(request: Request, session: Snapshot, viewer: Keeper, kind: str) -> Response:
    """The form of one act on shares; fields may be filled by the address."""
    found = kind_named(kind)
    values = filled(session, found, request.query_params)
    return page(request, "shares/desk/form.html", values=values, **_form(session, found))


@router.post("/new/{kind}")
def propose(request: Request, session: Tx, viewer: Keeper, fresh: Fresh, kind: str, fields: Fields) -> Response:
    """Show what an act on shares would do, or propose it to a second person."""
    found = kind_named(kind)
    facts = _form(session, found)
    with shown_again(request, "shares/desk/form.html", fields, **facts):
        form = Form(fields)
        key = form.key()
        values = read_form(found, form, [code for code, _ in class_options(session)])
        if fields.get("do") == "preview":
            raise _previewed(request, session, found, values, viewer, fields, facts)
        propose_act(session, found, values, form_key=key, by=viewer.person(session))
    return redirect(request, "/desk/shares", N_("Proposed. Another person decides."))


def _previewed(
    request: Request,
    session: Session,
    kind: Kind,
    values: dict[str, Any],
    viewer: SignedInViewer,
    fields: dict[str, str],
    facts: dict[str, Any],
) -> Reply:
    """The form again with what would come of it; as a reply it undoes the trial."""
    acts = try_out(session, kind, values, by=viewer.person(session))
    preview = [showing.lots_of_act(session, act) for act in acts]
    return Reply(page(request, "shares/desk/form.html", **(facts | {"values": fields, "preview": preview})))


def _form(session: Session, kind: Kind) -> dict[str, Any]:
    return {"kind": kind, "classes": class_options(session), "today": clock.today(), "preview": None}
