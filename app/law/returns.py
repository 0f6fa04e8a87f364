"""What members may get of a surplus: the cap on interest, the cash part of a qualified notice, and when it is paid."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from app.core.errors import N_
from app.law.decisions import Decision, Percent, Reason, compare
from app.law.profiles import Profile

CAP = N_("The interest is {rate} a year; at most the mean bond yield of three years, {mean}, and two points: {cap}.")
CASH = N_("{cash} of each patronage dividend is paid in money; a qualified notice needs {least}.")
PERIOD = N_("It is paid on {paid_on}; the payment period of a year that ends on {year_end} lasts until {last}.")
POINTS = Fraction(2, 100)  # the profile's value says it in words: "+ 2 points"
HALF_A_MONTH = 15


def interest_cap(profile: Profile, yields: Sequence[Fraction], rate: Fraction) -> Decision:
    """Whether interest on the shares of a SCIC stays within its cap, by the bond yields (TMO) of three years."""
    assert len(yields) == 3, "the law takes the mean of three calendar years"
    value = profile.value("share_interest_cap")
    mean = sum(yields, Fraction(0)) / 3
    places = {"rate": Percent(rate), "mean": Percent(mean), "cap": Percent(mean + POINTS)}
    reason = compare(("rate", rate), "<=", ("cap", mean + POINTS), CAP, **places)
    return Decision("", reason.holds, {"ok": reason.holds, "limit": mean + POINTS}, {}, (reason,), (value,))


def qualified_cash(table: Profile, cash: Fraction) -> Decision:
    """Whether enough is paid in money for a qualified written notice of allocation (26 U.S.C. 1388(c))."""
    value = table.value("us_subchapter_T.min_cash")
    least = Fraction(str(value.data).split(" ", 1)[0])
    reason = compare(("cash", cash), ">=", ("least", least), CASH, cash=Percent(cash), least=Percent(least))
    return Decision("", reason.holds, {"ok": reason.holds, "limit": least}, {}, (reason,), (value,))


def payment_period(table: Profile, year_end: date, paid_on: date) -> Decision:
    """Whether a patronage dividend is paid in time after the end of its year (26 U.S.C. 1382(d))."""
    value = table.value("us_subchapter_T.payment_period_months")
    last = period_end(year_end, value.data)
    reason = Reason(
        paid_on <= last, f"{paid_on} <= {last}", PERIOD, {"paid_on": paid_on, "year_end": year_end, "last": last}
    )
    return Decision("", reason.holds, {"ok": reason.holds, "limit": last}, {}, (reason,), (value,))


def period_end(year_end: date, months: Fraction) -> date:
    """The last day of so many months, a half counting to the fifteenth day, after the end of a year."""
    whole, half = divmod(Fraction(months), 1)
    assert half in (0, Fraction(1, 2)), "whole and half months"
    place = year_end.year * 12 + year_end.month - 1 + int(whole)
    last_of_month = monthrange(year_end.year, year_end.month)[1] == year_end.day
    if half and last_of_month:
        place += 1
        return date(place // 12, place % 12 + 1, HALF_A_MONTH)
    year, month = place // 12, place % 12 + 1
    day = monthrange(year, month)[1] if last_of_month else min(year_end.day, monthrange(year, month)[1])
    end = date(year, month, day)
    return date.fromordinal(end.toordinal() + (HALF_A_MONTH if half else 0))
