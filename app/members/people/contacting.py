"""Contacting: e-mail addresses and telephone numbers with the purposes their owner agreed to, each change dated."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

import phonenumbers
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import N_, Refusal
from app.members.entering import locked_holder
from app.members.models import Person
from app.members.people.keying import keep_keys
from app.members.people.kinds import Purpose
from app.members.people.likeness import Traits
from app.members.people.models import Contact
from app.members.people.resolving import same_person


class ContactKind(StrEnum):
    """How somebody is reached."""

    EMAIL = "email"
    PHONE = "phone"


class BadPhone(Refusal):
    """The text is not a telephone number."""

    message = N_("“{text}” is not a telephone number. Write it with its country code, like +33 6 12 34 56 78.")
    field = "phone"


def normal_phone(text: str, country: str | None = None) -> str:
    """A telephone number as E.164 (`+33612345678`); without its country code it is one of `country` (ISO 3166-1)."""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        raise BadPhone(text=text[:40]) from None
    if not phonenumbers.is_valid_number(number):
        raise BadPhone(text=text[:40])
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def record_contact(
    session: Session,
    person: Person,
    kind: ContactKind,
    value: str,
    purposes: Iterable[Purpose],
    *,
    valid_from: date,
    by: int | None,
) -> Contact | None:
    """Record a normalised address or number valid from a day on ("": none any more), unless it is valid already."""
    holder = locked_holder(session, person.id)
    allowed = [purpose.value for purpose in Purpose if value and purpose in set(purposes)]
    last = contact_on(session, holder.id, kind, valid_from)
    if (last.value if last else "", last.purposes if last else []) == (value, allowed):
        return last
    row = Contact(
        person_id=holder.id,
        kind=kind,
        value=value,
        purposes=allowed,
        valid_from=valid_from,
        recorded_at=clock.now(),
        recorded_by=by,
    )
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.CONTACT_RECORDED, f"person:{holder.id}", by=by, kind=kind.value)
    phones = frozenset({value}) if kind == ContactKind.PHONE and value else frozenset[str]()
    keep_keys(session, holder.id, Traits("", email=value if kind == ContactKind.EMAIL else "", phones=phones))
    return row


def contact_on(session: Session, person_id: int, kind: ContactKind, day: date) -> Contact | None:
    """The address or number valid on a day, with its purposes; an empty value means that there was none."""
    return session.scalars(
        select(Contact)
        .where(Contact.person_id.in_(same_person(person_id)), Contact.kind == kind, Contact.valid_from <= day)
        .order_by(Contact.valid_from.desc(), Contact.id.desc())
        .limit(1)
    ).first()


def contacts_of(session: Session, person_id: int) -> list[Contact]:
    """Every contact ever recorded, in the order of recording."""
    return list(
        session.scalars(select(Contact).where(Contact.person_id.in_(same_person(person_id))).order_by(Contact.id))
    )
