"""Shapes of everybody's documents at the desk: versions, signatures, what of it can be corrected, and corrections."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, Strict
from sqlalchemy.orm import Session

from app.api.documents.shapes import DocumentGiven, document_given
from app.api.shapes import Email, Given, ReasonTaken, Taken
from app.core.errors import N_, Refusal
from app.documents.correcting import OfTheRegister, correctable
from app.documents.desk.finding import versions_of
from app.documents.desk.reading import changed_facts, read_fact
from app.documents.filing import CERTIFICATE, file_of
from app.documents.models import Document
from app.documents.signing.asking import NothingToSign, places_to_sign, signatories_of
from app.web.typed import Form, NotAChoice


class NotCorrectable(Refusal):
    """The fact is none of those that people correct."""

    message = N_("This cannot be corrected here. What can be is listed with the document.")


class VersionGiven(Given):
    """A version of a document; the last one holds."""

    version: int
    number: int
    filed_at: datetime


class FactGiven(Given):
    """What a document says and people may correct."""

    name: str
    type: Literal["text", "day"]
    value: str | None
    mandatory: bool


class SignatoryGiven(Given):
    """A place to sign in a document, from 0, and what it says of who signs there."""

    place: int
    name: str
    capacity: str
    asked: bool = Field(description="Whether somebody was asked to sign here.")
    signed_at: datetime | None


class FiledGiven(DocumentGiven):
    """A document at the desk."""

    code: str | None = Field(description="By which anybody verifies it.")
    versions: list[VersionGiven]
    correctable: list[FactGiven] = Field(
        description="Nothing of what people signed, nor of a certificate: it is issued anew from the register."
    )
    signatories: list[SignatoryGiven]


class CorrectionTaken(ReasonTaken):
    """The facts that were wrong, as they are right, and why they were wrong."""

    facts: dict[str, Annotated[str, Strict(), Field(max_length=20_000)]] = Field(
        min_length=1, max_length=60, examples=[{"legal_name": "Maya Whitfield"}], description="Empty: it says nothing."
    )

    def changed(self, document: Document) -> dict[str, str | None]:
        """What differs from a document; refuses what cannot be corrected at its fields."""
        if document.kind == CERTIFICATE:
            raise OfTheRegister
        known = {each.name: each for each in correctable(document)}
        form = Form({f"facts.{name}": value for name, value in self.facts.items()})
        for name in sorted(self.facts.keys() - known.keys()):
            form.refuse(f"facts.{name}", NotCorrectable())
        typed = {name: read_fact(form, f"facts.{name}", each) for name, each in known.items() if name in self.facts}
        form.done()
        return changed_facts(document, typed)


class SignatoryTaken(Taken):
    """Who is to sign at a place."""

    place: Annotated[int, Strict(), Field(ge=0, lt=100)]
    email: Email


class SignatoriesTaken(Taken):
    """Who is to sign, one after the other; whoever signs on paper is left out."""

    signatories: list[SignatoryTaken] = Field(min_length=1, max_length=100)

    def emails(self, document: Document) -> dict[int, str]:
        """The address for each place of a document; refuses a place that it does not have, or that is named twice."""
        free = {place for place, _ in places_to_sign(document)}
        if not free:
            raise NothingToSign
        form, emails = Form({}), dict[int, str]()
        for n, each in enumerate(self.signatories):
            if each.place not in free or each.place in emails:
                form.refuse(f"signatories.{n}.place", NotAChoice())
            emails[each.place] = each.email
        form.done()
        return emails


def filed_given(session: Session, document: Document) -> FiledGiven:
    """A document as the desk shows it."""
    asked = {row.place for row in signatories_of(session, document)}
    open_facts = [] if document.facts.get("evidence") else correctable(document)
    signers = enumerate(document.facts.get("signatories") or [])
    return FiledGiven(
        **document_given(document, file_of(session, document)).model_dump(),
        code=document.verify_code,
        versions=[
            VersionGiven(version=each.version, number=each.number, filed_at=each.filed_at)
            for each in versions_of(session, document)
        ],
        correctable=[
            FactGiven(
                name=each.name,
                type="day" if each.type == "day" else "text",
                value=document.facts.get(each.name) or None,
                mandatory=each.mandatory,
            )
            for each in open_facts
        ],
        signatories=[
            SignatoryGiven(
                place=place,
                name=one["name"],
                capacity=one["capacity"],
                asked=place in asked,
                signed_at=one.get("signed_at") or None,
            )
            for place, one in signers
        ],
    )
