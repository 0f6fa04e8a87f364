"""Secrets of the form: means and birth dates wait sealed until the pledge is confirmed, then go to the record."""

import json
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.core import clock
from app.core.money import Money
from app.offers.models import Pledge
from app.offers.pledging.models import PledgePrivate
from app.offers.pledging.solidarity.models import SolidarityRequest
from app.offers.pledging.solidarity.waiting import waiting_requests
from app.offers.pledging.wishes import Declared, Wish

KEPT_FOR = timedelta(days=8)
"""The letter's link lasts seven days; what was not confirmed by then is not needed any more."""


def keep_secrets(session: Session, pledge: Pledge, wish: Wish) -> None:
    """Keep what of the form only few may read, sealed, if there is any."""
    answers: dict[str, Any] = {}
    if wish.declared is not None:
        means = wish.declared
        answers["declared"] = {
            "currency": means.income.currency,
            "income": means.income.minor,
            "net_worth": means.net_worth.minor,
            "bought_12m": means.bought_12m.minor,
            "accredited": means.accredited,
        }
    if wish.holding.born_on is not None:
        answers["born_on"] = wish.holding.born_on.isoformat()
    if answers:
        session.add(PledgePrivate(pledge_id=pledge.id, answers=json.dumps(answers), kept_at=clock.now()))
        session.flush()


def secrets_of(session: Session, pledge: Pledge) -> tuple[Declared | None, date | None]:
    """The means that were declared and the birth date of a minor, as far as they wait."""
    row = session.get(PledgePrivate, pledge.id)
    if row is None:
        return None, None
    answers = json.loads(row.answers)
    means, born_on = answers.get("declared"), answers.get("born_on")
    return _means(means) if means else None, date.fromisoformat(born_on) if born_on else None


def forget_secrets(session: Session, pledge: Pledge) -> None:
    """Remove what waited: it is on the person's record now, or not needed."""
    session.execute(delete(PledgePrivate).where(PledgePrivate.pledge_id == pledge.id))


def forget_old_secrets(session: Session) -> None:
    """Remove what waited for confirmations that can no longer come; pledges that ask a solidarity fund wait longer."""
    waits = waiting_requests().with_only_columns(SolidarityRequest.pledge_id)
    old = PledgePrivate.kept_at < clock.now() - KEPT_FOR
    session.execute(delete(PledgePrivate).where(old, PledgePrivate.pledge_id.not_in(waits)))


def _means(said: dict[str, Any]) -> Declared:
    income, worth, bought = (Money(said[name], said["currency"]) for name in ("income", "net_worth", "bought_12m"))
    return Declared(income, worth, bought, said["accredited"])
