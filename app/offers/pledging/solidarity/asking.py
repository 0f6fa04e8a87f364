"""Asking the fund: privately, with the form of a pledge and no reason; the request waits until the fund can pay."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import N_, NotFound, Refusal
from app.letters.writing import write
from app.members.models import Person
from app.members.people.resolving import same_person
from app.offers.models import Offer, Pledge, PledgeState
from app.offers.pledging.solidarity.giving import NoFund, has_fund
from app.offers.pledging.solidarity.models import SolidarityRequest
from app.offers.pledging.standing import standing_pledge

ENDED_BY_ASKER = N_("taken back by whoever asked")
FUND_USED = N_("the offer closed before the fund could pay")


class GivesAndAsks(Refusal):
    """Whoever needs the fund does not give to it."""

    message = N_("You ask the fund to pay for you, and give to it too. Choose one of the two.")
    field = "solidarity_shares"


class AskedAlready(Refusal):
    """The person has a request or a pledge in this offer."""

    message = N_("You have asked the fund of this offer already, or have a pledge in it. Sign in to see it.")
    status = 409


class RequestOver(Refusal):
    """The request was ended or granted."""

    message = N_("This request to the fund has ended already. Nothing was changed.")
    status = 409


def note_request(session: Session, pledge: Pledge) -> None:
    """Keep that the pledge asks the fund; it counts once the letter's link was followed."""
    if not has_fund(pledge.offer.terms):
        raise NoFund
    session.add(SolidarityRequest(pledge_id=pledge.id, offer_id=pledge.offer_id))
    session.flush()


def request_for(session: Session, pledge: Pledge) -> SolidarityRequest | None:
    """The request that a pledge is, if it asks the fund."""
    return session.get(SolidarityRequest, pledge.id)


def ask_fund(session: Session, request: SolidarityRequest, person: Person) -> None:
    """The link was followed: the request waits in the order of asking."""
    pledge = request.pledge
    if _waiting_of(session, request.offer_id, person) or standing_pledge(session, request.offer_id, person.id):
        raise AskedAlready
    request.person_id, request.asked_at = person.id, clock.now()
    session.flush()
    audit.record(session, audit.Tag.FUND_ASKED, f"pledge:{pledge.id}", by=person.id)
    write(
        session, "fund-asked", person.email, person.language, person_id=person.id,
        offer_title=pledge.terms.title, shares=pledge.shares,
    )  # fmt: skip


def requests_of(session: Session, person_id: int) -> list[SolidarityRequest]:
    """What a person asks of funds and waits for, the latest first."""
    return list(
        session.scalars(
            select(SolidarityRequest)
            .join(Pledge, Pledge.id == SolidarityRequest.pledge_id)
            .where(SolidarityRequest.person_id.in_(same_person(person_id)), Pledge.state == PledgeState.UNCONFIRMED)
            .order_by(SolidarityRequest.pledge_id.desc())
        )
    )


def take_back_request(session: Session, public_id: str, *, by: Person) -> None:
    """Ask no more."""
    request = _locked(session, public_id)
    if request.person_id not in session.scalars(same_person(by.id)).all():
        raise NotFound
    end_request_to_fund(session, request, by=by.id, reason=ENDED_BY_ASKER)


def set_aside(session: Session, offer: Offer, public_id: str, *, by: int | None, reason: str) -> None:
    """End somebody's request at the desk, with a reason that the person reads."""
    request = _locked(session, public_id)
    if request.offer_id != offer.id:
        raise NotFound
    end_request_to_fund(session, request, by=by, reason=reason)


def end_request_to_fund(session: Session, request: SolidarityRequest, *, by: int | None, reason: str) -> None:
    """End a request that waits; its pledge never counts."""
    if request.ended_at is not None or request.pledge.state != PledgeState.UNCONFIRMED:
        raise RequestOver
    request.ended_at, request.ended_by, request.ended_reason = clock.now(), by, reason
    session.flush()
    audit.record(session, audit.Tag.FUND_REQUEST_ENDED, f"pledge:{request.pledge_id}", by=by, reason=reason)


def _waiting_of(session: Session, offer_id: int, person: Person) -> bool:
    return any(each.offer_id == offer_id and each.ended_at is None for each in requests_of(session, person.id))


def _locked(session: Session, public_id: str) -> SolidarityRequest:
    found = session.scalars(
        select(SolidarityRequest)
        .join(Pledge, Pledge.id == SolidarityRequest.pledge_id)
        .where(Pledge.public_id == public_id, SolidarityRequest.asked_at.is_not(None))
        .with_for_update(of=SolidarityRequest)
    ).first()
    if found is None:
        raise NotFound
    return found
