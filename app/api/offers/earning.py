"""Shapes of what intermediaries earn from a purchase, as the terms of an offer are taken and given."""

from typing import Annotated, Self

from pydantic import Field, Strict, model_validator

from app.api.shapes import Amount, AmountTaken, Given, Line, Taken, refused
from app.core.money import Money
from app.offers.models import OfferTerms
from app.offers.terms.intermediaries import Remuneration, intermediaries_of
from app.web.typed import NotAChoice

Ppm = Annotated[int, Strict(), Field(ge=1, le=1_000_000)]


class RemunerationTaken(Taken):
    """Who earns, who pays it, and how much: a part of what each buyer pays, or an amount for each purchase."""

    earner: Annotated[Line, Field(max_length=140, examples=["Oakland Portal LLC"])]
    payer: Annotated[Line, Field(max_length=140, examples=["the issuer"])]
    ppm: Ppm | None = Field(None, description="Millionths of what is paid.", examples=[25_000])
    amount: AmountTaken | None = Field(None, description="For each purchase, in the currency of the offer.")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        """A part or an amount."""
        if (self.ppm is None) == (self.amount is None) or (self.amount is not None and self.amount.minor <= 0):
            raise refused(NotAChoice())
        return self

    def remuneration(self) -> Remuneration:
        """The same as the house knows it."""
        return Remuneration(self.earner, self.payer, self.ppm, self.amount.minor if self.amount else None)


class RemunerationGiven(Given):
    """What an intermediary earns from each purchase."""

    earner: str
    payer: str
    ppm: int | None = Field(description="Millionths of what is paid.")
    amount: Amount | None = Field(description="For each purchase.")


def remunerations_given(terms: OfferTerms) -> list[RemunerationGiven] | None:
    """What terms say; null while they do not."""
    said, currency = intermediaries_of(terms.intermediaries), terms.currency
    if said is None:
        return None
    return [
        RemunerationGiven(
            earner=one.earner,
            payer=one.payer,
            ppm=one.ppm,
            amount=None if one.each_cents is None else Amount.of(Money(one.each_cents, currency)),
        )
        for one in said
    ]
