"""The verdict: go, go only if, or no go; with the reasons in the order of their weight."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Literal

from app.core.errors import N_
from app.core.money import Money
from app.law.profiles import profile
from app.law.sources import GENERAL_KNOWLEDGE
from app.law.stakes import combination, group_rules
from app.law.values import Value
from app.planner.bars import Vote
from app.planner.exemptions import exemptions
from app.planner.planning import BreakEven, Outcome, Plan
from app.planner.said import Said, said

Answer = Literal["go", "only-if", "no-go"]
Bearing = Literal["decides", "bars", "costs", "warns"]

MANDATORY_BID = Fraction(30, 100)
_BID_COUNTRIES = ("GB", "FR", "DE")
_WOULD_CONSIDER = Fraction(14, 100)  # of Twitter's users asked in 2017


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason: a stable `code`, how it bears on the answer, the sentence, and the ids of its sources.

    `decides` settles the vote, `bars` must be cleared for a yes, `costs` asks for more money, `warns` is to be known.
    """

    code: str
    bearing: Bearing
    sentence: Said
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer in a word (`word` for people) and a sentence, and why, the weightiest first."""

    answer: Answer
    word: Said
    sentence: Said
    reasons: tuple[Reason, ...]


def verdict(plan: Plan, vote: Vote, outcome: Outcome, even: BreakEven | None) -> Verdict:
    """Judge a plan by its vote first, then by what the law asks of the holding, then by the money and the people."""
    reasons = (
        _of_the_vote(plan, vote, outcome),
        *_on_the_way(plan, vote, outcome),
        *_of_the_money(plan, outcome, even),
        *_of_the_rule(vote),
    )
    if not outcome.passes:
        return Verdict("no-go", said(N_("No go")), said(NO_GO), reasons)
    if any(reason.bearing in ("bars", "costs") for reason in reasons):
        return Verdict("only-if", said(N_("Go only if …")), said(ONLY_IF), reasons)
    return Verdict("go", said(N_("Go")), said(GO), reasons)


def _of_the_vote(plan: Plan, vote: Vote, outcome: Outcome) -> Reason:
    tally = outcome.tally
    facts = {
        "stake": outcome.stake,
        "votes": tally.in_favour,
        "base": tally.base,
        "needed": tally.needed,
        "margin": abs(tally.margin),
        "turnout": plan.turnout,
    }
    sources = vote.threshold.value.sources if vote.threshold.value else ()
    if tally.call is None:
        missing = vote.bar.missing_for_quorum(tally.present, plan.shares)
        return Reason("no-quorum", "decides", said(NO_QUORUM, missing=missing, present=tally.present), sources)
    if outcome.capped:
        return Reason("whole", "decides", said(WHOLE, left_over=outcome.left_over), sources)
    if vote.bar.of_outstanding:
        return Reason("vote", "decides", said(CARRIES if outcome.passes else FAILS, **facts), sources)
    return Reason("vote", "decides", said(CARRIES_CAST if outcome.passes else FAILS_CAST, **facts), sources)


def _on_the_way(plan: Plan, vote: Vote, outcome: Outcome) -> Iterator[Reason]:
    """What the law asks of whoever comes to hold such a stake, and of the company."""
    stake, whole = outcome.stake, outcome.bought == plan.shares
    others = plan.shares - outcome.bought
    if outcome.tally.call == 2:
        yield Reason("second-call", "warns", said(SECOND_CALL))
    if vote.country in _BID_COUNTRIES and stake >= MANDATORY_BID and not whole:
        rest = Money(max(ceil(others * plan.price_paid) - outcome.left_over.minor, 0), plan.currency)
        yield Reason("mandatory-bid", "costs", said(BID, others=others, rest=rest), (GENERAL_KNOWLEDGE,))
    if "us-de-203" in vote.profile.overlays:
        yield from _delaware(plan, outcome)
    if not whole and any(approval.step == "board" for approval in vote.profile.approvals):
        yield Reason("board", "bars", said(BOARD), vote.profile.value("approvals.board.rule").sources)
    if vote.profile.id in ALSO:
        code, key, message = ALSO[vote.profile.id]
        yield Reason(code, "bars", said(message), vote.profile.value(key).sources)
    group = profile("us-federal-group-rules")
    if group.id in vote.profile.overlays and group_rules(group, outcome.bought, plan.shares).answers["schedule_13d"]:
        yield Reason("group", "warns", said(TOGETHER), (GENERAL_KNOWLEDGE,))


def _delaware(plan: Plan, outcome: Outcome) -> Iterator[Reason]:
    """Section 203: above the mark, business combinations wait, unless one of its exits is open."""
    overlay = profile("us-de-203")
    if combination(overlay, outcome.bought, plan.shares).outcome:
        return
    exits = overlay.value("exits")
    if combination(overlay, outcome.bought, plan.shares, same_transaction=True).outcome:
        mark = exits.ratio("same_transaction_min")
        yield Reason("combination", "warns", said(COMBINATION_OPEN, mark=mark), exits.sources)
        return
    others = plan.shares - outcome.bought
    facts = {
        "mark": overlay.value("trigger").ratio("fraction"),
        "years": overlay.value("moratorium_years").whole(),
        "asked": ceil(exits.ratio("others_min") * others),
        "others": others,
    }
    yield Reason("combination", "bars", said(COMBINATION, **facts), exits.sources)


def _of_the_money(plan: Plan, outcome: Outcome, even: BreakEven | None) -> Iterator[Reason]:
    if plan.fraction > _WOULD_CONSIDER:
        yield Reason("participation", "warns", said(MANY, fraction=plan.fraction, survey=_WOULD_CONSIDER), ("DM6",))
    known = exemptions(plan)
    exceeded = [exemption for exemption in known if exemption.exceeded]
    if exceeded:
        most = max(exceeded, key=lambda exemption: exemption.most.minor)
        facts = {"raised": plan.raised, "exceeded": len(exceeded), "all": len(known), "most": most.most}
        yield Reason(
            "offering",
            "warns",
            said(EVERY_OFFERING if len(exceeded) == len(known) else OFFERING, **facts),
            most.value.sources,
        )
    yield from _of_the_price(plan, outcome, even)
    yield from _one_by_one(plan, outcome)


def _of_the_price(plan: Plan, outcome: Outcome, even: BreakEven | None) -> Iterator[Reason]:
    if even and even.price and outcome.passes and outcome.bought < plan.shares:
        room = even.price / plan.price_paid - 1
        price = Money(floor(even.price), plan.currency)
        message = HEADROOM if plan.counted else HEADROOM_VALUATION
        yield Reason("price", "warns", said(message, stake=outcome.stake, price=price, room=room))


def _one_by_one(plan: Plan, outcome: Outcome) -> Iterator[Reason]:
    """Whole shares bought by each person alone come to less than the pool buys."""
    singly = floor(plan.each.minor / plan.price_paid)
    if not plan.counted or not plan.people or outcome.capped:
        return
    if not singly:
        yield Reason("pool", "warns", said(NOT_ONE_SHARE, each=plan.each))
    elif outcome.passes and singly * plan.people + outcome.tally.others_for < outcome.tally.needed:
        facts = {"singly": singly, "together": singly * plan.people, "pool": outcome.bought}
        yield Reason("pool", "bars", said(ONLY_POOLED, **facts), (GENERAL_KNOWLEDGE,))


def _of_the_rule(vote: Vote) -> Iterator[Reason]:
    value: Value | None = vote.threshold.value
    if value is not None and not value.enforced:
        yield Reason("unconfirmed", "warns", said(UNCONFIRMED, confidence=Fraction(value.confidence)), value.sources)


GO = N_("On these figures the users carry the vote, and nothing that the planner knows of stands against it.")
ONLY_IF = N_(
    "On these figures the users carry the vote, but that alone is not enough: "
    "what is marked below must be cleared first."
)
NO_GO = N_("On these figures the users do not carry the vote.")
CARRIES = N_("A stake of {stake} carries: {votes} votes for, {needed} needed of all {base} shares, {margin} to spare.")
FAILS = N_("A stake of {stake} fails: {votes} votes for, {needed} needed of all {base} shares, {margin} short.")
CARRIES_CAST = N_(
    "A stake of {stake} carries if {turnout} of the other holders vote: "
    "{votes} votes for, {needed} needed of {base} cast, {margin} to spare."
)
FAILS_CAST = N_(
    "A stake of {stake} fails if {turnout} of the other holders vote: "
    "{votes} votes for, {needed} needed of {base} cast, {margin} short."
)
NO_QUORUM = N_("The meeting has no quorum at any call: {present} shares are present, {missing} are missing.")
SECOND_CALL = N_("The quorum is there only at the second call of the meeting.")
WHOLE = N_("The sum buys every share: a full buy-out, with {left_over} left over. It needs every holder to sell.")
BID = N_(
    "From 30% on, all the other {others} shares of a listed company must be bid for: have {rest} more at hand "
    "before buying that far."
)
COMBINATION = N_(
    "DGCL 203 bars a business combination with a holder of {mark} or more for {years} years, unless "
    "the board approved before, or the board and {asked} of the {others} other shares agree; "
    "the pool’s own shares do not count there. Counsel must say whether this step is one."
)
COMBINATION_OPEN = N_(
    "DGCL 203 does not bar a holder who reaches {mark} in the same step that first sets it off: buy in one step."
)
BOARD = N_("The board must resolve on it first, and recommend it. A board that will not has to be replaced before.")
TOGETHER = N_(
    "Above 5%, holders who agree to act together report as a group, and asking others for proxies has rules of its own."
)
MANY = N_(
    "{fraction} of the users is more than the {survey} of Twitter’s who, asked in 2017, would so much as consider it."
)
EVERY_OFFERING = N_(
    "{raised} is more than any exemption for offers to the public allows (the highest: {most}). "
    "Buying existing shares on the market is no offer, but a vehicle that pools the money makes one."
)
OFFERING = N_(
    "{raised} is more than {exceeded} of the {all} exemptions for offers to the public allow "
    "(the highest of them: {most}). "
    "Buying existing shares on the market is no offer, but a vehicle that pools the money makes one."
)
HEADROOM = N_(
    "The price is taken to stand still while {stake} is bought. The plan carries up to {price} a share, {room} more."
)
HEADROOM_VALUATION = N_(
    "The price is taken to stand still while {stake} is bought. The plan carries up to {room} more."
)
NOT_ONE_SHARE = N_("{each} does not buy one whole share: only a vehicle that pools the money can buy.")
ONLY_POOLED = N_(
    "Only a pool that holds all the money carries it, with {pool} shares: "
    "each person alone buys {singly} whole shares, {together} together, which is not enough."
)
UNCONFIRMED = N_(
    "Ask counsel to confirm this majority: the source was read, but confidence in it is only {confidence}."
)
FCA = N_("The regulator (FCA) must register the society: it asks for a genuine co-operative, one member, one vote.")
COMMITMENTS = N_(
    "No holder’s commitments may grow without that holder’s consent; keep to an SA or SARL, an SAS needs unanimity."
)
AUDITORS = N_(
    "An auditing association must certify the change and give its opinion; every holder must be given a share."
)

# One more bar of a profile: its code, the key of the value it stands on, and the sentence.
ALSO: dict[str, tuple[str, str, str]] = {
    "uk-company-to-society": ("registration", "steps", FCA),
    "fr-sa-scic": ("commitments", "unanimity_traps", COMMITMENTS),
    "de-umwg-eg": ("auditors", "filing", AUDITORS),
}
