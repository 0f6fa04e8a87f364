"""What an act on shares is to the desk: the fields it asks for, what is done with them, and who may decide it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy.orm import Session

from app.core.errors import N_, Refusal
from app.core.money import Money, UnknownCurrency, currency_code
from app.members.roles import Role
from app.web.typed import Form

Payload = dict[str, Any]
Perform = Callable[[Session, "Said"], object]
DECIDERS = (Role.ORGANIZER, Role.SECRETARY, Role.TREASURER)


class NotAPercentage(Refusal):
    """The text is not a percentage."""

    message = N_("“{text}” is not a percentage. Write it like 2.5, with at most four decimals.")


@dataclass(frozen=True)
class Ask:
    """A field: its name and label; kind is text, lines, whole, money, percent, day, choice, class, member or check."""

    name: str
    label: str
    kind: str = "text"
    hint: str = ""
    required: bool = True
    options: tuple[tuple[str, str], ...] = ()
    value: str = ""


ON = Ask("on", N_("Takes effect on"), "day", value="today")
REASON = Ask("reason", N_("Reason, for the record"), hint=N_("Such as: resolution of the board of 3 March."))
CURRENCY = Ask("currency", N_("Currency"), "currency", value="USD")
SHARE_CLASS = Ask("class_code", N_("Share class"), "class")
SHARES = Ask("shares", N_("Shares"), "whole")


@dataclass(frozen=True)
class Said:
    """What was proposed, by whom, and who does it; typed readers of the values."""

    values: Payload
    by: int
    proposed_by: int
    source: str

    def text(self, name: str) -> str:
        """A text, "" when it was left out."""
        return str(self.values.get(name) or "")

    def whole(self, name: str) -> int:
        """A whole number, 0 when it was left out."""
        return int(self.values.get(name) or 0)

    def whole_or_none(self, name: str) -> int | None:
        """A whole number or nothing."""
        value = self.values.get(name)
        return None if value is None else int(value)

    def day(self, name: str = "on") -> date:
        """A day."""
        return date.fromisoformat(self.values[name])

    def day_or_none(self, name: str) -> date | None:
        """A day or nothing."""
        value = self.values.get(name)
        return date.fromisoformat(value) if value else None

    def money(self, name: str) -> Money:
        """An amount of the form's currency."""
        return Money(self.whole(name), self.text("currency"))

    def money_or_none(self, name: str) -> Money | None:
        """An amount of the form's currency, or nothing."""
        return self.money(name) if self.values.get(name) is not None else None

    @property
    def reason(self) -> str:
        """The reason, for the record."""
        return self.text("reason")


@dataclass(frozen=True)
class Kind:
    """A kind of act: its stable name, title, one sentence on it, fields, and what is done once it is approved."""

    name: str
    title: str
    lead: str
    asks: tuple[Ask, ...]
    perform: Perform
    group: str
    roles: tuple[Role, ...] = DECIDERS

    @property
    def act(self) -> str:
        """Its name among the acts that need two people."""
        return f"shares.{self.name}"


def read_form(kind: Kind, form: Form, class_codes: Iterable[str]) -> Payload:
    """The values of a kind's form as JSON holds them: days as text, amounts in minor units; refuses all problems."""
    currency = _currency(form) if any(ask.kind == "currency" for ask in kind.asks) else ""
    codes = list(class_codes)
    values: Payload = {}
    for ask in kind.asks:
        values[ask.name] = _read(ask, form, currency, codes)
    form.done()
    return values


def _read(ask: Ask, form: Form, currency: str, codes: list[str]) -> Any:
    if ask.kind == "check":
        return form.checked(ask.name)
    if ask.kind == "currency":
        return currency
    if not ask.required and not form.peek(ask.name).strip():
        return None
    if ask.kind in ("whole", "member"):
        return form.whole(ask.name, min=1 if ask.required else 0)
    if ask.kind == "money":
        return form.money(ask.name, currency).minor
    if ask.kind == "percent":
        return percent_of(form, ask.name)
    if ask.kind == "day":
        return form.day(ask.name).isoformat()
    if ask.kind == "class":
        return form.choice(ask.name, codes)
    if ask.kind == "choice":
        return form.choice(ask.name, [value for value, _ in ask.options])
    return form.text(ask.name, 2_000 if ask.kind == "lines" else 500, required=ask.required, lines=ask.kind == "lines")


def _currency(form: Form) -> str:
    try:
        return currency_code(form.text("currency", max=3) or "USD")
    except UnknownCurrency as refusal:
        form.refuse("currency", refusal)
        return "USD"


def percent_of(form: Form, name: str) -> int:
    """A percentage as somebody typed it, in millionths."""
    raw = form.text(name, 20)
    try:
        exact = Decimal(raw.replace(",", ".")) * 10_000
    except InvalidOperation:
        exact = Decimal(-1)
    if not exact.is_finite() or exact != exact.to_integral_value() or not 0 <= exact <= 1_000_000:
        form.refuse(name, NotAPercentage(text=raw))
        return 0
    return int(exact)
