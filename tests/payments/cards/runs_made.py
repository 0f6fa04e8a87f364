"""Offers whose pledges are paid by saved cards, for tests of charge runs; the cards are those of a double of Stripe."""

from datetime import date, timedelta

import stripe
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.letters.models import Letter, LetterSent
from app.members.approvals.approving import decide
from app.offers import charging  # noqa: F401
from app.offers.closing import close_offer
from app.offers.models import Offer, Pledge
from app.offers.result.settling import collect_next
from app.payments.cards.models import SavedMethod
from app.payments.cards.running.models import ChargeRun
from app.payments.cards.running.noticing import announce_next
from app.payments.cards.running.preparing import earliest, propose_run, runs_of
from app.payments.cards.running.states import RunState, state_of
from app.payments.models import PayBy
from tests import make

PURPOSE = f"offer:{make.SLUG}"


class SavedCards:
    """Customers with cards at a double: one customer for each card, made when it is first asked for."""

    def __init__(self, client: stripe.StripeClient | None) -> None:
        self.client = client
        self._made: dict[str, tuple[str, str]] = {}

    def customer(self, card: str) -> tuple[str, str]:
        """A customer and the card as the processor names them."""
        if self.client is None:
            return f"cus_{card}", f"pm_{card}"
        if card not in self._made:
            customer = self.client.v1.customers.create({"name": card})
            method = self.client.v1.payment_methods.attach(card, {"customer": customer.id})
            self._made[card] = (customer.id, method.id)
        return self._made[card]


def save_card(session: Session, pledge: Pledge, cards: SavedCards, card: str = "pm_card_visa") -> SavedMethod:
    """A card that may be charged for a pledge."""
    customer, method = cards.customer(card)
    assert pledge.person_id is not None and pledge.payment_request_id is not None
    row = SavedMethod(
        person_id=pledge.person_id, payment_request_id=pledge.payment_request_id, processor_customer=customer,
        processor_method=method, kind=PayBy.CARD, brand="visa", last4="4242", exp_month=12, exp_year=2034, mandate="",
        setup_id=f"seti_{pledge.id}_{card}", saved_at=clock.now(),
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def collecting_offer(session: Session, cards: SavedCards, chosen: list[str], **changed: object) -> list[Pledge]:
    """An offer that has reached its target and collects; each pledge, of 100 shares, has one of the cards chosen."""
    facts: dict[str, object] = {
        "pay_when": "when the target is reached", "collecting_days": 60, "ways_to_pay": ("bank transfer", "card"),
        "target_cents": 100 * make.PRICE.minor, "minimum_cents": 100 * make.PRICE.minor,
    }  # fmt: skip
    make.open_offer(session, **(facts | changed))
    pledges = [
        make.pledge(session, email=f"s{number}@example.org", legal_name=f"Supporter {number}", pay_by="card")
        for number in range(len(chosen))
    ]
    for pledge, card in zip(pledges, chosen, strict=True):
        if card:
            save_card(session, pledge, cards, card)
    offer = close_offer(session, make.SLUG, by=None)
    collect_next(session, offer.id, 0)
    return pledges


def approved_run(session: Session, charge_on: date | None = None) -> ChargeRun:
    """A run as an organizer proposes and a treasurer approves it."""
    organizer, treasurer = make.staff(session), make.staff(session, "treasurer")
    day = charge_on or earliest(session, PURPOSE)
    proposal = propose_run(session, PURPOSE, day, by=organizer, reason="the target is reached")
    decide(session, proposal.id, approve=True, by=treasurer, reason="as agreed")
    return runs_of(session, PURPOSE)[0]


def announce(session: Session, run: ChargeRun, late: int = 0) -> None:
    """What the worker does before the day of a run: everybody is told, the last ones eight days late."""
    after = 0
    while state_of(session, run.id) == RunState.ANNOUNCING:
        announce_next(session, run.id, after)
        after += 200
    now = clock.now()
    unsent = select(Letter).where(~select(LetterSent).where(LetterSent.letter_id == Letter.id).exists())
    found = session.scalars(unsent.order_by(Letter.id)).all()
    for place, letter in enumerate(found, 1):
        at = now + 8 * DAY if place > len(found) - late else now
        session.add(LetterSent(letter_id=letter.id, sent_at=at, message_id=f"m{letter.id}"))
    session.flush()


def offer_of(session: Session) -> Offer:
    """The offer that is charged for."""
    return session.scalars(select(Offer).where(Offer.slug == make.SLUG)).one()


DAY = timedelta(days=1)
