"""Shapes of pledges: what a supporter declares, their own pledge with how to pay, and what staff see."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, Strict

from app.api.pledges.addresses import AddressTaken
from app.api.pledges.holders import HolderTaken, MeansTaken, RiskAnswersTaken
from app.api.shapes import Amount, Counted, Email, Given, Line, OptionalLine, PostalAddress, Taken, Whole
from app.core.language import translator
from app.core.money import Money
from app.members.people.declaring import NotDeclared
from app.members.people.kinds import HolderKind
from app.members.restricting import HIDDEN
from app.offers.models import Pledge, PledgeState
from app.offers.pledging.form import Asking
from app.offers.pledging.holders import holder_name
from app.offers.pledging.judging import personal_limit
from app.offers.pledging.naming import sha256_of
from app.offers.pledging.questions import QUESTIONS
from app.offers.pledging.statements import Statement
from app.offers.pledging.wishes import Declared
from app.payments.models import PayBy
from app.payments.references import spaced

Sha256 = Annotated[str, Strict(), Field(pattern="^[0-9a-f]{64}$", examples=["9f86d081" * 8])]


class PledgeTaken(Taken):
    """What a supporter declares; nothing counts until the link in the letter is followed."""

    terms_version: Whole = Field(description="The version of the terms that the supporter has read.", examples=[1])
    shares: Whole = Field(description="0 only for an indication of interest that names no number.", examples=[100])
    legal_name: Annotated[Line, Field(max_length=200, examples=["Maya Whitfield"])]
    email: Email
    telephone: Annotated[OptionalLine, Field(max_length=40)] = ""
    address: AddressTaken
    holder: HolderTaken | None = Field(None, description="Who will hold the shares; null: the supporter alone.")
    pay_by: PayBy | None = Field(None, description="One of the ways that the terms offer; null: the first of them.")
    instalments: int = Field(1, ge=1, le=120, description="In how many payments; the terms say how many are possible.")
    solidarity_shares: Whole = Field(0, description="Shares given to the solidarity fund beside the pledge.")
    asks_fund: bool = Field(False, description="Whether the solidarity fund is asked to pay for the pledge.")
    declared: MeansTaken | None = Field(None, description="Income and net worth, where the law of the offer asks.")
    answers: RiskAnswersTaken | None = Field(
        None, description="To the questions on risks, where the law of the offer asks."
    )
    follows: Annotated[str, Strict(), Field(max_length=40)] | None = Field(
        None, description="The caller's own indication of interest that this pledge makes good, by its id."
    )
    language: Literal["en", "fr"] = Field("en", description="The language of the letters.")
    agreed: list[Sha256] = Field(
        max_length=20,
        description="The texts that the supporter read and agrees to: all that the offer asks of them, by hash.",
    )


class ChangeTaken(Taken):
    """What a pledge shall say from now on."""

    shares: Counted
    instalments: int = Field(1, ge=1, le=120)
    address: AddressTaken


class AskingTaken(Taken):
    """A pledge that somebody thinks of."""

    shares: Whole = Field(examples=[100])
    declared: MeansTaken | None = None
    language: Literal["en", "fr"] = "en"


class TextGiven(Given):
    """A text that everybody agrees to who pledges: show it, and name it by its hash."""

    what: str = Field(description="The stable name of the text.", examples=["risks"])
    language: Literal["en", "fr"]
    text: str
    sha256: str = Field(description="SHA-256 of the text in UTF-8, in hexadecimal digits.")


class QuestionGiven(Given):
    """A question on risks."""

    name: str = Field(description="The field of its answer.", examples=["test_lose"])
    question: str


class DocumentToRead(Given):
    """A document that is read before pledging."""

    title: str
    sha256: str
    path: str = Field(description="Where everyone reads it.", examples=["/uploads/12"])


class AskedGiven(Given):
    """What is asked of somebody with these means who pledges so much now."""

    terms_version: int
    amount: Amount
    means_currency: str | None = Field(
        description="In which income and net worth are told; null: the law does not ask."
    )
    must_declare: bool = Field(description="Whether the law lets nobody buy who has not told income and net worth.")
    limit: Amount | None = Field(
        description="The most that the law lets them buy; null: no limit, or not to be told yet."
    )
    ways_to_pay: list[PayBy]
    instalments_max: int
    texts: list[TextGiven] = Field(description="All that must be agreed to, by hash.")
    documents: list[DocumentToRead]
    questions: list[QuestionGiven] = Field(description="All that must be answered.")
    if_unsuitable: TextGiven | None = Field(
        description="To be agreed to as well when an answer is not right; null: nothing is asked."
    )


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
    holder_kind: HolderKind
    holder_name: str = Field(description="The name under which the shares will be held.")
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
    holder_kind: HolderKind
    holder_name: str = Field(description="The name under which the shares will be held.")
    address: PostalAddress | None = Field(description="Null for a person whose data was erased.")
    reference: str | None


def text_given(text: Statement, language: Literal["en", "fr"]) -> TextGiven:
    """A text as a program shows it."""
    return TextGiven(what=text.what, language=language, text=text.body(language), sha256=sha256_of(text, language))


def asked_given(
    asks: Asking, declared: Declared | None, shares: int, texts: list[Statement], lang: Literal["en", "fr"]
) -> AskedGiven:
    """What is asked of whoever pledges; `texts` as they must be agreed to."""
    asked = asks.questions(declared)
    limit, must_declare = _limit(asks, declared)
    return AskedGiven(
        terms_version=asks.terms.version,
        amount=Amount.of(asks.price * shares),
        means_currency=asks.means_currency,
        must_declare=must_declare,
        limit=Amount.of(limit) if limit else None,
        ways_to_pay=[PayBy(each) for each in asks.terms.ways_to_pay],
        instalments_max=asks.parts_max,
        texts=[text_given(each, lang) for each in texts],
        documents=[
            DocumentToRead(title=each.shown_name, sha256=each.sha256, path=f"/uploads/{each.id}")
            for each in asks.documents
        ],
        questions=[QuestionGiven(name=name, question=translator(lang)(said)) for name, (said, _) in QUESTIONS.items()]
        if asked
        else [],
        if_unsuitable=text_given(asks.unsuitable(), lang) if asked else None,
    )


def _limit(asks: Asking, declared: Declared | None) -> tuple[Money | None, bool]:
    """The law's limit for somebody with these means, and whether it can only be told of who declares them."""
    if asks.is_indication:
        return None, False
    try:
        return personal_limit(asks.law, declared), False
    except NotDeclared:
        return None, True


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
        holder_kind=HolderKind(pledge.holder_kind),
        holder_name=holder_name(pledge),
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
        holder_kind=HolderKind(pledge.holder_kind),
        holder_name=HIDDEN if hidden else holder_name(pledge),
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
