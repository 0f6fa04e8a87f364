"""Erasing: asked for, decided with what stays and why, done at once in the decision's own transaction."""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import N_, NotFound, Refusal
from app.core.settings import settings
from app.documents.filing import file_erasure_decision
from app.letters.writing import write
from app.members.entering import current_membership
from app.members.models import Membership, MembershipEnd, Person
from app.members.people.applying import applications_of
from app.members.people.representing import represented_by
from app.members.people.resolving import same_person
from app.members.persons import name_of
from app.members.restricting import restrict
from app.members.roles import standing_grants
from app.offers.models import Pledge, PledgeState
from app.offers.pledging.solidarity.models import SolidarityGift
from app.payments.cards.identity.redacting import ask_to_redact
from app.payments.cards.models import CardPayment
from app.payments.cards.returning.disputing import GAVE_BACK, SETTLED, state_of
from app.payments.cards.returning.models import Dispute
from app.payments.models import PaymentRequest, PaymentRequestEnd, Refund
from app.payments.settled import is_open
from app.privacy.models import ErasureDecision, ErasureRequest
from app.privacy.removing import empty_papers, erase_typed
from app.privacy.retention import Keeping, keepings

LETTER = "erasure-decided"


class AskedAlready(Refusal):
    """A request waits for its decision."""

    message = N_("A request for erasure is waiting for its decision already.")
    status = 409


class DecidedAlready(Refusal):
    """The request has its decision."""

    message = N_("This request was decided already. Load the page again.")
    status = 409


class NoReason(Refusal):
    """A decision is for the record and needs a reason."""

    message = N_("Give the reason: it is told to the person and kept for the record.")
    field = "reason"


class OwnRequest(Refusal):
    """Whoever asked does not decide."""

    message = N_("Another person must decide: this request is your own, or you made it for somebody.")
    status = 403


class StillMember(Refusal):
    """The person is a member."""

    message = N_("The person is a member. Membership must end before data can be erased.")
    status = 409


class StillStaff(Refusal):
    """The person has a role here."""

    message = N_("The person has the role of {role}. End it before data is erased.")
    status = 409


class MoneyOpen(Refusal):
    """A pledge stands, money must still go back, or a dispute is not decided."""

    message = N_("A pledge, a refund or a dispute of the person is still open. Settle it before data is erased.")
    status = 409


class StillActing(Refusal):
    """The person is on record as whoever acts for a holder, who would be left without anyone known."""

    message = N_("The person acts for {holder}. End that before data is erased.")
    status = 409


class StillApplying(Refusal):
    """An application for membership waits."""

    message = N_("An application of the person for membership waits. Decide it before data is erased.")
    status = 409


def ask_for_erasure(session: Session, person: Person, *, by: Person, reason: str) -> ErasureRequest:
    """Note that a person's data should be erased; asked by that person, or by staff for them."""
    session.execute(select(Person.id).where(Person.id == person.id).with_for_update(key_share=True))
    if any(decision is None for _, decision in requests_of(session, person.id)):
        raise AskedAlready
    row = ErasureRequest(person_id=person.id, asked_at=clock.now(), asked_by=by.id, reason=reason.strip())
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.ERASURE_ASKED, f"person:{person.id}", by=by.id, request=row.id)
    return row


def refuse_erasure(session: Session, request_id: int, *, by: Person, reason: str) -> ErasureDecision:
    """Refuse a request: nothing is erased, and the person is told why."""
    row = _undecided(session, request_id, by, reason)
    person = row.person
    decision = _decide(session, row, False, by, reason)
    audit.record(session, audit.Tag.ERASURE_REFUSED, f"person:{person.id}", by=by.id, reason=reason.strip())
    _tell(session, person.email, person, decision)
    return decision


def erase(session: Session, request_id: int, *, by: Person, reason: str) -> ErasureDecision:
    """Erase what no law makes us keep and restrict the rest; the decision is filed and told before the address goes."""
    row = _undecided(session, request_id, by, reason)
    person, email, name = row.person, row.person.email, name_of(session, row.person)
    _refuse_open_ties(session, person)
    left_on, stays = what_stays(session, person)
    for each in session.scalars(same_person(person.id)).all():
        restrict(session, each)
    papers = empty_papers(session, person.id, row.id, all_of_them=not stays)
    erased = erase_typed(session, person.id, keep_identity=bool(stays)) | ({"document": len(papers)} if papers else {})
    if checks := ask_to_redact(session, session.scalars(same_person(person.id)).all()):
        erased["identity_visit"] = checks
    decision = _decide(session, row, True, by, reason, erased, [_kept(keeping, left_on) for keeping in stays], left_on)
    file_erasure_decision(session, row.id, person, _facts(row, decision, name) | {"emptied": papers})
    audit.record(session, audit.Tag.ERASURE_GRANTED, f"person:{person.id}", by=by.id, reason=reason.strip(), **erased)
    _tell(session, email, person, decision)
    return decision


def what_stays(session: Session, person: Person) -> tuple[date, list[Keeping]]:
    """The day from which times run, and what must stay: nothing of somebody who never held shares nor paid."""
    ids = same_person(person.id)
    ended = session.scalars(
        select(MembershipEnd.ceased_on)
        .join(Membership, Membership.id == MembershipEnd.membership_id)
        .where(Membership.person_id.in_(ids))
        .order_by(MembershipEnd.ceased_on.desc())
    ).first()
    paid = session.scalars(select(PaymentRequest.id).where(PaymentRequest.person_id.in_(ids)).limit(1)).first()
    return ended or clock.today(), keepings(session) if ended is not None or paid is not None else []


def requests_of(session: Session, person_id: int) -> list[tuple[ErasureRequest, ErasureDecision | None]]:
    """The requests about a person with their decisions, the latest first."""
    return _with_decisions(session, ErasureRequest.person_id == person_id)


def all_requests(session: Session) -> list[tuple[ErasureRequest, ErasureDecision | None]]:
    """Every request with its decision, the latest first."""
    return _with_decisions(session, ErasureRequest.id > 0)


def find_request(session: Session, request_id: int) -> ErasureRequest:
    """A request by its number."""
    row = session.get(ErasureRequest, request_id)
    if row is None:
        raise NotFound
    return row


def _with_decisions(session: Session, condition: Any) -> list[tuple[ErasureRequest, ErasureDecision | None]]:
    found = (
        select(ErasureRequest, ErasureDecision)
        .outerjoin(ErasureDecision, ErasureDecision.request_id == ErasureRequest.id)
        .where(condition)
        .order_by(ErasureRequest.id.desc())
    )
    return [(row, decision) for row, decision in session.execute(found)]


def _undecided(session: Session, request_id: int, by: Person, reason: str) -> ErasureRequest:
    row = find_request(session, request_id)
    session.execute(select(Person.id).where(Person.id == row.person_id).with_for_update())
    if session.get(ErasureDecision, row.id) is not None:
        raise DecidedAlready
    if any(by.id in session.scalars(same_person(each)).all() for each in (row.asked_by, row.person_id)):
        raise OwnRequest
    if not reason.strip():
        raise NoReason
    return row


def _refuse_open_ties(session: Session, person: Person) -> None:
    ids = same_person(person.id)
    for each in session.scalars(ids).all():
        if current_membership(session, each) is not None:
            raise StillMember
        for grant in standing_grants(session, each):
            raise StillStaff(role=grant.role)
    for acting in represented_by(session, person.id, clock.today()):
        raise StillActing(holder=name_of(session, acting.holder))
    if any(decision is None for _, decision in applications_of(session, person.id)):
        raise StillApplying
    pledge = select(Pledge.id).where(Pledge.person_id.in_(ids), Pledge.state == PledgeState.CONFIRMED)
    refund = (
        select(Refund.id)
        .join(PaymentRequest, PaymentRequest.id == Refund.payment_request_id)
        .where(PaymentRequest.person_id.in_(ids), is_open())
    )
    gift = (
        select(SolidarityGift.id)
        .outerjoin(PaymentRequestEnd, PaymentRequestEnd.payment_request_id == SolidarityGift.payment_request_id)
        .where(SolidarityGift.person_id.in_(ids), PaymentRequestEnd.payment_request_id.is_(None))
    )
    disputed = (
        select(Dispute.id)
        .join(CardPayment, CardPayment.id == Dispute.card_payment_id)
        .join(PaymentRequest, PaymentRequest.id == CardPayment.payment_request_id)
        .where(PaymentRequest.person_id.in_(ids), state_of().not_in((*GAVE_BACK, SETTLED)))
    )
    if any(session.scalars(each.limit(1)).first() for each in (pledge, refund, gift, disputed)):
        raise MoneyOpen


def _decide(
    session: Session,
    row: ErasureRequest,
    granted: bool,
    by: Person,
    reason: str,
    erased: dict[str, int] | None = None,
    kept: list[dict[str, Any]] | None = None,
    left_on: date | None = None,
) -> ErasureDecision:
    dates = [keeping["until"] for keeping in kept or [] if keeping["until"]]
    decision = ErasureDecision(
        request_id=row.id,
        granted=granted,
        reason=reason.strip(),
        decided_by=by.id,
        decided_at=clock.now(),
        erased=erased or {},
        kept=kept or [],
        delete_after=max(map(date.fromisoformat, dates), default=None),
    )
    session.add(decision)
    session.flush()
    return decision


def _kept(keeping: Keeping, left_on: date) -> dict[str, Any]:
    until = keeping.until(left_on)
    return {
        "what": keeping.what,
        "ground": keeping.ground,
        "source": keeping.source,
        "counsel": keeping.counsel,
        "until": until.isoformat() if until else None,
    }


def _facts(row: ErasureRequest, decision: ErasureDecision, name: str) -> dict[str, Any]:
    return {
        "organization": settings().organization,
        "organization_seat": settings().organization_seat,
        "legal_name": name,
        "asked_at": row.asked_at.isoformat(),
        "decided_at": decision.decided_at.isoformat(),
        "reason": decision.reason,
        "erased": decision.erased,
        "kept": decision.kept,
        "delete_after": decision.delete_after.isoformat() if decision.delete_after else None,
    }


def _tell(session: Session, email: str | None, person: Person, decision: ErasureDecision) -> None:
    write(
        session,
        LETTER,
        email,
        person.language,
        person_id=person.id,
        granted=decision.granted,
        reason=decision.reason,
        kept=decision.kept,
    )
