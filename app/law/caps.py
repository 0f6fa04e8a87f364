"""What an issuer may raise: caps of exempt offers, the size that needs a prospectus, and money-laundering amounts."""

from fractions import Fraction

from app.core.errors import N_
from app.law.decisions import Decision, compare, number
from app.law.profiles import Profile

CAP = N_("{raised} {currency} are raised in {months} months, this offer included; the cap is {cap}.")
PROSPECTUS = N_("{raised} EUR are offered in {months} months; an offer of {bound} EUR or more needs a prospectus.")
OCCASIONAL = N_("A payment of {bound} EUR or more needs due diligence of the customer; this is {amount}.")
CASH = N_("A cash payment of {bound} EUR or more needs the customer to be identified; this is {amount}.")


def issuer_cap(profile: Profile, prior12m: Fraction, amount: Fraction) -> Decision:
    """Whether an offer stays within the exemption's cap, after what the issuer raised in the same months.

    Amounts in the cap's currency, major units. Answers `ok`, `limit` and `remaining`.
    """
    value = profile.value("cap")
    cap, raised = value.whole("max"), prior12m + amount
    places = {"raised": number(raised), "currency": value.at("currency"), "months": value.whole("months"), "cap": cap}
    reason = compare(("raised", raised), "<=", ("cap", Fraction(cap)), CAP, **places)
    answers = {"ok": reason.holds, "limit": cap, "remaining": number(max(cap - prior12m, Fraction(0)))}
    return Decision("", reason.holds, answers, {}, (reason,), (value,))


def prospectus(profile: Profile, prior12m: Fraction, amount: Fraction, lower_option: bool = False) -> Decision:
    """Whether an offer stays below the size that needs a prospectus; `lower_option` where the state chose the lower."""
    value = profile.value("threshold")
    bound, raised = value.whole("member_state_option_eur" if lower_option else "eur"), prior12m + amount
    places = {"raised": number(raised), "months": value.whole("months"), "bound": bound}
    reason = compare(("raised", raised), "<", ("bound", Fraction(bound)), PROSPECTUS, **places)
    return Decision("", reason.holds, {"ok": reason.holds, "limit": bound}, {}, (reason,), (value,))


def due_diligence(profile: Profile, amount: Fraction, cash: bool = False) -> Decision:
    """Whether an occasional payment in the EU, in euro, calls for identifying the customer. Answers `warn`, `limit`."""
    value = profile.value("eu")
    bound = value.whole("cash_eur" if cash else "occasional_eur")
    message = CASH if cash else OCCASIONAL
    below = compare(("amount", amount), "<", ("bound", Fraction(bound)), message, bound=bound, amount=number(amount))
    answers = {"warn": not below.holds, "limit": bound}
    return Decision("", below.holds, answers, {}, (below,), (value,))
