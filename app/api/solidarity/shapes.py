"""Shapes of gifts to a solidarity fund."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field
from sqlalchemy.orm import Session

from app.api.pledges.shapes import Sha256
from app.api.shapes import Amount, Email, Given, Line, Taken
from app.offers.pledging.solidarity import giving
from app.offers.pledging.solidarity.models import SolidarityGift
from app.offers.pledging.solidarity.telling import gift_told
from app.payments.references import spaced
from app.payments.requesting import has_ended


class GiftTaken(Taken):
    """A gift to the fund alone, in whole shares; nothing counts until the link in the letter is followed."""

    solidarity_shares: int = Field(ge=1, le=giving.SHARES_MOST)
    legal_name: Annotated[Line, Field(max_length=200)]
    email: Email
    language: Literal["en", "fr"] = Field("en", description="The language of the letters.")
    agreed: Sha256 = Field(description="The text that the giver read and agrees to, by its hash.")


class FundGiven(Given):
    """A fund in sums, and the text to which givers agree."""

    people: int = Field(description="Who takes part by it.")
    shares: int
    used: Amount
    there: Amount = Field(description="What waits for others.")
    consent: str
    consent_sha256: str


class EndedGiven(Given):
    """A request to a fund that is asked no more."""

    pledge: str


class GiftGiven(Given):
    """A gift of the caller’s, and what it did, without a name."""

    id: str
    offer: str
    shares: int
    amount: Amount
    reference: str = Field(description="What the transfer must say.")
    waiting: Amount = Field(description="What arrived and paid for nobody yet.")
    used: Amount = Field(description="What paid for others.")
    ended: bool
    confirmed_at: datetime | None


def gift_given(session: Session, gift: SolidarityGift) -> GiftGiven:
    """A confirmed gift as the API says it to its giver."""
    assert gift.request is not None, "only a confirmed gift is somebody's own"
    told = gift_told(session, gift)
    return GiftGiven(
        id=gift.public_id,
        offer=gift.offer.slug,
        shares=gift.shares,
        amount=Amount.of(gift.amount),
        reference=spaced(gift.request.reference),
        waiting=Amount.of(told.waiting),
        used=Amount.of(told.used),
        ended=has_ended(session, gift.request),
        confirmed_at=gift.confirmed_at,
    )
