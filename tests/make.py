"""What tests start from, made by the product's own acts: an open offer, a paid pledge, a member with shares.

Everything takes the session of the transaction in which it is made; names and amounts are those of one campaign, so
that a test says only what matters to it.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock, tokens
from app.core.money import Money
from app.letters.models import Letter
from app.members.entering import enter_member
from app.members.models import Membership, Person
from app.members.persons import Address, known_person, record_particulars
from app.members.roles import grant_role
from app.offers.closing import close_offer
from app.offers.drafting import draft_offer, find_offer
from app.offers.drafting import open_offer as open_draft
from app.offers.models import Offer, OfferState, Pledge
from app.offers.pledging import PURPOSE, Wish, confirm_pledge, make_pledge
from app.offers.result.settling import settle_next
from app.offers.terms.stating import Terms
from app.payments.models import PaymentRequest, Receipt
from app.payments.receiving import BankLine, record_receipt
from app.payments.requesting import held_account, request_payment
from app.shares.allotting import Allotment, allot
from app.shares.classes import share_class
from app.shares.models import Lot

SLUG = "buy-it"
ZONE = "America/Los_Angeles"
PRICE = Money(23_00, "USD")
OAKLAND = Address(("1200 Adeline Street",), "94607", "Oakland", "CA", "US")
LYON = Address(("12 rue Chevreul", "Bâtiment B"), "69007", "Lyon", "", "FR")
_NUMBERS = count(1)


def usd(major: int, cents: int = 0) -> Money:
    return Money(major * 100 + cents, "USD")


def person(session: Session, email: str = "maya@example.org", name: str = "Maya Whitfield", lang: str = "en") -> Person:
    """Somebody with a name and an address."""
    found = known_person(session, email, lang)
    record_particulars(session, found, name, OAKLAND, valid_from=clock.today() - timedelta(days=1), by=None)
    return found


def staff(session: Session, role: str = "organizer") -> Person:
    """Somebody who holds a role: an organizer, a treasurer, an auditor."""
    hired = person(session, f"{role}@example.org", f"The {role}")
    grant_role(session, hired, role, by=None, reason="elected")
    return hired


def terms(session: Session, *, code: str = "A", authorized: int | None = None, **changed: Any) -> Terms:
    """Terms that can be met: 200 shares of $23 are wanted within 30 days, 10 to 100 of them from each person."""
    facts: dict[str, Any] = {
        "title": "Buy the platform",
        "summary": "We buy it together.",
        "price_cents": PRICE.minor,
        "currency": "USD",
        "target_cents": 200 * PRICE.minor,
        "person_shares_min": 10,
        "person_shares_max": 100,
        "deadline_at": clock.now() + timedelta(days=30),
        "zone": ZONE,
        "users_count": 350_000_000,
        "participants_target": 3_500_000,
        "account_holder": "WeAreTwitter Purchase Cooperative",
        "account_number": "Cooperative Bank of Oakland 4471 0092 16",
        "intermediaries": () if changed.get("law") else None,
    }
    return Terms(share_class_id=share_class(session, code, "User-owner share", authorized).id, **(facts | changed))


def draft(session: Session, slug: str = SLUG, **changed: Any) -> Offer:
    """An offer that only its staff can see."""
    return draft_offer(session, slug, terms(session, **changed), by=None)


def open_offer(session: Session, slug: str = SLUG, **changed: Any) -> Offer:
    """An offer that takes pledges."""
    draft(session, slug, **changed)
    return open_draft(session, slug, by=None, reason="approved by the board")


def wish(
    session: Session, slug: str = SLUG, email: str = "maya@example.org", shares: int = 100, **changed: Any
) -> Wish:
    """The pledge form as somebody has filled it in."""
    facts: dict[str, Any] = {
        "form_key": str(uuid4()),
        "terms_id": find_offer(session, slug).terms_id,
        "email": email,
        "language": "en",
        "legal_name": "Maya Whitfield",
        "address": OAKLAND,
        "shares": shares,
    }
    return Wish(**(facts | changed))


def link(pledge: Pledge) -> str:
    """The token of the link in the letter that confirms a pledge."""
    return tokens.seal(PURPOSE, pledge.id)


def pledge(
    session: Session, slug: str = SLUG, email: str = "maya@example.org", shares: int = 100, **changed: Any
) -> Pledge:
    """A confirmed pledge."""
    return confirm_pledge(session, link(make_pledge(session, slug, wish(session, slug, email, shares, **changed))))


def bank_line(request: PaymentRequest, amount: Money, **changed: Any) -> BankLine:
    """A line of the bank statement that pays something on a request, today."""
    facts: dict[str, Any] = {
        "reference": request.reference,
        "amount": amount,
        "received_on": clock.today(),
        "payer_name": "Whoever paid",
        "bank_reference": f"LINE-{next(_NUMBERS)}",
    }
    return BankLine(**(facts | changed))


def pay(session: Session, request: PaymentRequest | None, amount: Money, **changed: Any) -> Receipt:
    """Money that arrived for a request."""
    assert request is not None, "only a confirmed pledge can be paid"
    return record_receipt(session, bank_line(request, amount, **changed), by=None)


def paid_pledge(
    session: Session, slug: str = SLUG, email: str = "maya@example.org", shares: int = 100, **changed: Any
) -> Pledge:
    """A confirmed pledge, paid in full."""
    made = pledge(session, slug, email, shares, **changed)
    pay(session, made.request, made.amount)
    return made


def settle(session: Session, offer: Offer) -> None:
    """What the worker does with a closed offer, to its end."""
    end = {OfferState.ALLOTTING: OfferState.SUCCEEDED, OfferState.REFUNDING: OfferState.FAILED}[OfferState(offer.state)]
    while offer.state in (OfferState.ALLOTTING, OfferState.REFUNDING):
        settle_next(session, offer.id, end.value)


def succeeded_offer(
    session: Session, slug: str = SLUG, emails: Iterable[str] = ("maya@example.org", "wei@example.org"), **changed: Any
) -> list[Pledge]:
    """An offer that reached its target: its pledges, of 100 shares each, are allotted."""
    open_offer(session, slug, **changed)
    pledges = [paid_pledge(session, slug, email) for email in emails]
    settle(session, close_offer(session, slug, by=None))
    return pledges


def paid_request(session: Session, who: Person, amount: Money, **changed: Any) -> PaymentRequest:
    """A request for money, paid in full, outside any offer."""
    request = request_payment(session, f"test:{next(_NUMBERS)}", who, amount)
    pay(session, request, amount, **changed)
    return request


def member(session: Session, email: str = "maya@example.org", name: str = "Maya Whitfield") -> Membership:
    """Somebody in the register."""
    return enter_member(session, person(session, email, name), on=clock.today(), basis="subscription", by=None)


def allotment(
    session: Session,
    to: Membership,
    shares: int = 10,
    *,
    code: str = "A",
    authorized: int | None = None,
    on: date | None = None,
) -> Allotment:
    """Shares that a member has paid for and that are to be allotted."""
    request = paid_request(session, to.person, PRICE * shares)
    return Allotment(
        source=f"test:{request.id}",
        member=to,
        share_class=share_class(session, code, "User-owner share", authorized),
        shares=shares,
        price=PRICE,
        paid_from=held_account(request),
        on=on or clock.today(),
        basis="subscription",
    )


def lot(session: Session, to: Membership, shares: int = 10, **details: Any) -> Lot:
    """Shares that a member holds."""
    return allot(session, allotment(session, to, shares, **details), by=None)


def letters(session: Session, to: str) -> list[str]:
    """The names of the letters that were written to an address, in order."""
    return list(session.scalars(select(Letter.name).where(Letter.to_address == to).order_by(Letter.id)))
