"""Shapes of acts on shares: what each kind asks for, what is proposed, and an act with the lots it ended and made."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field, Strict

from app.api.shapes import Given, Line, Taken
from app.core.errors import InvalidInput, Refusal
from app.core.language import translator
from app.core.money import Money, UnknownCurrency, currency_code
from app.shares.acts.asking import Ask, Kind
from app.shares.models import Lot, ShareAct
from app.web.problems import UnknownField, WrongKind
from app.web.typed import WHOLE_MAX

Value = (
    Annotated[str, Strict(), Field(max_length=2_000)]
    | Annotated[bool, Strict()]
    | Annotated[int, Strict(), Field(ge=0, le=WHOLE_MAX)]
    | None
)
_SAID = {"whole": int, "member": int, "money": int, "check": bool}


class FieldGiven(Given):
    """A field that a kind of act asks for."""

    name: str = Field(examples=["shares"])
    label: str = Field(description="In the language of Accept-Language.")
    kind: str = Field(
        description="`text`, `lines`, `percent` (as text, such as `2.5`), `day`, `choice`, `class` (a code) and "
        "`currency` are texts; `whole`, `member` and `money` (minor units) are numbers; `check` is true or false.",
        examples=["whole"],
    )
    required: bool
    options: list[str] = Field(description="Of a choice.")


class KindGiven(Given):
    """A kind of act on shares."""

    kind: str = Field(examples=["transfer"])
    title: str
    about: str
    fields: list[FieldGiven]


class ShareActTaken(Taken):
    """An act on shares; its fields are those that its kind asks for."""

    kind: Annotated[Line, Field(max_length=60, examples=["transfer"])]
    values: dict[str, Value] = Field(
        max_length=60, examples=[{"member": 1, "recipient": "2", "shares": 10, "class_code": "A", "on": "2026-11-23"}]
    )

    def typed(self, kind: Kind) -> dict[str, str]:
        """The values as the page's form sends them; refuses what is no field of the kind or of another type."""
        asks = {ask.name: ask for ask in kind.asks}
        problems: dict[str, str | Refusal] = {}
        typed: dict[str, str] = {}
        for name, value in self.values.items():
            if name not in asks:
                problems[f"values.{name}"[:200]] = UnknownField()
            elif value is not None and type(value) is not _SAID.get(asks[name].kind, str):
                problems[f"values.{name}"] = WrongKind()
            elif value is not None:
                typed[name] = self._text(asks[name], value)
        if problems:
            raise InvalidInput(problems)
        return typed

    def _text(self, ask: Ask, value: Any) -> str:
        if ask.kind == "check":
            return "on" if value else ""
        if ask.kind != "money":
            return str(value)
        try:
            currency = currency_code(str(self.values.get("currency") or "USD"))
        except UnknownCurrency:
            return "0"
        return f"{Money(value, currency).decimal():f}"


class LotOfAct(Given):
    """A lot that an act ended or made."""

    certificate_number: int
    member_number: int
    name: str
    share_class: str
    shares: int


class ShareActGiven(Given):
    """An act on shares."""

    id: int | None = Field(description="Null in a preview.")
    kind: str = Field(examples=["transfer"])
    effective_on: date
    reason: str
    recorded_at: datetime
    reverses: int | None = Field(description="The act that it undoes.")
    ended: list[LotOfAct]
    made: list[LotOfAct]


class PreviewGiven(Given):
    """What an act would do; nothing of it was done."""

    acts: list[ShareActGiven]


def kind_given(kind: Kind, lang: str) -> KindGiven:
    """A kind of act as the API tells it."""
    say = translator(lang)
    return KindGiven(
        kind=kind.name,
        title=say(kind.title),
        about=say(kind.lead),
        fields=[
            FieldGiven(
                name=ask.name,
                label=say(ask.label),
                kind=ask.kind,
                required=ask.required and ask.kind not in ("check", "currency"),
                options=[value for value, _ in ask.options],
            )
            for ask in kind.asks
        ],
    )


def act_given(facts: dict[str, Any], *, done: bool = True) -> ShareActGiven:
    """An act with its lots, from what its page shows."""
    row: ShareAct = facts["row"]
    names: dict[int, str] = facts["names"]
    return ShareActGiven(
        id=row.id if done else None,
        kind=row.kind,
        effective_on=row.effective_on,
        reason=row.reason,
        recorded_at=row.recorded_at,
        reverses=row.reverses_id,
        ended=[_lot(lot, names) for lot in facts["ended"]],
        made=[_lot(lot, names) for lot in facts["made"]],
    )


def _lot(lot: Lot, names: dict[int, str]) -> LotOfAct:
    return LotOfAct(
        certificate_number=lot.certificate_number,
        member_number=lot.membership.number,
        name=names[lot.membership_id],
        share_class=lot.share_class.code,
        shares=lot.shares,
    )
