"""Proposing what moves an offer's money: one organizer or treasurer proposes, another approves, and it is done."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.core.errors import N_, Refusal
from app.members.approvals.approving import TwoPersonAct, propose, register, undecided
from app.members.approvals.models import Proposal
from app.members.approvals.saying import Value, moment
from app.members.models import Person
from app.members.roles import Role
from app.offers.closing import cancel_offer
from app.offers.drafting import StateChanged, find_offer
from app.offers.models import Offer, OfferState
from app.offers.result.deciding import allot_offer, approve_result, extend_window, refund_offer
from app.offers.result.previewing import result_of
from app.offers.scoping import KIND

RESULT, ALLOTMENT, EXTENSION = "offer:result", "offer:allotment", "offer:extension"
REFUND, CANCELLATION = "offer:refund", "offer:cancellation"
ROLES = (Role.ORGANIZER, Role.TREASURER)


class NeedsNoSecond(Refusal):
    """A draft has no supporters, so one person may cancel it."""

    message = N_("This is a draft: cancel it without a second person.")
    status = 409


class Rehearsed(Exception):
    """The act could be done; what it did is taken back."""


def subject_of(offer: Offer) -> str:
    """How proposals name an offer: as roles that are limited to it do."""
    return f"{KIND}:{offer.slug}"


def propose_result(session: Session, slug: str, *, by: Person, reason: str, seed: str = "") -> Proposal:
    """Propose to put the result into force as it stands; approved, it must still be the same to the last share."""
    offer = find_offer(session, slug)
    if offer.state != OfferState.TALLYING:
        raise StateChanged(state=OfferState(offer.state))
    result = result_of(session, offer, seed)
    payload = {"offer": slug, "seed": result.seed, "sha256": result.sha256, "reason": reason}
    return propose(session, RESULT, subject=subject_of(offer), payload=payload, by=by, reason=reason)


def propose_allotment(session: Session, slug: str, *, by: Person, reason: str) -> Proposal:
    """Propose to allot shares to everyone who has paid in full."""
    return _propose(session, ALLOTMENT, slug, {}, by, reason)


def propose_extension(session: Session, slug: str, until: datetime, *, by: Person, reason: str) -> Proposal:
    """Propose to collect until a later moment."""
    return _propose(session, EXTENSION, slug, {"until": until.isoformat()}, by, reason)


def propose_refund(session: Session, slug: str, *, by: Person, reason: str) -> Proposal:
    """Propose to repay everybody of an offer that fell short."""
    return _propose(session, REFUND, slug, {}, by, reason)


def propose_cancellation(session: Session, slug: str, *, by: Person, reason: str) -> Proposal:
    """Propose to cancel an offer that has opened, and to repay everybody."""
    if find_offer(session, slug).state == OfferState.DRAFT:
        raise NeedsNoSecond
    return _propose(session, CANCELLATION, slug, {}, by, reason)


def proposals_on(session: Session, offer: Offer) -> list[Proposal]:
    """What waits for a second person about an offer."""
    return [proposal for proposal in undecided(session) if proposal.subject == subject_of(offer)]


def rehearse(session: Session, act: Callable[[], object]) -> None:
    """Refuse a proposal now for what would refuse it when it is approved; nothing is changed."""
    try:
        with session.begin_nested():
            act()
            raise Rehearsed
    except Rehearsed:
        session.expire_all()


def _propose(session: Session, act: str, slug: str, facts: dict[str, Any], by: Person, reason: str) -> Proposal:
    payload, by_id = {"offer": slug, **facts, "reason": reason}, by.id
    rehearse(session, lambda: _PERFORM[act](session, payload, by_id))
    return propose(session, act, subject=subject_of(find_offer(session, slug)), payload=payload, by=by, reason=reason)


def _result(session: Session, payload: dict[str, Any], by: int) -> None:
    approve_result(
        session, payload["offer"], by=by, reason=payload["reason"], seed=payload["seed"], sha256=payload["sha256"]
    )


def _allot(session: Session, payload: dict[str, Any], by: int) -> None:
    allot_offer(session, payload["offer"], by=by, reason=payload["reason"])


def _extend(session: Session, payload: dict[str, Any], by: int) -> None:
    extend_window(session, payload["offer"], datetime.fromisoformat(payload["until"]), by=by, reason=payload["reason"])


def _refund(session: Session, payload: dict[str, Any], by: int) -> None:
    refund_offer(session, payload["offer"], by=by, reason=payload["reason"])


def _cancel(session: Session, payload: dict[str, Any], by: int) -> None:
    cancel_offer(session, payload["offer"], by=by, reason=payload["reason"])


_PERFORM = {RESULT: _result, ALLOTMENT: _allot, EXTENSION: _extend, REFUND: _refund, CANCELLATION: _cancel}

_DRAWN = (Value("seed", N_("Seed of the draw")), Value("sha256", N_("Hash of the result")))
_UNTIL = (Value("until", N_("Until"), moment),)


def _register(act: str, title: str, values: tuple[Value, ...] = ()) -> None:
    register(TwoPersonAct(act, title, ROLES, _PERFORM[act], values=values, unsaid=("offer",)))


_register(RESULT, N_("Put the result of an offer into force"), _DRAWN)
_register(ALLOTMENT, N_("Allot the shares of an offer"))
_register(EXTENSION, N_("Collect the money of an offer longer"), _UNTIL)
_register(REFUND, N_("Repay all supporters of an offer"))
_register(CANCELLATION, N_("Cancel an offer that has opened"))
