"""Holders: the record of whoever will hold the shares, entered when the pledge is confirmed, and who acts for it."""

from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import N_, Refusal
from app.members.models import Person
from app.members.people.contacting import ContactKind, record_contact
from app.members.people.kinds import REGISTERED, Capacity, HolderKind, Purpose
from app.members.people.representing import appoint, represented_by
from app.members.people.sealing import Private, record_private
from app.members.persons import Address, new_person, particulars_on, record_particulars
from app.offers.models import Pledge, PledgeKind
from app.offers.pledging.dating import months_after
from app.offers.pledging.wishes import Holding

OF_AGE_MONTHS = 18 * 12
DECLARED = N_("declared on the pledge form")
_CAPACITIES = {
    HolderKind.COMPANY: Capacity.OFFICER,
    HolderKind.ASSOCIATION: Capacity.OFFICER,
    HolderKind.JOINT_HOLDERS: Capacity.JOINT_HOLDER,
    HolderKind.MINOR: Capacity.GUARDIAN,
    HolderKind.NOMINEE: Capacity.AGENT,
}


class OfAgeAlready(Refusal):
    """Whoever is of age holds for themself."""

    message = N_("Whoever was born on {day} is of age, and pledges for themself or gets a gift.")
    field = "born_on"


class NotBornYet(Refusal):
    """A birth date that is still to come."""

    message = N_("{day} is still to come. Write the day on which the child was born.")
    field = "born_on"


def refuse_of_age(born_on: date, today: date) -> None:
    """Refuse the birth date of somebody who is no minor, or not born."""
    if born_on > today:
        raise NotBornYet(day=born_on)
    if months_after(born_on, OF_AGE_MONTHS) <= today:
        raise OfAgeAlready(day=born_on)


def holding_typed(holding: Holding) -> dict[str, Any]:
    """What is kept in the pledge of who will hold; a birth date is not: it waits sealed."""
    if holding.is_oneself:
        return {}
    typed = {name: value for name, value in asdict(holding).items() if value and name != "born_on"}
    return {**typed, "kind": holding.kind.value}


def holding_of(pledge: Pledge, born_on: date | None = None) -> Holding:
    """Who will hold the shares of a pledge, as it was typed."""
    typed = dict(pledge.holder)
    if not typed.get("kind"):
        return Holding()
    address = typed.get("address")
    return Holding(
        kind=HolderKind(typed["kind"]),
        is_gift=bool(typed.get("is_gift")),
        name=typed.get("name", ""),
        registration_number=typed.get("registration_number", ""),
        acts_as=typed.get("acts_as", ""),
        others=tuple(typed.get("others", ())),
        born_on=born_on,
        address=Address(**{**address, "street_lines": tuple(address["street_lines"])}) if address else None,
        email=typed.get("email", ""),
    )


def holder_name(pledge: Pledge) -> str:
    """The name under which the shares of a pledge will be held."""
    return holding_of(pledge).called(pledge.legal_name)


def address_typed(pledge: Pledge) -> Address:
    """The supporter's own address, as it was typed."""
    return Address(tuple(pledge.street_lines), pledge.postal_code, pledge.locality, pledge.region, pledge.country)


def enter_holder(session: Session, pledge: Pledge, person: Person, holding: Holding) -> Person:
    """The record of whoever will hold the shares: the supporter, whom they act for already, or somebody new.

    A gift never touches a record that is known by an e-mail address: its receiver becomes a record of its own, which
    people join with another when it is the same person.
    """
    if holding.is_oneself:
        return person
    today = clock.today(pledge.offer.terms.zone)
    name = holding.called(pledge.legal_name)
    known = None if holding.is_gift else _acted_for(session, person, holding, name, today)
    if known is not None:
        return known
    holder = new_person(session, pledge.language)
    record_particulars(
        session,
        holder,
        name,
        holding.address or address_typed(pledge),
        valid_from=today,
        by=person.id,
        kind=holding.kind,
        registration_number=holding.registration_number,
        reason=DECLARED,
    )
    _reach(session, person, holder, holding, today)
    return holder


def _reach(session: Session, person: Person, holder: Person, holding: Holding, today: date) -> None:
    """Note how the holder is reached: through the supporter, or a gift's receiver by the address given."""
    if holding.is_gift:
        if holding.email:
            record_contact(
                session, holder, ContactKind.EMAIL, holding.email, [Purpose.NOTICES], valid_from=today, by=person.id
            )
        return
    majority = months_after(holding.born_on, OF_AGE_MONTHS) if holding.born_on else None
    if holding.born_on:
        record_private(session, holder, Private(holding.born_on, ""), by=person.id)
    basis = f"{DECLARED}: {holding.acts_as}" if holding.acts_as else DECLARED
    capacity = _CAPACITIES[holding.kind]
    appoint(session, person, holder, capacity, basis=basis, valid_from=today, valid_until=majority, by=person.id)


def _acted_for(session: Session, person: Person, holding: Holding, name: str, today: date) -> Person | None:
    """The holder of this kind, number or name for whom the supporter acts already."""
    for row in represented_by(session, person.id, max(today, clock.today())):
        known = particulars_on(session, row.holder_id, max(today, clock.today()))
        if known is None or known.holder_kind != holding.kind:
            continue
        same_number = known.registration_number.casefold() == holding.registration_number.casefold()
        if same_number if holding.kind in REGISTERED else known.legal_name.casefold() == name.casefold():
            return row.holder
    return None


def kind_of(holding: Holding) -> PledgeKind:
    """For whom a pledge is."""
    return PledgeKind.GIFT if holding.is_gift else PledgeKind.OWN
