"""Shapes of what becomes of a person: identity, leaving, expulsion, death and heirs."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field, Strict
from sqlalchemy.orm import Session

from app.api.people.shapes import Basis
from app.api.pledges.addresses import AddressTaken
from app.api.shapes import Day, Email, Given, Line, Lines, OptionalLines, ReasonTaken, Taken, refused
from app.members.people.bequeathing import heirs_of
from app.members.people.identifying import DOCUMENTS
from app.members.people.models import Estate
from app.web.typed import NotAChoice


def _document(name: str) -> str:
    if name not in DOCUMENTS:
        raise refused(NotAChoice())
    return name


Name = Annotated[Line, Field(max_length=200)]
Kind = Annotated[str, Strict(), AfterValidator(_document), Field(json_schema_extra={"enum": [*DOCUMENTS]})]


class StatementTaken(Taken):
    """An application that came on paper, in the applicant's own words."""

    statement: Annotated[OptionalLines, Field(max_length=2_000)] = ""


class SeenTaken(ReasonTaken):
    """A document that the caller has seen."""

    document: Kind
    issued_by: Annotated[Line, Field(max_length=100)]
    seen_on: Day
    expires_on: Day | None = None


class LeavingTaken(ReasonTaken):
    """The first day on which somebody is no member any more, today or later."""

    ceases_on: Day


class HearingTaken(Taken):
    """How a member was heard before the expulsion."""

    noticed_on: Day
    heard_on: Day | None = Field(None, description="Without it the act refuses, and says why.")
    decided_on: Day
    grounds: Annotated[Lines, Field(max_length=2_000)]


class DeathTaken(Taken):
    """A death as a document shows it, and where the estate is reached."""

    died_on: Day
    basis: Basis
    estate_name: Name
    estate_address: AddressTaken
    ceases_on: Day | None = Field(None, description="When the membership ends, if the statutes say that it does.")


class HeirTaken(Taken):
    """An heir as a document names them."""

    legal_name: Name
    portion: Annotated[Line, Field(max_length=40, examples=["1/2"])]
    basis: Basis
    email: Email | None = Field(None, description="By which the heir is known here, if they are.")


class LeavingGiven(Given):
    """A membership that ends."""

    member_number: int
    ceases_on: date


class HeirGiven(Given):
    """An heir on record."""

    legal_name: str
    portion: str
    basis: str


class EstateGiven(Given):
    """The estate of somebody who has died: from that day it is the holder."""

    person: int
    died_on: date
    basis: str
    heirs: list[HeirGiven]


def estate_given(session: Session, estate: Estate) -> EstateGiven:
    """An estate as the API gives it."""
    heirs = [
        HeirGiven(legal_name=each.legal_name, portion=each.portion, basis=each.basis)
        for each in heirs_of(session, estate)
    ]
    return EstateGiven(person=estate.person_id, died_on=estate.died_on, basis=estate.basis, heirs=heirs)
