"""Confirming a pledge by the link in its letter: who pledged and who will hold are known, and money is asked for."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock, jobs, tokens
from app.core.errors import N_, Refusal
from app.letters.writing import write
from app.members.models import Person
from app.members.people.contacting import ContactKind, record_contact
from app.members.people.declaring import declare
from app.members.people.kinds import REGISTERED
from app.members.persons import known_person, record_particulars
from app.members.signin.platform.proving import refuse_unless_platform_user
from app.offers.models import Offer, OfferKind, Pledge, PledgeState
from app.offers.pledging.dating import LINK_LASTS, schedule_at_once
from app.offers.pledging.holders import address_typed, enter_holder, holding_of
from app.offers.pledging.judging import (
    TermsChanged,
    beyond_law,
    bought_before,
    law_of,
    open_offer,
)
from app.offers.pledging.making import PURPOSE
from app.offers.pledging.paper import agree
from app.offers.pledging.secrets import forget_secrets, secrets_of
from app.offers.pledging.solidarity.asking import ask_fund, request_for
from app.offers.pledging.solidarity.giving import confirm_beside
from app.offers.pledging.standing import move_pledge, standing_pledge
from app.offers.pledging.wishes import Declared
from app.payments.requesting import request_payment

LIKENESS_JOB = "offers.notice_likeness"


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
    """The holder has a pledge in this offer."""

    message = N_("You have a pledge in this offer already. Sign in to see or withdraw it.")
    status = 409


def pledge_of_link(session: Session, token: str) -> Pledge:
    """The pledge that a link confirms, locked, while it still waits for that."""
    reference = tokens.unseal(PURPOSE, token)
    pledge = None
    if reference is not None and reference.isdigit():
        pledge = session.scalars(select(Pledge).where(Pledge.id == int(reference)).with_for_update()).first()
    if pledge is None:
        raise LinkNotValid
    asks = request_for(session, pledge)
    if pledge.state != PledgeState.UNCONFIRMED or (asks is not None and asks.asked_at is not None):
        raise LinkUsed
    if pledge.made_at + LINK_LASTS <= clock.now():
        raise LinkExpired
    return pledge


def confirm_pledge(session: Session, token: str, agreed: Collection[str] = ()) -> Pledge:
    """Confirm a pledge by its link: the person is known from now on, and is asked for the money.

    `agreed` names the texts that the page asked for, which it does for pledges that were taken on paper.
    A pledge for which the solidarity fund is to pay stays unconfirmed: it waits until the fund can.
    """
    pledge = pledge_of_link(session, token)
    offer = open_offer(session, pledge.offer.slug)
    if pledge.terms_id != offer.terms_id:
        raise TermsChanged
    agree(session, pledge, agreed)
    person = known_person(session, pledge.email, pledge.language)
    asks = request_for(session, pledge)
    if asks is not None:
        ask_fund(session, asks, person)
        return pledge
    confirm_for(session, pledge, person, by=person.id, reason=N_("confirmed by the link in the letter"))
    confirm_beside(session, pledge, person)
    return pledge


def confirm_for(
    session: Session, pledge: Pledge, person: Person, *, by: int | None, reason: str, tell: bool = True
) -> None:
    """Let a pledge of a person who is known count: refuses what stands against it, and asks for the money."""
    offer = pledge.offer
    session.execute(select(Person.id).where(Person.id == person.id).with_for_update(key_share=True))
    declared, born_on = secrets_of(session, pledge)
    holding = holding_of(pledge, born_on)
    if holding.is_oneself and standing_pledge(session, offer.id, person.id) is not None:
        raise PledgedAlready
    _refuse_strangers(session, offer, person)
    _refuse_beyond_law(session, pledge, person, declared)
    today = clock.today(offer.terms.zone)
    record_particulars(session, person, pledge.legal_name, address_typed(pledge), valid_from=today, by=person.id)
    if pledge.telephone:
        record_contact(session, person, ContactKind.PHONE, pledge.telephone, [], valid_from=today, by=person.id)
    holder = enter_holder(session, pledge, person, holding)
    if not holding.is_oneself and standing_pledge(session, offer.id, holder.id) is not None:
        raise PledgedAlready
    if declared is not None:
        _declare(session, holder if holding.kind in REGISTERED else person, declared, by=person.id)
    forget_secrets(session, pledge)
    pledge.person_id, pledge.holder_id = person.id, holder.id
    _follow(session, pledge)
    ask_for_money(session, pledge, person)
    move_pledge(session, pledge, PledgeState.CONFIRMED, by=by, reason=reason)
    audit.record(session, audit.Tag.PLEDGE_CONFIRMED, f"pledge:{pledge.id}", by=by, holder=holder.id)
    if tell:
        write_confirmation(session, pledge)
    if pledge.request is not None:
        jobs.defer(session, "documents.file_subscription", pledge_id=pledge.id)
    jobs.defer(session, LIKENESS_JOB, pledge_id=pledge.id)


def write_confirmation(session: Session, pledge: Pledge, *, changed: bool = False) -> None:
    """Tell the supporter that the pledge stands, how to pay, with the receipt attached."""
    person, terms = pledge.person, pledge.terms
    assert person is not None, "a confirmed pledge has a person"
    write(
        session,
        "interest-confirmed" if pledge.request is None else "pledge-confirmed",
        person.email,
        person.language,
        person_id=person.id,
        offer_title=terms.title,
        shares=pledge.shares,
        amount_minor=pledge.amount_cents,
        currency=pledge.currency,
        reference=pledge.request.reference if pledge.request else "",
        account_holder=terms.account_holder,
        account_number=terms.account_number,
        pay_by=terms.deadline_at.isoformat(),
        zone=terms.zone,
        path=f"/pledges/{pledge.public_id}",
        changed=changed,
        pay_when=terms.pay_when,
        instalments=pledge.instalments,
        attached={"kind": "pledge-acknowledgement", "id": pledge.id},
    )


def ask_for_money(session: Session, pledge: Pledge, person: Person) -> None:
    """Ask for what a pledge costs, in its parts; an indication of interest asks for nothing, ever."""
    if pledge.terms.kind == OfferKind.INDICATION:
        return
    pledge.request = request_payment(session, f"pledge:{pledge.id}", person, pledge.amount)
    session.flush()
    schedule_at_once(session, pledge)


def _refuse_strangers(session: Session, offer: Offer, person: Person) -> None:
    if offer.terms.platform_users_only:
        refuse_unless_platform_user(session, person)


def _refuse_beyond_law(session: Session, pledge: Pledge, person: Person, declared: Declared | None) -> None:
    law = law_of(session, pledge.terms)
    before = bought_before(session, law, person.id, pledge.currency)
    if refusal := beyond_law(law, declared, pledge.amount, pledge.price, before):
        raise refusal


def _declare(session: Session, person: Person, declared: Declared, *, by: int) -> None:
    declare(
        session,
        person,
        income=declared.income,
        net_worth=declared.net_worth,
        bought_12m=declared.bought_12m,
        accredited=declared.accredited,
        by=by,
    )


def _follow(session: Session, pledge: Pledge) -> None:
    """Note the indication of interest that this pledge follows, unless another pledge followed it before."""
    follows = pledge.holder.get("follows")
    if follows is None:
        return
    taken = session.scalars(select(Pledge.id).where(Pledge.from_pledge_id == follows)).first()
    earlier = session.get(Pledge, follows)
    if taken is None and earlier is not None and earlier.person_id == pledge.person_id:
        pledge.from_pledge_id = earlier.id
