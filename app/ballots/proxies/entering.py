"""Entering proxies of paper at the desk: a signed form that names a holder, or, where the law knows it, nobody."""

from collections.abc import Collection, Mapping

from sqlalchemy.orm import Session

from app.ballots.drafting import find_ballot, items_of, require_state
from app.ballots.electorate.reading import elector_of
from app.ballots.models import BallotState
from app.ballots.proxies.appointing import answer_proxy, appoint_proxy
from app.ballots.proxies.limits import nameless_allowed
from app.ballots.proxies.models import Proxy
from app.core.errors import N_, Refusal
from app.members.persons import find_person
from app.members.roles import UnknownPerson


class NamelessBarred(Refusal):
    """Only some laws know what becomes of a form without a name."""

    message = N_("Under the law of this ballot a form without a name is nobody's proxy.")
    status = 409


def enter_proxy(
    session: Session,
    slug: str,
    elector_id: int,
    email: str,
    *,
    accepted: bool,
    by: int,
    instructions: Mapping[int, str] | None = None,
) -> Proxy:
    """Enter a form that an elector signed; `accepted` when the holder signed it too, else they are asked by a letter.

    Refused as a proxy that the elector names themself would be.
    """
    ballot = find_ballot(session, slug)
    require_state(ballot, BallotState.READY, BallotState.OPEN)
    principal, holder = elector_of(session, ballot, elector_id).person, find_person(session, email)
    if holder is None:
        raise UnknownPerson(who=email)
    proxy = appoint_proxy(session, slug, email, by=principal, instructions=instructions, entered_by=by)
    if accepted:
        answer_proxy(session, slug, proxy.id, accept=True, by=holder, entered_by=by)
    return proxy


def enter_nameless(
    session: Session, slug: str, elector_id: int, chair: str, *, agreed: Collection[int], by: int
) -> Proxy:
    """Enter a form without a name as the chair's: for each motion that the board agrees to, against every other."""
    ballot = find_ballot(session, slug)
    if not nameless_allowed(ballot.terms.law):
        raise NamelessBarred
    motions = [item.id for item in items_of(session, ballot, withdrawn=False) if item.question.is_motion]
    said = {item: "for" if item in agreed else "against" for item in motions}
    return enter_proxy(session, slug, elector_id, chair, accepted=True, by=by, instructions=said)
