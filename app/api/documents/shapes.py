"""Shapes of a person's own shares, lot by lot, and of their documents."""

from datetime import date, datetime

from pydantic import Field

from app.api.shapes import Amount, Given
from app.core.money import Money
from app.documents.models import Document
from app.shares.models import Lot


class LotGiven(Given):
    """Shares that were received at once, at one price, under one certificate number."""

    certificate_number: int = Field(examples=[1])
    member_number: int
    share_class: str = Field(examples=["A"])
    shares: int
    price: Amount
    paid: Amount
    allotted_on: date
    basis: str = Field(examples=["subscription"])
    document: int | None = Field(description="The number of the certificate's document, once it is filed.")


class DocumentGiven(Given):
    """A document that was filed, with the hashes by which its copy can be checked."""

    number: int = Field(examples=[1])
    kind: str = Field(examples=["certificate"])
    language: str
    filed_at: datetime
    facts_sha256: str = Field(description="Of the canonical JSON of its facts, in hexadecimal.")
    pdf_sha256: str | None = Field(
        description="Of the PDF's bytes, in hexadecimal; null until the file of a record is asked for."
    )


def lot_given(lot: Lot, document: Document | None) -> LotGiven:
    """A lot as its holder gets it."""
    return LotGiven(
        certificate_number=lot.certificate_number,
        member_number=lot.membership.number,
        share_class=lot.share_class.code,
        shares=lot.shares,
        price=Amount.of(Money(lot.price_cents, lot.currency)),
        paid=Amount.of(Money(lot.paid_cents, lot.currency)),
        allotted_on=lot.allotted_on,
        basis=lot.basis,
        document=document.number if document else None,
    )


def document_given(document: Document, pdf_sha256: str | None) -> DocumentGiven:
    """A document's description as the person gets it whom it concerns."""
    return DocumentGiven(
        number=document.number,
        kind=document.kind,
        language=document.language,
        filed_at=document.filed_at,
        facts_sha256=document.facts_sha256,
        pdf_sha256=pdf_sha256,
    )
