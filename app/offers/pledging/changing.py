"""Changing a pledge while the offer is open: another takes its place in one act, and keeps the money that was paid."""

import secrets
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.core import audit, clock
from app.core.errors import N_, Refusal
from app.core.money import Money
from app.members.models import Person
from app.members.persons import Address, record_particulars
from app.offers.models import Pledge, PledgeState
from app.offers.pledging.confirming import ask_for_money, write_confirmation
from app.offers.pledging.dating import parts_possible
from app.offers.pledging.holders import address_typed
from app.offers.pledging.judging import (
    TermsChanged,
    TooManyParts,
    beyond_law_again,
    beyond_limits,
    closed_to,
    refuse_price_of_now,
    refuse_unless_open,
    shared_offer,
)
from app.offers.pledging.solidarity.holding import paid_by_fund
from app.offers.pledging.standing import move_pledge, own_pledge
from app.offers.pledging.withdrawing import refuse_unless_withdrawable
from app.offers.terms.waiting import asked_again
from app.payments.cards.saving import carry_method
from app.payments.carrying import carry
from app.payments.models import PaymentRequest
from app.payments.receiving import register_successor
from app.payments.refunding import owe_back
from app.payments.requesting import end_request, locked_request

REPLACED = N_("changed by the supporter: another pledge takes its place")


class NothingChanged(Refusal):
    """The pledge says this already."""

    message = N_("Your pledge says exactly this already.")
    field = "shares"


class FundPays(Refusal):
    """The solidarity fund paid for exactly this pledge."""

    message = N_("The solidarity fund pays for this pledge, so it cannot be changed. You can withdraw it.")
    status = 409


@dataclass(frozen=True)
class Change:
    """What a pledge should say from now on."""

    shares: int
    instalments: int
    address: Address


def change_pledge(session: Session, public_id: str, change: Change, *, by: Person) -> Pledge:
    """Put a changed pledge into the place of one's own; both stay on record. Answers the new one.

    One pledge asks one amount under one reference, so the new one has a request of its own: what is held for the old
    one is carried over, and what is more than the new one asks goes back. Fewer shares keep their price and their
    place in time; more are bought at the price of today.
    """
    old = own_pledge(session, public_id, by)
    offer = shared_offer(session, old.offer.slug)
    session.refresh(old, with_for_update=True)
    refuse_unless_withdrawable(session, old)
    if paid_by_fund(session, old) is not None:
        raise FundPays
    refuse_unless_open(offer)
    if asked_again(session, old) is not None:
        raise TermsChanged
    session.execute(select(Person.id).where(Person.id == by.id).with_for_update(key_share=True))  # one limit of the law
    if (change.shares, change.instalments, change.address) == (old.shares, old.instalments, address_typed(old)):
        raise NothingChanged
    _refuse(session, old, change)
    new = _changed(old, change)
    session.add(new)
    session.flush()
    move_pledge(session, old, PledgeState.WITHDRAWN, by=by.id, reason=REPLACED)
    today = clock.today(offer.terms.zone)
    record_particulars(session, by, new.legal_name, change.address, valid_from=today, by=by.id)
    ask_for_money(session, new, by)
    _carry(session, old, new, by)
    move_pledge(session, new, PledgeState.CONFIRMED, by=by.id, reason=N_("changed by the supporter"))
    audit.record(
        session, audit.Tag.PLEDGE_CHANGED, f"pledge:{new.id}", by=by.id, replaces=old.id, shares=new.shares,
        holder=new.holder_id,
    )  # fmt: skip
    write_confirmation(session, new, changed=True)
    return new


def in_its_place(session: Session, request: PaymentRequest) -> PaymentRequest | None:
    """The request of the pledge that took the place of a request's pledge: the old reference stays good for it."""
    old = aliased(Pledge)
    return session.scalars(
        select(PaymentRequest)
        .join(Pledge, Pledge.payment_request_id == PaymentRequest.id)
        .join(old, old.id == Pledge.replaces_id)
        .where(old.payment_request_id == request.id)
    ).first()


register_successor(in_its_place)


def _refuse(session: Session, old: Pledge, change: Change) -> None:
    terms = old.terms
    if refusal := beyond_limits(terms, change.shares) or closed_to(terms, change.address.country):
        raise refusal
    most = parts_possible(terms, clock.today(terms.zone), _price(old, change) * change.shares)
    if not 1 <= change.instalments <= most:
        raise TooManyParts(most=most)
    price = _price(old, change)
    if change.shares > old.shares:
        refuse_price_of_now(session, terms)
    if refusal := beyond_law_again(session, terms, old, price * change.shares, price):
        raise refusal


def _price(old: Pledge, change: Change) -> Money:
    return old.price if change.shares <= old.shares else old.terms.price_at(clock.now())


def _changed(old: Pledge, change: Change) -> Pledge:
    fewer, price = change.shares <= old.shares, _price(old, change)
    address = change.address
    return Pledge(
        public_id=secrets.token_urlsafe(12),
        form_key=f"replaces:{old.id}",
        offer_id=old.offer_id,
        terms_id=old.terms_id,
        state=PledgeState.UNCONFIRMED,
        kind=old.kind,
        shares=change.shares,
        price_cents=price.minor,
        amount_cents=(price * change.shares).minor,
        currency=old.currency,
        pay_by=old.pay_by,
        instalments=change.instalments,
        email=old.email,
        telephone=old.telephone,
        language=old.language,
        legal_name=old.legal_name,
        street_lines=list(address.street_lines),
        postal_code=address.postal_code,
        locality=address.locality,
        region=address.region,
        country=address.country,
        holder_kind=old.holder_kind,
        holder=old.holder,
        made_at=old.made_at if fewer else clock.now(),
        person_id=old.person_id,
        holder_id=old.holder_id,
        replaces_id=old.id,
    )


def _carry(session: Session, old: Pledge, new: Pledge, by: Person) -> None:
    """Hold for the new pledge what is held for the old one; the rest goes back."""
    if old.request is None or new.request is None:
        return
    before, after = locked_request(session, old.request.id), locked_request(session, new.request.id)
    end_request(session, before, REPLACED)
    carry(session, before, after, by=by.id)
    carry_method(session, before, after)
    owe_back(session, before, f"pledge:{old.id}", REPLACED, by=by.id)
