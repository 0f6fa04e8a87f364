"""Who weighs how much: votes per member or share, proxies, colleges, caps on investors, assemblies of delegates."""

from fractions import Fraction

from app.core.errors import N_, Refusal
from app.law.decisions import Decision, Reason, Term, compare, percent
from app.law.profiles import Profile, UnknownValue
from app.law.thresholds import ContradictoryFigures, MissingFigure

ONE_EACH = N_("One vote each, whatever is held.")
BY_SHARE = N_("One vote for each share: {votes}.")
DOUBLED = N_("Two votes for each share, as the statutes give double votes: {votes}.")
BY_HEAD = N_("On a show of hands, and in a company limited by guarantee, one vote each.")
MULTIPLE = N_("{votes} votes are given; at most {most} may be given to one member.")
SINGLE = N_("Resolutions that need three quarters count one vote each, whatever the statutes give.")
PROXIES = N_("One proxy holder represents {represented} members; at most {most} are allowed.")
COLLEGES = N_("There are {colleges} colleges; at least {least} are needed.")
COLLEGE = N_("A college has {weight} of the votes; each must have {least} to {most}.")
SUM = N_("The colleges together have {sum} of the votes; it must be all of them.")
INVESTORS = N_("Investors have {share} of the votes; at most {most} are allowed.")
OUTVOTE = N_(
    "Investor members have {investors} votes against {others} of the other members; they may not outvote them."
)
BLOCK = N_("Investor members have {share} of the votes; above {most} they could block a resolution of three quarters.")
WORKERS = N_("Employees have {share} of {what}; at least {least} is needed.")
DELEGATES = N_("An assembly of delegates is possible above {from_members} members; there are {members}.")
ENOUGH_DELEGATES = N_("There are {delegates} delegates; at least {least} are needed.")

FIELDS = N_("A form of interest may require only: {allowed}. Beyond that it asks for: {extra}.")


class NoWeightRule(Refusal):
    """The profile does not say what a vote follows."""

    message = N_("The profile {profile} does not say what a vote follows.")


def weight(
    profile: Profile,
    shares: int | None = None,
    votes: int = 1,
    three_quarters: bool = False,
    double: bool = False,
    by_head: bool = False,
) -> Decision:
    """How many votes a holder has. Answers `votes`, and `ok` where a gift of several votes may be too many.

    `shares` held, where votes follow shares; `votes` that the statutes give, where they may give several;
    `three_quarters` for a resolution that needs that majority; `double` for double votes; `by_head` by show of hands.
    """
    if profile.voting is None:
        raise NoWeightRule(profile=profile.id)
    value = profile.value(profile.voting.value)
    if profile.voting.basis == "share" and not by_head:
        if shares is None:
            raise MissingFigure(name="shares")
        total = 2 * shares if double else shares
        reason = Reason(True, f"shares × {1 + double} = {total}", DOUBLED if double else BY_SHARE, {"votes": total})
        return Decision("", None, {"votes": total}, {}, (reason,), (value,))
    if profile.voting.basis == "share" or isinstance(value.data, str):
        reason = Reason(True, "1", BY_HEAD if by_head else ONE_EACH)
        return Decision("", None, {"votes": 1}, {}, (reason,), (value,))
    most = value.whole("max_multi")
    allowed = compare(("votes", votes), "<=", ("max_multi", most), MULTIPLE, most=most)
    single = (Reason(True, "three_quarters: 1", SINGLE),) if three_quarters else ()
    counted = value.whole("for_3_4_resolutions") if three_quarters else min(votes, most)
    return Decision("", allowed.holds, {"votes": counted, "ok": allowed.holds}, {}, (allowed, *single), (value,))


def proxies(profile: Profile, members_represented: int) -> Decision:
    """Whether one proxy holder may represent so many members. Answers `ok` and `limit`."""
    value = profile.value("proxy")
    most = value.whole("max_members_per_proxy")
    reason = compare(("represented", members_represented), "<=", ("max", most), PROXIES, most=most)
    return Decision("", reason.holds, {"ok": reason.holds, "limit": most}, {}, (reason,), (value,))


def colleges(profile: Profile, weights: tuple[Fraction, ...]) -> Decision:
    """Whether a SCIC's colleges may share the votes so. Answers `ok`."""
    value = profile.value("colleges")
    least, most, whole = value.ratio("each_min"), value.ratio("each_max"), value.ratio("sum")
    fewest = value.whole("min_count")
    reasons = [compare(("colleges", len(weights)), ">=", ("min_count", fewest), COLLEGES, least=fewest)]
    for weight_ in weights:
        holds = least <= weight_ <= most
        comparison = f"{least} <= {weight_} <= {most} is {str(holds).lower()}"
        places = {"weight": percent(weight_), "least": percent(least), "most": percent(most)}
        reasons.append(Reason(holds, comparison, COLLEGE, places))
    total = sum(weights, Fraction(0))
    reasons.append(compare(("sum", total), "=", ("whole", whole), SUM, sum=percent(total)))
    ok = all(reason.holds for reason in reasons)
    told = tuple(reason for reason in reasons if not reason.holds) if not ok else tuple(reasons)
    return Decision("", ok, {"ok": ok}, {}, told, (value,))


def investor_cap(profile: Profile, investor_votes: int, all_votes: int, with_coops: bool = False) -> Decision:
    """Whether members who are not users stay within their cap of votes. Answers `ok`."""
    value = profile.value("investor_vote_cap")
    most = value.ratio("with_coops" if with_coops else "non_user_members")
    share = _part("investor_votes", investor_votes, "all_votes", all_votes)
    reason = compare(("share", share), "<=", ("cap", most), INVESTORS, share=percent(share), most=percent(most))
    return Decision("", reason.holds, {"ok": reason.holds}, {}, (reason,), (value,))


def investor_members(profile: Profile, investor_votes: int, other_votes: int) -> Decision:
    """Whether investor members of an eG can neither outvote the others nor block three quarters. Answers `ok`."""
    value = profile.value("investor_members")
    statutes = profile.threshold("thresholds", "statutes")
    share = _part("investor_votes", investor_votes, "all_votes", investor_votes + other_votes)
    most = 1 - statutes.fraction
    reasons = (
        compare(("investors", investor_votes), "<=", ("others", other_votes), OUTVOTE, others=other_votes),
        compare(("share", share), "<=", ("blocking", most), BLOCK, share=percent(share), most=percent(most)),
    )
    ok = all(reason.holds for reason in reasons)
    return Decision("", ok, {"ok": ok}, {}, reasons, (value,))


def workers(profile: Profile, capital: Fraction, votes: Fraction) -> Decision:
    """Whether a SCOP's employees hold enough of capital and votes. Answers `ok`."""
    value = profile.value("conditions")
    reasons = tuple(
        compare(
            (what, share), ">=", ("min", least), WORKERS, share=percent(share), what=Term(what), least=percent(least)
        )
        for what, share, least in (
            (N_("capital"), capital, value.ratio("employee_capital_min")),
            (N_("votes"), votes, value.ratio("employee_votes_min")),
        )
    )
    ok = all(reason.holds for reason in reasons)
    return Decision("", ok, {"ok": ok}, {}, reasons, (value,))


def delegates(profile: Profile, members: int, delegates: int) -> Decision:
    """Whether a German eG of so many members may have an assembly of so many delegates. Answers `ok`."""
    value = profile.value("delegates")
    from_members, least = value.whole("from_members"), value.whole("min_delegates")
    if delegates > members:
        raise ContradictoryFigures(part="delegates", part_count=delegates, whole="members", whole_count=members)
    reasons = (
        compare(("members", members), ">", ("from_members", from_members), DELEGATES, from_members=from_members),
        compare(("delegates", delegates), ">=", ("min_delegates", least), ENOUGH_DELEGATES, least=least),
    )
    ok = all(reason.holds for reason in reasons)
    return Decision("", ok, {"ok": ok}, {}, reasons, (value,))


def may_require(profile: Profile, fields: tuple[str, ...]) -> Decision:
    """Whether a form of interest may require those fields. Answers `ok` and the fields it may not require."""
    if "allowed_fields" not in profile.values:
        raise UnknownValue(profile=profile.id, key="allowed_fields")
    value = profile.value("allowed_fields")
    extra = [field for field in fields if field not in value.data]
    places = {"allowed": ", ".join(value.data), "extra": ", ".join(extra)}
    reason = Reason(not extra, f"fields beyond {list(value.data)}: {extra}", FIELDS, places)
    return Decision("", not extra, {"ok": not extra, "extra": extra}, {}, (reason,), (value,))


def _part(name: str, part: int, whole_name: str, whole: int) -> Fraction:
    if part > whole:
        raise ContradictoryFigures(part=name, part_count=part, whole=whole_name, whole_count=whole)
    return Fraction(part, whole)
