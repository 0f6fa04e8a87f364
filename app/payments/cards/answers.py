"""What the processor answers, in words of ours: nothing of its client library goes further than its gateway."""

from dataclasses import dataclass
from datetime import date, datetime

from app.core.money import Money
from app.payments.models import PayBy


class NoAnswer(Exception):
    """Whether anything was done is not known: the connection broke, or the processor broke down."""


class Busy(Exception):
    """Nothing was done: too much was asked at once, or another request holds the object. Ask the same again."""


class KeyRefused(Exception):
    """The processor does not know our key, or does not let it do this: an operator must look."""


class Rejected(Exception):
    """The processor does not accept what was asked; nothing was done. `code` is its name of the reason."""

    def __init__(self, code: str, said: str) -> None:
        super().__init__(f"{code}: {said}")
        self.code, self.said = code, said


@dataclass(frozen=True)
class Decline:
    """Why a charge failed: the processor's code, the bank's decline code, the network's own."""

    code: str
    decline_code: str = ""
    network_code: str = ""


@dataclass(frozen=True)
class Entered:
    """A line of the processor's balance about a charge, refund or dispute: what it moved, and the fee in it."""

    id: str
    amount: Money
    fee: Money


@dataclass(frozen=True)
class Intent:
    """A payment at the processor as it stands; `attempt` is our attempt as its metadata name it."""

    id: str
    status: str
    amount: Money
    customer: str
    method: str
    attempt: str
    charge: str
    livemode: bool
    decline: Decline | None
    next_url: str
    entered: Entered | None


@dataclass(frozen=True)
class Method:
    """A card or account at the processor; `customer` is empty once it was removed."""

    id: str
    customer: str
    kind: PayBy
    brand: str
    last4: str
    exp_month: int | None
    exp_year: int | None


@dataclass(frozen=True)
class Setup:
    """The saving of a method as it stands; `checkout` is our visit as its metadata name it."""

    id: str
    status: str
    customer: str
    mandate: str
    checkout: str
    livemode: bool
    method: Method | None


@dataclass(frozen=True)
class Page:
    """A page of the processor: open with a `url`, complete, or expired; its setup or payment, once there is one."""

    id: str
    status: str
    url: str
    setup: str
    intent: str
    checkout: str
    expires_at: datetime
    livemode: bool


@dataclass(frozen=True)
class Identity:
    """A check of a document as it stands: `visit` is ours as its metadata name it; `names` of a verified document.

    `url` is where the person shows the document while that is asked for; `refused` says that one was not believed.
    """

    id: str
    status: str
    url: str
    visit: str
    names: str
    refused: bool
    livemode: bool


@dataclass(frozen=True)
class Returned:
    """A refund at the processor as it stands; `refund` is our row as its metadata name it, `why` says why it failed."""

    id: str
    status: str
    charge: str
    amount: Money
    refund: str
    why: str
    entered: Entered | None


@dataclass(frozen=True)
class Disputed:
    """A dispute at the processor as it stands; `entered` are its lines in the balance, each with its fee.

    `evidence` is our row of the evidence that was sent, as its metadata name it; empty before.
    """

    id: str
    status: str
    charge: str
    intent: str
    amount: Money
    reason: str
    due_by: datetime | None
    entered: tuple[Entered, ...]
    evidence: str = ""


@dataclass(frozen=True)
class PaidOut:
    """A payout at the processor as it stands; `listed` says whether its lines are complete and can be asked for.

    `amount` is below zero when the processor takes money from the bank; `trace` is the bank's reference once known.
    """

    id: str
    status: str
    amount: Money
    automatic: bool
    listed: bool
    arrives_on: date
    made_at: datetime
    why: str
    trace: str
    entered: Entered | None


@dataclass(frozen=True)
class Line:
    """A line of the processor's balance that a payout brings: of a type, about an object (`source`)."""

    type: str
    source: str
    entered: Entered


@dataclass(frozen=True)
class Heard:
    """An event as it was delivered or listed: what it is about, by type and name."""

    id: str
    type: str
    object_type: str
    object_id: str
    created: datetime
    livemode: bool
    account: str
    payload: dict[str, object]
