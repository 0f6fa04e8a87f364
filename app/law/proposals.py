"""Shareholder proposals under Rule 14a-8: who may file one, how long, by when, and whether it may come back."""

from datetime import date, timedelta
from fractions import Fraction

from app.core.errors import N_
from app.law.decisions import Decision, Reason, compare, number, percent, rounded
from app.law.profiles import Profile
from app.law.thresholds import Count

TIER = N_("{usd} dollars held for {years} years; {least_usd} dollars for {least_years} years are enough.")
ALONE = N_("Holdings of several people are not added up.")
SUPPORT = N_(
    "{share} of the votes for and against were for, the proposal having been voted {times} times; {bound} is needed."
)
NO_VOTES = N_("There were no votes for or against, so the support is not known to suffice.")
WORDS = N_("Proposal and statement have {words} words; at most {most} are allowed.")
DEADLINE = N_(
    "The proposal must be received by {latest}, {days} days before the anniversary; it is received on {received}."
)


def eligible(profile: Profile, usd: Fraction, years: Fraction) -> Decision:
    """Whether one holder of so many dollars' worth, held for so many years, may file. Answers `ok`."""
    value = profile.value("eligibility")
    reasons = tuple(_tier(usd, years, tier["usd"], tier["years"]) for tier in value.data)
    ok = any(reason.holds for reason in reasons)
    alone = (Reason(True, "no aggregation", ALONE),)
    return Decision("", ok, {"ok": ok}, {}, reasons, (value,), alone)


def resubmission(profile: Profile, times: int, for_: Count, against: Count) -> Decision:
    """Whether a proposal voted so many times in five years had support enough to come back. Answers `ok`, `share`."""
    value, formula = profile.value("resubmission_min_support"), profile.value("support_formula")
    level = {1: "once", 2: "twice"}.get(times, "three_times_or_more")
    bound, cast = value.ratio(level), for_ + against
    if not cast:
        reason = Reason(False, "for + against = 0", NO_VOTES)
        return Decision("", False, {"ok": False, "share": None}, {}, (reason,), (value, formula))
    share = Fraction(for_, cast)
    places = {"share": percent(share), "times": times, "bound": percent(bound)}
    reason = compare(("share", share), ">=", ("bound", bound), SUPPORT, **places)
    answers = {"ok": reason.holds, "share": rounded(share, 4)}
    return Decision("", reason.holds, answers, {}, (reason,), (value, formula))


def length(profile: Profile, words: int) -> Decision:
    """Whether proposal and statement together are short enough. Answers `ok` and `limit`."""
    value = profile.value("max_words")
    reason = compare(("words", words), "<=", ("max_words", value.whole()), WORDS, most=value.whole())
    return Decision("", reason.holds, {"ok": reason.holds, "limit": value.whole()}, {}, (reason,), (value,))


def deadline(profile: Profile, anniversary: date, received: date) -> Decision:
    """Whether a proposal arrives in time, counted back from the anniversary of the last proxy statement."""
    value = profile.value("deadline_days_before_anniversary_of_proxy")
    latest = anniversary - timedelta(days=value.whole())
    places = {"latest": latest, "days": value.whole(), "received": received}
    reason = compare(("received", received), "<=", ("latest", latest), DEADLINE, **places)
    return Decision("", reason.holds, {"ok": reason.holds, "until": latest.isoformat()}, {}, (reason,), (value,))


def _tier(usd: Fraction, years: Fraction, least_usd: int, least_years: int) -> Reason:
    holds = usd >= least_usd and years >= least_years
    comparison = (
        f"usd >= {least_usd} and years >= {least_years}: "
        f"{number(usd)} >= {least_usd} and {number(years)} >= {least_years} is {str(holds).lower()}"
    )
    places = {"usd": number(usd), "years": number(years), "least_usd": least_usd, "least_years": least_years}
    return Reason(holds, comparison, TIER, places)
