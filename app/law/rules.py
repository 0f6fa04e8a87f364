"""The rules that figures can decide: each with its name, its profiles, the figures it takes and who decides."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.law import caps, figures, limits, notices, proposals, stakes, sums, votes, weights, windows
from app.law.decisions import Decision
from app.law.figures import Figure
from app.law.profiles import Profile
from app.law.thresholds import MissingFigure

Read = dict[str, Any]  # figures by name, read


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule. `needs` are the sets of figures of which one must be whole; `dated_by` names the figure that dates it."""

    name: str
    profiles: tuple[str, ...]
    takes: tuple[Figure, ...]
    needs: tuple[frozenset[str], ...]
    decide: Callable[[Profile, Read], Decision]
    dated_by: str | None = None


def _rule(
    name: str,
    profiles: str,
    takes: dict[str, Any],
    needs: str,
    decide: Callable[[Profile, Read], Decision],
    dated_by: str | None = None,
) -> Rule:
    """A rule said in short: `profiles` parted by spaces, `needs` as sets parted by bars."""
    sets = tuple(frozenset(alternative.split()) for alternative in needs.split("|"))
    listed = tuple(Figure(figure, read) for figure, read in (takes | ({"on": figures.day} if profiles else {})).items())
    return Rule(name, tuple(profiles.split()), listed, sets, decide, dated_by)


_BALLOTS = dict.fromkeys(("for", "against", "abstain", "blank", "spoilt"), figures.count)
_HELD = _BALLOTS | {"broker_non_votes": figures.count, "present": figures.count, "outstanding": figures.some}
_NOTICE = {"given": figures.day, "meeting": figures.day, "need": figures.few, "kind": figures.text}
_WORTH = {"ai": figures.amount, "nw": figures.amount, "accredited": figures.flag}
_WORTH_A = _WORTH | {"revenue": figures.amount, "net_assets": figures.amount, "listed": figures.flag}
_RAISED = {"prior12m": figures.amount, "amount": figures.amount}


def _notice(name: str, profile: str) -> Rule:
    return _rule(name, profile, _NOTICE, "given meeting", lambda p, f: notices.notice(p, **f), "meeting")


def _weight(profile: str) -> Rule:
    takes: dict[str, Any] = dict.fromkeys(("shares", "votes"), figures.count)
    takes |= dict.fromkeys(("three_quarters", "double", "by_head"), figures.flag)
    return _rule(f"{profile}-weight", profile, takes, "shares|votes|by_head", lambda p, f: weights.weight(p, **f))


def worth(read: Read) -> limits.Worth | None:
    """Takes out of the figures a person's income and worth, or an entity's; None where no limit applies."""
    taken = {name: read.pop(name) for name in [*read] if name in ("ai", "nw", "revenue", "net_assets")}
    if any([read.pop("accredited", False), read.pop("listed", False)]):
        return None
    pair = ("revenue", "net_assets") if {"revenue", "net_assets"} & set(taken) else ("ai", "nw")
    for name in taken:
        if name not in pair:
            raise figures.UnknownFigure(rule="us-rega-limit", name=name, known=", ".join(pair))
    for name in pair:
        if name not in taken:
            raise MissingFigure(name=name)
    return taken[pair[0]], taken[pair[1]]


def _call(majority: str, quorum: str) -> Callable[[Profile, Read], Decision]:
    return lambda p, f: votes.called(p, f, majority, quorum, f.pop("call"))


VOTES = (
    _rule("us-de-266", "us-de-266", _HELD, "outstanding for", votes.conversion),
    _rule("us-de-251", "us-de-251", _HELD, "outstanding for", votes.conversion),
    _rule("uk-company-to-society", "uk-company-to-society", _BALLOTS, "for against", votes.conversion),
    _rule(
        "uk-demutualise-m1",
        "uk-society",
        _BALLOTS | {"eligible": figures.some},
        "eligible for against",
        lambda p, f: votes.demutualisation(p, f, 1),
    ),
    _rule(
        "uk-demutualise-m2",
        "uk-society",
        _BALLOTS | {"eligible": figures.some, "first": figures.day, "second": figures.day},
        "for against",
        lambda p, f: votes.demutualisation(p, f, 2, f.pop("first", None), f.pop("second", None)),
    ),
    _rule(
        "fr-sa-scic",
        "fr-sa-scic",
        _BALLOTS
        | {
            "shares_with_votes": figures.some,
            "present": figures.count,
            "votes_present": figures.count,
            "call": figures.call,
        },
        "shares_with_votes present call for against",
        _call("approvals.egm.threshold", "approvals.egm.quorum"),
    ),
    _rule(
        "eu-sce",
        "eu-sce",
        _BALLOTS | {"members": figures.some, "present": figures.count, "call": figures.call},
        "members present call for against",
        _call("threshold", "quorum"),
    ),
    _rule(
        "de-umwg-eg-AG",
        "de-umwg-eg",
        dict.fromkeys(("capital_represented", "capital_for"), figures.amount),
        "capital_represented capital_for",
        lambda p, f: votes.conversion(p, f, "approvals.holders.threshold_AG"),
    ),
    _rule(
        "de-umwg-eg-GmbH",
        "de-umwg-eg",
        _BALLOTS,
        "for against",
        lambda p, f: votes.conversion(p, f, "approvals.holders.threshold_GmbH"),
    ),
    _rule(
        "de-umwg-eg-liability",
        "de-umwg-eg",
        {"holders": figures.some, "consenting": figures.count},
        "holders consenting",
        lambda p, f: votes.unanimity(p, **f),
    ),
    _rule(
        "de-eg-resolution",
        "de-eg",
        _BALLOTS | {"resolution": figures.one_of("ordinary", "statutes", "duty_to_use")},
        "resolution for against",
        lambda p, f: votes.decide(p.threshold("thresholds", f.pop("resolution")), f),
    ),
    _rule(
        "us-co-lca",
        "us-co-lca",
        dict.fromkeys(("all_for", "all_cast", "patron_for", "patron_cast", "patron_power", "all_power"), figures.count),
        "all_for all_cast patron_for patron_cast",
        votes.cooperative_association,
    ),
    _rule(
        "tally",
        "",
        _HELD
        | {"entitled": figures.some, "eligible": figures.some, "members": figures.some}
        | {"capital_represented": figures.amount, "shares_with_votes": figures.some}
        | {"den": figures.text, "op": figures.one_of(">", ">="), "frac": figures.portion},
        "for den",
        lambda p, f: votes.counted(f, **{name: f.pop(name) for name in ("den", "op", "frac") if name in f}),
    ),
)

MEETINGS = (
    _notice("us-de-266-notice", "us-de-266"),
    _notice("us-de-251-notice", "us-de-251"),
    _notice("uk-clear-days", "uk-company-to-society"),
    _notice("fr-sa-scic-notice", "fr-sa-scic"),
    _notice("eu-sce-notice", "eu-sce"),
    _notice("de-umwg-eg-notice", "de-umwg-eg"),
    _notice("de-eg-notice", "de-eg"),
    _rule(
        "us-record-date",
        "us-de-266 us-de-251",
        {"record": figures.day, "meeting": figures.day, "resolution": figures.day},
        "record meeting",
        lambda p, f: notices.record_date(p, **f),
        "meeting",
    ),
    _rule(
        "us-proxy-age",
        "us-de-251",
        {"given": figures.day, "used": figures.day},
        "given used",
        lambda p, f: notices.proxy_age(p, **f),
        "used",
    ),
    _rule(
        "de-eg-proxy",
        "de-eg",
        {"members_represented": figures.count},
        "members_represented",
        lambda p, f: weights.proxies(p, **f),
    ),
    _rule(
        "de-eg-delegates",
        "de-eg",
        {"members": figures.count, "delegates": figures.count},
        "members delegates",
        lambda p, f: weights.delegates(p, **f),
    ),
    _rule(
        "de-eg-investors",
        "de-eg",
        {"investor_votes": figures.count, "other_votes": figures.some},
        "investor_votes other_votes",
        lambda p, f: weights.investor_members(p, **f),
    ),
    _rule(
        "fr-scic-investors",
        "fr-scic",
        {"investor_votes": figures.count, "all_votes": figures.some, "with_coops": figures.flag},
        "investor_votes all_votes",
        lambda p, f: weights.investor_cap(p, **f),
    ),
    _rule("fr-scic-colleges", "fr-scic", {"weights": figures.ratios}, "weights", lambda p, f: weights.colleges(p, **f)),
    _rule(
        "fr-scop",
        "fr-scop",
        {"capital": figures.part, "votes": figures.part},
        "capital votes",
        lambda p, f: weights.workers(p, **f),
    ),
    *map(_weight, ("us-de-266", "us-co-lca", "uk-company-to-society", "uk-society")),
    *map(_weight, ("fr-sa-scic", "fr-scic", "eu-sce", "de-eg")),
)

OFFERS = (
    _rule("us-regcf-limit", "us-regcf", _WORTH, "ai nw|accredited", lambda p, f: limits.regcf_limit(p, worth(f))),
    _rule(
        "us-regcf-buy",
        "us-regcf",
        _WORTH | _RAISED,
        "ai nw prior12m amount|accredited prior12m amount",
        lambda p, f: limits.regcf_buy(p, worth(f), **f),
    ),
    _rule("us-regcf-cap", "us-regcf", _RAISED, "prior12m amount", lambda p, f: caps.issuer_cap(p, **f)),
    _rule(
        "us-regcf-cancel",
        "us-regcf",
        {"deadline": figures.moment, "at": figures.moment},
        "deadline at",
        lambda p, f: windows.cancellation(p, **f),
        "deadline",
    ),
    _rule(
        "us-regcf-early-close",
        "us-regcf",
        dict.fromkeys(("opened", "notified", "closes"), figures.day)
        | {"target_met": figures.flag, "holidays": figures.days},
        "opened notified closes target_met",
        lambda p, f: windows.early_closing(p, **f),
        "closes",
    ),
    _rule(
        "us-regcf-material-change",
        "us-regcf",
        {"changed": figures.day, "at": figures.day, "holidays": figures.days},
        "changed at",
        lambda p, f: windows.reconfirmation(p, **f),
        "at",
    ),
    _rule("us-ttw-form", "us-ttw", {"fields": figures.texts}, "fields", lambda p, f: weights.may_require(p, **f)),
    _rule(
        "us-rega-limit",
        "us-rega-t2",
        _WORTH_A,
        "ai nw|revenue net_assets|accredited|listed",
        lambda p, f: limits.rega_limit(p, worth(f)),
    ),
    _rule(
        "us-rega-buy",
        "us-rega-t2",
        _WORTH_A | {"amount": figures.amount},
        "ai nw amount|revenue net_assets amount|accredited amount|listed amount",
        lambda p, f: limits.rega_buy(p, worth(f), **f),
    ),
    _rule("us-rega-cap", "us-rega-t2", _RAISED, "prior12m amount", lambda p, f: caps.issuer_cap(p, **f)),
    _rule(
        "eu-ecsp-warn",
        "eu-ecsp",
        {"net_worth": figures.amount, "amount": figures.amount},
        "net_worth amount",
        lambda p, f: limits.ecsp_warning(p, **f),
    ),
    _rule("eu-ecsp-cap", "eu-ecsp", _RAISED, "prior12m amount", lambda p, f: caps.issuer_cap(p, **f)),
    _rule(
        "eu-ecsp-reflection",
        "eu-ecsp",
        {"offered_at": figures.moment, "at": figures.moment},
        "offered_at at",
        lambda p, f: windows.reflection(p, **f),
        "at",
    ),
    _rule(
        "eu-prospectus",
        "eu-prospectus",
        _RAISED | {"lower_option": figures.flag},
        "prior12m amount",
        lambda p, f: caps.prospectus(p, **f),
    ),
    _rule(
        "aml-eu",
        "aml",
        {"amount": figures.amount, "cash": figures.flag},
        "amount",
        lambda p, f: caps.due_diligence(p, **f),
    ),
    _rule(
        "uk-withdrawable",
        "uk-society uk-community-shares",
        {"holding": figures.amount, "added": figures.amount},
        "holding",
        lambda p, f: limits.withdrawable(p, **f),
    ),
    _rule(
        "fr-scic-surplus",
        "fr-scic",
        {
            "surplus": figures.cents,
            "legal_full": figures.flag,
            "legal_reserve": figures.cents,
            "capital": figures.cents,
        },
        "surplus legal_full|surplus legal_reserve capital",
        lambda p, f: sums.surplus_split(p, **f),
    ),
)

HOLDINGS = (
    _rule(
        "us-federal-group-rules",
        "us-federal-group-rules",
        {"owned": figures.count, "outstanding": figures.some},
        "owned outstanding",
        lambda p, f: stakes.group_rules(p, **f),
    ),
    _rule(
        "us-de-203",
        "us-de-203",
        {"owned": figures.count, "outstanding": figures.some, "others_for": figures.count}
        | dict.fromkeys(("board_before", "same_transaction", "board_approves"), figures.flag),
        "owned outstanding",
        lambda p, f: stakes.combination(p, **f),
    ),
    _rule(
        "us-14a8-eligible",
        "us-sec-14a8",
        {"usd": figures.amount, "years": figures.amount},
        "usd years",
        lambda p, f: proposals.eligible(p, **f),
    ),
    _rule(
        "us-14a8-resubmission",
        "us-sec-14a8",
        {"times": figures.some, "for": figures.count, "against": figures.count},
        "times for against",
        lambda p, f: proposals.resubmission(p, f["times"], f["for"], f["against"]),
    ),
    _rule("us-14a8-words", "us-sec-14a8", {"words": figures.count}, "words", lambda p, f: proposals.length(p, **f)),
    _rule(
        "us-14a8-deadline",
        "us-sec-14a8",
        {"anniversary": figures.day, "received": figures.day},
        "anniversary received",
        lambda p, f: proposals.deadline(p, **f),
        "received",
    ),
    _rule(
        "us-loan",
        "",
        {"principal": figures.amount, "annual_rate": figures.part, "per_year": figures.per_year, "n": figures.payments},
        "principal annual_rate per_year n",
        lambda p, f: sums.instalment(**f),
    ),
)

RULES = {rule.name: rule for rule in (*VOTES, *MEETINGS, *OFFERS, *HOLDINGS)}
