"""Shapes of pledges: what a supporter declares, their own pledge with how to pay, and what staff see."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import uuid4

from pydantic import AfterValidator, Field, Strict

from app.api.shapes import Amount, Counted, Email, Given, Line, OptionalLine, PostalAddress, Taken, Whole, refused
from app.core.money import Money
from app.members.persons import Address
from app.members.restricting import HIDDEN
from app.offers.models import Pledge, PledgeState
from app.offers.pledging import Wish
from app.offers.pledging.naming import sha256_of
from app.offers.pledging.statements import Statement
from app.payments.references import spaced
from app.web.countries import country_names
from app.web.typed import NotAChoice


def _country(code: str) -> str:
    if code not in country_names("en"):
        raise refused(NotAChoice())
    return code


Country = Annotated[str, Strict(), AfterValidator(_country), Field(min_length=2, max_length=2, examples=["US"])]


Sha256 = Annotated[str, Strict(), Field(pattern="^[0-9a-f]{64}$", examples=["9f86d081" * 8])]


class AddressTaken(Taken):
    """A postal address."""

    street_lines: list[Annotated[Line, Field(max_length=100)]] = Field(
        min_length=1, max_length=4, examples=[["12 Pearl Street"]]
    )
    postal_code: Annotated[OptionalLine, Field(max_length=20, examples=["80302"])] = ""
    locality: Annotated[Line, Field(max_length=100, examples=["Boulder"])]
    region: Annotated[OptionalLine, Field(max_length=100, examples=["CO"])] = ""
    country: Country = Field(description="ISO 3166-1 alpha-2.")


class PledgeTaken(Taken):
    """What a supporter declares; nothing counts until the link in the letter is followed."""

    terms_version: Whole = Field(description="The version of the terms that the supporter has read.", examples=[1])
    shares: Counted = Field(examples=[100])
    legal_name: Annotated[Line, Field(max_length=200, examples=["Maya Whitfield"])]
    email: Email
    address: AddressTaken
    instalments: int = Field(1, ge=1, le=120, description="In how many payments; the terms say how many are possible.")
    language: Literal["en", "fr"] = Field("en", description="The language of the letters.")
    agreed: list[Sha256] = Field(
        max_length=20,
        description="The texts that the supporter read and agrees to: all of the offer's, by hash.",
    )

    def wish(self, terms_id: int, agreed: tuple[str, ...]) -> Wish:
        """The declaration as the house knows it, with the names of the texts that are agreed to."""
        address = self.address
        return Wish(
            form_key=str(uuid4()),
            terms_id=terms_id,
            email=self.email,
            language=self.language,
            legal_name=self.legal_name,
            address=Address(
                tuple(address.street_lines), address.postal_code, address.locality, address.region, address.country
            ),
            shares=self.shares,
            instalments=self.instalments,
            agreed=agreed,
        )


class TextGiven(Given):
    """A text that everybody agrees to who pledges: show it, and name it by its hash."""

    what: str = Field(description="The stable name of the text.", examples=["risks"])
    language: Literal["en", "fr"]
    text: str
    sha256: str = Field(description="SHA-256 of the text in UTF-8, in hexadecimal digits.")


class LetterSent(Given):
    """A letter is on its way; the answer is the same for everybody, known here or not."""

    email: str
    shares: int
    amount: Amount
    state: Literal["unconfirmed"] = "unconfirmed"


class PaymentAsked(Given):
    """How to pay: the reference tells whose money it is (ISO 11649)."""

    reference: str = Field(examples=["RF18 5390 0754 7034"])
    amount: Amount
    account_holder: str
    account_number: str


class OwnPledge(Given):
    """A pledge of the caller's own."""

    id: str = Field(examples=["Xw1c0PqkDdWmE2Zt"])
    offer: str = Field(description="The offer's slug.")
    state: PledgeState
    shares: int
    amount: Amount
    paid: Amount
    made_at: datetime
    payment: PaymentAsked | None = Field(description="How to pay; null when nothing is asked.")


class StaffPledge(Given):
    """A pledge as the desk sees it, with what its supporter declared."""

    id: str
    state: PledgeState
    shares: int
    amount: Amount
    paid: Amount
    made_at: datetime
    terms_version: int
    legal_name: str
    email: str
    address: PostalAddress | None = Field(description="Null for a person whose data was erased.")
    reference: str | None


def text_given(text: Statement, language: Literal["en", "fr"]) -> TextGiven:
    """A text as a program shows it."""
    return TextGiven(what=text.what, language=language, text=text.body(language), sha256=sha256_of(text, language))


def letter_sent(pledge: Pledge) -> LetterSent:
    """The answer to a pledge that was made."""
    return LetterSent(email=pledge.email, shares=pledge.shares, amount=Amount.of(pledge.amount))


def own_pledge_given(pledge: Pledge, paid: Money) -> OwnPledge:
    """A pledge as its supporter gets it."""
    payment = None
    if pledge.request is not None and pledge.state == PledgeState.CONFIRMED:
        payment = PaymentAsked(
            reference=spaced(pledge.request.reference),
            amount=Amount.of(pledge.amount),
            account_holder=pledge.terms.account_holder,
            account_number=pledge.terms.account_number,
        )
    return OwnPledge(
        id=pledge.public_id,
        offer=pledge.offer.slug,
        state=PledgeState(pledge.state),
        shares=pledge.shares,
        amount=Amount.of(pledge.amount),
        paid=Amount.of(paid),
        made_at=pledge.made_at,
        payment=payment,
    )


def staff_pledge_given(pledge: Pledge, paid: Money) -> StaffPledge:
    """A pledge as staff get it; of a restricted person without what was typed."""
    hidden = pledge.person is not None and pledge.person.restricted
    return StaffPledge(
        id=pledge.public_id,
        state=PledgeState(pledge.state),
        shares=pledge.shares,
        amount=Amount.of(pledge.amount),
        paid=Amount.of(paid),
        made_at=pledge.made_at,
        terms_version=pledge.terms.version,
        legal_name=HIDDEN if hidden else pledge.legal_name,
        email=HIDDEN if hidden else pledge.email,
        address=None if hidden else _address(pledge),
        reference=spaced(pledge.request.reference) if pledge.request else None,
    )


def _address(pledge: Pledge) -> PostalAddress:
    return PostalAddress(
        street_lines=list(pledge.street_lines),
        postal_code=pledge.postal_code,
        locality=pledge.locality,
        region=pledge.region,
        country=pledge.country,
    )
