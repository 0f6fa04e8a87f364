"""The shape of a distribution's draft: its terms, and who did how much."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, Strict, model_validator

from app.api.shapes import Currency, Day, Line, OptionalLine, Taken, Whole, refused
from app.distributions.asking import POOLS_MAX, NoPrice
from app.distributions.models import Kind
from app.distributions.sharing import PPM
from app.distributions.terms import Terms
from app.web.typed import Missing, NotAChoice

Millionths = Annotated[int, Strict(), Field(ge=0, le=PPM, description="In millionths: 30000 is 3 per cent.")]
Code = Annotated[OptionalLine, Field(max_length=8)]


class PoolTaken(Taken):
    """A kind of business with its weight."""

    business: Annotated[Line, Field(max_length=60, examples=["royalties"])]
    weight: Annotated[int, Strict(), Field(ge=0, le=999_999, examples=[90])]


class DistributionTaken(Taken):
    """Terms of a distribution; amounts are whole minor units of its currency. Only patronage has a basis."""

    kind: Kind
    title: Annotated[Line, Field(max_length=120, examples=["Patronage of 2026"])]
    currency: Currency
    period_from: Day
    period_to: Day
    declared_on: Day
    payable_on: Day
    law: Literal["", "fr-scic", "us-subchapter-t"] = ""
    reason: Annotated[Line, Field(max_length=500, examples=["resolution of the general meeting of 3 May"])]
    surplus_cents: Whole | None = Field(None, description="The year's surplus, where the law asks for it.")
    legal_reserve_full: bool = False
    withhold_ppm: Millionths = 0
    withhold_from: Literal["nobody", "untaxed", "everyone"] = "nobody"
    class_code: Code = Field("", description="Of interest: on which class.")
    rate_ppm: Millionths = Field(0, description="Of interest: a year's rate, in millionths.")
    yields_ppm: list[Millionths] = Field(
        [], max_length=3, description="Of interest: bond yields, where the law caps it."
    )
    declared_cents: Whole = Field(0, description="Of patronage: what is shared out in all.")
    pools: list[PoolTaken] = Field([], max_length=POOLS_MAX, description="Of patronage: kinds of business.")
    cash_ppm: Millionths = Field(PPM, description="Of patronage: the part in cash; the rest is retained.")
    notice: Literal["", "qualified", "nonqualified"] = ""
    consent: Annotated[OptionalLine, Field(max_length=300)] = ""
    into_class: Code = Field("", description="Retained parts become shares of this class.")
    share_price_cents: Whole = 0
    basis: Annotated[str, Strict(), Field(max_length=4_000_000)] | None = Field(
        None,
        description="Of patronage: who did how much, as CSV with the columns that the desk's form explains.",
        examples=["member_number,business,amount\n1,royalties,2300.00\n"],
    )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """Patronage has a basis and pools that are named once, interest a class; retained shares have a price."""
        patronage = self.kind is Kind.PATRONAGE
        if patronage is (self.basis is None) or patronage is bool(self.class_code):
            raise refused(Missing())
        if len({pool.business for pool in self.pools}) != len(self.pools):
            raise refused(NotAChoice())
        if self.into_class and not self.share_price_cents:
            raise refused(NoPrice())
        return self

    def terms(self) -> Terms:
        """The terms as the house knows them."""
        said: dict[str, Any] = {name: getattr(self, name) for name in type(self).model_fields if name != "basis"}
        pools = tuple((pool.business, pool.weight) for pool in self.pools)
        return Terms(**said | {"pools": pools, "yields_ppm": tuple(self.yields_ppm)})
