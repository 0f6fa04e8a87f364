"""Shapes of work on bank lines: ways to read one, parts of a split, notes; own accounts; the bank's answers."""

from typing import Annotated

from pydantic import Field

from app.api.files import Base64
from app.api.shapes import Counted, Currency, Given, Line, OptionalLine, ReasonTaken, Taken
from app.core.language import fill
from app.core.money import Money
from app.reconciliation.matching.judging import Reading
from app.reconciliation.models import BankLine
from app.reconciliation.working import NAME_MAX, name_of_reading


class AccountTaken(Taken):
    """An account of the organization."""

    number: Annotated[Line, Field(max_length=50, examples=["DE89 3704 0044 0532 0130 00"])]
    currency: Currency
    title: Annotated[OptionalLine, Field(max_length=100)] = ""


class AnswerTaken(Taken):
    """The bank's answer to a batch of orders: pain.002, or a NACHA file of returns."""

    file_name: Annotated[Line, Field(max_length=200, examples=["answer.xml"])]
    answer: Base64


class AnswerGiven(Given):
    """What the bank's answer said."""

    taken: int = Field(description="Orders that the bank took; they are paid when a bank line says so.")
    ended: int = Field(description="Orders that it refused, which can be ordered anew.")
    returned: int = Field(description="Orders that came back after they were paid.")
    known: int = Field(description="What an earlier answer had said.")
    notices: list[str] = Field(description="Orders that arrived though their details are wrong, each with the code.")


class ReadingTaken(Taken):
    """The way to read a line, as it was listed."""

    reading: Annotated[Line, Field(max_length=NAME_MAX)]


class PartTaken(Taken):
    """A part of a line, by the payment reference to which it belongs."""

    reference: Annotated[Line, Field(max_length=60, examples=["RF18 5390 0754 7034"])]
    amount_cents: Counted = Field(description="Without the sign of the line, in its currency.")


class SplitTaken(Taken):
    """What a line is made of; the parts sum to it."""

    parts: list[PartTaken] = Field(min_length=1, max_length=100)


class ExplanationTaken(ReasonTaken):
    """The account of the chart on which a line is booked, and the evidence for it."""

    account: Annotated[Line, Field(max_length=120, examples=["bank_fees:"])]
    evidence: Annotated[Line, Field(max_length=500)]


class NoteTaken(Taken):
    """Why a line waits, and for whom."""

    note: Annotated[Line, Field(max_length=500)]


class ReadingGiven(Given):
    """A way to read a line."""

    reading: str = Field(description="What confirms it.")
    why: str = Field(description="What speaks for it, in the language of Accept-Language.")
    parts: list[str] = Field(examples=[["RECEIPT:request:12:230000"]])


def reading_given(line: BankLine, each: Reading, lang: str) -> ReadingGiven:
    """A way to read a line as the API says it."""
    facts = dict(each.facts)
    if "beyond" in facts:
        facts["beyond"] = Money(facts["beyond"], line.currency)
    parts = [f"{part.what.name}:{part.subject}:{part.cents}" for part in each.parts]
    return ReadingGiven(reading=name_of_reading(each), why=fill(each.why.value, facts, lang), parts=parts)
