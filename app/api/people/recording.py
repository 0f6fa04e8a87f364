"""Recording over the API who somebody is and how they are reached, read as the pages read it."""

from sqlalchemy.orm import Session

from app.api.people.shapes import ContactsTaken, ParticularsTaken
from app.api.pledges.reading import read_typed_address
from app.core import clock
from app.core.errors import InvalidInput, Refusal
from app.members.models import Person
from app.members.people.contacting import ContactKind, normal_phone, record_contact
from app.members.people.kinds import REGISTERED
from app.members.persons import particulars_on, record_particulars
from app.web.typed import Missing


def record_wanted(session: Session, person: Person, wanted: ParticularsTaken, *, by: int) -> None:
    """Record a name, address and kind from a day on; a company or association needs its registration number."""
    if wanted.kind in REGISTERED and not wanted.registration_number:
        raise InvalidInput({"registration_number": Missing()})
    record_particulars(
        session,
        person,
        wanted.legal_name,
        read_typed_address(wanted.address),
        valid_from=wanted.valid_from,
        by=by,
        kind=wanted.kind,
        registration_number=wanted.registration_number,
        reason=wanted.reason,
    )


def record_contacts(session: Session, holder: Person, wanted: ContactsTaken, *, by: int) -> None:
    """Record both ways to reach somebody, from a day on; a number without its country code is of their country."""
    phone = _phone(session, holder, wanted.phone)
    for kind, value in ((ContactKind.EMAIL, wanted.email or ""), (ContactKind.PHONE, phone)):
        record_contact(session, holder, kind, value, wanted.purposes, valid_from=wanted.valid_from, by=by)


def _phone(session: Session, holder: Person, typed: str) -> str:
    known = particulars_on(session, holder.id, clock.today())
    try:
        return normal_phone(typed, known.country or None if known else None) if typed else ""
    except Refusal as refusal:
        raise InvalidInput({"phone": refusal}) from refusal
