"""The form of a distribution, read: amounts exact, percentages to four decimals, kinds of business with weights."""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from app.core.errors import N_, Refusal
from app.core.money import Money, UnknownCurrency, currency_code
from app.distributions.models import Kind
from app.distributions.sharing import PPM
from app.distributions.terms import LAWS, NOTICES, WITHHOLD_FROM, Terms
from app.shares.acts.asking import NotAPercentage
from app.web.typed import Form, Missing

_POOL = re.compile(r"(?P<name>.{1,60}?)\s*[ =:]\s*(?P<weight>[0-9]{1,6})")
POOLS_MAX = 20


class NotAPool(Refusal):
    """A line is not a kind of business with a weight."""

    message = N_("“{text}” is not a kind of business with a weight. Write one on each line, like “royalties 90”.")


class PoolTwice(Refusal):
    """A kind of business has one weight."""

    message = N_("“{text}” is there twice.")


class NoPrice(Refusal):
    """Shares have a price."""

    message = N_("Shares cost more than nothing.")


def read_terms(form: Form, kind: Kind, classes: list[str]) -> Terms:
    """The terms that a form says; `done()` is the caller's."""
    currency = _currency(form)
    terms = Terms(
        kind=kind,
        title=form.text("title", 120),
        currency=currency,
        period_from=form.day("period_from"),
        period_to=form.day("period_to"),
        declared_on=form.day("declared_on"),
        payable_on=form.day("payable_on"),
        law=_choice(form, "law", list(LAWS)),
        reason=form.text("reason", 500),
        surplus_cents=form.money("surplus", currency).minor if form.peek("surplus").strip() else None,
        legal_reserve_full=form.checked("legal_reserve_full"),
        withhold_ppm=percentage(form, "withhold"),
        withhold_from=form.choice("withhold_from", list(WITHHOLD_FROM)),
        **(_interest(form, classes) if kind is Kind.INTEREST else _patronage(form, currency, classes)),
    )
    return terms


def percentage(form: Form, name: str, *, required: bool = False) -> int:
    """A percentage as millionths, with at most four decimals; zero when it may be left out."""
    raw = form.text(name, 20, required=required).rstrip("% ").replace(",", ".")
    if not raw:
        return 0
    return _millionths(form, name, raw)


def _interest(form: Form, classes: list[str]) -> dict[str, Any]:
    raw = form.text("yields", 60, required=False).replace(",", ".").split()
    return {
        "class_code": form.choice("class_code", classes),
        "rate_ppm": percentage(form, "rate", required=True),
        "yields_ppm": tuple(_millionths(form, "yields", each.rstrip("%;")) for each in raw),
    }


def _patronage(form: Form, currency: str, classes: list[str]) -> dict[str, Any]:
    into = _choice(form, "into_class", ["", *classes])
    price = form.money("share_price", currency) if into else Money(0, currency)
    if into and not price.minor:
        form.refuse("share_price", NoPrice())
    return {
        "declared_cents": form.money("amount", currency).minor,
        "pools": _pools(form),
        "cash_ppm": percentage(form, "cash", required=True),
        "notice": _choice(form, "notice", list(NOTICES)),
        "consent": form.text("consent", 300, required=False),
        "into_class": into,
        "share_price_cents": price.minor,
    }


def _pools(form: Form) -> tuple[tuple[str, int], ...]:
    pools: dict[str, int] = {}
    for line in form.text("pools", 2000, lines=True).splitlines()[:POOLS_MAX]:
        if not line.strip():
            continue
        found = _POOL.fullmatch(line.strip())
        if found is None:
            form.refuse("pools", NotAPool(text=line.strip()[:60]))
        elif found["name"] in pools:
            form.refuse("pools", PoolTwice(text=found["name"]))
        else:
            pools[found["name"]] = int(found["weight"])
    return tuple(pools.items())


def _millionths(form: Form, name: str, raw: str) -> int:
    try:
        exact = Decimal(raw) * PPM / 100
    except InvalidOperation:
        exact = Decimal(-1)
    if not exact.is_finite() or exact != exact.to_integral_value() or not 0 <= exact <= PPM:
        form.refuse(name, NotAPercentage(text=raw[:20]))
        return 0
    return int(exact)


def _currency(form: Form) -> str:
    raw = form.text("currency", 3)
    try:
        return currency_code(raw) if raw else "USD"
    except UnknownCurrency as refusal:
        form.refuse("currency", refusal)
        return "USD"


def _choice(form: Form, name: str, allowed: list[str]) -> str:
    """One of the allowed values, where leaving it out is one of them."""
    value = form.peek(name)
    if value not in allowed:
        form.refuse(name, Missing())
        return ""
    return value
