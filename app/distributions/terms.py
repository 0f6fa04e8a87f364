"""The terms of a distribution: what is shared out of which period, by what, in which form, under which law."""

from dataclasses import asdict, dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from app.core.errors import N_, Refusal
from app.core.money import Money
from app.distributions.models import Kind
from app.distributions.sharing import PPM
from app.law import returns, sums
from app.law.adapting import law_for
from app.law.decisions import Decision
from app.law.profiles import reference

LAWS = {
    "": N_("no further rules"),
    "fr-scic": N_("French SCIC (law of 1947)"),
    "us-subchapter-t": N_("US Subchapter T"),
}
NOTICES = {
    "": N_("none"),
    "qualified": N_("qualified"),
    "nonqualified": N_("nonqualified"),
}
WITHHOLD_FROM = {
    "nobody": N_("nobody"),
    "untaxed": N_("members whose tax number is not on record"),
    "everyone": N_("everyone"),
}


class PeriodReversed(Refusal):
    """The period ends before it begins."""

    message = N_("The period ends before it begins.")
    field = "period_to"


class DeclaredTooEarly(Refusal):
    """What a period brought is known when it is over."""

    message = N_("It is declared on {on}, before its period ends on {end}.")
    field = "declared_on"


class PaidBeforeDeclared(Refusal):
    """Nothing is owed before it is declared."""

    message = N_("It would be paid before it is declared.")
    field = "payable_on"


class NothingToShare(Refusal):
    """The amount, or the rate, is zero."""

    message = N_("There is nothing to share out.")
    status = 409


class PoolsMissing(Refusal):
    """A patronage refund is shared out by kinds of business."""

    message = N_("Name at least one kind of business with its weight, such as “royalties 90”.")
    field = "pools"


class NoticeMissing(Refusal):
    """Under Subchapter T, what is retained is a qualified or a nonqualified notice."""

    message = N_("Say whether the notices of what is retained are qualified or nonqualified.")
    field = "notice"


class NoticeWithoutRetained(Refusal):
    """A notice says what is retained."""

    message = N_("All is paid in cash: there is no notice of allocation, qualified or not.")
    field = "notice"


class ConsentMissing(Refusal):
    """A qualified notice rests on the members' consent to be taxed on it."""

    message = N_("Say on what the members' consent rests: a bylaw, a written consent, or qualified checks.")
    field = "consent"


class NotQualified(Refusal):
    """Too little is paid in money for a qualified notice."""

    message = N_("A qualified notice needs at least {least} of each refund in money; this pays {cash}.")
    field = "cash"


class AboveCap(Refusal):
    """The law caps interest on shares."""

    message = N_("Interest of {rate} a year is above the cap of {cap} that the law sets.")
    status = 409
    field = "rate"


class PaidTooLate(Refusal):
    """The payment period of the year is over."""

    message = N_("A patronage dividend of that year is paid by {last} at the latest.")
    status = 409
    field = "payable_on"


class AboveDistributable(Refusal):
    """Reserves come first."""

    message = N_("{declared} would be shared out; after the reserves at most {most} of the surplus may be.")
    status = 409
    field = "surplus"


class SurplusMissing(Refusal):
    """Without the year's surplus nobody can say what may be shared out."""

    message = N_("Give the surplus of the year: the law says how much of it may be shared out.")
    field = "surplus"


class YieldsMissing(Refusal):
    """The cap on interest follows from the bond yields of three years."""

    message = N_("Give the mean bond yield (TMO) of each of the last three years.")
    field = "yields"


@dataclass(frozen=True)
class Terms:
    """What is declared. Rates and parts are in millionths, money in minor units of `currency`.

    Of interest: `class_code`, `rate_ppm` a year, `yields_ppm` where the law caps it. Of patronage: `declared_cents`,
    `pools` (kind of business, weight), `cash_ppm`, what becomes of the rest. `into_class` (or "") says that retained
    parts become shares at `share_price_cents`, as far as they buy whole ones.
    """

    kind: Kind
    title: str
    currency: str
    period_from: date
    period_to: date
    declared_on: date
    payable_on: date
    law: str
    reason: str
    class_code: str = ""
    rate_ppm: int = 0
    yields_ppm: tuple[int, ...] = ()
    surplus_cents: int | None = None
    legal_reserve_full: bool = False
    declared_cents: int = 0
    pools: tuple[tuple[str, int], ...] = ()
    cash_ppm: int = PPM
    notice: str = ""
    consent: str = ""
    withhold_ppm: int = 0
    withhold_from: str = "nobody"
    into_class: str = ""
    share_price_cents: int = 0

    def as_data(self) -> dict[str, Any]:
        """The terms as JSON holds them."""
        data = asdict(self)
        days = ("period_from", "period_to", "declared_on", "payable_on")
        return data | {name: data[name].isoformat() for name in days} | {
            "kind": self.kind.value,
            "pools": [list(pool) for pool in self.pools],
            "yields_ppm": list(self.yields_ppm),
        }  # fmt: skip

    @classmethod
    def of_data(cls, data: dict[str, Any]) -> "Terms":
        """The terms that `as_data` wrote."""
        days = {
            name: date.fromisoformat(data[name]) for name in ("period_from", "period_to", "declared_on", "payable_on")
        }
        pools = tuple((str(name), int(weight)) for name, weight in data["pools"])
        yields = tuple(int(each) for each in data["yields_ppm"])
        return cls(**(data | days | {"kind": Kind(data["kind"]), "pools": pools, "yields_ppm": yields}))

    @property
    def declared(self) -> Money:
        """What is shared out in all, where the terms say it (of interest, the shares do)."""
        return Money(self.declared_cents, self.currency)


def refuse_terms(terms: Terms) -> None:
    """Refuse terms that contradict themselves, whatever the basis."""
    if terms.period_to < terms.period_from:
        raise PeriodReversed
    if terms.declared_on <= terms.period_to:
        raise DeclaredTooEarly(on=terms.declared_on, end=terms.period_to)
    if terms.payable_on < terms.declared_on:
        raise PaidBeforeDeclared
    if terms.kind is Kind.INTEREST:
        if not terms.rate_ppm:
            raise NothingToShare
        return
    if not terms.declared_cents:
        raise NothingToShare
    if not terms.pools or not any(weight for _, weight in terms.pools):
        raise PoolsMissing
    _refuse_notice(terms)


def _refuse_notice(terms: Terms) -> None:
    if terms.cash_ppm == PPM:
        if terms.notice:
            raise NoticeWithoutRetained
        return
    if terms.law == "us-subchapter-t" and not terms.notice:
        raise NoticeMissing
    if terms.notice == "qualified":
        decision = returns.qualified_cash(reference("equity-accounting"), Fraction(terms.cash_ppm, PPM))
        if not decision.outcome:  # what “qualified” means, not a bar that counsel could lift
            raise NotQualified(least=decision.answers["limit"], cash=Fraction(terms.cash_ppm, PPM))
        if not terms.consent:
            raise ConsentMissing


def decisions_on(session: Session, terms: Terms, declared_cents: int) -> list[Decision]:
    """What the law says of terms that share out so much; refuses where it says no and may be enforced.

    Raises `AboveCap`, `AboveDistributable`, `PaidTooLate`; what is only likely law stays a warning in the list.
    """
    decisions = _scic(session, terms, declared_cents) if terms.law == "fr-scic" else []
    if terms.law == "us-subchapter-t" and terms.kind is Kind.PATRONAGE:
        table = reference("equity-accounting")
        paid = returns.payment_period(table, terms.period_to, terms.payable_on)
        if paid.refused:
            raise PaidTooLate(last=paid.answers["limit"])
        decisions.append(paid)
        if terms.notice == "qualified":
            decisions.append(returns.qualified_cash(table, Fraction(terms.cash_ppm, PPM)))
    return decisions


def _scic(session: Session, terms: Terms, declared_cents: int) -> list[Decision]:
    law = law_for(session, "fr-scic")
    if terms.surplus_cents is None:
        raise SurplusMissing
    divided = sums.surplus_split(law, Fraction(terms.surplus_cents, 100), legal_full=terms.legal_reserve_full)
    most = Money(int(Fraction(divided.answers["max_distributable"]) * 100), terms.currency)
    divided = replace(divided, outcome=declared_cents <= most.minor)
    if divided.refused:
        raise AboveDistributable(declared=Money(declared_cents, terms.currency), most=most)
    if terms.kind is not Kind.INTEREST:
        return [divided]
    if len(terms.yields_ppm) != 3:
        raise YieldsMissing
    rate = Fraction(terms.rate_ppm, PPM)
    cap = returns.interest_cap(law, [Fraction(each, PPM) for each in terms.yields_ppm], rate)
    if cap.refused:
        raise AboveCap(rate=rate, cap=cap.answers["limit"])
    return [divided, cap]
