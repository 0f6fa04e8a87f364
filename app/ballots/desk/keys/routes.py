"""The desk of keys: tellers make theirs before a secret ballot opens, and use them after it has closed."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.ballots.desk.routes import desk_facts
from app.ballots.models import Casting
from app.ballots.secret.keys import BEFORE_OPENING, KEYS_LEAST, keys_of, make_key, opening_of, use_key, used_keys
from app.ballots.secret.models import UrnsEmptied
from app.core.errors import N_, NotFound
from app.members.access import BallotDesk, BallotTeller
from app.members.models import Person
from app.members.persons import name_of
from app.members.signin.access import Fresh
from app.web.database import Snapshot, Tx
from app.web.forms import Fields, Form, shown_again
from app.web.pages import page, redirect

router = APIRouter(prefix="/desk/ballots/{slug}/keys")
KEYS = "ballots/desk/keys.html"
OPENED = N_("Both keys are used. The papers are being opened; count the ballot when they are.")
USED = N_("Your key is used. Another teller uses theirs.")


@router.get("")
def show(request: Request, session: Snapshot, viewer: BallotDesk, slug: str) -> Response:
    """Who made a key, who used it, and the viewer's own step."""
    return page(request, KEYS, **_facts(session, request, slug))


@router.post("")
def make(request: Request, session: Tx, slug: str, fields: Fields, viewer: BallotTeller, fresh: Fresh) -> Response:
    """Make the viewer's key; its code is shown on this answer only."""
    with shown_again(request, KEYS, fields, **_facts(session, request, slug)):
        code = make_key(session, slug, by=viewer.person_id)
    return page(request, KEYS, **_facts(session, request, slug) | {"code": code})


@router.post("/use")
def use(request: Request, session: Tx, slug: str, fields: Fields, viewer: BallotTeller, fresh: Fresh) -> Response:
    """Use the viewer's key after the close."""
    with shown_again(request, KEYS, fields, **_facts(session, request, slug)):
        form = Form(fields)
        code = form.text("code", max=100)
        form.done()
        both = use_key(session, slug, code, by=viewer.person_id)
    return redirect(request, f"/desk/ballots/{slug}", OPENED if both else USED)


def _facts(session: Session, request: Request, slug: str) -> dict[str, Any]:
    facts = desk_facts(session, request, slug)
    ballot = facts["ballot"]
    if ballot.terms.casting != Casting.SECRET:
        raise NotFound
    used = used_keys(session, ballot)
    return facts | {
        "keys": [
            (each, name_of(session, session.get_one(Person, each.person_id)), each.id in used)
            for each in keys_of(session, ballot)
        ],
        "makes_keys": ballot.state in BEFORE_OPENING,
        "needed": KEYS_LEAST,
        "opening": opening_of(session, ballot),
        "emptied": session.get(UrnsEmptied, ballot.id),
        "code": "",
    }
