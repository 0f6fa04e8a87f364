"""Wishes: what a supporter fills in, who will hold the shares, and what is declared where the law asks."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import date

from app.core.money import Money
from app.members.people.kinds import HolderKind
from app.members.persons import Address
from app.payments.models import PayBy


@dataclass(frozen=True)
class Holding:
    """Who will hold the shares, when it is not simply whoever fills in the form.

    `name` is that of the company, association, minor, group or of whoever gets a gift; for joint holders the others
    are in `others`. `acts_as` says in which capacity the supporter acts; `address` is the holder's own.
    """

    kind: HolderKind = HolderKind.PERSON
    is_gift: bool = False
    name: str = ""
    registration_number: str = ""
    acts_as: str = ""
    others: tuple[str, ...] = ()
    born_on: date | None = None
    address: Address | None = None
    email: str = ""

    @property
    def is_oneself(self) -> bool:
        """Whether whoever fills in the form will hold the shares alone."""
        return self.kind == HolderKind.PERSON and not self.is_gift

    def called(self, legal_name: str) -> str:
        """The name that the register will show, given the supporter's own."""
        if self.kind == HolderKind.JOINT_HOLDERS:
            return " & ".join((legal_name, *self.others))
        if self.kind == HolderKind.NOMINEE:
            return f"{legal_name} ({self.name})"
        return self.name or legal_name


@dataclass(frozen=True)
class Declared:
    """Income, net worth and what was bought elsewhere in twelve months, as declared on the form; see `declaring`."""

    income: Money
    net_worth: Money
    bought_12m: Money
    accredited: bool = False


@dataclass(frozen=True)
class Wish:
    """What a supporter fills in; `terms_id` says what was read, `form_key` makes sending the form twice harmless.

    `agreed` names the texts that were agreed to, `answers` are those to the questions on risks; `follows` is the
    number of the indication of interest that a letter's link named. `solidarity_shares` are given to the fund beside
    the pledge; with `asks_fund` the fund is asked to pay for it. What was taken on paper
    `asks_later`: the page behind the letter's link asks for the texts.
    """

    form_key: str
    terms_id: int
    email: str
    language: str
    legal_name: str
    address: Address
    shares: int
    telephone: str = ""
    pay_by: PayBy = PayBy.BANK_TRANSFER
    instalments: int = 1
    holding: Holding = Holding()
    declared: Declared | None = None
    agreed: tuple[str, ...] = ()
    answers: dict[str, str] = field(default_factory=dict)
    follows: int | None = None
    solidarity_shares: int = 0
    asks_fund: bool = False
    asks_later: bool = False

    def key(self) -> str:
        """What makes it the same form: its key and every answer, so that a corrected form is a new one."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True, default=str).encode()).hexdigest()
