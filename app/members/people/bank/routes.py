"""One's own bank details, and those of whomever one acts for; at the desk without most of their digits."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import N_, NotFound
from app.core.language import translator
from app.members.access import SignedInViewer, Someone, Treasurer, holding
from app.members.models import Person
from app.members.people.bank.accounts import SCHEME_TITLES
from app.members.people.bank.reading import read_account
from app.members.people.bank.recording import (
    BankAccount,
    bank_account_of,
    holders_of_same,
    read_bank_account,
    record_bank_account,
    remove_bank_account,
)
from app.members.people.representing import may_act_for
from app.members.people.resolving import canonical_person
from app.members.persons import name_of
from app.members.roles import Role
from app.members.signin.access import Fresh
from app.web.database import Id, Snapshot, Tx
from app.web.forms import Fields, Form, shown_again
from app.web.language import language_of
from app.web.pages import page, redirect

router = APIRouter()
OWN, DESK = "members/people/bank/own.html", "members/people/bank/desk.html"
Payer = Annotated[SignedInViewer, Depends(holding(Role.TREASURER, Role.AUDITOR))]


@router.get("/me/bank")
def show_own(request: Request, session: Snapshot, viewer: Someone) -> Response:
    """One's own bank details."""
    return page(request, OWN, **_facts(request, session, viewer, viewer.person_id))


@router.post("/me/bank")
def record_own(request: Request, session: Tx, viewer: Someone, fresh: Fresh, fields: Fields) -> Response:
    """Record one's own bank details."""
    return _record(request, session, viewer, viewer.person_id, fields)


@router.post("/me/bank/removal")
def remove_own(request: Request, session: Tx, viewer: Someone, fresh: Fresh, fields: Fields) -> Response:
    """Remove one's own bank details."""
    return _remove(request, session, viewer, viewer.person_id, fields)


@router.get("/me/holders/{holder_id}/bank")
def show_holders(request: Request, session: Snapshot, viewer: Someone, holder_id: Id) -> Response:
    """The bank details of a holder for whom the viewer acts."""
    return page(request, OWN, **_facts(request, session, viewer, holder_id))


@router.post("/me/holders/{holder_id}/bank")
def record_holders(
    request: Request, session: Tx, viewer: Someone, fresh: Fresh, holder_id: Id, fields: Fields
) -> Response:
    """Record the bank details of a holder for whom the viewer acts."""
    return _record(request, session, viewer, holder_id, fields)


@router.post("/me/holders/{holder_id}/bank/removal")
def remove_holders(
    request: Request, session: Tx, viewer: Someone, fresh: Fresh, holder_id: Id, fields: Fields
) -> Response:
    """Remove the bank details of a holder for whom the viewer acts."""
    return _remove(request, session, viewer, holder_id, fields)


@router.get("/desk/people/{person_id}/bank")
def show_at_desk(request: Request, session: Snapshot, viewer: Payer, person_id: Id) -> Response:
    """A person's bank details, without most of their digits."""
    return page(request, DESK, **_desk_facts(session, viewer, _person(session, person_id)))


@router.post("/desk/people/{person_id}/bank")
def read_at_desk(
    request: Request, session: Tx, viewer: Treasurer, fresh: Fresh, person_id: Id, fields: Fields
) -> Response:
    """A person's bank details with all their digits; the reading is noted with its reason."""
    person = _person(session, person_id)
    facts = _desk_facts(session, viewer, person)
    with shown_again(request, DESK, fields, **facts):
        form = Form(fields)
        reason = form.text("reason", 500)
        form.done()
        shown = read_bank_account(session, person, by=viewer.person(session), reason=reason)
    return page(request, DESK, **(facts | {"shown": shown}))


def _record(request: Request, session: Session, viewer: Someone, holder_id: int, fields: Fields) -> Response:
    facts = _facts(request, session, viewer, holder_id)
    with shown_again(request, OWN, fields, **facts):
        record_bank_account(session, facts["holder"], read_account(Form(fields)), by=viewer.person_id)
    return redirect(request, facts["base"], N_("Your bank details are recorded. A letter tells you of it."))


def _remove(request: Request, session: Session, viewer: Someone, holder_id: int, fields: Fields) -> Response:
    facts = _facts(request, session, viewer, holder_id)
    with shown_again(request, OWN, fields, **facts):
        remove_bank_account(session, facts["holder"], by=viewer.person_id)
    return redirect(request, facts["base"], N_("Your bank details are removed. A letter tells you of it."))


def _facts(request: Request, session: Session, viewer: SignedInViewer, holder_id: int) -> dict[str, Any]:
    if not may_act_for(session, viewer.person_id, holder_id, clock.today()):
        raise NotFound
    holder, say = canonical_person(session, holder_id), translator(language_of(request))
    own = holder_id == viewer.person_id
    return {
        "holder": holder,
        "own": own,
        "called": name_of(session, holder),
        "base": "/me/bank" if own else f"/me/holders/{holder_id}/bank",
        "known": bank_account_of(session, holder.id),
        "now": clock.now(),
        "scheme_titles": SCHEME_TITLES,
        "schemes": [(scheme.value, say(title)) for scheme, title in SCHEME_TITLES.items()],
    }


def _desk_facts(session: Session, viewer: SignedInViewer, person: Person) -> dict[str, Any]:
    known = bank_account_of(session, person.id)
    others = [(each, name_of(session, session.get_one(Person, each))) for each in holders_of_same(session, person.id)]
    shown: BankAccount | None = None
    return {
        "person": person,
        "called": name_of(session, person),
        "known": known,
        "shown": shown,
        "others": others,
        "now": clock.now(),
        "scheme_titles": SCHEME_TITLES,
        "may_read": Role.TREASURER in viewer.roles,
    }


def _person(session: Session, person_id: int) -> Person:
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound
    return person
