"""Shapes of members, and of lines of the register."""

from dataclasses import asdict
from datetime import date
from typing import Any

from pydantic import Field
from sqlalchemy import Row

from app.api.shapes import Given, PostalAddress
from app.core.settings import settings
from app.exports.inspection.reading import VIEWS
from app.exports.register import Line
from app.members.models import Membership, MembershipEnd, Particulars, Person
from app.members.restricting import HIDDEN


class MemberGiven(Given):
    """A membership with the name that is valid today; its number is never given to anyone else.

    Of a restricted person, whose data was erased as far as the law allows, no more than the register's facts are given.
    """

    number: int = Field(examples=[1])
    legal_name: str | None
    holder_kind: str | None = Field(examples=["person"])
    country: str | None = Field(description="ISO 3166-1 alpha-2.")
    entered_on: date
    basis: str = Field(examples=["subscription"])
    ceased_on: date | None


class MemberWhole(MemberGiven):
    """A membership with address and e-mail address."""

    email: str | None = Field(description="null: letters go by post.")
    language: str
    address: PostalAddress | None


class InspectedGiven(Given):
    """A present member as the register opens it to other members; null: the law opens no such column."""

    number: int
    legal_name: str | None
    entered_on: date
    address: str | None
    shares: int | None


class RegisterLine(Given):
    """One holder of one class at the end of a day, as the register says it; texts are empty when there is none."""

    member_number: int
    legal_name: str
    holder_type: str = Field(examples=["person"])
    registration_number: str
    postal_address: str
    country: str
    share_class: str
    certificate_numbers: str
    shares: int
    amount_paid: str = Field(description="In major units of the currency, exact.", examples=["2300.00"])
    currency: str
    date_entered: str
    date_ceased: str


def member_given(member: Membership, ended: MembershipEnd | None, known: Particulars | None) -> MemberGiven:
    """A member as lists give it."""
    return MemberGiven(**_facts(member, ended, known))


def member_whole(
    member: Membership, ended: MembershipEnd | None, known: Particulars | None, person: Person
) -> MemberWhole:
    """A member with everything that staff may see."""
    address = None
    if known is not None and not person.restricted:
        address = PostalAddress(
            street_lines=list(known.street_lines),
            postal_code=known.postal_code,
            locality=known.locality,
            region=known.region,
            country=known.country,
        )
    return MemberWhole(
        **_facts(member, ended, known),
        email=HIDDEN if person.restricted else person.email,
        language=person.language,
        address=address,
    )


def _facts(member: Membership, ended: MembershipEnd | None, known: Particulars | None) -> dict[str, object]:
    hidden = member.person.restricted
    return {
        "number": member.number,
        "legal_name": HIDDEN if hidden else known.legal_name if known else None,
        "holder_kind": known.holder_kind if known else None,
        "country": known.country if known and not hidden else None,
        "entered_on": member.entered_on,
        "basis": member.basis,
        "ceased_on": ended.ceased_on if ended else None,
    }


def register_line(line: Line) -> RegisterLine:
    """A line as the API gives it: the columns of the export."""
    return RegisterLine(**asdict(line))


def inspected_given(row: Row[*tuple[Any, ...]]) -> InspectedGiven:
    """A present member in the columns that the law of this register opens."""
    shown = VIEWS[settings().register_law].columns
    return InspectedGiven(
        number=row.number,
        legal_name=row.legal_name,
        entered_on=row.entered_on,
        address=row.address if "address" in shown else None,
        shares=row.shares if "shares" in shown else None,
    )
