"""Stating terms: what an organizer writes, as plain values, and the same as a row and as a proposal's payload."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any

from app.offers.models import OfferKind, OfferTerms, Oversubscription, PayWhen
from app.offers.terms.intermediaries import Said, as_rows, intermediaries_of
from app.payments.models import PayBy


@dataclass(frozen=True)
class PriceStep:
    """From a moment on, a share costs this, in minor units of the terms' currency."""

    begins_at: datetime
    price_cents: int


@dataclass(frozen=True)
class Terms:
    """Terms as an organizer writes them; money is in minor units of `currency`.

    `target_cents` is what must be pledged; `minimum_cents` what must be collected (None: the target); never more than
    `cap_cents` is allotted (None: no cap). `law` is the id of a profile of kind offering, or "". Countries are
    ISO 3166-1 codes; none in `countries` opens the offer to all that are not in `closed_countries`.
    """

    title: str
    summary: str
    share_class_id: int
    price_cents: int
    currency: str
    target_cents: int
    person_shares_min: int
    person_shares_max: int
    deadline_at: datetime
    zone: str
    users_count: int | None
    participants_target: int | None
    account_holder: str
    account_number: str
    kind: str = OfferKind.SUBSCRIPTION.value
    law: str = ""
    minimum_cents: int | None = None
    cap_cents: int | None = None
    oversubscription: str = Oversubscription.FIRST_COME.value
    lottery_seed_from: str = ""
    price_steps: tuple[PriceStep, ...] = ()
    countries: tuple[str, ...] = ()
    closed_countries: tuple[str, ...] = ()
    pay_when: str = PayWhen.AT_ONCE.value
    ways_to_pay: tuple[str, ...] = (PayBy.BANK_TRANSFER.value,)
    instalments_max: int = 1
    instalment_months: int = 1
    collecting_days: int = 0
    warnings: tuple[str, ...] = ()
    platform_users_only: bool = False
    solidarity: bool = False
    record_date: date | None = None
    settlement_days: int = 0
    follows_offer_id: int | None = None
    intermediaries: Said = None

    def columns(self) -> dict[str, Any]:
        """The values of a row of `offer_terms`."""
        steps = [{"from": step.begins_at.isoformat(), "price_cents": step.price_cents} for step in self.price_steps]
        lists = {name: list(getattr(self, name)) for name in _LISTS}
        return {**asdict(self), **lists, "price_steps": steps, "intermediaries": as_rows(self.intermediaries)}

    def payload(self) -> dict[str, Any]:
        """The terms as JSON, from which `terms_from` reads them back."""
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in self.columns().items()}


_LISTS = ("countries", "closed_countries", "ways_to_pay", "warnings")


def terms_of(row: OfferTerms) -> Terms:
    """A version's terms as plain values."""
    return _read({field.name: getattr(row, field.name) for field in fields(Terms)})


def terms_from(payload: Mapping[str, Any]) -> Terms:
    """The terms that a payload says."""
    day = payload["record_date"]
    return _read({
        **payload,
        "deadline_at": datetime.fromisoformat(payload["deadline_at"]),
        "record_date": date.fromisoformat(day) if day else None,
    })  # fmt: skip


def _read(values: dict[str, Any]) -> Terms:
    steps = (PriceStep(datetime.fromisoformat(step["from"]), step["price_cents"]) for step in values["price_steps"])
    lists = {name: tuple(values[name]) for name in _LISTS}
    earned = intermediaries_of(values.get("intermediaries"))
    return Terms(**{**values, **lists, "price_steps": tuple(steps), "intermediaries": earned})
