"""How much one person may buy or hold: limits by income and worth, warnings, caps on a holding; exact amounts."""

from fractions import Fraction

from app.core.errors import N_
from app.law.decisions import Decision, Reason, compare, number
from app.law.profiles import Profile, UnknownValue
from app.law.values import Value

NO_LIMIT = N_("There is no limit: the investor is accredited, or the securities will be listed.")
LOWER = N_("Income or net worth is below {bound}: the limit is {rate} of the greater, at least {least}, so {limit}.")
UPPER = N_("Income and net worth reach {bound}: the limit is {rate} of the greater, at most {most}, so {limit}.")
TENTH = N_("The limit is {rate} of the greater of both figures, so {limit}.")
WITHIN = N_("{bought} are bought in all, this purchase included; the limit is {limit}.")
WARN = N_("An amount above {bound} needs a risk warning, consent and a proof of understanding; this is {amount}.")
HOLDING = N_("The withdrawable holding is {holding}; at most {cap} is allowed.")

Worth = tuple[Fraction, Fraction]  # annual income and net worth; of an entity, revenue and net assets


def regcf_limit(profile: Profile, worth: Worth | None) -> Decision:
    """What a person may invest under Regulation Crowdfunding in twelve months, over all issuers, in dollars.

    `worth` is None for an accredited investor. Answers `limit`, None where there is none.
    """
    return _limited(profile.value("investor_limit"), *_regcf(profile, worth))


def regcf_buy(profile: Profile, worth: Worth | None, prior12m: Fraction, amount: Fraction) -> Decision:
    """Whether a purchase stays within the limit, after what was bought in the last twelve months from any issuer."""
    return _bought(profile.value("investor_limit"), *_regcf(profile, worth), prior12m, amount)


def rega_limit(profile: Profile, worth: Worth | None) -> Decision:
    """What one may invest in one Tier 2 offering; `worth` is None for the accredited and for listed securities."""
    return _limited(profile.value("investor_limit"), *_rega(profile, worth))


def rega_buy(profile: Profile, worth: Worth | None, amount: Fraction) -> Decision:
    """Whether a purchase stays within the Tier 2 limit of one offering."""
    return _bought(profile.value("investor_limit"), *_rega(profile, worth), Fraction(0), amount)


def ecsp_warning(profile: Profile, net_worth: Fraction, amount: Fraction) -> Decision:
    """Whether a platform must warn an inexperienced investor of this amount. Answers `warn` and `limit`."""
    value = profile.value("warn_threshold")
    bound = max(Fraction(value.whole("min")), value.ratio("rate") * net_worth)
    places = {"bound": number(bound), "amount": number(amount)}
    within = compare(("amount", amount), "<=", ("bound", bound), WARN, **places)
    answers = {"warn": not within.holds, "limit": number(bound)}
    return Decision("", within.holds, answers, {}, (within,), (value,))


def withdrawable(profile: Profile, holding: Fraction, added: Fraction = Fraction(0)) -> Decision:
    """Whether a withdrawable holding in a UK society, with what is added, stays within the cap. In pounds."""
    value, cap = withdrawable_cap(profile)
    total = holding + added
    reason = compare(("total", total), "<=", ("cap", Fraction(cap)), HOLDING, holding=number(total), cap=cap)
    answers = {"ok": reason.holds, "limit": cap, "remaining": number(max(cap - total, Fraction(0)))}
    return Decision("", reason.holds, answers, {}, (reason,), (value,))


def withdrawable_cap(profile: Profile) -> tuple[Value, int]:
    """The value that caps a withdrawable holding, and the cap in pounds."""
    for key, path in (("max_holding_gbp", ()), ("max_withdrawable_shares_gbp", ("GB",))):
        if key in profile.values:
            return profile.value(key), profile.value(key).whole(*path)
    raise UnknownValue(profile=profile.id, key="max_holding_gbp")


def _regcf(profile: Profile, worth: Worth | None) -> tuple[Fraction | None, Reason]:
    if worth is None:
        return None, Reason(True, "accredited", NO_LIMIT)
    value = profile.value("investor_limit")
    bound, greater = value.whole("lower_below"), max(worth)
    if min(worth) < bound:
        least, rate = value.whole("lower_min"), value.ratio("lower_rate")
        limit = max(Fraction(least), rate * greater)
        comparison = f"min(ai, nw) < {bound}: max({least}, {rate} × {number(greater)}) = {number(limit)}"
        places = {"bound": bound, "rate": rate, "least": least, "limit": number(limit)}
        return limit, Reason(True, comparison, LOWER, places)
    most, rate = value.whole("upper_max"), value.ratio("upper_rate")
    limit = min(rate * greater, Fraction(most))
    comparison = f"min(ai, nw) >= {bound}: min({rate} × {number(greater)}, {most}) = {number(limit)}"
    return limit, Reason(True, comparison, UPPER, {"bound": bound, "rate": rate, "most": most, "limit": number(limit)})


def _rega(profile: Profile, worth: Worth | None) -> tuple[Fraction | None, Reason]:
    if worth is None:
        return None, Reason(True, "accredited or listed", NO_LIMIT)
    rate = profile.value("investor_limit").ratio("rate")
    limit = rate * max(worth)
    comparison = f"{rate} × {number(max(worth))} = {number(limit)}"
    return limit, Reason(True, comparison, TENTH, {"rate": rate, "limit": number(limit)})


def _limited(value: Value, limit: Fraction | None, reason: Reason) -> Decision:
    return Decision("", None, {"limit": None if limit is None else number(limit)}, {}, (reason,), (value,))


def _bought(value: Value, limit: Fraction | None, reason: Reason, prior: Fraction, amount: Fraction) -> Decision:
    if limit is None:
        return Decision("", True, {"ok": True, "limit": None, "remaining": None}, {}, (reason,), (value,))
    places = {"bought": number(prior + amount), "limit": number(limit)}
    within = compare(("prior + amount", prior + amount), "<=", ("limit", limit), WITHIN, **places)
    answers = {"ok": within.holds, "limit": number(limit), "remaining": number(max(limit - prior, Fraction(0)))}
    return Decision("", within.holds, answers, {}, (reason, within), (value,))
