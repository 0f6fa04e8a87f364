"""The pledge form in three steps: what each asks, what was typed into it, and what of the others is carried along.

Nothing is kept between the steps: every page carries what was typed on the others, and all is read again when it is
sent. So going back, tabs and old pages can do no harm.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.core import clock
from app.core.errors import N_, InvalidInput, Refusal
from app.core.money import Money
from app.core.uploads import Upload
from app.law.profiles import Profile
from app.members.people.addresses import read_address
from app.members.people.contacting import normal_phone
from app.members.people.declaring import NotDeclared, asks_for_declaration
from app.members.people.kinds import REGISTERED, HolderKind
from app.members.persons import Address
from app.offers.models import OfferKind, OfferTerms
from app.offers.pledging.dating import parts_of, parts_possible
from app.offers.pledging.holders import refuse_of_age
from app.offers.pledging.judging import (
    TooManyParts,
    WayNotOffered,
    beyond_law,
    beyond_limits,
    closed_to,
    currency_of_law,
    warns_above,
)
from app.offers.pledging.questions import QUESTIONS, asks_questions
from app.offers.pledging.solidarity.giving import has_fund
from app.offers.pledging.solidarity.reading import read_solidarity
from app.offers.pledging.statements import (
    Statement,
    above_threshold,
    statements,
    unsuitable,
)
from app.offers.pledging.wishes import Declared, Holding
from app.payments.models import PayBy
from app.web.typed import Form, Missing

STEPS = 3
ADDRESS = ("street", "postal_code", "locality", "region", "country")
HOLDER_ADDRESS = tuple(f"holder_{name}" for name in ADDRESS)
FIELDS: dict[int, tuple[str, ...]] = {
    1: ("shares", "amount", "shown_shares", "shown_amount", "instalments", "pay_by", "solidarity_shares", "asks_fund"),
    2: (
        "holder_as", "holder_name", "registration_number", "acts_as", "others", "born_on", "holder_email",
        *HOLDER_ADDRESS, "legal_name", "email", "telephone", *ADDRESS,
        "income", "net_worth", "bought_12m", "accredited",
    ),
    3: ("understood", "documents", "electronic", "above", "unsuitable", *QUESTIONS),
}  # fmt: skip
"""The fields of each step; of the others they are carried along."""
ALWAYS = ("terms_id", "form_key", "follows")
HOLDERS: dict[str, tuple[HolderKind, str]] = {
    "myself": (HolderKind.PERSON, N_("Myself")),
    "joint": (HolderKind.JOINT_HOLDERS, N_("Several people jointly, me among them")),
    "company": (HolderKind.COMPANY, N_("A company for which I act")),
    "association": (HolderKind.ASSOCIATION, N_("An association or co-operative for which I act")),
    "minor": (HolderKind.MINOR, N_("A child whose guardian I am")),
    "gift": (HolderKind.PERSON, N_("Somebody else: it is a gift")),
    "group": (HolderKind.NOMINEE, N_("A group that pledges together, in my name")),
}
"""By the form's value: what the holder is, and how the form calls it."""
_OTHERS_MAX = 9


class AmountOffPrice(Refusal):
    """No number of shares costs this."""

    message = N_("{amount} is not a whole number of shares of {price}. {below} or {above} would be.")
    field = "amount"


class TwoAmounts(Refusal):
    """Shares and amount say different things."""

    message = N_("{shares} shares cost {cost}, not {amount}. Correct one of the two, or empty it.")
    field = "amount"


class NobodyElse(Refusal):
    """Joint holders are at least two."""

    message = N_("Write the names of the other holders, one on each line.")
    field = "others"


class TooManyHolders(Refusal):
    """More joint holders than the register shows on a line."""

    message = N_("At most {most} people hold shares jointly. A larger group can form an association.")
    field = "others"


class NamedTwice(Refusal):
    """Somebody stands twice among joint holders."""

    message = N_("{name} is named twice. Write only the other holders, each once.")
    field = "others"


@dataclass(frozen=True)
class Amounts:
    """The first step: how many, in how many payments, by which way, and what is given to or asked of the fund."""

    shares: int
    instalments: int
    pay_by: PayBy
    solidarity_shares: int = 0
    asks_fund: bool = False


@dataclass(frozen=True)
class People:
    """The second step: who pledges, who will hold, and their means where the law asks."""

    legal_name: str
    email: str
    telephone: str
    address: Address
    holding: Holding
    declared: Declared | None


@dataclass(frozen=True)
class Asking:
    """What the form of an offer asks, by its terms and law, on a day in its zone and at the price of now."""

    terms: OfferTerms
    law: Profile | None
    price: Money
    today: date
    lang: str
    closes: datetime
    documents: Sequence[Upload] = ()

    @property
    def is_indication(self) -> bool:
        """Whether nothing is sold: no money, no amount and nothing but how to reach the person is asked for."""
        return self.terms.kind == OfferKind.INDICATION

    @property
    def has_fund(self) -> bool:
        """Whether gifts and requests for the solidarity fund are asked for."""
        return has_fund(self.terms)

    @property
    def means_currency(self) -> str | None:
        """The currency in which income and net worth are asked for; None where the law does not ask."""
        if self.law is None or self.is_indication or not asks_for_declaration(self.law):
            return None
        return currency_of_law(self.law)

    @property
    def parts_max(self) -> int:
        """In how many payments one may pay."""
        return parts_possible(self.terms, self.today)

    def parts(self, count: int, amount: Money) -> list[tuple[date, Money]]:
        """The days and amounts of so many payments of an amount, the largest first."""
        return parts_of(self.terms, amount, count, self.today)

    def statements(self) -> list[Statement]:
        """What must be agreed to in any case."""
        return statements(self.terms, self.law, self.lang)

    def warning(self, declared: Declared | None, amount: Money) -> Statement | None:
        """The warning of an amount that is large by the law for somebody with these means."""
        threshold = None if self.is_indication else warns_above(self.law, declared)
        if threshold is None or threshold.currency != amount.currency or amount <= threshold:
            return None
        return above_threshold(threshold, self.lang)

    def questions(self, declared: Declared | None) -> bool:
        """Whether the questions on risks are asked."""
        return not self.is_indication and asks_questions(self.law, declared)

    def unsuitable(self) -> Statement:
        """The warning for whoever answers wrongly."""
        return unsuitable(self.lang)


def asking(
    terms: OfferTerms, law: Profile | None, lang: str, closes: datetime, documents: Sequence[Upload] = ()
) -> Asking:
    """What the form of an offer asks now; `closes` is when it takes no more pledges."""
    return Asking(terms, law, terms.price_at(clock.now()), clock.today(terms.zone), lang, closes, documents)


def read_amounts(fields: Mapping[str, str], asks: Asking) -> Amounts:
    """What the first step says; refuses all its problems together."""
    form = Form(fields)
    shares = _shares(form, fields, asks)
    instalments = form.whole("instalments", min=1) if fields.get("instalments") else 1
    most = parts_possible(asks.terms, asks.today, asks.price * shares)
    if instalments > most:
        form.refuse("instalments", TooManyParts(most=most))
    ways = asks.terms.ways_to_pay
    pay_by = fields.get("pay_by") or (ways[0] if ways else PayBy.BANK_TRANSFER)
    if pay_by not in ways and not asks.is_indication:
        form.refuse("pay_by", WayNotOffered())
        pay_by = PayBy.BANK_TRANSFER
    given, asks_fund = read_solidarity(form, fields, asks.terms)
    form.done()
    return Amounts(shares, instalments, PayBy(pay_by), given, asks_fund)


def _shares(form: Form, fields: Mapping[str, str], asks: Asking) -> int:
    """The shares that are typed, or that the amount buys; of two, the one that was changed since the page was shown."""
    typed, amount = fields.get("shares", "").strip(), fields.get("amount", "").strip()
    if asks.is_indication and not typed and not amount:
        return 0
    by_amount = bool(amount) and (not typed or typed == fields.get("shown_shares", "\0"))
    if by_amount and amount != fields.get("shown_amount", "\0"):
        shares = _bought_for(form, asks)
    else:
        shares = form.whole("shares", min=0 if asks.is_indication else 1)
        if amount and amount != fields.get("shown_amount", "\0") and "shares" not in form.problems:
            cost = form.money("amount", asks.price.currency)
            if "amount" not in form.problems and cost != asks.price * shares:
                form.refuse("amount", TwoAmounts(shares=shares, cost=asks.price * shares, amount=cost))
    if not {"shares", "amount"} & set(form.problems) and (refusal := beyond_limits(asks.terms, shares)):
        form.refuse("shares", refusal)
    return shares


def _bought_for(form: Form, asks: Asking) -> int:
    amount = form.money("amount", asks.price.currency)
    shares, rest = divmod(amount.minor, asks.price.minor)
    if rest:
        below, above = asks.price * shares, asks.price * (shares + 1)
        form.refuse("amount", AmountOffPrice(amount=amount, price=asks.price, below=below, above=above))
    return shares


def read_people(fields: Mapping[str, str], asks: Asking) -> People:
    """What the second step says; refuses all its problems together, in the order of the page."""
    form = Form(fields)
    holding = Holding() if asks.is_indication else _holding(form, fields, asks)
    legal_name, email = form.person_name("legal_name"), form.email("email").lower()
    telephone = form.text("telephone", max=40, required=False)
    address = read_address(form)
    if telephone:
        telephone = _telephone(form, telephone, address.country)
    if address.country and (refusal := closed_to(asks.terms, address.country)):
        form.refuse("country", refusal)
    declared = _declared(form, fields, asks)
    form.done()
    return People(legal_name, email, telephone, address, holding, declared)


def _holding(form: Form, fields: Mapping[str, str], asks: Asking) -> Holding:
    chosen = form.choice("holder_as", HOLDERS) if fields.get("holder_as") else "myself"
    kind = HOLDERS[chosen or "myself"][0]
    if chosen in ("", "myself"):
        return Holding()
    if kind == HolderKind.JOINT_HOLDERS:
        return Holding(kind, others=_others(form, fields))
    name = form.person_name("holder_name")
    if kind in REGISTERED:
        number, acts_as = form.text("registration_number", max=100), form.text("acts_as", max=100)
        return Holding(
            kind, name=name, registration_number=number, acts_as=acts_as, address=_holder_address(form, fields, asks)
        )
    if kind == HolderKind.MINOR:
        born_on = form.day("born_on")
        if "born_on" not in form.problems:
            try:
                refuse_of_age(born_on, asks.today)
            except Refusal as refusal:
                form.refuse("born_on", refusal)
        return Holding(kind, name=name, born_on=born_on)
    if chosen == "gift":
        email = form.email("holder_email").lower() if fields.get("holder_email", "").strip() else ""
        return Holding(kind, is_gift=True, name=name, address=_holder_address(form, fields, asks), email=email)
    return Holding(kind, name=name)


def _others(form: Form, fields: Mapping[str, str]) -> tuple[str, ...]:
    lines = form.text("others", max=1_000, lines=True, required=False).split("\n")
    names = tuple(" ".join(line.split()) for line in lines if line.strip())
    if not names and "others" not in form.problems:
        form.refuse("others", NobodyElse())
    if len(names) > _OTHERS_MAX:
        form.refuse("others", TooManyHolders(most=_OTHERS_MAX + 1))
    everyone = [name.casefold() for name in (" ".join(fields.get("legal_name", "").split()), *names)]
    if twice := next((name for name in names if everyone.count(name.casefold()) > 1), ""):
        form.refuse("others", NamedTwice(name=twice))
    return names


def _holder_address(form: Form, fields: Mapping[str, str], asks: Asking) -> Address:
    """The holder's own address, from the fields that begin with `holder_`."""
    own = Form({name: fields.get(f"holder_{name}", "") for name in ADDRESS})
    address = read_address(own)
    for name, problem in own.problems.items():
        form.refuse(f"holder_{name}", problem)
    if address.country and (refusal := closed_to(asks.terms, address.country)):
        form.refuse("holder_country", refusal)
    return address


def _telephone(form: Form, typed: str, country: str) -> str:
    try:
        return normal_phone(typed, country or None)
    except Refusal as refusal:
        form.refuse("telephone", refusal)
        return ""


def _declared(form: Form, fields: Mapping[str, str], asks: Asking) -> Declared | None:
    """The means that were declared; None when nothing was, which some laws allow up to a limit."""
    currency = asks.means_currency
    if currency is None:
        return None
    names = ("income", "net_worth", "bought_12m")
    if not any(fields.get(name, "").strip() for name in names) and not fields.get("accredited"):
        return None
    accredited = form.checked("accredited")
    income, worth, bought = (
        form.money(name, currency) if fields.get(name, "").strip() else _zero(form, name, currency, accredited)
        for name in names
    )
    return Declared(income, worth, bought, accredited)


def _zero(form: Form, name: str, currency: str, accredited: bool) -> Money:
    if name != "bought_12m" and not accredited:
        form.refuse(name, Missing())
    return Money(0, currency)


def refuse_beyond_law(asks: Asking, amounts: Amounts, people: People) -> None:
    """Refuse more than the law lets somebody with these means buy, at the field that can mend it."""
    if asks.is_indication:
        return
    try:
        refusal = beyond_law(asks.law, people.declared, asks.price * amounts.shares, asks.price)
    except NotDeclared as missing:
        raise InvalidInput({"income": missing}) from missing
    if refusal is not None:
        raise InvalidInput({refusal.field: refusal}) if refusal.field else refusal
