"""Which exemptions for offers to the public the sum exceeds."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from app.core.errors import N_
from app.core.money import Money, precision
from app.law.caps import issuer_cap, prospectus
from app.law.profiles import profile
from app.law.values import Value
from app.planner.planning import Plan
from app.planner.said import Said, said

# Among these one unit has always bought more than a tenth and less than ten of another, so a sum more than ten times
# a cap, or less than a tenth of it, is judged without knowing the rate of the day.
_NEAR = frozenset(("USD", "EUR", "GBP", "CHF", "CAD", "AUD", "NZD"))
_FAR = 10


@dataclass(frozen=True, slots=True)
class Exemption:
    """An exemption's cap in `months`: whether the sum exceeds it, and how many times the cap it is at equal currencies.

    `exceeded` is None where that depends on the rate of exchange; `rate` is then, and whenever the currencies differ,
    what one unit of the plan's currency must be worth in the cap's for the two to be equal.
    """

    title: Said
    most: Money
    months: int
    exceeded: bool | None
    times: Fraction
    rate: Fraction | None
    value: Value


def exemptions(plan: Plan) -> tuple[Exemption, ...]:
    """The exemptions of the offering profiles against the sum, as if all of it were raised by one offer."""
    raised = Fraction(plan.raised.decimal())
    return tuple(_judged(plan.raised, *rule) for rule in _rules(raised))


@dataclass(frozen=True, slots=True)
class Condition:
    """What an offer must meet whatever its sum."""

    title: Said
    sentence: Said
    value: Value


def conditions() -> tuple[Condition, ...]:
    """Rules of the offering profiles that no sum loosens."""
    return (
        Condition(said(CROWD), said(BARRED), profile("us-regcf").value("issuer_bars")),
        Condition(said(BRITISH), said(BANNED), profile("uk-community-shares").value("transferable")),
        Condition(said(FRENCH), said(PARTS), profile("fr-coop-offer").value("rule")),
    )


def _rules(raised: Fraction) -> Iterator[tuple[Said, Value, Money, int, bool]]:
    """Each with its cap, months, and whether the sum would be within it were the currencies equal."""
    crowd, american = profile("us-regcf"), profile("us-rega-t2")
    european, without = profile("eu-ecsp"), profile("eu-prospectus")
    first, second = american.value("tier1_cap"), american.value("cap")
    year, size = second.whole("months"), without.value("threshold")
    yield _capped(said(CROWD), crowd.value("cap"), bool(issuer_cap(crowd, _NONE, raised).outcome))
    yield said(N_("Regulation A, Tier 1 (US)")), first, _major(first.whole(), "USD"), year, raised <= first.whole()
    yield _capped(said(N_("Regulation A, Tier 2 (US)")), second, bool(issuer_cap(american, _NONE, raised).outcome))
    yield _capped(
        said(N_("Crowdfunding service provider (EU)")),
        european.value("cap"),
        bool(issuer_cap(european, _NONE, raised).outcome),
    )
    for title, key, lower in ((LOWER, "member_state_option_eur", True), (HIGHER, "eur", False)):
        within = bool(prospectus(without, _NONE, raised, lower_option=lower).outcome)
        yield said(title), size, _major(size.whole(key), "EUR"), size.whole("months"), within


def _capped(title: Said, value: Value, within: bool) -> tuple[Said, Value, Money, int, bool]:
    return title, value, _major(value.whole("max"), value.at("currency")), value.whole("months"), within


def _judged(raised: Money, title: Said, value: Value, most: Money, months: int, within: bool) -> Exemption:
    times = Fraction(raised.decimal()) / Fraction(most.decimal())
    if raised.currency == most.currency:
        return Exemption(title, most, months, not within, times, None, value)
    near = {raised.currency, most.currency} <= _NEAR
    far_above, far_below = near and times > _FAR, not times or (near and times * _FAR < 1)
    exceeded = True if far_above else False if far_below else None
    return Exemption(title, most, months, exceeded, times, 1 / times if times else None, value)


def _major(amount: int, currency: str) -> Money:
    return Money(amount * 10 ** precision(currency), currency)


_NONE = Fraction(0)
LOWER = N_("No prospectus, lower limit a member state may choose (EU)")
HIGHER = N_("No prospectus (EU)")
CROWD = N_("Regulation Crowdfunding (US)")
BARRED = N_(
    "Closed to companies that report under the Exchange Act, and to pools that only hold another company’s shares."
)
BRITISH = N_("Shares anyone can transfer (UK)")
BANNED = N_(
    "Since 19 January 2026 an offer to the public is banned unless an exemption fits; "
    "withdrawable shares of a society stand outside that."
)
FRENCH = N_("Co-operative shares (France)")
PARTS = N_("An SA co-operative may offer its shares to the public under the rules of the AMF.")
