"""The chart as the accountant has it: numbers and titles of every account, and accounts of the organization's own."""

import re
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.database import one_at_a_time
from app.core.errors import N_, Refusal
from app.ledger.chart import KINDS, OWN_KINDS
from app.ledger.manual.models import ChartAccount

_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9.-]{0,19}")


class BadNumber(Refusal):
    """The number of an account is short and plain."""

    message = N_(
        "“{number}” cannot be the number of an account: at most 20 capital letters, digits, points and hyphens."
    )
    field = "number"


class NumberTaken(Refusal):
    """Another account has the number."""

    message = N_("The account {title} has the number {number} already.")
    status = 409
    field = "number"


class NoSuchAccount(Refusal):
    """The chart has no such account."""

    message = N_("The chart of accounts has no such account. Open it first.")
    status = 404
    field = "account"


@dataclass(frozen=True)
class Charted:
    """An account of the chart: kind and subject, its number ("" where none was given), and its title."""

    kind: str
    subject: str
    number: str
    title: str

    @property
    def name(self) -> str:
        """How forms name it."""
        return f"{self.kind}:{self.subject}"

    @property
    def is_own(self) -> bool:
        """Whether it is one of the organization's own; its title is no message to be translated."""
        return bool(self.subject)


def chart(session: Session) -> list[Charted]:
    """Every account of the chart in its order: the kinds of the product, and the organization's own under theirs."""
    named = charted_names(session)
    found = []
    for kind in KINDS.values():
        if kind.name not in OWN_KINDS:
            found.append(named.get((kind.name, "")) or Charted(kind.name, "", "", kind.title))
        found += sorted((each for each in named.values() if each.is_own and each.kind == kind.name), key=_order)
    return found


def charted_names(session: Session) -> dict[tuple[str, str], Charted]:
    """What the accountant has named, by kind and subject."""
    rows = session.scalars(select(ChartAccount).order_by(ChartAccount.id))
    return {(row.kind, row.subject): Charted(row.kind, row.subject, row.number, row.title) for row in rows}


def open_account(session: Session, kind: str, number: str, title: str, *, by: int | None) -> ChartAccount:
    """Open an account of one's own under a heading (one of `OWN_KINDS`)."""
    assert kind in OWN_KINDS, f"{kind} has no accounts of one's own"
    one_at_a_time(session, "chart of accounts")
    number = _free_number(session, number, None)
    return _write(session, kind, number, number, title, by)


def name_account(session: Session, kind: str, subject: str, number: str, title: str, *, by: int | None) -> ChartAccount:
    """Give an account of the chart another number and title; what is booked on it stays where it is."""
    one_at_a_time(session, "chart of accounts")
    account_of(session, kind, subject)
    number = _free_number(session, number, (kind, subject)) if number.strip() else ""
    return _write(session, kind, subject, number, title, by)


def account_of(session: Session, kind: str, subject: str) -> Charted:
    """An account of the chart; raises `NoSuchAccount`."""
    found = next((each for each in chart(session) if (each.kind, each.subject) == (kind, subject)), None)
    if found is None:
        raise NoSuchAccount
    return found


def _order(account: Charted) -> tuple[str, str]:
    return account.number, account.subject


def _free_number(session: Session, number: str, own: tuple[str, str] | None) -> str:
    typed = number.strip().upper()
    if not _NUMBER.fullmatch(typed):
        raise BadNumber(number=number.strip()[:30])
    for (kind, subject), each in charted_names(session).items():
        if (kind, subject) != own and typed in (each.number, subject):
            raise NumberTaken(title=each.title, number=typed)
    return typed


def _write(session: Session, kind: str, subject: str, number: str, title: str, by: int | None) -> ChartAccount:
    row = ChartAccount(
        kind=kind, subject=subject, number=number, title=title.strip(), written_at=clock.now(), written_by=by
    )
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.CHART_WRITTEN, f"account:{kind}:{subject}", by=by, number=number, title=row.title)
    return row
