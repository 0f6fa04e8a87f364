"""Filling the desk's forms: what an address says, and of a class whose terms change those that hold today."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.money import Money
from app.shares.acts.asking import Kind
from app.shares.acts.defining import Terms, terms_of_day
from app.shares.models import ShareClass


def filled(session: Session, kind: Kind, said: Mapping[str, str]) -> dict[str, str]:
    """The texts of a form's fields; what the address says comes before what holds."""
    asked = {ask.name for ask in kind.asks}
    values = {name: value for name, value in said.items() if name in asked}
    if kind.name == "terms" and "class_code" in values:
        found = session.scalars(select(ShareClass).where(ShareClass.code == values["class_code"])).first()
        terms = terms_of_day(session, found, clock.today()) if found else None
        values = (_typed(terms) if terms else {}) | values
    return values


def _typed(terms: Terms) -> dict[str, str]:
    """Terms as somebody would type them; the day from which they hold is asked anew."""

    def money(minor: int | None) -> str:
        return "" if minor is None else str(Money(minor, terms.currency).decimal())

    def whole(number: int | None) -> str:
        return "" if number is None else str(number)

    values = {
        "purpose": terms.purpose,
        "nominal": money(terms.nominal_cents),
        "currency": terms.currency,
        "votes_rule": terms.votes_rule.name,
        "votes_cap": whole(terms.votes_cap),
        "transferable": terms.transferable.name,
        "notice_days": str(terms.notice_days),
        "redemption_right": terms.redemption_right.name,
        "holder_shares_min": str(terms.holder_shares_min),
        "holder_shares_max": whole(terms.holder_shares_max),
        "capital_min": money(terms.capital_min_cents),
        "locked_until": terms.locked_until.isoformat() if terms.locked_until else "",
        "legends": "\n".join(terms.legends),
    }
    return values | ({"withdrawable": "yes"} if terms.withdrawable else {})
