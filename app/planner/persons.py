"""What the amount asks of each person: the limits on one investor, and who may file a proposal."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from app.core.errors import N_
from app.core.money import Money, precision
from app.law.limits import regcf_buy, withdrawable, withdrawable_cap
from app.law.profiles import profile
from app.law.proposals import eligible
from app.law.values import Value
from app.planner.planning import Plan
from app.planner.said import Said, said

_POOR = (Fraction(0), Fraction(0))


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule says to an amount: True where it fits anyone, False where it bars everyone, None where it depends."""

    title: Said
    fits: bool | None
    sentence: Said
    value: Value


def persons(plan: Plan) -> tuple[Finding, ...]:
    """The findings of the rules that are in the plan's currency."""
    return tuple(finding for currency, finding in _findings(plan.each) if currency == plan.currency)


def _findings(each: Money) -> Iterator[tuple[str, Finding]]:
    yield "USD", _crowd(each)
    yield "USD", _american(each)
    yield "USD", _proposal(each)
    yield "EUR", _european(each)
    yield "GBP", _withdrawable(each)


def _crowd(each: Money) -> Finding:
    rules = profile("us-regcf")
    value, title = rules.value("investor_limit"), said(N_("Regulation Crowdfunding (US), per person in 12 months"))
    bound, most = _like(each, value.whole("lower_below")), _like(each, value.whole("upper_max"))
    if regcf_buy(rules, _POOR, Fraction(0), Fraction(each.decimal())).outcome:
        least = _like(each, value.whole("lower_min"))
        return Finding(title, True, said(ANYONE, each=each, limit=least), value)
    if most < each:
        return Finding(title, False, said(ACCREDITED, each=each, limit=most), value)
    owned, both = _owned(each, value.ratio("lower_rate")), _owned(each, value.ratio("upper_rate"))
    if owned <= bound:
        return Finding(title, None, said(OWNING, each=each, owned=owned), value)
    greater = bound if both < bound else both
    return Finding(title, None, said(OWNING_BOTH, each=each, owned=owned, bound=bound, both=greater), value)


def _american(each: Money) -> Finding:
    value = profile("us-rega-t2").value("investor_limit")
    owned = _owned(each, value.ratio("rate"))
    return Finding(said(N_("Regulation A, Tier 2 (US), per person")), None, said(OWNING, each=each, owned=owned), value)


def _proposal(each: Money) -> Finding:
    rules = profile("us-sec-14a8")
    value, title = rules.value("eligibility"), said(N_("Shareholder proposal (US, Rule 14a-8)"))
    usd = Fraction(each.decimal())
    years = [tier["years"] for tier in value.data if eligible(rules, usd, Fraction(tier["years"])).outcome]
    if not years:
        least = _like(each, min(tier["usd"] for tier in value.data))
        return Finding(title, False, said(NO_PROPOSAL, each=each, least=least), value)
    return Finding(title, True, said(PROPOSAL, each=each, years=min(years)), value)


def _european(each: Money) -> Finding:
    value = profile("eu-ecsp").value("warn_threshold")
    title, least = said(N_("Crowdfunding service provider (EU), warning")), _like(each, value.whole("min"))
    if each <= least:
        return Finding(title, True, said(NO_WARNING, each=each, least=least), value)
    return Finding(title, None, said(WARNING, each=each, owned=_owned(each, value.ratio("rate"))), value)


def _withdrawable(each: Money) -> Finding:
    rules = profile("uk-community-shares")
    value, cap = withdrawable_cap(rules)
    fits = bool(withdrawable(rules, Fraction(each.decimal())).outcome)
    sentence = said(HOLDING if fits else TOO_MUCH, each=each, limit=_like(each, cap))
    return Finding(said(N_("Withdrawable shares (UK)")), fits, sentence, value)


def _like(each: Money, amount: int) -> Money:
    return Money(amount * 10 ** precision(each.currency), each.currency)


def _owned(each: Money, rate: Fraction) -> Money:
    """The least income or net worth of which `rate` covers the amount."""
    return Money(ceil(each.minor / rate), each.currency)


ANYONE = N_("{each} is within the {limit} that anyone may invest in 12 months, over all such offers together.")
OWNING = N_("{each} needs an income or a net worth of at least {owned}, unless the person is accredited.")
OWNING_BOTH = N_(
    "{each} needs an income or a net worth of at least {owned}; or both at least {bound}, and one of them {both}; "
    "unless the person is accredited."
)
ACCREDITED = N_("{each} is above {limit}, the most that anyone but accredited investors may invest in 12 months.")
PROPOSAL = N_("One holder of {each} may file a proposal; years of holding needed: {years}. Holdings are not added up.")
NO_PROPOSAL = N_(
    "A holder of {each} cannot file a proposal: at least {least} is needed, and holdings are not added up."
)
NO_WARNING = N_("{each} needs no warning: that begins above {least}.")
WARNING = N_("{each} brings the warning for everyone with a net worth below {owned}, who must consent expressly.")
HOLDING = N_("{each} is within the {limit} that one member may hold in withdrawable shares.")
TOO_MUCH = N_("{each} is more than the {limit} that one member may hold in withdrawable shares.")
