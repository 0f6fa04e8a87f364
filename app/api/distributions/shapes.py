"""Shapes of distributions and payment batches, as programs get them."""

from datetime import date
from typing import Annotated

from pydantic import Field

from app.api.shapes import Amount, Given, Taken
from app.core.money import Money
from app.distributions.models import Distribution, DistributionEnd, DistributionPart
from app.distributions.reckoning import Reckoned
from app.payments.payouts.batches.models import PayoutBatch

Hash = Annotated[str, Field(pattern="^[0-9a-f]{64}$", examples=["9f86d081884c7d659a2feaa0c55ad015" * 2])]


class SumsGiven(Given):
    """What is shared out, in cash and retained; withheld is a part of the cash, paid is what is left of it."""

    amount: Amount
    cash: Amount
    retained: Amount
    withheld: Amount
    paid: Amount


class DistributionGiven(Given):
    """A distribution that was declared, with the hash of the list that two people approved."""

    id: int
    draft_id: int
    kind: str = Field(examples=["patronage"])
    title: str
    declared_on: date
    payable_on: date
    sums: SumsGiven
    list_sha256: str
    reversed: bool


class DistributionPartGiven(Given):
    """What a distribution brought one member; `shares` were bought by `share_amount` of what was retained."""

    member_number: int
    sums: SumsGiven
    shares: int
    share_amount: Amount


class DistributionPreview(Given):
    """A draft as it would be declared now: its sums, how many members, what the law says, and the list's hash."""

    draft_id: int
    kind: str
    title: str
    members: int
    sums: SumsGiven
    law_says: list[str]
    list_sha256: str


class DistributionProposalTaken(Taken):
    """The hash of the list that was looked at: another list is refused."""

    list_sha256: Hash


class PayoutBatchGiven(Given):
    """Payments that were ordered from the bank as one file."""

    id: int
    number: int
    format: str = Field(examples=["sepa"])
    currency: str
    execute_on: date
    reason: str


def distribution_given(row: Distribution, end: DistributionEnd | None) -> DistributionGiven:
    """A distribution as the API says it."""
    return DistributionGiven(
        id=row.id,
        draft_id=row.draft_id,
        kind=row.kind,
        title=row.title,
        declared_on=row.declared_on,
        payable_on=row.payable_on,
        sums=_sums(row.currency, row.declared_cents, row.cash_cents, row.retained_cents, row.withheld_cents),
        list_sha256=row.list_sha256,
        reversed=end is not None,
    )


def part_given(row: Distribution, part: DistributionPart) -> DistributionPartGiven:
    """A member's part as the API says it."""
    return DistributionPartGiven(
        member_number=part.membership.number,
        sums=_sums(row.currency, part.amount_cents, part.cash_cents, part.retained_cents, part.withheld_cents),
        shares=part.shares,
        share_amount=Amount.of(Money(part.share_cents, row.currency)),
    )


def preview_given(draft_id: int, found: Reckoned) -> DistributionPreview:
    """A reckoned draft as the API says it."""
    amount, cash, retained, withheld = (found.total(name).minor for name in ("amount", "cash", "retained", "withheld"))
    return DistributionPreview(
        draft_id=draft_id,
        kind=found.terms.kind.value,
        title=found.terms.title,
        members=len(found.parts),
        sums=_sums(found.terms.currency, amount, cash, retained, withheld),
        law_says=[decision.text() for decision in found.decisions],
        list_sha256=found.list_sha256,
    )


def batch_given(row: PayoutBatch) -> PayoutBatchGiven:
    """A batch as the API says it."""
    return PayoutBatchGiven(
        id=row.id,
        number=row.number,
        format=row.form,
        currency=row.currency,
        execute_on=row.execute_on,
        reason=row.reason,
    )


def _sums(currency: str, amount: int, cash: int, retained: int, withheld: int) -> SumsGiven:
    amounts = {"amount": amount, "cash": cash, "retained": retained, "withheld": withheld, "paid": cash - withheld}
    return SumsGiven(**{name: Amount.of(Money(minor, currency)) for name, minor in amounts.items()})
