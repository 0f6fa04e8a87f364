"""Persons and their particulars: found by e-mail, with the name and address that were valid on any day."""

from dataclasses import dataclass
from datetime import date, datetime

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import N_, Refusal
from app.members.models import Particulars, Person
from app.members.people.keying import keep_keys
from app.members.people.kinds import HolderKind
from app.members.people.likeness import Traits
from app.members.people.resolving import canonical_person, same_person
from app.members.restricting import HIDDEN, Restriction, is_restricted


class BadEmail(Refusal):
    """The text is not an e-mail address."""

    message = N_("“{text}” is not an e-mail address. Write it like name@example.org.")
    field = "email"


@dataclass(frozen=True)
class Address:
    """A postal address; `country` is ISO 3166-1 alpha-2."""

    street_lines: tuple[str, ...]
    postal_code: str
    locality: str
    region: str
    country: str

    def one_line(self) -> str:
        """The address on one line, as registers print it."""
        place = " ".join(part for part in (self.postal_code, self.locality) if part)
        return ", ".join(part for part in (*self.street_lines, place, self.region, self.country) if part)


def normal_email(text: str) -> str:
    """An e-mail address in the one form in which persons are known by it (RFC 5322 by email-validator, lower case)."""
    try:
        return validate_email(text.strip(), check_deliverability=False, allow_smtputf8=False).normalized.lower()
    except EmailNotValidError:
        raise BadEmail(text=text.strip()[:80]) from None


def find_person(session: Session, email: str) -> Person | None:
    """The person known by a normalised e-mail address; of a record that was merged, the survivor."""
    found = session.scalars(select(Person).where(func.lower(Person.email) == email.lower())).first()
    return canonical_person(session, found.id) if found else None


def known_person(session: Session, email: str, language: str) -> Person:
    """The person of a normalised e-mail address, entered now when new; two at once get the same one."""
    new_id = session.scalar(
        upsert(Person)
        .values(email=email, language=language, created_at=clock.now())
        .on_conflict_do_nothing(index_elements=[func.lower(Person.email)])
        .returning(Person.id)
    )
    if new_id is not None:
        keep_keys(session, new_id, Traits("", email=email))
    person = find_person(session, email)
    assert person is not None, "it was there or was just written"
    return person


def new_person(session: Session, language: str) -> Person:
    """A holder without an e-mail address, who does not sign in: a company, a minor, somebody with paper only."""
    person = Person(email=None, language=language, created_at=clock.now())
    session.add(person)
    session.flush()
    return person


def record_particulars(
    session: Session,
    person: Person,
    legal_name: str,
    address: Address,
    *,
    valid_from: date,
    by: int | None,
    kind: HolderKind | None = None,
    registration_number: str | None = None,
    reason: str = "",
) -> Particulars:
    """Record the name and address valid from a day on; nothing is written when they are already the valid ones.

    Without `kind` and `registration_number` the holder stays what it was on that day.
    """
    session.execute(select(Person.id).where(Person.id == person.id).with_for_update(key_share=True))
    last = particulars_on(session, person.id, valid_from)
    row = Particulars(
        person_id=person.id,
        valid_from=valid_from,
        legal_name=legal_name,
        street_lines=list(address.street_lines),
        postal_code=address.postal_code,
        locality=address.locality,
        region=address.region,
        country=address.country,
        holder_kind=kind or (last.holder_kind if last else HolderKind.PERSON),
        registration_number=registration_number
        if registration_number is not None
        else (last.registration_number if last else ""),
        reason=reason,
        recorded_at=clock.now(),
        recorded_by=by,
    )
    if last and _said(last) == _said(row):
        return last
    session.add(row)
    audit.record(session, audit.Tag.PARTICULARS_RECORDED, f"person:{person.id}", by=by, reason=reason or None)
    session.flush()
    keep_keys(session, person.id, traits_of(row))
    return row


def particulars_on(
    session: Session, person_id: int, day: date, *, known_at: datetime | None = None
) -> Particulars | None:
    """The particulars of a person valid on a day (the latest recorded, where several begin on one day).

    With `known_at` they are those that were on record at that moment: what the register said then.
    """
    rows = _valid_on(day).where(Particulars.person_id.in_(same_person(person_id)))
    if known_at is not None:
        rows = rows.where(Particulars.recorded_at <= known_at)
    return session.scalars(rows).first()


def particulars_about(session: Session, person_id: int, day: date) -> Particulars | None:
    """The particulars valid on a day; for a day before the first of them, those first ones; None once restricted."""
    first = sorted(versions_of(session, person_id), key=lambda row: (row.valid_from, -row.id))
    return particulars_on(session, person_id, day) or (first[0] if first else None)


def versions_of(session: Session, person_id: int) -> list[Particulars]:
    """Every row of particulars of a person, in the order of recording."""
    return list(
        session.scalars(
            select(Particulars)
            .where(
                Particulars.person_id.in_(same_person(person_id)),
                Particulars.person_id.not_in(select(Restriction.person_id)),
            )
            .order_by(Particulars.id)
        )
    )


def name_of(session: Session, person: Person) -> str:
    """The person's present legal name, or what the record is called while none is recorded."""
    now = particulars_on(session, person.id, clock.today())
    return now.legal_name if now else HIDDEN if is_restricted(session, person.id) else called(person)


def called(person: Person) -> str:
    """What a record is called before a name is on it: the e-mail address, else its number."""
    return person.email or f"№ {person.id}"


def address_of(row: Particulars) -> Address:
    """The address in a row of particulars."""
    return Address(tuple(row.street_lines), row.postal_code, row.locality, row.region, row.country)


def _valid_on(day: date) -> Select[Particulars]:
    return (
        select(Particulars)
        .where(Particulars.valid_from <= day, Particulars.person_id.not_in(select(Restriction.person_id)))
        .order_by(Particulars.valid_from.desc(), Particulars.id.desc())
        .limit(1)
    )


def traits_of(row: Particulars) -> Traits:
    """What can be compared of a row of particulars."""
    return Traits(
        name=row.legal_name,
        street=" ".join(row.street_lines),
        postal_code=row.postal_code,
        country=row.country,
        registration_number=row.registration_number,
    )


def _said(row: Particulars) -> tuple[object, ...]:
    return row.legal_name, address_of(row), row.holder_kind, row.registration_number
