"""Pledges confirmed again under changed terms, or what changed in them, in words."""

from fastapi import APIRouter, Request

from app.api.access import ApiRoute, Once, ReadsPledges, WritesPledges
from app.api.pledges.reconfirming.shapes import ReconfirmationGiven, ReconfirmationTaken, TermChanged
from app.api.pledges.shapes import OwnPledge, own_pledge_given
from app.core.errors import N_
from app.core.language import translator
from app.offers.pledging import own_pledge
from app.offers.pledging.judging import TermsChanged
from app.offers.tallying import paid_on
from app.offers.terms.comparing import compared
from app.offers.terms.reconfirming import reconfirm_pledge
from app.offers.terms.waiting import awaits_reconfirmation
from app.web.database import Snapshot
from app.web.language import language_of

router = APIRouter(prefix="/api/v1/pledges/{pledge_id}/reconfirmation", route_class=ApiRoute, tags=["Pledges"])


@router.get("", operation_id="getReconfirmation", summary=N_("What changed in the terms of your pledge"))
def get_changes(request: Request, caller: ReadsPledges, session: Snapshot, pledge_id: str) -> ReconfirmationGiven:
    """What the terms of the offer say now that they did not when the caller pledged."""
    found, lang = own_pledge(session, pledge_id, caller.person(session)), language_of(request)
    now, say = found.offer.terms, translator(lang)
    lines = [
        TermChanged(term=say(name), before=say(old), now=say(new))
        for name, old, new in compared(found.terms, now, lang)
    ]
    waits = awaits_reconfirmation(session, found)
    return ReconfirmationGiven(waits=waits, until=now.reconfirm_by, terms_version=now.version, changed=lines)


@router.post("", operation_id="reconfirmPledge", summary=N_("Confirm a pledge under changed terms"))
def reconfirm(caller: WritesPledges, session: Once, pledge_id: str, wanted: ReconfirmationTaken) -> OwnPledge:
    """Confirm one's own pledge under the present terms, which are its terms from then on."""
    by = caller.person(session)
    found = reconfirm_pledge(session, pledge_id, by=by)
    if found.terms.version != wanted.terms_version:
        raise TermsChanged
    return own_pledge_given(found, paid_on(session, found))
