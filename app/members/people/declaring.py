"""Declaring income and net worth, which some laws ask of buyers; from them follows what one person may buy."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import N_, Refusal
from app.core.money import Money, precision
from app.law import limits
from app.law.decisions import Decision
from app.law.profiles import Profile
from app.members.entering import locked_holder
from app.members.models import Person
from app.members.people.models import PersonDeclaration
from app.members.people.resolving import same_person

COUNTS_FOR = timedelta(days=365)
"""Declarations speak of twelve months; an older one is asked for again."""
_LIMITED = {"us-regcf": limits.regcf_limit, "us-rega-t2": limits.rega_limit}


class DeclaredInAnother(Refusal):
    """The law counts in one currency, and no rate of exchange is recorded."""

    message = N_("The law of this offer counts in {wanted}. Declare your income and net worth in {wanted}.")
    field = "income"


class NotDeclared(Refusal):
    """The law limits what one may buy by income or net worth, which are not known."""

    message = N_("The law of this offer limits what one person may buy. Declare your income and net worth first.")
    status = 409
    field = "income"


@dataclass(frozen=True)
class Declaration:
    """What somebody declared of a year's income, net worth, and what they bought elsewhere in twelve months.

    Of a company or association it is revenue and net assets. All in one currency. `accredited` is their own statement.
    """

    income: Money
    net_worth: Money
    bought_12m: Money
    accredited: bool
    declared_at: datetime

    @property
    def counts(self) -> bool:
        """Whether it is recent enough to rely on."""
        return clock.now() - self.declared_at <= COUNTS_FOR


def declare(
    session: Session,
    person: Person,
    *,
    income: Money,
    net_worth: Money,
    bought_12m: Money,
    accredited: bool = False,
    by: int | None,
) -> Declaration:
    """Keep what a person declares now; earlier declarations stay and no longer count."""
    currencies = {income.currency, net_worth.currency, bought_12m.currency}
    assert len(currencies) == 1 and income.minor >= 0 and bought_12m.minor >= 0, "one currency, nothing below zero"
    holder = locked_holder(session, person.id)
    row = PersonDeclaration(
        person_id=holder.id,
        currency=income.currency,
        income_cents=str(income.minor),
        net_worth_cents=str(net_worth.minor),
        bought_12m_cents=str(bought_12m.minor),
        accredited="yes" if accredited else "no",
        declared_at=clock.now(),
        recorded_by=by,
    )
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.MEANS_DECLARED, f"person:{holder.id}", by=by)
    return _read(row)


def declaration_of(session: Session, person_id: int) -> Declaration | None:
    """The latest declaration, however old: `counts` says whether it may be relied on."""
    row = session.scalars(
        select(PersonDeclaration)
        .where(PersonDeclaration.person_id.in_(same_person(person_id)))
        .order_by(PersonDeclaration.id.desc())
        .limit(1)
    ).first()
    return None if row is None else _read(row)


def asks_for_declaration(law_profile: Profile) -> bool:
    """Whether an offer's law wants to know income or net worth: for a limit, or for a warning."""
    return law_profile.id.partition("@")[0] in _LIMITED or "warn_threshold" in law_profile.values


def limit_decision(law_profile: Profile, declaration: Declaration | None) -> Decision | None:
    """The law's limit with its reasons and source, in major units of its currency; None where it sets no limit."""
    rule = _LIMITED.get(law_profile.id.partition("@")[0])
    if rule is None:
        return None
    if declaration is not None and declaration.accredited:
        return rule(law_profile, None)
    return rule(law_profile, _worth(law_profile, declaration))


def offer_limit(
    law_profile: Profile, declaration: Declaration | None, *, bought_here: Money | None = None
) -> Money | None:
    """The most that a person may still buy in an offer under this law; None where there is no limit.

    `bought_here` is what they bought here already that counts: under Regulation Crowdfunding in any offer in twelve
    months, under Regulation A in this offer. Under Regulation Crowdfunding what the declaration says was bought
    elsewhere counts too, and the least limit stands without one. Refuses `NotDeclared` and `DeclaredInAnother`.
    """
    decision = limit_decision(law_profile, declaration)
    if decision is None or decision.answers["limit"] is None:
        return None
    currency = _currency(law_profile)
    most = _minor(Fraction(decision.answers["limit"]), currency)
    if law_profile.id.partition("@")[0] == "us-regcf" and declaration is not None:
        most -= declaration.bought_12m.minor
    if bought_here is not None:
        assert bought_here.currency == currency, f"what was bought is counted in {currency}"
        most -= bought_here.minor
    return Money(max(most, 0), currency)


def warning_above(law_profile: Profile, declaration: Declaration | None) -> Money | None:
    """Above which amount the law wants a risk warning, express consent and a proof of understanding; None: nowhere."""
    if "warn_threshold" not in law_profile.values:
        return None
    currency = _currency(law_profile)
    worth = Fraction(0) if declaration is None else _major(_same(declaration.net_worth, currency))
    decision = limits.ecsp_warning(law_profile, max(worth, Fraction(0)), Fraction(0))
    return Money(_minor(Fraction(decision.answers["limit"]), currency), currency)


def _worth(law_profile: Profile, declaration: Declaration | None) -> tuple[Fraction, Fraction]:
    """Income and net worth as the law counts them; with none declared, as little as there can be."""
    if declaration is None:
        if "lower_min" not in law_profile.value("investor_limit").data:
            raise NotDeclared
        return Fraction(0), Fraction(0)
    currency = _currency(law_profile)
    income, worth = _major(_same(declaration.income, currency)), _major(_same(declaration.net_worth, currency))
    return income, max(worth, Fraction(0))  # debts above all that one has do not lower what income allows


def _currency(law_profile: Profile) -> str:
    return str(law_profile.value("cap").at("currency"))


def _same(amount: Money, currency: str) -> Money:
    if amount.currency != currency:
        raise DeclaredInAnother(wanted=currency)
    return amount


def _major(amount: Money) -> Fraction:
    return Fraction(amount.minor, 10 ** precision(amount.currency))


def _minor(amount: Fraction, currency: str) -> int:
    return int(amount * 10 ** precision(currency) // 1)


def _read(row: PersonDeclaration) -> Declaration:
    income, worth, bought = (
        Money(int(each), row.currency) for each in (row.income_cents, row.net_worth_cents, row.bought_12m_cents)
    )
    return Declaration(income, worth, bought, row.accredited == "yes", row.declared_at)
