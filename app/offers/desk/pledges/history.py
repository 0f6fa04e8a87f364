"""The history of one pledge: its moves, the money, the letters and what was done about it, in the order of time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.core.errors import N_, NotFound
from app.core.money import Money
from app.letters.models import Letter, LetterSent
from app.members.apitokens.scopes import DESK
from app.members.models import Person
from app.members.people.resolving import same_person
from app.members.persons import name_of
from app.members.roles import roles_of
from app.offers.desk.models import ImportedPledge, Reminder
from app.offers.models import Offer, Pledge, PledgeMove, PledgeState
from app.offers.pledging.consenting import consents_of
from app.offers.pledging.likening import likenesses_of
from app.offers.scoping import KIND
from app.payments.cards.models import CardPayment
from app.payments.models import PaymentRequestEnd, Receipt
from app.payments.refunding import refunds_of
from app.payments.reversing import reversals_of

LETTERS = ("confirm-pledge", "already-pledged", "pledge-confirmed", "payment-received", "refund-due", "refund-paid",
           "shares-allotted", "remind-confirm", "remind-pay")  # fmt: skip


@dataclass(frozen=True)
class Event:
    """Something that happened: a message with its facts, one that says more, and who did it, when a person did."""

    at: datetime
    what: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    more: str = ""
    who: str = ""


def pledge_of_offer(session: Session, offer: Offer, pledge_id: int) -> Pledge:
    """A pledge of an offer by its number."""
    pledge = session.get(Pledge, pledge_id)
    if pledge is None or pledge.offer_id != offer.id:
        raise NotFound
    return pledge


def history_of(session: Session, pledge: Pledge) -> list[Event]:
    """Everything on record of a pledge, the latest first."""
    found = [*_made(session, pledge), *_agreed(session, pledge), *_moved(session, pledge)]
    found += [*_money(session, pledge), *_letters(session, pledge)]
    return sorted(found, key=lambda event: event.at, reverse=True)


def others_of(session: Session, pledge: Pledge, reader_id: int) -> list[Pledge]:
    """Other pledges of the same person, the newest first: in any offer at whose desk the reader may look."""
    if pledge.person_id is None:
        return []
    mine = or_(Pledge.person_id.in_(same_person(pledge.person_id)), Pledge.holder_id.in_(same_person(pledge.person_id)))
    found = session.scalars(select(Pledge).where(mine, Pledge.id != pledge.id).order_by(Pledge.id.desc()).limit(20))
    return [each for each in found if roles_of(session, reader_id, f"{KIND}:{each.offer.slug}") & set(DESK)]


def alike(session: Session, pledge: Pledge) -> list[tuple[Pledge, list[str]]]:
    """Other pledges of the offer whose holder may be this one's, each with the reasons; ended ones too."""
    found = []
    for row in likenesses_of(session, [pledge.id])[pledge.id]:
        other_id = row.other_pledge_id if row.pledge_id == pledge.id else row.pledge_id
        found.append((session.get_one(Pledge, other_id), list(row.reasons)))
    return found


def _made(session: Session, pledge: Pledge) -> list[Event]:
    imported = session.get(ImportedPledge, pledge.id)
    if imported is None:
        return [Event(pledge.made_at, N_("The form was sent."))]
    who = _who(session, imported.imported_by)
    return [Event(pledge.made_at, N_("Imported as “{number}”."), {"number": imported.external_id}, who=who)]


def _agreed(session: Session, pledge: Pledge) -> list[Event]:
    return [
        Event(consent.given_at, N_("Agreed to a text ({language})."), {"language": consent.language}, shown.body)
        for consent, shown in consents_of(session, pledge)
    ]


def _moved(session: Session, pledge: Pledge) -> list[Event]:
    moves = session.scalars(select(PledgeMove).where(PledgeMove.pledge_id == pledge.id).order_by(PledgeMove.id))
    return [
        Event(
            move.at,
            N_("New state: {state}."),
            {"state": PledgeState(move.to_state)},
            move.reason,
            _who(session, move.by),
        )
        for move in moves
    ]


def _money(session: Session, pledge: Pledge) -> list[Event]:
    request = pledge.request
    if request is None:
        return []
    asked = Money(request.amount_cents, request.currency)
    found = [Event(request.requested_at, N_("{amount} was asked for, under {reference}."),
                   {"amount": asked, "reference": request.reference})]  # fmt: skip
    receipts = session.scalars(select(Receipt).where(Receipt.payment_request_id == request.id)).all()
    reversals = reversals_of(session, receipts)
    for receipt in receipts:
        amount = Money(receipt.amount_cents, receipt.currency)
        found.append(
            Event(receipt.recorded_at, N_("{amount} arrived on {day}."), {"amount": amount, "day": receipt.received_on})
        )
        if (off := reversals.get(receipt.id)) is not None:
            what = {"amount": amount, "day": receipt.received_on}
            said = N_("{amount} that arrived on {day} was taken off again.")
            found.append(Event(off.reversed_at, said, what, off.reason, _who(session, off.reversed_by)))
    for paid in session.scalars(select(CardPayment).where(CardPayment.payment_request_id == request.id)):
        found.append(Event(paid.received_at, N_("{amount} arrived by card or debit."), {"amount": paid.amount}))
    for refund, payment, parts, by_bank, _ in refunds_of(session, request):
        back: dict[str, Any] = {"amount": Money(refund.amount_cents, refund.currency)}
        found.append(Event(refund.due_at, N_("{amount} must go back."), back, refund.reason))
        found += [
            Event(part.at, N_("{amount} went back to the card or account."), {"amount": part.sent.amount})
            for part in parts
            if part.went
        ]
        if payment is not None:
            back = {"amount": by_bank}
            found.append(
                Event(payment.recorded_at, N_("{amount} went back on {day}."), back | {"day": payment.paid_on})
            )
    ended = session.get(PaymentRequestEnd, request.id)
    return [*found, Event(ended.ended_at, N_("Nothing is asked for any more."), {}, ended.reason)] if ended else found


def _letters(session: Session, pledge: Pledge) -> list[Event]:
    """Letters that name this pledge, and its reminders; of a pledge that is not confirmed, only the reminders."""
    reminders = select(Reminder.letter_id).where(Reminder.pledge_id == pledge.id)
    about: ColumnElement[bool] = Letter.id.in_(reminders)
    if pledge.person_id is not None:
        path = Letter.facts["path"].astext == f"/pledges/{pledge.public_id}"
        about = or_(about, (Letter.person_id == pledge.person_id) & Letter.name.in_(LETTERS) & path)
    rows = session.execute(
        select(Letter, LetterSent)
        .outerjoin(LetterSent, LetterSent.letter_id == Letter.id)
        .where(about)
        .order_by(Letter.id)
    )
    return [
        Event(
            letter.written_at,
            N_("Letter “{name}”: sent.") if sent else N_("Letter “{name}”: written."),
            {"name": letter.name},
        )
        for letter, sent in rows
    ]


def _who(session: Session, person_id: int | None) -> str:
    return name_of(session, session.get_one(Person, person_id)) if person_id is not None else ""
