"""Reading forms about people: what each says, its problems told together."""

from dataclasses import dataclass
from datetime import date

from app.core.errors import Refusal
from app.members.people.addresses import read_address
from app.members.people.bequeathing import Death
from app.members.people.contacting import normal_phone
from app.members.people.identifying import DOCUMENTS
from app.members.people.kinds import REGISTERED, Capacity, HolderKind, Purpose
from app.members.people.leaving import Hearing
from app.members.people.sealing import Private
from app.members.persons import Address
from app.web.typed import Form, Missing


@dataclass(frozen=True)
class NewParticulars:
    """A name and address from a day on; `kind` and `registration_number` only where the desk asks for them."""

    legal_name: str
    address: Address
    valid_from: date
    kind: HolderKind | None = None
    registration_number: str | None = None
    reason: str = ""


@dataclass(frozen=True)
class NewContacts:
    """The e-mail address and telephone number from a day on, normalised, and what they may be used for."""

    email: str
    phone: str
    purposes: tuple[Purpose, ...]
    valid_from: date


@dataclass(frozen=True)
class NewRepresentative:
    """Who acts for a holder, known by the e-mail address."""

    email: str
    capacity: Capacity
    basis: str
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True)
class SeenDocument:
    """A document that was seen, of `DOCUMENTS`."""

    document: str
    issued_by: str
    seen_on: date
    expires_on: date | None
    reason: str


def read_own_particulars(form: Form) -> NewParticulars:
    """What a holder says of their own name and address."""
    read = NewParticulars(form.text("legal_name"), read_address(form), form.day("valid_from"))
    form.done()
    return read


def read_particulars(form: Form) -> NewParticulars:
    """What the desk records of a holder; a company or association needs its registration number."""
    kind = form.choice("kind", list(HolderKind))
    number = form.text("registration_number", 100, required=False)
    if kind in REGISTERED and not number:
        form.refuse("registration_number", Missing())
    name, address = form.text("legal_name"), read_address(form)
    valid_from, reason = form.day("valid_from"), form.text("reason", 500, required=False)
    form.done()
    return NewParticulars(name, address, valid_from, HolderKind(kind), number, reason)


def read_contacts(form: Form, country: str) -> NewContacts:
    """Contacts; a telephone number without its country code is one of `country`."""
    email = form.email("email").lower() if form.peek("email").strip() else ""
    phone = form.text("phone", 40, required=False)
    if phone:
        try:
            phone = normal_phone(phone, country or None)
        except Refusal as refusal:
            form.refuse("phone", refusal)
    purposes = tuple(Purpose(each) for each in form.choices("purposes", list(Purpose)))
    valid_from = form.day("valid_from")
    form.done()
    return NewContacts(email, phone, purposes, valid_from)


def read_private(form: Form) -> Private:
    """Birth date and tax number, each of which may be left out."""
    read = Private(form.day_or_none("born_on"), form.text("tax_number", 40, required=False))
    form.done()
    return read


def read_representative(form: Form) -> NewRepresentative:
    """Who acts for the holder."""
    email, capacity = form.email("email").lower(), form.choice("capacity", list(Capacity))
    basis, valid_from, valid_until = form.text("basis", 500), form.day("valid_from"), form.day_or_none("valid_until")
    form.done()
    return NewRepresentative(email, Capacity(capacity), basis, valid_from, valid_until)


def read_document(form: Form) -> SeenDocument:
    """The document that was seen."""
    read = SeenDocument(
        form.choice("document", DOCUMENTS),
        form.text("issued_by", 100),
        form.day("seen_on"),
        form.day_or_none("expires_on"),
        form.text("reason", 500),
    )
    form.done()
    return read


def read_hearing(form: Form) -> Hearing:
    """How a member was heard; without the day of the hearing it is refused by the act, which says why."""
    noticed_on, heard_on, decided_on = form.day("noticed_on"), form.day_or_none("heard_on"), form.day("decided_on")
    read = Hearing(noticed_on, heard_on, decided_on, form.text("grounds", 2_000, lines=True))
    form.done()
    return read


def read_death(form: Form) -> Death:
    """A death as the document shows it, and where the estate is reached."""
    died_on, basis, name = form.day("died_on"), form.text("basis", 500), form.text("estate_name")
    address, ceases_on = read_address(form), form.day_or_none("ceases_on")
    form.done()
    return Death(died_on, basis, name, address, ceases_on)
