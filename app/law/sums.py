"""Sums that a rule or a contract prescribes: the split of a SCIC's surplus, and the instalment of a loan."""

from fractions import Fraction

from app.core.errors import N_
from app.law.decisions import Decision, Reason, number, rounded
from app.law.profiles import Profile
from app.law.thresholds import MissingFigure

SPLIT = N_(
    "Of a surplus of {surplus}, {legal} goes to the legal reserve and {statutory} to the statutory one, neither ever "
    "to be shared out; at most {rest} may be distributed, subsidies deducted first."
)
INSTALMENT = N_("{n} equal instalments of {payment}, {per_year} a year, repay {principal} at {annual_rate} a year.")


def surplus_split(
    profile: Profile,
    surplus: Fraction,
    legal_full: bool | None = None,
    legal_reserve: Fraction | None = None,
    capital: Fraction | None = None,
) -> Decision:
    """How a SCIC's surplus splits. Answers `legal`, `statutory` and `max_distributable`, which sum to the surplus.

    `legal_full` says that the legal reserve has reached the capital; or both are given. Reserves are least amounts,
    so they round up to the cent.
    """
    value = profile.value("reserves")
    legal = _cent_up(value.ratio("legal") * surplus)
    if legal_full is None:
        if legal_reserve is None or capital is None:
            raise MissingFigure(name="legal_full")
        legal = min(legal, max(capital - legal_reserve, Fraction(0)))
    elif legal_full:
        legal = Fraction(0)
    statutory = _cent_up(value.ratio("statutory_min") * (surplus - legal))
    rest = surplus - legal - statutory
    answers = {"legal": number(legal), "statutory": number(statutory), "max_distributable": number(rest)}
    comparison = f"{number(legal)} + {number(statutory)} + {number(rest)} = {number(surplus)}"
    places = {"surplus": number(surplus), "legal": number(legal), "statutory": number(statutory), "rest": number(rest)}
    return Decision("", None, answers, {}, (Reason(True, comparison, SPLIT, places),), (value,))


def instalment(principal: Fraction, annual_rate: Fraction, per_year: int, n: int) -> Decision:
    """The equal instalment that repays a loan in `n` payments, interest included: whole units, half to even."""
    rate = annual_rate / per_year
    exact = principal / n if rate == 0 else principal * rate / (1 - (1 + rate) ** -n)
    payment = int(rounded(exact, 0))
    yearly = number(annual_rate) if 10**18 % annual_rate.denominator == 0 else annual_rate
    places = {
        "n": n,
        "payment": payment,
        "per_year": per_year,
        "principal": number(principal),
        "annual_rate": yearly,
    }
    comparison = f"{number(principal)} × r / (1 - (1 + r)^-{n}), r = {yearly} / {per_year}"
    return Decision("", None, {"payment": payment}, {}, (Reason(True, comparison, INSTALMENT, places),))


def _cent_up(amount: Fraction) -> Fraction:
    return Fraction(-((-amount * 100) // 1), 100)
