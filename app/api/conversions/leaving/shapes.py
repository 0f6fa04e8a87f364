"""Shapes of exits, of how an exchange stands, and of the co-operative's duties."""

from datetime import date, datetime

from pydantic import Field

from app.api.shapes import Amount, Given


class ExecutionGiven(Given):
    """Where the exchange of a conversion stands."""

    exchange: int
    state: str = Field(description="new, reckoned, approved, halted or in effect.", examples=["approved"])
    effective_on: date
    sha256: str | None = Field(description="Of the list as last reckoned.")
    reckoned_at: datetime | None
    approved_at: datetime | None
    executed_at: datetime | None
    acts: int | None = Field(description="How many acts of the books carried it out.")
    halts: list[str] = Field(description="When and why approved lists were not carried out, the latest first.")


class AcceptedGiven(Given):
    """A member accepted an offer; `act` redeemed the shares."""

    id: int
    member_number: int
    shares: int
    accepted_at: datetime
    act: int | None


class ExitOfferGiven(Given):
    """A price offered to those who leave."""

    id: int
    class_code: str
    price: Amount
    opens_on: date
    closes_on: date
    due_on: date
    objectors_only: bool
    basis: str
    accepted: list[AcceptedGiven]


class OwnExitGiven(Given):
    """An offer as the caller may accept it."""

    offer: int
    class_code: str
    price: Amount
    opens_on: date
    closes_on: date
    open: bool
    entitled: bool
    held: int
    accepted: int | None = Field(description="For how many shares the caller accepted it.")
    redeemed: bool


class DutyGiven(Given):
    """A duty of the co-operative for a period, said in English."""

    key: str = Field(examples=["annual_meeting"])
    title: str
    who: str
    basis: str = Field(description="The provision that asks for it.")
    period_end: date
    due_on: date
    late: bool
    done_on: date | None
    sha256: str | None = Field(description="Of the evidence.")
