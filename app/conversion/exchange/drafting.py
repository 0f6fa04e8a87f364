"""Drafting an exchange: which class becomes which, at what ratio, from which day; later changes are new drafts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.conversion.exchange.models import Exchange, ExchangeTerms
from app.conversion.exchange.reckoning import start_reckoning
from app.conversion.exchange.terms import FRACTIONS, Beyond, Terms
from app.core import audit, clock
from app.core.database import one_at_a_time
from app.core.errors import N_, NotFound, Refusal
from app.shares.models import ShareClass

YEARS_MOST = 50


class SameClassTwice(Refusal):
    """A class is exchanged once, into a class that is not itself exchanged."""

    message = N_("Each old class is exchanged once, for shares of a class that is not exchanged itself.")
    field = "new_class"


class CashBeforeExchange(Refusal):
    """Money is owed from the exchange on."""

    message = N_("What is paid out becomes due on the effective date or later.")
    field = "cash_due_on"


class ExcessIsTheirs(Refusal):
    """What is above the most was paid by a few; the reserve belongs to all."""

    message = N_("What a holder has above the most stays theirs: pay it out, or turn it into a loan.")
    field = "beyond"


class LoanWithoutEnd(Refusal):
    """A loan is repaid at some time."""

    message = N_("Say after how many years the loan is repaid, from 1 to 50.")
    field = "loan_years"


class MostBelowLeast(Refusal):
    """Both bind every holder."""

    message = N_("A holder gets at most as many shares as at least, or more.")
    field = "most"


@dataclass(frozen=True)
class Replacement:
    """One class becomes another on some terms."""

    old: ShareClass
    new: ShareClass
    terms: Terms


def draft_exchange(
    session: Session,
    form_key: str,
    title: str,
    replacements: Sequence[Replacement],
    *,
    zone: str,
    effective_on: date,
    cash_due_on: date,
    by: int,
    reason: str,
) -> Exchange:
    """Draft an exchange and have its list reckoned; the same form again gives the same draft."""
    one_at_a_time(session, f"exchange {form_key}")
    existing = session.scalars(select(Exchange).where(Exchange.form_key == form_key)).first()
    if existing is not None:
        return existing
    old = [each.old.id for each in replacements]
    if len(set(old)) < len(old) or set(old) & {each.new.id for each in replacements}:
        raise SameClassTwice
    if cash_due_on < effective_on:
        raise CashBeforeExchange
    for each in replacements:
        _refuse(each.terms)
    row = Exchange(
        form_key=form_key,
        title=title,
        zone=zone,
        effective_on=effective_on,
        cash_due_on=cash_due_on,
        reason=reason,
        drafted_at=clock.now(),
        drafted_by=by,
    )
    session.add(row)
    session.flush()
    session.add_all(_terms(row, each) for each in replacements)
    session.flush()
    audit.record(session, audit.Tag.EXCHANGE_DRAFTED, f"exchange:{row.id}", by=by, reason=reason)
    start_reckoning(session, row.id)
    return row


def find_exchange(session: Session, exchange_id: int) -> Exchange:
    """The exchange of a number; raises `NotFound`."""
    row = session.get(Exchange, exchange_id)
    if row is None:
        raise NotFound
    return row


def exchanges(session: Session) -> list[Exchange]:
    """Every exchange, the latest first."""
    return list(session.scalars(select(Exchange).order_by(Exchange.id.desc())))


def _refuse(terms: Terms) -> None:
    if terms.most is not None and terms.most < max(terms.least, 1):
        raise MostBelowLeast
    if terms.most is not None and terms.beyond is Beyond.RESERVE:
        raise ExcessIsTheirs
    if terms.beyond is Beyond.LOAN and not 1 <= terms.loan_years <= YEARS_MOST:
        raise LoanWithoutEnd


def _terms(row: Exchange, each: Replacement) -> ExchangeTerms:
    assert each.terms.fractions in FRACTIONS, "nobody keeps old shares"
    return ExchangeTerms(
        exchange_id=row.id,
        old_class_id=each.old.id,
        new_class_id=each.new.id,
        new_shares=each.terms.ratio.new,
        old_shares=each.terms.ratio.old,
        fractions=each.terms.fractions.name,
        least=each.terms.least,
        nominal_cents=each.terms.nominal_cents,
        beyond=each.terms.beyond.name,
        most=each.terms.most,
        loan_rate_ppm=each.terms.loan_rate_ppm if each.terms.beyond is Beyond.LOAN else None,
        loan_years=each.terms.loan_years if each.terms.beyond is Beyond.LOAN else None,
    )
