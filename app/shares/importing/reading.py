"""Reading a line of a spreadsheet of holders: every value exactly, or what is wrong with it, column by column."""

import hashlib
from dataclasses import dataclass, field
from datetime import date

from app.core import clock
from app.core.errors import N_, Refusal
from app.core.language import LANGUAGES
from app.core.money import Money, UnknownCurrency, currency_code
from app.core.sheets import Line
from app.members.people.addresses import address_problems
from app.members.people.kinds import HolderKind
from app.members.persons import Address
from app.shares.classes import BadClassCode, class_code
from app.shares.numbering import Range, count, read_ranges, spelled
from app.web.countries import country_names
from app.web.typed import Form

NUMBER_MAX = 999_999_999
BASIS = N_("subscription")
_LOT = ("class_code", "shares", "price", "currency", "allotted_on")


class NoDayOfEntry(Refusal):
    """A member without shares has no first lot from which the day could be taken."""

    message = N_("A member without shares needs the day of entry.")


class Ahead(Refusal):
    """What is imported has happened."""

    message = N_("This day lies in the future.")


class EndsBefore(Refusal):
    """A membership ends after it began, and no lot is allotted after its end."""

    message = N_("The membership would end before {day}.")


class PaidBeyond(Refusal):
    """No more is paid on a lot than its shares cost."""

    message = N_("The shares cost {price} in all; no more can be paid on them.")


class NotNumbers(Refusal):
    """What stands there does not say which numbers."""

    message = N_("Write numbers and ranges such as 1–100, 201.")


class OtherCount(Refusal):
    """Each share has a number of its own."""

    message = N_("There are {numbers} numbers for {shares} shares.")


class AcquiredLater(Refusal):
    """Shares come to a holder with their allotment, or before it."""

    message = N_("The shares were allotted on {day}; they cannot have come to the holder later.")


@dataclass(frozen=True)
class Holding:
    """A line as it was read; `lot` columns are empty or zero for a member without shares."""

    number: int
    holding_id: str
    member_number: int | None
    legal_name: str
    kind: HolderKind
    registration_number: str
    email: str
    language: str
    address: Address
    class_code: str
    class_name: str
    shares: int
    price: Money
    paid_in: Money | None
    allotted_on: date | None
    acquired_on: date | None
    certificate_number: int | None
    share_numbers: tuple[Range, ...]
    basis: str
    entered_on: date | None
    ended_on: date | None
    warnings: dict[str, Refusal] = field(default_factory=dict, compare=False)

    @property
    def paid(self) -> Money:
        """What was paid on the lot."""
        return self.price * self.shares if self.paid_in is None else self.paid_in

    def holder(self) -> str:
        """What tells this holder from every other one in the file."""
        if self.member_number is not None:
            return f"member:{self.member_number}"
        place = (self.legal_name, *self.address.street_lines, self.address.postal_code, self.address.country)
        return f"email:{self.email}" if self.email else "name:" + "|".join(part.casefold() for part in place)

    def key(self) -> str:
        """SHA-256 of what tells this line from every other one, in this file and in later ones."""
        if self.holding_id:
            told = f"id:{self.holding_id}"
        elif self.certificate_number is not None:
            told = f"certificate:{self.certificate_number}"
        else:
            told = f"{self.holder()}|{self.class_code}|{self.allotted_on or ''}"
        return hashlib.sha256(told.encode()).hexdigest()

    def holder_key(self) -> str:
        """SHA-256 of what tells this holder from every other one, in this file and in later ones."""
        return hashlib.sha256(self.holder().encode()).hexdigest()

    def digests(self) -> dict[str, str]:
        """A short hash of each value, salted by the key: whether a column is the same another time, and no more."""
        key, told = self.key(), {
            "member_number": self.member_number, "legal_name": self.legal_name, "holder_kind": self.kind.value,
            "registration_number": self.registration_number, "email": self.email,
            "street": "\n".join(self.address.street_lines), "postal_code": self.address.postal_code,
            "locality": self.address.locality, "region": self.address.region, "country": self.address.country,
            "class_code": self.class_code, "shares": self.shares, "price": self.price.minor,
            "paid": None if self.paid_in is None else self.paid_in.minor,
            "currency": self.price.currency, "allotted_on": self.allotted_on, "acquired_on": self.acquired_on,
            "certificate_number": self.certificate_number, "basis": self.basis, "entered_on": self.entered_on,
            "ended_on": self.ended_on, "share_numbers": spelled(self.share_numbers),
        }  # fmt: skip
        return {
            name: hashlib.sha256(f"{key}\n{name}\n{value}".encode()).hexdigest()[:12]
            for name, value in told.items()
            if value not in (None, "")
        }


def read_holding(line: Line) -> tuple[Holding, dict[str, Refusal | str]]:
    """A line's values, and the problems by column; with any of those the values may be stand-ins."""
    form = Form({name: text.strip() for name, text in line.fields.items()})
    form.problems.update(line.problems)
    has_lot = any(form.peek(name) for name in _LOT)
    shares = form.whole("shares", 1) if has_lot else 0
    price = _price(form) if has_lot else Money(0, "USD")
    holding = Holding(
        number=line.number,
        holding_id=form.text("holding_id", 80, required=False),
        member_number=form.whole_or_none("member_number", 1, NUMBER_MAX),
        legal_name=form.text("legal_name", 200),
        kind=HolderKind(form.choice("holder_kind", HolderKind) or "person")
        if form.peek("holder_kind")
        else HolderKind.PERSON,
        registration_number=form.text("registration_number", 80, required=False),
        email=form.email("email").lower() if form.peek("email") else "",
        language=form.choice("language", LANGUAGES) if form.peek("language") else LANGUAGES[0],
        address=_address(form),
        class_code=_class_code(form) if has_lot else "",
        class_name=form.text("class_name", 100, required=False),
        shares=shares,
        price=price,
        paid_in=form.money("paid", price.currency) if has_lot and form.peek("paid") else None,
        allotted_on=form.day("allotted_on") if has_lot else None,
        acquired_on=form.day_or_none("acquired_on") if has_lot else None,
        certificate_number=form.whole_or_none("certificate_number", 1, NUMBER_MAX) if has_lot else None,
        share_numbers=_share_numbers(form, shares) if has_lot else (),
        basis=form.text("basis", 100, required=False) or BASIS,
        entered_on=form.day_or_none("entered_on"),
        ended_on=form.day_or_none("ended_on"),
    )
    if holding.paid_in is not None and holding.price * holding.shares < holding.paid_in:
        form.refuse("paid", PaidBeyond(price=holding.price * holding.shares))
    _judge_days(form, holding, has_lot)
    holding.warnings.update(_doubts(holding))
    return holding, form.problems


def _price(form: Form) -> Money:
    code = form.text("currency", 3)
    try:
        currency = currency_code(code) if code else "USD"
    except UnknownCurrency as refusal:
        form.refuse("currency", refusal)
        currency = "USD"
    return form.money("price", currency)


def _share_numbers(form: Form, shares: int) -> tuple[Range, ...]:
    written = form.text("share_numbers", 20_000, required=False)
    numbers = read_ranges(written)
    if numbers is None:
        form.refuse("share_numbers", NotNumbers())
    elif numbers and count(numbers) != shares:
        form.refuse("share_numbers", OtherCount(numbers=count(numbers), shares=shares))
    return tuple(numbers or ())


def _class_code(form: Form) -> str:
    typed = form.text("class_code", 8)
    try:
        return class_code(typed) if typed else ""
    except BadClassCode as refusal:
        form.refuse("class_code", refusal)
        return ""


def _address(form: Form) -> Address:
    street = form.text("street", 300, lines=True, required=False)
    return Address(
        street_lines=tuple(line.strip() for line in street.split("\n") if line.strip()),
        postal_code=form.text("postal_code", 20, required=False).upper(),
        locality=form.text("locality", 100, required=False),
        region=form.text("region", 100, required=False),
        country=form.choice("country", country_names("en")),
    )


def _judge_days(form: Form, holding: Holding, has_lot: bool) -> None:
    if not has_lot and holding.entered_on is None:
        form.refuse("entered_on", NoDayOfEntry())
    for name in ("allotted_on", "entered_on", "ended_on"):
        day = getattr(holding, name)
        if day is not None and day > clock.today():
            form.refuse(name, Ahead())
    if holding.acquired_on and holding.allotted_on and holding.acquired_on > holding.allotted_on:
        form.refuse("acquired_on", AcquiredLater(day=holding.allotted_on))
    first = [day for day in (holding.allotted_on, holding.entered_on) if day is not None]
    if holding.ended_on and any(holding.ended_on < day for day in first):
        form.refuse("ended_on", EndsBefore(day=max(first)))


def _doubts(holding: Holding) -> dict[str, Refusal]:
    """What old registers may lack: an address that the country's post would not deliver to is said, not refused."""
    return address_problems(holding.address) if holding.address.country else {}
