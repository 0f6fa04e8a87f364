"""Asking for a transfer: a member offers shares to somebody on record, who agrees; the desk then carries it out."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import N_, NotFound, Refusal
from app.core.money import Money
from app.members.models import Membership, Person
from app.members.people.resolving import same_person
from app.shares.acts.judging import lock_holders, movable_lots, terms_on
from app.shares.acts.models import TransferConsent, TransferRequest, TransferRequestEnd
from app.shares.acts.transferring import NotTransferable, ToOneself
from app.shares.models import ShareAct, ShareClass, Transferable


class RequestEnded(Refusal):
    """The request was carried out, taken back or refused."""

    message = N_("This request has ended already.")
    status = 409


class ForTheRecipient(Refusal):
    """Whoever gives has agreed by asking."""

    message = N_("You agreed by asking. The recipient agrees on their own page.")
    status = 409


class AgreedAlready(Refusal):
    """The recipient agreed before."""

    message = N_("You agreed to this already.")
    status = 409


def ask_transfer(
    session: Session,
    giver: Membership,
    found: ShareClass,
    shares: int,
    recipient: Person,
    price: Money | None,
    *,
    form_key: str,
    by: int,
) -> TransferRequest:
    """Ask for a transfer: whoever holds the shares agrees by asking. The same form key asks once."""
    lock_holders(session, giver)
    existing = session.scalars(select(TransferRequest).where(TransferRequest.form_key == form_key)).first()
    if existing is not None:
        return existing
    if giver.person_id in set(session.scalars(same_person(recipient.id))):
        raise ToOneself
    today = clock.today()
    terms = terms_on(session, found, today)
    if terms is not None and terms.transferable == Transferable.NOT.value:
        raise NotTransferable(code=found.code)
    lots = movable_lots(session, giver, found, shares, today)
    row = TransferRequest(
        form_key=form_key,
        membership_id=giver.id,
        share_class_id=found.id,
        shares=shares,
        recipient_id=recipient.id,
        price_cents=price.minor if price else None,
        currency=price.currency if price else lots[0].currency,
        requested_at=clock.now(),
        recorded_by=by,
    )
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.TRANSFER_ASKED, f"transfer-request:{row.id}", by=by, shares=shares)
    return row


def agree(session: Session, request_id: int, *, by: Person) -> TransferConsent:
    """The recipient agrees; raises `NotFound` for everybody else."""
    row = _locked(session, request_id)
    ours = set(session.scalars(same_person(by.id)))
    if row.membership.person_id in ours:
        raise ForTheRecipient
    if row.recipient_id not in ours:
        raise NotFound
    if session.get(TransferRequestEnd, request_id) is not None:
        raise RequestEnded
    if session.get(TransferConsent, request_id) is not None:
        raise AgreedAlready
    consent = TransferConsent(request_id=request_id, given_at=clock.now(), given_by=by.id)
    session.add(consent)
    session.flush()
    audit.record(session, audit.Tag.TRANSFER_AGREED, f"transfer-request:{request_id}", by=by.id)
    return consent


def end_request_of(session: Session, request_id: int, *, by: Person, reason: str) -> TransferRequestEnd:
    """The giver takes the request back, or the recipient declines; raises `NotFound` for everybody else."""
    row = _locked(session, request_id)
    ours = set(session.scalars(same_person(by.id)))
    if row.membership.person_id not in ours and row.recipient_id not in ours:
        raise NotFound
    return _end(session, row, None, reason, by.id)


def end_by_act(session: Session, row: TransferRequest, act: ShareAct, *, by: int | None) -> TransferRequestEnd:
    """The request was carried out by an act."""
    return _end(session, row, act.id, act.reason, by)


def requests(session: Session, person_id: int | None = None) -> list[tuple[TransferRequest, TransferConsent | None]]:
    """Requests that stand, the oldest first, each with the recipient's consent; of all, or of one person's."""
    statement = (
        select(TransferRequest, TransferConsent)
        .outerjoin(TransferConsent, TransferConsent.request_id == TransferRequest.id)
        .outerjoin(TransferRequestEnd, TransferRequestEnd.request_id == TransferRequest.id)
        .join(Membership, Membership.id == TransferRequest.membership_id)
        .where(TransferRequestEnd.request_id.is_(None))
        .order_by(TransferRequest.id)
    )
    if person_id is not None:
        ours = same_person(person_id)
        statement = statement.where(or_(Membership.person_id.in_(ours), TransferRequest.recipient_id.in_(ours)))
    return [(row, consent) for row, consent in session.execute(statement)]


def _end(session: Session, row: TransferRequest, act_id: int | None, reason: str, by: int | None) -> TransferRequestEnd:
    if session.get(TransferRequestEnd, row.id) is not None:
        raise RequestEnded
    end = TransferRequestEnd(request_id=row.id, act_id=act_id, reason=reason, ended_at=clock.now(), ended_by=by)
    session.add(end)
    session.flush()
    audit.record(session, audit.Tag.TRANSFER_ENDED, f"transfer-request:{row.id}", by=by, reason=reason)
    return end


def _locked(session: Session, request_id: int) -> TransferRequest:
    row = session.scalars(
        select(TransferRequest).where(TransferRequest.id == request_id).with_for_update(key_share=True)
    ).first()
    if row is None:
        raise NotFound
    return row
