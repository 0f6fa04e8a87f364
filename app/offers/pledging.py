"""Pledging: the form makes a pledge, the letter's link confirms it, it can be withdrawn while the offer is open."""

import hashlib
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock, tokens
from app.core.database import one_at_a_time
from app.core.errors import N_, NotFound, Refusal
from app.letters.writing import write
from app.members.models import Person
from app.members.people.resolving import same_person
from app.members.persons import Address, find_person, known_person, record_particulars
from app.offers.models import Offer, OfferState, OfferTerms, Pledge, PledgeMove, PledgeState
from app.payments.refunding import owe_back
from app.payments.requesting import end_request, locked_request, request_payment

PURPOSE = "confirm-pledge"
LINK_LASTS = timedelta(days=7)
STANDING = (PledgeState.CONFIRMED, PledgeState.ALLOTTED)


class OfferNotOpen(Refusal):
    """The offer does not take pledges."""

    message = N_("This offer is not open for pledges. Nothing was recorded.")
    status = 409


class DeadlineOver(Refusal):
    """The deadline passed, perhaps while the form was open."""

    message = N_("The deadline of this offer has passed. Nothing was recorded.")
    status = 409


class TermsChanged(Refusal):
    """The form showed terms that have been replaced."""

    message = N_("The terms of this offer have changed since you opened the form. Read them again.")
    status = 409


class TooFew(Refusal):
    """Fewer shares than the terms ask of a person."""

    message = N_("The minimum is {least} shares per person.")
    field = "shares"


class TooMany(Refusal):
    """More shares than the terms allow a person."""

    message = N_("The maximum is {most} shares per person.")
    field = "shares"


class LinkNotValid(Refusal):
    """The link is not one of ours."""

    message = N_("This link is not complete. Copy the whole link from the letter.")
    status = 404


class LinkExpired(Refusal):
    """The pledge was not confirmed in time."""

    message = N_("This link has expired. Please fill in the form again.")
    status = 410


class LinkUsed(Refusal):
    """The pledge was confirmed, or ended, before."""

    message = N_("This pledge was confirmed already. Sign in to see it.")
    status = 410


class PledgedAlready(Refusal):
    """The person has a pledge in this offer."""

    message = N_("You have a pledge in this offer already. Sign in to see or withdraw it.")
    status = 409


class NotWithdrawable(Refusal):
    """The pledge has ended, or the offer is closed."""

    message = N_("This pledge can no longer be withdrawn: it is {state}.")
    status = 409


@dataclass(frozen=True)
class Wish:
    """What a supporter fills in; `terms_id` says what was read, `form_key` makes sending the form twice harmless."""

    form_key: str
    terms_id: int
    email: str
    language: str
    legal_name: str
    address: Address
    shares: int

    def key(self) -> str:
        """What makes it the same form: its key and every answer, so that a corrected form is a new one."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


def make_pledge(session: Session, slug: str, wish: Wish) -> Pledge:
    """Keep an unconfirmed pledge and send the letter that confirms it; the same form again gives the same pledge."""
    one_at_a_time(session, f"pledge form {wish.form_key}")
    earlier = session.scalars(select(Pledge).where(Pledge.form_key == wish.key())).first()
    if earlier is not None:
        return earlier
    offer = _open_offer(session, slug)
    terms = offer.terms
    if wish.terms_id != terms.id:
        raise TermsChanged
    if refusal := beyond_limits(terms, wish.shares):
        raise refusal
    pledge = _new_pledge(offer, wish)
    session.add(pledge)
    session.flush()
    audit.record(session, audit.Tag.PLEDGE_MADE, f"pledge:{pledge.id}", by=None, shares=wish.shares)
    person = find_person(session, wish.email)
    if person is not None and standing_pledge(session, offer.id, person.id) is not None:
        write(session, "already-pledged", wish.email, wish.language, person_id=person.id, offer_title=terms.title)
    else:
        write(
            session,
            "confirm-pledge",
            wish.email,
            wish.language,
            offer_title=terms.title,
            shares=pledge.shares,
            amount_minor=pledge.amount_cents,
            currency=pledge.currency,
            link_id=pledge.id,
        )
    return pledge


def takes_pledges(offer: Offer) -> bool:
    """Whether an offer is open and its deadline lies ahead."""
    return offer.state == OfferState.OPEN and clock.now() < offer.terms.deadline_at


def refuse_unless_open(offer: Offer) -> None:
    """Refuse what needs an offer that takes pledges now, with the reason."""
    if offer.state != OfferState.OPEN:
        raise OfferNotOpen
    if not takes_pledges(offer):
        raise DeadlineOver


def beyond_limits(terms: OfferTerms, shares: int) -> Refusal | None:
    """Why the terms do not let one person pledge so many shares, or None when they do."""
    if shares < terms.person_shares_min:
        return TooFew(least=terms.person_shares_min)
    if shares > terms.person_shares_max:
        return TooMany(most=terms.person_shares_max)
    return None


def pledge_of_link(session: Session, token: str) -> Pledge:
    """The pledge that a link confirms, locked, while it still waits for that."""
    reference = tokens.unseal(PURPOSE, token)
    pledge = None
    if reference is not None and reference.isdigit():
        pledge = session.scalars(select(Pledge).where(Pledge.id == int(reference)).with_for_update()).first()
    if pledge is None:
        raise LinkNotValid
    if pledge.state != PledgeState.UNCONFIRMED:
        raise LinkUsed
    if pledge.made_at + LINK_LASTS <= clock.now():
        raise LinkExpired
    return pledge


def confirm_pledge(session: Session, token: str) -> Pledge:
    """Confirm a pledge by its link: the person is known from now on, and is asked for the money."""
    pledge = pledge_of_link(session, token)
    offer = _open_offer(session, pledge.offer.slug)
    if pledge.terms_id != offer.terms_id:
        raise TermsChanged
    person = known_person(session, pledge.email, pledge.language)
    session.execute(select(Person.id).where(Person.id == person.id).with_for_update(key_share=True))
    if standing_pledge(session, offer.id, person.id) is not None:
        raise PledgedAlready
    address = Address(tuple(pledge.street_lines), pledge.postal_code, pledge.locality, pledge.region, pledge.country)
    today = clock.today(offer.terms.zone)
    record_particulars(session, person, pledge.legal_name, address, valid_from=today, by=person.id)
    pledge.person_id = pledge.holder_id = person.id
    request = request_payment(session, f"pledge:{pledge.id}", person, pledge.amount)
    pledge.payment_request_id = request.id
    move_pledge(session, pledge, PledgeState.CONFIRMED, by=person.id, reason=N_("confirmed by the link in the letter"))
    audit.record(session, audit.Tag.PLEDGE_CONFIRMED, f"pledge:{pledge.id}", by=person.id)
    write(
        session,
        "pledge-confirmed",
        person.email,
        person.language,
        person_id=person.id,
        offer_title=offer.terms.title,
        shares=pledge.shares,
        amount_minor=pledge.amount_cents,
        currency=pledge.currency,
        reference=request.reference,
        account_holder=offer.terms.account_holder,
        account_number=offer.terms.account_number,
        pay_by=offer.terms.deadline_at.isoformat(),
        zone=offer.terms.zone,
        path=f"/pledges/{pledge.public_id}",
    )
    return pledge


def withdraw_pledge(session: Session, public_id: str, *, by: Person, reason: str) -> Pledge:
    """Withdraw one's own pledge while the offer is open; what was paid becomes a refund due."""
    pledge = own_pledge(session, public_id, by)
    offer = _shared_offer(session, pledge.offer.slug)
    session.refresh(pledge, with_for_update=True)
    if pledge.state != PledgeState.CONFIRMED or offer.state != OfferState.OPEN:
        ended = PledgeState(pledge.state) if pledge.state != PledgeState.CONFIRMED else OfferState(offer.state)
        raise NotWithdrawable(state=ended)
    end_pledge(session, pledge, PledgeState.WITHDRAWN, by=by.id, reason=reason or N_("withdrawn by the supporter"))
    audit.record(session, audit.Tag.PLEDGE_WITHDRAWN, f"pledge:{pledge.id}", by=by.id)
    return pledge


def end_pledge(session: Session, pledge: Pledge, to: PledgeState, *, by: int | None, reason: str) -> None:
    """End a confirmed pledge without shares: nothing is asked any more, and what is held goes back."""
    assert pledge.payment_request_id is not None, "a confirmed pledge has a payment request"
    request = locked_request(session, pledge.payment_request_id)
    end_request(session, request, reason)
    owe_back(session, request, f"pledge:{pledge.id}", reason, by=by)
    move_pledge(session, pledge, to, by=by, reason=reason)


def own_pledge(session: Session, public_id: str, person: Person) -> Pledge:
    """A pledge of this person; someone else's is as unknown as one that does not exist."""
    pledge = session.scalars(select(Pledge).where(Pledge.public_id == public_id)).first()
    if pledge is None or pledge.person_id not in session.scalars(same_person(person.id)).all():
        raise NotFound
    return pledge


def standing_pledge(session: Session, offer_id: int, person_id: int) -> Pledge | None:
    """The confirmed or allotted pledge of a person in an offer."""
    return session.scalars(
        select(Pledge).where(
            Pledge.offer_id == offer_id, Pledge.person_id.in_(same_person(person_id)), Pledge.state.in_(STANDING)
        )
    ).first()


def move_pledge(session: Session, pledge: Pledge, to: PledgeState, *, by: int | None, reason: str) -> None:
    """Note a change of state; the pledge is locked by the caller."""
    session.add(PledgeMove(pledge_id=pledge.id, to_state=to, at=clock.now(), by=by, reason=reason))
    pledge.state = to
    session.flush()


def _open_offer(session: Session, slug: str) -> Offer:
    """The offer, kept from closing until this transaction ends, refused unless it takes pledges now."""
    offer = _shared_offer(session, slug)
    refuse_unless_open(offer)
    return offer


def _shared_offer(session: Session, slug: str) -> Offer:
    offer = session.scalars(
        select(Offer).where(Offer.slug == slug).with_for_update(read=True).execution_options(populate_existing=True)
    ).first()
    if offer is None or offer.state == OfferState.DRAFT:
        raise NotFound
    return offer


def _new_pledge(offer: Offer, wish: Wish) -> Pledge:
    price = offer.terms.price_at(clock.now())
    return Pledge(
        public_id=secrets.token_urlsafe(12),
        form_key=wish.key(),
        offer_id=offer.id,
        terms_id=offer.terms_id,
        state=PledgeState.UNCONFIRMED,
        shares=wish.shares,
        price_cents=price.minor,
        amount_cents=(price * wish.shares).minor,
        currency=offer.terms.currency,
        email=wish.email,
        language=wish.language,
        legal_name=wish.legal_name,
        street_lines=list(wish.address.street_lines),
        postal_code=wish.address.postal_code,
        locality=wish.address.locality,
        region=wish.address.region,
        country=wish.address.country,
        made_at=clock.now(),
    )
